/** The public keys of clients (RFC 7591 §2: jwks, jwks_uri), fetched with care and kept for a while. */
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Clock, Millis } from '../lib/clock.ts'
import { minute } from '../lib/clock.ts'
import { FetchRefused, fetchJson } from '../lib/guarded_fetch.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Client } from './clients.ts'

export interface ClientKeys {
  /** The key set of a client. `fresh` asks for a new copy of a fetched one, which is granted once a minute. */
  of(client: Client, fresh: boolean): Promise<JWTVerifyGetKey>
}

const keptFor: Millis = 10 * minute
const refetchAfter: Millis = minute
const setsKept = 1000

/** `allowed` are origins that may be fetched from although they are http or private. */
export function createClientKeys(clock: Clock, allowed: ReadonlySet<string>): ClientKeys {
  const fetched = new Map<string, { readonly keys: Promise<JWTVerifyGetKey>; readonly at: Millis }>()
  return {
    async of(client, fresh) {
      const { jwks, jwks_uri: uri } = client.metadata
      if (jwks !== undefined) return usable(jwks)
      if (uri === undefined) throw new Refusal('client_assertion_invalid', { cause: 'The app has registered no keys.' })
      const known = fetched.get(uri)
      const age = known === undefined ? Number.POSITIVE_INFINITY : clock.now() - known.at
      if (known !== undefined && age < (fresh ? refetchAfter : keptFor)) return known.keys
      if (fetched.size >= setsKept) fetched.clear()
      const keys = fetchJson(uri, { allowed }).then(usable)
      fetched.set(uri, { keys, at: clock.now() })
      try {
        return await keys
      } catch (error) {
        fetched.delete(uri)
        if (!(error instanceof FetchRefused) && !(error instanceof Refusal)) throw error
        throw new Refusal('client_assertion_invalid', {
          cause: `The app's jwks_uri could not be read: ${error.message}.`,
        })
      }
    },
  }
}

/** A key set of public asymmetric keys; a private or shared one is refused as a whole. */
function usable(set: unknown): JWTVerifyGetKey {
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
  const sound =
    Array.isArray(keys) &&
    keys.every((key: unknown) => typeof key === 'object' && key !== null && !('d' in key) && !('k' in key))
  if (!sound)
    throw new Refusal('client_assertion_invalid', { cause: 'The app has registered keys that are not public.' })
  return createLocalJWKSet({ keys } as JSONWebKeySet)
}
