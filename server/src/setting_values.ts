/** How the text of a single setting is read, where that takes more than its schema says. Each throws SettingsError. */
import ipaddr from 'ipaddr.js'
import { type Dialect, dialects } from './protocol/dialects.ts'
import { isLoopback } from './protocol/redirect_uri.ts'
import { SettingsError } from './settings_error.ts'

/** A setting that cannot be used, by its name. */
export function wrong(name: string, problem: string): SettingsError {
  return new SettingsError(`${name} ${problem}`)
}

export function parseIssuer(value: string): string {
  const name = 'CONSENTRY_ISSUER'
  let url: URL
  try {
    url = new URL(value)
  } catch {
    throw wrong(name, 'is not a URL')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong(name, 'must be an https URL')
  // Read off the text as well: the parser drops an empty query or fragment without a word.
  if (/[?#]/.test(value) || url.username !== '' || url.password !== '') {
    throw wrong(name, 'must have no query, fragment or user')
  }
  if (url.pathname !== '/') throw wrong(name, 'must have no path: give this server a host of its own')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrong(name, 'may be http on localhost, 127.0.0.1 and [::1] only; use https')
  }
  return url.origin
}

export function parseDialects(value: string | undefined, loopback: boolean): ReadonlySet<Dialect> {
  if (value === undefined) return new Set(loopback ? dialects : ['oauth'])
  const named = value.split(',').map((name) => name.trim())
  if (named.length === 1 && named[0] === 'none') return new Set(['oauth'])
  for (const name of named) {
    if (!(dialects as readonly string[]).includes(name)) {
      throw wrong('CONSENTRY_DIALECTS', `knows ${dialects.join(', ')} and none`)
    }
  }
  return new Set(['oauth', ...(named as Dialect[])])
}

export function parseProxy(value: string | undefined): number | readonly string[] | undefined {
  if (value === undefined) return undefined
  if (/^[0-9]{1,2}$/.test(value)) return Number(value)
  const addresses = value.split(',').map((address) => address.trim())
  for (const address of addresses) {
    // As it is written in full: the library also reads 10.1 and 0x7f.1, which another reader takes for something else.
    const [host = ''] = address.split('/')
    const whole = host.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(host)
    if (!whole || !(address === host ? ipaddr.isValid(address) : ipaddr.isValidCIDR(address))) {
      throw wrong('CONSENTRY_TRUST_PROXY', 'must be a number of hops or a list of addresses')
    }
  }
  return addresses
}

export function parseOrigins(value: string | undefined): ReadonlySet<string> {
  const origins = new Set<string>()
  for (const text of (value ?? '').split(',').map((part) => part.trim())) {
    if (text === '') continue
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, '')) {
      throw wrong('CONSENTRY_OUTBOUND_ALLOW', 'must be a list of origins such as http://127.0.0.1:9000')
    }
    origins.add(url.origin)
  }
  return origins
}
