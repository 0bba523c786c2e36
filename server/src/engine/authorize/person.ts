/** Who a request is for, as the engine's rooms hand them to one another. */
import type { Millis } from '../../lib/clock.ts'
import type { SessionId } from '../../protocol/names.ts'
import type { Account } from '../../storage/contract.ts'
import type { Ticket } from './ticket.ts'

/** The person that a request is for, and how it is known. */
export interface Person {
  readonly account: Account
  readonly authTime: Millis
  /** When they signed in here; a provider may have authenticated them long before. */
  readonly since: Millis
  readonly amr: readonly string[]
  /** The browser's session, unless a ticket tells who it is. */
  readonly session: SessionId | undefined
  readonly ticket: Ticket | undefined
}
