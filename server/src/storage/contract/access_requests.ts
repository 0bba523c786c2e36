/** Requests of developers without an account to be let in with an app, once their address is proved. */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId } from '../../protocol/names.ts'

export interface AccessRequest {
  readonly id: string
  /** Whoever has asked has proved it. */
  readonly email: string
  readonly appName: string
  readonly purpose: string
  readonly website: string | null
  /** BCP 47: in which they read pages. */
  readonly language: string
  readonly askedAt: Millis
  /** The app that was registered when the operator approved it; null while it waits. */
  readonly clientId: ClientId | null
  /** When it goes by itself. */
  readonly expiresAt: Millis
}

/** Where a request is in the list. */
export interface AccessPlace extends Pick<AccessRequest, 'id' | 'askedAt'> {
  readonly waits: boolean
}

export interface AccessRequests {
  /** Keeps one that waits, in place of the one that waits from the same address, if there is one. */
  put(request: Omit<AccessRequest, 'clientId'>): Promise<void>
  find(id: string): Promise<AccessRequest | undefined>
  /** Those that wait, the oldest first, then those that were approved and not taken up; from behind one on. */
  list(limit: number, after?: AccessPlace): Promise<readonly AccessRequest[]>
  countWaiting(): Promise<number>
  /** Notes the app of one that waits: of any number of callers one is answered the request. */
  approve(id: string, clientId: ClientId, expiresAt: Millis): Promise<AccessRequest | undefined>
  /** Moves the end of one that was approved. */
  extend(id: string, expiresAt: Millis): Promise<void>
  /** Takes one away that was approved: of any number of callers one is answered the request. */
  takeApproved(id: string): Promise<AccessRequest | undefined>
  /** The same for one that waits. */
  takeWaiting(id: string): Promise<AccessRequest | undefined>
}
