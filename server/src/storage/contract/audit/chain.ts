/** The chains of the audit log: where each ends, what retention has taken off it, and the seals over all of them. */
import type { Millis } from '../../../lib/clock.ts'
import type { ChainedText, Head, Link } from '../../../protocol/audit/chain.ts'

/** A row of a chain as it lies in the database, whatever somebody has made of it. */
export interface ChainRow extends ChainedText, Link {
  readonly seq: number
}

/** Up to which row a chain has lost what was past its retention. */
export interface Drop extends Head {
  readonly droppedAt: Millis
}

export interface MarkedDrop extends Drop {
  /** What the server that dropped the rows has put its key to. */
  readonly mark: string
}

/** A seal over the ends of the chains. */
export interface StoredSeal {
  /** Counts from 1 without gaps. */
  readonly number: number
  /** JSON, as `engine/operator/audit_log/seal.ts` writes it. */
  readonly body: string
  /** Of the root secret under which it is sealed. */
  readonly generation: number
  readonly mac: string
}

/** Rows from before there were chains: the last one, and how many there were. */
export interface Unchained {
  readonly last: number
  readonly count: number
}

export interface AuditChain {
  /** The ends of all chains that have ever been written, in the order of their beginning. */
  heads(): Promise<readonly Head[]>
  head(node: string): Promise<Head | undefined>
  /** What has been dropped of a chain. */
  drop(node: string): Promise<MarkedDrop | undefined>
  /** The rows of a chain behind `after`, in order. */
  rows(node: string, after: number, limit: number): Promise<readonly ChainRow[]>
  /** How many rows there are, roughly at best. */
  count(): Promise<number>
  /** Rows that name a chain which has never been begun. */
  strays(limit: number): Promise<readonly { readonly seq: number; readonly at: Millis }[]>
  /** What the migration found that made the chains. */
  before(): Promise<Unchained>
  /** The rows without a chain up to `last`, and those behind it. */
  unchained(last: number): Promise<{ readonly upTo: number; readonly behind: Unchained }>
  /** Seals behind the number, in order. */
  seals(after: number, limit: number): Promise<readonly StoredSeal[]>
  lastSeal(): Promise<StoredSeal | undefined>
  /** False where there is one of this number. */
  addSeal(seal: StoredSeal): Promise<boolean>
  /** Puts a seal, or the mark of a drop, under another generation. */
  resealSeal(seal: StoredSeal): Promise<void>
  drops(): Promise<readonly MarkedDrop[]>
  remark(drop: MarkedDrop): Promise<void>
}
