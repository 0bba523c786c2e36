/** What may stand in a batch of the grant verbs' writes. */
import type { Settled } from '../../lib/batch.ts'
import type { EndReason, Grant, Swap } from '../../protocol/grant.ts'
import type { AuditEvent, NoticeOf, Presenter } from '../contract.ts'
import type { Use } from '../grant_verbs.ts'
import type { Value } from '../sql/grant_row.ts'

export interface Repeat {
  readonly id: Buffer
  readonly network: string
  readonly count: number
  readonly at: number
}

/** Moves one grant (or, for uses, several) that is there. */
export type Move =
  /** `seen`: the grant as the caller has read it. `by`: who showed the credential. `noticeOf`: what tells of its reuse. */
  | {
      readonly verb: 'advance'
      readonly swap: Swap
      readonly seen?: Grant | undefined
      readonly by?: Presenter | undefined
      readonly noticeOf?: NoticeOf | undefined
    }
  | { readonly verb: 'end'; readonly id: Buffer; readonly reason: EndReason; readonly attempt: Buffer }
  | { readonly verb: 'rekey'; readonly id: Buffer; readonly generation: number }
  | { readonly verb: 'used'; readonly uses: readonly Use[] }

export interface Insert {
  readonly verb: 'insert'
  readonly grant: Grant
  /** Checked before the item entered the batch. */
  readonly values: readonly Value[]
  /** What tells of it. */
  readonly event?: AuditEvent | undefined
}

/** A grant that is stored only if its claim is the first. */
export interface InsertOnce {
  readonly verb: 'insert once'
  readonly insert: Insert
  readonly claim: Claim
}

export interface Claim {
  readonly verb: 'claim'
  readonly bucket: number
  readonly kind: string
  readonly hash: Buffer
  readonly attempt: Buffer
}

export interface Repeats {
  readonly verb: 'repeats'
  readonly repeats: readonly Repeat[]
}

export type Write = Move | Insert | InsertOnce | Claim | Repeats

/** Answers by the item's place in its batch. */
export type Answers = Map<number, Settled<unknown>>

/** The items of one kind with their places. */
export type Placed<Item> = readonly (readonly [place: number, item: Item])[]
