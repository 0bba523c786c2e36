/**
 * The public keys of those who sign assertions (RFC 7591 §2: jwks, jwks_uri), of clients and of issuers that the operator trusts:
 * fetched with care and kept for a while.
 */
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import type { Clock, Millis } from '../../lib/clock.ts'
import { minute, second } from '../../lib/clock.ts'
import { FetchRefused, jsonOf } from '../../lib/guarded_fetch.ts'
import {
  callOut,
  type Outbound,
  type OutboundPurpose,
  type OutboundSettings,
  outboundTo,
  type Writer,
} from '../outbound.ts'

/** What is registered is no set of public keys, or cannot be read; the message says so to the app's owner. */
export class KeysUnusable extends Error {
  override readonly name = 'KeysUnusable'
}

/** Where the keys of somebody are: here, or at an address. */
export interface KeySource {
  readonly jwks?: unknown
  readonly jwks_uri?: string | undefined
  /** Left out where the operator has written it. */
  readonly registered_by?: string | undefined
}

export interface KeptKeys {
  /** The key set of a source. `fresh` asks for a new copy of a fetched one, which is granted once a minute. */
  of(source: KeySource, fresh: boolean): Promise<JWTVerifyGetKey>
}

const keptFor: Millis = 10 * minute
const refetchAfter: Millis = minute
const retryAfter: Millis = 10 * second
/** How long a set is gone by while its host does not answer. */
const trustedFor: Millis = 60 * minute
const setsKept = 1000

/** What was last asked for, and the last set that came. */
interface Fetched {
  keys: Promise<JWTVerifyGetKey>
  failed: boolean
  last: { readonly keys: JWTVerifyGetKey; readonly at: Millis } | undefined
  readonly askedAt: Millis
}

export function createKeptKeys(
  clock: Clock,
  outbound: Outbound,
  settings: OutboundSettings,
  purpose: OutboundPurpose & ('client_keys' | 'provider_keys'),
): KeptKeys {
  const fetched = new Map<string, Fetched>()

  // A failure is remembered and takes no known keys away: otherwise anybody who knows a client_id could have us call its
  // host as often as they like, and an app would be shut out by one lost answer.
  function ask(uri: string, writtenBy: Writer, last: Fetched['last']): Fetched {
    const now = clock.now()
    const keys = callOut(purpose, uri, {}, outboundTo(outbound, settings, writtenBy))
      .then(jsonOf)
      .then(usable)
    const asked: Fetched = { keys, failed: false, last, askedAt: now }
    asked.keys = keys.then(
      (set) => {
        asked.last = { keys: set, at: now }
        return set
      },
      (error: unknown) => {
        asked.failed = true
        if (last !== undefined && now - last.at < trustedFor) return last.keys
        throw error
      },
    )
    return asked
  }

  return {
    async of({ jwks, jwks_uri: uri, registered_by: registered }, fresh) {
      if (jwks !== undefined) return readOnce(jwks)
      if (uri === undefined) throw new KeysUnusable('No keys are registered.')
      const writtenBy = registered === undefined ? 'operator' : 'stranger'
      // What one may not reach is no answer for the other.
      const place = `${writtenBy} ${uri}`
      let known = fetched.get(place)
      const age = known === undefined ? -1 : clock.now() - known.askedAt
      if (known === undefined || age < 0 || age >= (known.failed ? retryAfter : fresh ? refetchAfter : keptFor)) {
        if (fetched.size >= setsKept) fetched.clear()
        known = ask(uri, writtenBy, known?.last)
        fetched.set(place, known)
      }
      try {
        return await known.keys
      } catch (error) {
        if (!(error instanceof FetchRefused)) throw error
        throw new KeysUnusable(`The jwks_uri could not be read: ${error.message}.`)
      }
    },
  }
}

/** Sets that stand with their client or provider, by what is kept of those: a key is read once and not at each request. */
const read = new WeakMap<object, Promise<JWTVerifyGetKey>>()

function readOnce(set: unknown): Promise<JWTVerifyGetKey> {
  if (typeof set !== 'object' || set === null) return usable(set)
  const keys = read.get(set) ?? usable(set)
  read.set(set, keys)
  return keys
}

/** A key set of public asymmetric keys; a private or shared one is refused as a whole. */
async function usable(set: unknown): Promise<JWTVerifyGetKey> {
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
  const sound =
    Array.isArray(keys) &&
    keys.every((key: unknown) => typeof key === 'object' && key !== null && !('d' in key) && !('k' in key))
  if (!sound) throw new KeysUnusable('The registered keys are not public ones.')
  const { createLocalJWKSet } = await import('jose')
  return createLocalJWKSet({ keys } as JSONWebKeySet)
}
