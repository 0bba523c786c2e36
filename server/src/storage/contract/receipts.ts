/** Receipts of consents: what people read when they allowed an app. They are never changed. */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { TermsDocument } from './acceptances.ts'

/** What stood on the consent page, in the words that stood there. */
export interface ConsentRead {
  /** The language of the page (BCP 47). */
  readonly language: string
  readonly app: {
    readonly name: string
    readonly publisher?: string | undefined
    /** Whether the page said that the operator vouches for the app. */
    readonly verified: boolean
    readonly inDevelopment: boolean
    readonly website?: string | undefined
    /** Where the app's privacy policy and terms stood then. */
    readonly policy?: string | undefined
    readonly terms?: string | undefined
  }
  /** The host, or the scheme of an app on the device, to which the answer went. */
  readonly destination: string
  /** Every scope that was asked for, also those that have no line of their own. */
  readonly scope: readonly string[]
  readonly permissions: readonly { readonly scope: string; readonly sentence: string; readonly detail: string }[]
  /** The APIs of others at which the app may use it. */
  readonly services: readonly {
    readonly name: string
    readonly publisher?: string | undefined
    readonly website?: string | undefined
    readonly terms?: string | undefined
    readonly permissions: readonly string[]
  }[]
  /** How long the access lasts, in a sentence. */
  readonly lasts: string
  /** What the operator had in force then; receipts of before do not say. */
  readonly policies?:
    | readonly {
        readonly document: TermsDocument
        readonly url: string
        /** Undefined where the operator gives the document none. */
        readonly version?: string | undefined
      }[]
    | undefined
}

export interface Receipt {
  readonly id: string
  readonly userId: UserId
  readonly clientId: ClientId
  readonly at: Millis
  readonly read: ConsentRead
}

export interface Receipts {
  insert(receipt: Receipt): Promise<void>
  /** A person's own, the latest first. */
  listByUser(userId: UserId, part: { readonly limit: number; readonly offset: number }): Promise<readonly Receipt[]>
  /** The person's latest for an app. */
  findLatest(userId: UserId, clientId: ClientId): Promise<Receipt | undefined>
  /** One of the person's own. */
  find(userId: UserId, id: string): Promise<Receipt | undefined>
}
