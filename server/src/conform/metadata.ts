/** The documents in which a server says what it offers (RFC 8414 §3, OpenID Connect Discovery §4). */
import type { Answer, Http } from './http.ts'

export interface Metadata {
  /** What it says of itself: the members of both documents. */
  readonly says: Readonly<Record<string, unknown>>
  /** The issuer as it was given. */
  readonly issuer: string
  readonly openid: Answer
  readonly oauth: Answer
  /** Whether it is an OpenID provider. */
  readonly isOpenid: boolean
  /** The address of an endpoint or document. */
  url(name: string): string | undefined
  /** A list of texts; empty where it says none. */
  list(name: string): readonly string[]
  is(name: string): boolean
}

/** Reads both; undefined where the issuer has neither. */
export async function readMetadata(http: Http, issuer: string): Promise<Metadata | undefined> {
  const openid = await http.ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const oauth = await http.ask(insertedUrl(issuer, 'oauth-authorization-server'))
  const found = (answer: Answer) => (answer.status === 200 ? answer.json : undefined)
  if (found(openid) === undefined && found(oauth) === undefined) return undefined
  const says = { ...found(oauth), ...found(openid) }
  const list = (name: string) => {
    const value = says[name]
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
  }
  return {
    says,
    issuer,
    openid,
    oauth,
    isOpenid: found(openid) !== undefined || list('scopes_supported').includes('openid'),
    url(name) {
      const value = says[name]
      return typeof value === 'string' && URL.canParse(value) ? value : undefined
    },
    list,
    is: (name) => says[name] === true,
  }
}

/** A well-known address with the name between host and path (RFC 8414 §3.1, RFC 9728 §3.1). */
export function insertedUrl(of: string, name: string): string {
  const { origin, pathname, search } = new URL(of)
  return `${origin}/.well-known/${name}${pathname === '/' ? '' : pathname.replace(/\/$/, '')}${search}`
}

/** Whether plain http is allowed: it never leaves the machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}
