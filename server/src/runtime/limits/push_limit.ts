/**
 * How many requests of apps are kept for a while, ahead of any person: so that nobody fills the store, and nobody is kept from
 * signing in by who else asks. Counted on each node for itself.
 */
import { type Clock, type Millis, minute, second } from '../../lib/clock.ts'
import type { ClientId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller } from '../caller.ts'
import { networkUnit } from './network.ts'

/** How many requests of one kind may be kept within the time for which one is. */
interface Kind {
  readonly window: Millis
  readonly reason: 'pushes_exceeded' | 'device_requests_exceeded'
  /** Of a client that authenticates, of one that cannot, and of one network at such a client. */
  readonly most: { readonly authenticated: number; readonly open: number; readonly network: number }
}

export interface PushLimit {
  /** Counts a request; a Refusal where there were too many. `stranger` is who has sent it, where the client cannot authenticate. */
  whyFull(clientId: ClientId, stranger: Pick<Caller, 'address'> | undefined): Refusal | undefined
}

/** Of pushed authorization requests. */
export function createPushLimit(clock: Clock): PushLimit {
  return createLimit(clock, {
    window: 90 * second,
    reason: 'pushes_exceeded',
    most: { authenticated: 100_000, open: 20_000, network: 300 },
  })
}

/** Of requests of devices. */
export function createDeviceLimit(clock: Clock): PushLimit {
  return createLimit(clock, {
    window: 10 * minute,
    reason: 'device_requests_exceeded',
    most: { authenticated: 100_000, open: 20_000, network: 100 },
  })
}

function createLimit(clock: Clock, { window, most, reason }: Kind): PushLimit {
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
        return new Refusal(reason, { retryAfter: Math.ceil(((at + 1) * window - now) / 1000) })
      }
      counts.set(clientId, byClient + 1)
      if (network !== undefined) counts.set(network, byNetwork + 1)
      return undefined
    },
  }
}
