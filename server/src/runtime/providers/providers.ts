/** The providers that people may sign in through, as the operator's document names them. */
import type { Clock, Millis } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Storage } from '../../storage/contract.ts'
import type { Keyring } from '../keys/keyring.ts'
import { resealSecret } from '../keys/secrets_at_rest.ts'
import { providerPlace, toProvider } from './provider.ts'
import { createRelyingParty, type RelyingParty } from './relying_party.ts'

export interface Providers {
  /** Those that people may sign in through, by id. */
  list(): Promise<readonly RelyingParty[]>
  find(id: string): Promise<RelyingParty | undefined>
}

interface Parts {
  readonly storage: Pick<Storage, 'documents' | 'onClientsChanged' | 'noticeChanges'>
  readonly clock: Clock
  readonly keyring: Keyring
  readonly log: Log
  /** Hosts of the own network that may be called. */
  readonly outboundAllowed: ReadonlySet<string>
}

const keptFor: Millis = 5000

/**
 * The providers, read again after a change to them, and after five seconds at most. What has been learnt of one (its discovery document, its keys)
 * lives as long as its entry stays as it is.
 */
export function createProviders({ storage, clock, keyring, log, outboundAllowed }: Parts): Providers {
  const parties = new Map<string, { readonly entry: string; readonly party: RelyingParty }>()
  let known: { readonly parties: Promise<readonly RelyingParty[]>; readonly at: Millis } | undefined
  storage.onClientsChanged(() => {
    known = undefined
  })

  async function load(): Promise<readonly RelyingParty[]> {
    const documents = await storage.documents.list('providers')
    const names = new Set(documents.map(({ name }) => name))
    for (const id of parties.keys()) if (!names.has(id)) parties.delete(id)
    return documents.map(({ name, body }) => {
      const entry = JSON.stringify(body)
      const same = parties.get(name)
      if (same?.entry === entry) return same.party
      const provider = toProvider(body, keyring)
      if (provider.secretUnreadable) log.error({ provider: name }, 'the secret of a provider cannot be opened')
      const party = createRelyingParty(provider, clock, log, outboundAllowed)
      parties.set(name, { entry, party })
      return party
    })
  }

  async function list(): Promise<readonly RelyingParty[]> {
    storage.noticeChanges()
    const now = clock.now()
    if (known === undefined || now - known.at >= keptFor || now < known.at) {
      const loading = { parties: load(), at: now }
      known = loading
      loading.parties.catch(() => {
        if (known === loading) known = undefined
      })
    }
    return known.parties
  }

  return {
    list,
    find: async (id) => (await list()).find(({ provider }) => provider.id === id),
  }
}

/** Brings the providers' secrets under the present root secret, so that they outlive the older ones. */
export async function resealProviders(storage: Pick<Storage, 'documents'>, keyring: Keyring): Promise<void> {
  for (const { name } of await storage.documents.list('providers')) {
    await storage.documents.amend('providers', name, (present) => {
      const sealed = resealSecret(keyring, present?.client_secret, providerPlace(name))
      return sealed && { ...present, client_secret: sealed }
    })
  }
}
