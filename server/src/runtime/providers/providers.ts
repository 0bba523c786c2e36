/**
 * The providers that people may sign in through, as the operator's document names them, and the calls to them.
 * Not here: which account somebody has (`engine/providers`). Neighbours: `../kept`, `../log` and `../keys` below. To
 * add: a kind of provider, its case in `provider.ts` and `relying_party.ts`; a call to others, its purpose in
 * `../outbound.ts`.
 */
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Storage } from '../../storage/contract.ts'
import { keepAll } from '../kept/rows.ts'
import type { Keyring } from '../keys/keyring.ts'
import { movedSecret, resealSecret } from '../keys/secrets_at_rest.ts'
import type { Outbound } from '../outbound.ts'
import { providerPlace, toProvider } from './provider.ts'
import { createRelyingParty, type RelyingParty } from './relying_party.ts'

export interface Providers {
  /** Those that people may sign in through, by id. */
  list(): Promise<readonly RelyingParty[]>
  find(id: string): Promise<RelyingParty | undefined>
}

interface Parts {
  readonly storage: Pick<Storage, 'providers' | 'onClientsChanged' | 'noticeChanges'>
  readonly clock: Clock
  readonly keyring: Keyring
  readonly log: Log
  readonly outbound: Outbound
}

/**
 * The providers, read again after a change to them, and after five seconds at most. What has been learnt of one (its discovery document, its keys)
 * lives as long as its entry stays as it is.
 */
export function createProviders({ storage, clock, keyring, log, outbound }: Parts): Providers {
  const parties = new Map<string, { readonly entry: string; readonly party: RelyingParty }>()

  async function load(): Promise<readonly RelyingParty[]> {
    const present = await storage.providers.list()
    const ids = new Set(present.map(({ id }) => id))
    for (const id of parties.keys()) if (!ids.has(id)) parties.delete(id)
    return present.map((stored) => {
      const entry = JSON.stringify(stored)
      const same = parties.get(stored.id)
      if (same?.entry === entry) return same.party
      const provider = toProvider(stored, keyring)
      if (provider.secretUnreadable) log.error({ provider: stored.id }, 'the secret of a provider cannot be opened')
      const party = createRelyingParty(provider, clock, log, outbound)
      parties.set(stored.id, { entry, party })
      return party
    })
  }

  const list = keepAll({ storage, clock }, load)
  return {
    list,
    find: async (id) => (await list()).find(({ provider }) => provider.id === id),
  }
}

/** Brings the providers' secrets under the present root secret, so that they outlive the older ones. */
export async function resealProviders(storage: Pick<Storage, 'providers'>, keyring: Keyring): Promise<void> {
  for (const { id } of await storage.providers.list()) {
    await storage.providers.amend(id, (present) => {
      const sealed = resealSecret(keyring, present?.client_secret, providerPlace(id))
      return present && sealed && { ...present, client_secret: sealed }
    })
  }
}

/** Seals the providers' secrets under the keys of another installation. */
export async function moveProviders(storage: Pick<Storage, 'providers'>, from: Keyring, to: Keyring): Promise<void> {
  for (const { id } of await storage.providers.list()) {
    await storage.providers.amend(id, (present) => {
      const sealed = movedSecret(from, to, present?.client_secret, providerPlace(id))
      return present && sealed && { ...present, client_secret: sealed }
    })
  }
}
