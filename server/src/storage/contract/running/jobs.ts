/** Jobs: what the server does later and beside its requests, as rows, so that none is lost whenever a process ends. */
import type { Millis } from '../../../lib/clock.ts'
import type { ListAsk, ListPage } from '../lists.ts'

export interface StoredJob {
  readonly id: string
  /** Its row in the table of kinds. A release leaves kinds that it does not know to those that do. */
  readonly kind: string
  /** ID of the account or app that it is about, by which the operator knows it. */
  readonly target: string | null
  /**
   * IDs alone: never a link, a token, a password or an address. Empty once the job was done, and once one with a secret was
   * given up, so that what is left of a job is either all that it needs or nothing.
   */
  readonly payload: Readonly<Record<string, unknown>>
  /** A text that must not be read in the database, sealed to the job's ID. Gone once the job has ended. */
  readonly secret: SealedText | null
  /** When it is to be done; while it is being done, when another worker may take it over. */
  readonly dueAt: Millis
  /** How often it has been begun. */
  readonly attempts: number
  /** Class of the last error: a word of ours, never a message, which might quote an address. */
  readonly error: string | null
  readonly createdAt: Millis
  readonly endedAt: Millis | null
  readonly outcome: JobOutcome | null
}

export type JobOutcome = 'done' | 'given_up'

/** As `runtime/keys/secrets_at_rest.ts` seals it; `generation` is that of the key. */
export interface SealedText {
  readonly generation: number
  readonly sealed: string
}

export type NewJob = Pick<StoredJob, 'id' | 'kind' | 'target' | 'payload' | 'secret' | 'dueAt'>

/** What whoever does a job holds of it. Each claim has a greater number than those before, so that only the last one counts. */
export interface Lease {
  readonly id: string
  readonly lease: number
}

export type ClaimedJob = StoredJob & Lease

export interface JobCount {
  readonly kind: string
  readonly waiting: number
  readonly failed: number
  /** When the oldest waiting one was added, and when the first is due; null where none waits. */
  readonly oldest: Millis | null
  readonly nextDue: Millis | null
}

export interface Jobs {
  /**
   * Adds a job. Where there is one of this ID that has not ended, that stands for both ('waiting'): as it is, or, where it
   * has been taken and may have seen too little, done once more. Where it has ended, it begins anew. Neither is earlier than
   * `pause` milliseconds after the end.
   */
  add(job: NewJob, pause?: Millis): Promise<'added' | 'waiting'>
  /**
   * Takes up to `limit` jobs of these kinds that are due, for `lease` milliseconds. Of any number of callers each job
   * goes to one. One that was taken before and neither ended nor put off until its lease ran out is due again.
   */
  claim(kinds: readonly string[], limit: number, lease: Millis): Promise<readonly ClaimedJob[]>
  /** Keeps the job for `lease` milliseconds from now; false where another worker has it by now. */
  extend(held: Lease, lease: Millis): Promise<boolean>
  /**
   * Ends the job and empties it, but for the payload of one without a secret that is given up; or puts it off where it was added again since it was taken; false, and nothing is written,
   * where another worker has it by now.
   */
  end(held: Lease, outcome: JobOutcome, error?: string): Promise<boolean>
  /** Puts the job off until `dueAt`; false where another worker has it by now. `attempts` begin anew without an error. */
  putOff(held: Lease, dueAt: Millis, error?: string): Promise<boolean>
  /**
   * Makes a job due now, with its attempts before it, that was given up, or that waits after an attempt that failed and is
   * not due within `lease` milliseconds: one that somebody holds is left alone. False where it is no such job.
   */
  retry(id: string, lease: Millis): Promise<boolean>
  /** Whether a job of these kinds is due. */
  anyDue(kinds: readonly string[]): Promise<boolean>
  find(id: string): Promise<StoredJob | undefined>
  /** The newest of those that wait, were given up, or were done. */
  list(of: { readonly state: 'waiting' | JobOutcome; readonly limit: number }): Promise<readonly StoredJob[]>
  /** The same, page by page; undefined where the place that is asked for is none. */
  search(state: 'waiting' | JobOutcome, ask: ListAsk): Promise<ListPage<StoredJob> | undefined>
  /** How many jobs of each kind wait or were given up, of those that are still kept. */
  count(): Promise<readonly JobCount[]>
  /** Jobs whose secret lies under an older generation than this one. */
  listSealedBefore(generation: number): Promise<readonly StoredJob[]>
  /** Replaces a sealed secret by the same one sealed anew, unless it has gone or been replaced. */
  reseal(id: string, from: SealedText, to: SealedText): Promise<void>
}
