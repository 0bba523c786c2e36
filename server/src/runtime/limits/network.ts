/** What may be said of an address without saying the address. */
import ipaddr from 'ipaddr.js'
import { hmacSha256 } from '../../lib/hash.ts'
import type { Caller } from '../caller.ts'

interface Network {
  /** A coarse class for the logs of app owners. */
  readonly kind: string
  /** The unit that counters go by: an IPv4 address, or the /64 of an IPv6 address in one spelling. */
  readonly unit: string
}

/** Networks of the addresses seen last, because reading an address takes longer than all else that is done with it. */
let seen = new Map<string, Network>()
const most = 10_000

export function networkClass(address: string): string {
  return networkOf(address).kind
}

export function networkUnit(address: string): string {
  return networkOf(address).unit
}

/**
 * The name under which guesses at a client from a network are counted. Ids that no client has share one, so that made-up
 * names neither fill the store nor push other counters out.
 */
export function guesserKey(clientId: string | undefined, { address }: Pick<Caller, 'address'>): string {
  return `${clientId ?? ''} ${networkUnit(address)}`
}

function networkOf(address: string): Network {
  const known = seen.get(address)
  if (known !== undefined) return known
  if (seen.size >= most) seen = new Map()
  const network = readAddress(address)
  seen.set(address, network)
  return network
}

function readAddress(address: string): Network {
  if (!ipaddr.isValid(address)) return { kind: 'unknown', unit: address }
  const ip = ipaddr.process(address)
  const range: string = ip.range()
  const whose = /^(?:private|linkLocal|uniqueLocal)$/.test(range) ? 'private' : 'public'
  const prefix = ip instanceof ipaddr.IPv6 && ip.parts.slice(0, 4).map((part) => part.toString(16))
  return {
    kind: range === 'loopback' ? range : `${whose} ${prefix ? 'IPv6' : 'IPv4'}`,
    unit: prefix ? `${prefix.join(':')}::/64` : ip.toString(),
  }
}

/** A digest by which two networks are told apart without being named. */
export function networkDigest(key: Buffer, address: string): string {
  return hmacSha256(key, networkUnit(address)).subarray(0, 9).toString('base64url')
}
