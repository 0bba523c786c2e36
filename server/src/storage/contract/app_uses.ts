/** What apps did with people's data, by day: for the person whose data it is. */
import type { ClientId, UserId } from '../../protocol/names.ts'

/** What one app did to one kind of data of a person on one day. */
export interface AppUse {
  readonly userId: UserId
  readonly clientId: ClientId
  /** YYYY-MM-DD, UTC. */
  readonly day: string
  /** What it was done to: the resource of the API by its name in the reference. */
  readonly resource: string
  /** Requests that read. */
  readonly reads: number
  /** Requests that changed something. */
  readonly writes: number
  /** Records that were read or changed. */
  readonly records: number
}

export interface AppUses {
  /**
   * Adds to the counts of each person, app, day and resource, all in one transaction; each of them at most once in `uses`.
   * Those of accounts that are not there are left out.
   */
  add(uses: readonly AppUse[]): Promise<void>
  /** What the app did for the person from that day on, the latest day first, then by resource. */
  list(userId: UserId, clientId: ClientId, since: string): Promise<readonly AppUse[]>
}
