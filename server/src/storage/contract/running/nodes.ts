/** The processes that serve from this database. */
import type { Millis } from '../../../lib/clock.ts'

/** A process that serves, from its start on. */
export interface Node {
  readonly id: string
  readonly release: string
  readonly startedAt: Millis
  readonly seenAt: Millis
}

/** Releases before 0.2.0 are not among them. */
export interface Nodes {
  /** Notes that the node works now. */
  seen(node: Pick<Node, 'id' | 'release'>): Promise<void>
  /** The nodes that were seen at `since` or later, in the order of their start. */
  list(since: Millis): Promise<readonly Node[]>
}
