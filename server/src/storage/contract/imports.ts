/** How the last import of each person's measurements is doing. */
import type { Millis } from '../../lib/clock.ts'

/** `reading` that has not moved for a while was cut off, too: the process that read it is gone. */
export type ImportState = 'reading' | 'done' | 'cut_off' | 'full' | 'unreadable' | 'not_arrived'

/** What is wrong with a line of a file, or an entry of a list: the first is 1. */
export interface ImportProblem {
  readonly line: number
  /** By what pages tell it; releases of before have written a sentence. */
  readonly problem: string | Readonly<Record<string, unknown>>
}

export interface ImportProgress {
  readonly state: ImportState
  readonly bytesRead: number
  /** Measurements that are stored. */
  readonly stored: number
  /** Lines or entries that are not. */
  readonly refused: number
  /** The first of those. */
  readonly problems: readonly ImportProblem[]
}

export interface DataImport extends ImportProgress {
  readonly id: string
  /** Of the file, in bytes. */
  readonly size: number
  readonly startedAt: Millis
  readonly updatedAt: Millis
}

export interface Imports {
  /** Puts a new import in the place of the last one; false where that is being read and has moved since `stale`. */
  begin(userNumber: number, begun: { readonly id: string; readonly size: number }, stale: Millis): Promise<boolean>
  /** How far it has come. False where it is no longer the person's import: then it has to stop. */
  note(userNumber: number, id: string, progress: ImportProgress): Promise<boolean>
  find(userNumber: number): Promise<DataImport | undefined>
}
