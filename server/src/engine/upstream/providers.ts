/** The providers that people may sign in through, as the operator's document names them. */
import type { Clock, Millis } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Storage } from '../../storage/contract.ts'
import type { Keyring } from '../keyring.ts'
import { toProvider } from './provider.ts'
import { createRelyingParty, type RelyingParty } from './relying_party.ts'

export interface Providers {
  /** Those that people may sign in through, by id. */
  list(): Promise<readonly RelyingParty[]>
  find(id: string): Promise<RelyingParty | undefined>
}

const keptFor: Millis = 5000

/**
 * The providers, read again after five seconds at most. What has been learnt of one (its discovery document, its keys)
 * lives as long as its entry stays as it is.
 */
export function createProviders(
  storage: Pick<Storage, 'documents'>,
  clock: Clock,
  keyring: Keyring,
  log: Log,
  outboundAllowed: ReadonlySet<string>,
): Providers {
  const parties = new Map<string, { readonly entry: string; readonly party: RelyingParty }>()
  let known: { readonly parties: Promise<readonly RelyingParty[]>; readonly at: Millis } | undefined

  async function load(): Promise<readonly RelyingParty[]> {
    const documents = await storage.documents.list('providers')
    const names = new Set(documents.map(({ name }) => name))
    for (const id of parties.keys()) if (!names.has(id)) parties.delete(id)
    return documents.map(({ name, body }) => {
      const entry = JSON.stringify(body)
      const same = parties.get(name)
      if (same?.entry === entry) return same.party
      const party = createRelyingParty(toProvider(body, keyring), clock, log, outboundAllowed)
      parties.set(name, { entry, party })
      return party
    })
  }

  async function list(): Promise<readonly RelyingParty[]> {
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
