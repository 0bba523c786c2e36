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

/** The network of an address without its last part, by which people tell their own from others. */
export function networkName(address: string): string {
  if (!ipaddr.isValid(address)) return ''
  const ip = ipaddr.process(address)
  if (ip instanceof ipaddr.IPv6)
    return `${ip.parts
      .slice(0, 3)
      .map((part) => part.toString(16))
      .join(':')}::/48`
  return `${ip.toString().split('.').slice(0, 3).join('.')}.*`
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

/**
 * Answers whether a connection comes from a proxy of ours: from an address or network that the setting names or, where it
 * counts hops and so names none, from this machine.
 */
export function proxyTrust(trusted: number | readonly string[] | undefined): (address: string) => boolean {
  if (trusted === undefined || trusted === 0) return () => false
  const networks = typeof trusted === 'number' ? ['127.0.0.0/8', '::1/128'] : trusted
  const ranges = networks.map((text): [ipaddr.IPv4 | ipaddr.IPv6, number] => {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const ip = ipaddr.process(text)
    return [ip, ip.kind() === 'ipv4' ? 32 : 128]
  })
  const judged = new Map<string, boolean>()
  return (address) => {
    const known = judged.get(address)
    if (known !== undefined) return known
    if (judged.size >= most) judged.clear()
    const ip = ipaddr.isValid(address) ? ipaddr.process(address) : undefined
    const trusts =
      ip !== undefined && ranges.some(([range, bits]) => ip.kind() === range.kind() && ip.match(range, bits))
    judged.set(address, trusts)
    return trusts
  }
}
