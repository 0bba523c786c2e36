/**
 * Calling an address that somebody else has named: https to a public address only, no redirect followed, bounded in
 * size and time (OWASP ASVS 5 V10.4, SSRF). The address that was judged is the address that is connected to.
 */
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

export class FetchRefused extends Error {
  override readonly name = 'FetchRefused'
}

export interface FetchOptions {
  /** Origins that may be reached although they are http or not public. */
  readonly allowed: ReadonlySet<string>
  /** Bytes after which the answer is refused. */
  readonly limit?: number
  /** Milliseconds for the whole exchange, the look-up of the name included. */
  readonly timeout?: number
}

/** Networks that are nobody's public address (RFC 6890 and its successors). */
const special = `
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
  ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16
  fc00::/7 fe80::/10 fec0::/10 ff00::/8
`
  .trim()
  .split(/\s+/)
  .map((network) => ipaddr.parseCIDR(network))

/** Whether anybody on the internet could have this address. Mapped IPv4 is judged as what it maps. */
function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.subnetMatch(ipaddr.process(address), { special }, 'public') === 'public'
}

/** What is sent; a GET for JSON where nothing is said. */
export interface GuardedRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The body of a 200 answer with a JSON type, parsed. Throws FetchRefused for everything else. */
export async function jsonOf(answer: Response): Promise<unknown> {
  if (answer.status !== 200) throw new FetchRefused(`the answer has status ${answer.status}`)
  if (!/^application\/([a-z0-9.-]+\+)?json\b/i.test(answer.headers.get('content-type') ?? '')) {
    throw new FetchRefused('the answer is not of a JSON type')
  }
  try {
    return await answer.json()
  } catch {
    throw new FetchRefused('the answer is not JSON')
  }
}

/** Any answer, read to its end; a redirect is answered and not followed. Throws FetchRefused. */
export async function guardedFetch(uri: string, request: GuardedRequest, options: FetchOptions): Promise<Response> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') throw new FetchRefused('not a usable URL')
  const allowed = options.allowed.has(url.origin)
  if (url.protocol !== 'https:' && !(allowed && url.protocol === 'http:')) throw new FetchRefused('not an https URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const signal = AbortSignal.timeout(options.timeout ?? 5000)
  const found = await inTime(lookup(host, { all: true }), signal).catch(() => [])
  const [first] = found
  if (first === undefined) throw new FetchRefused('the host is not known')
  if (!allowed && found.some(({ address }) => !isPublicAddress(address)))
    throw new FetchRefused('the host is not public')
  return exchange(url, first, request, { limit: options.limit ?? 65_536, signal })
}

/** What `work` gives, unless the signal comes first. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

async function exchange(
  url: URL,
  address: { address: string; family: number },
  request: GuardedRequest,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): Promise<Response> {
  const { Agent } = await import('undici')
  // The address that was judged, whatever the name resolves to by now.
  const lookup: LookupFunction = (_host, { all }, done) => {
    if (all === true) done(null, [address])
    else done(null, address.address, address.family)
  }
  // A connection for this exchange alone.
  const agent = new Agent({ connect: { lookup }, pipelining: 0, maxResponseSize: limit })
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method ?? 'GET',
      // What is counted is what is read, so nothing may come that grows when it is unpacked.
      headers: { accept: 'application/json', ...request.headers, 'accept-encoding': 'identity' },
      body: request.body ?? null,
      signal,
    })
    if (statusCode > 599) throw new FetchRefused(`the answer has status ${statusCode}`)
    if (!/^(?:identity)?$/i.test(String(headers['content-encoding'] ?? ''))) {
      throw new FetchRefused('the answer is compressed')
    }
    // A Response of these has no body, and cannot be made with one (Fetch standard).
    const bodiless = statusCode === 204 || statusCode === 205 || statusCode === 304
    const bytes = await body.arrayBuffer()
    return new Response(bodiless ? null : bytes, { status: statusCode, headers: pairs(headers) })
  } catch (error) {
    if (error instanceof FetchRefused) throw error
    const tooLarge = error instanceof Error && error.name === 'ResponseExceededMaxSizeError'
    throw new FetchRefused(tooLarge ? 'the answer is too large' : 'the host did not answer')
  } finally {
    await agent.destroy()
  }
}

function pairs(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
}
