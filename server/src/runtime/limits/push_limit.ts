/**
 * How many requests may be pushed within a minute and a half, which is as long as one is kept: so that nobody fills the
 * store, and nobody is kept from signing in by who else pushes. Counted on each node for itself.
 */
import { type Clock, type Millis, second } from '../../lib/clock.ts'
import type { ClientId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller } from '../caller.ts'
import { networkUnit } from './network.ts'

const window: Millis = 90 * second

/** Of a client that authenticates, of one that cannot, and of one network at such a client. */
const most = { authenticated: 100_000, open: 20_000, network: 300 } as const

export interface PushLimit {
  /**
   * Counts a request; pushes_exceeded where there were too many. `stranger` is who has sent it, where the client cannot
   * authenticate.
   */
  whyFull(clientId: ClientId, stranger: Pick<Caller, 'address'> | undefined): Refusal | undefined
}

export function createPushLimit(clock: Clock): PushLimit {
  let present = -1
  let counts = new Map<string, number>()

  return {
    whyFull(clientId, stranger) {
      const now = clock.now()
      const at = Math.floor(now / window)
      if (at !== present) {
        present = at
        counts = new Map()
      }
      const network = stranger && `${clientId} ${networkUnit(stranger.address)}`
      const byClient = counts.get(clientId) ?? 0
      const byNetwork = network === undefined ? 0 : (counts.get(network) ?? 0)
      if (byNetwork >= most.network || byClient >= (stranger === undefined ? most.authenticated : most.open)) {
        return new Refusal('pushes_exceeded', { retryAfter: Math.ceil(((at + 1) * window - now) / 1000) })
      }
      counts.set(clientId, byClient + 1)
      if (network !== undefined) counts.set(network, byNetwork + 1)
      return undefined
    },
  }
}
