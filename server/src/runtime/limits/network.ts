/** What may be said of an address without saying the address. */
import { isIP } from 'node:net'
import { hmacSha256 } from '../../lib/hash.ts'

/** A coarse class for the logs of app owners. */
export function networkClass(address: string): string {
  const plain = withoutMapping(address)
  if (plain === '::1' || plain.startsWith('127.')) return 'loopback'
  const version = isIP(plain)
  if (version === 0) return 'unknown'
  if (/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|f[cd]|fe80)/i.test(plain)) return `private IPv${version}`
  return `public IPv${version}`
}

/** The unit that counters go by: an IPv4 address, or the /64 of an IPv6 address in one spelling. */
export function networkUnit(address: string): string {
  if (!address.includes(':')) return address
  const plain = withoutMapping(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail = ''] = (plain.split('%')[0] ?? '').toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = plain.includes('::')
    ? [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** A digest by which two networks are told apart without being named. */
export function networkDigest(key: Buffer, address: string): string {
  return hmacSha256(key, networkUnit(address)).subarray(0, 9).toString('base64url')
}

function withoutMapping(address: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address
}
