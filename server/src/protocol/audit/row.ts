/**
 * What a row of the table of audit events says: who reads of it, and what it tells. The room has the rows of those who work on
 * apps, so that the table beside it stays readable.
 * Not here: the table itself, which is `../audit_events.ts`. Neighbours: `words/` has the sentences that account holders read.
 * To add: an event of developers, its row in `developer_events.ts`; any other, its row in the table.
 */
import { z } from 'zod'

/** Who may read an event: every operator, the holder of the account that it is about, a developer of the app or key. */
type Reader = 'operator' | 'account_holder' | 'developer'

/** What an event is about, for the holder of the account: they may list the events of one kind alone. */
export type ActivityKind = 'sign_ins' | 'apps' | 'account'

/** Whoever's account it is about reads it under its kind. Its sentences are in `words/`, held to this table by their types. */
type Readers =
  | { readonly seenBy: readonly Reader[]; readonly about: ActivityKind }
  | { readonly seenBy: readonly Exclude<Reader, 'account_holder'>[]; readonly about?: undefined }

export type Row = Readers & {
  /** One sentence that says what happened. */
  readonly title: string
  /** Said of what changes nothing, as a guess that failed: it may be written a moment later. All else is written with its change. */
  readonly changes?: false
  /** What is told beside actor, subject and app. Never a secret. */
  readonly detail: z.ZodObject<z.ZodRawShape>
}

/** Of an event that tells nothing more. */
export const nothing = z.strictObject({})

export const signIns = { seenBy: ['operator', 'account_holder'], about: 'sign_ins' } as const
export const account = { seenBy: ['operator', 'account_holder'], about: 'account' } as const
export const apps = { seenBy: ['operator', 'account_holder'], about: 'apps' } as const
export const appsOfBoth = { seenBy: ['operator', 'account_holder', 'developer'], about: 'apps' } as const
export const developer = { seenBy: ['operator', 'developer'] } as const
export const operator = { seenBy: ['operator'] } as const
