/**
 * Calling an address that somebody else has named: https to a public address only, no redirect followed, bounded in
 * size and time (OWASP ASVS 5 V10.4, SSRF). The address that was judged is the address that is connected to.
 */
import { lookup } from 'node:dns/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP } from 'node:net'

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
const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  special.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  special.addSubnet(network, prefix, 'ipv6')
}

/** Whether anybody on the internet could have this address. Mapped IPv4 is judged as what it maps. */
function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const plain = mapped ?? address
  const version = isIP(plain)
  if (version === 0) return false
  if (version === 6 && /^::ffff:/i.test(plain)) return false
  return !special.check(plain, version === 4 ? 'ipv4' : 'ipv6')
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

function exchange(
  url: URL,
  address: { address: string; family: number },
  request: GuardedRequest,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => reject(new FetchRefused(why))
    let answered = false
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send(
      url,
      {
        method: request.method ?? 'GET',
        agent: false,
        // What is counted is what is read, so nothing may come that grows when it is unpacked.
        headers: { accept: 'application/json', ...request.headers, 'accept-encoding': 'identity' },
        signal,
        lookup: (_host, lookupOptions, done) => {
          // The address that was judged, whatever the name resolves to by now.
          if (lookupOptions.all === true) done(null, [{ address: address.address, family: address.family }])
          else done(null, address.address, address.family)
        },
      },
      (answer: IncomingMessage) => {
        answered = true
        const status = answer.statusCode ?? 0
        if (status < 200 || status > 599) {
          answer.destroy()
          return refuse(`the answer has status ${status}`)
        }
        if (!/^(?:identity)?$/i.test(answer.headers['content-encoding'] ?? '')) {
          answer.destroy()
          return refuse('the answer is compressed')
        }
        const chunks: Buffer[] = []
        let size = 0
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > limit) {
            answer.destroy()
            refuse('the answer is too large')
          } else chunks.push(chunk)
        })
        answer.on('end', () => resolve(toResponse(status, answer, Buffer.concat(chunks))))
        answer.on('error', () => refuse('the answer broke off'))
      },
    )
    outgoing.on('error', () => refuse('the host did not answer'))
    // An answer that asks for another protocol is none, and nobody waits for ever.
    outgoing.on('close', () => {
      if (!answered) refuse('the host did not answer')
    })
    outgoing.end(request.body)
  })
}

function toResponse(status: number, answer: IncomingMessage, body: Buffer): Response {
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  // A Response of these has no body, and cannot be made with one (Fetch standard).
  const bodiless = status === 204 || status === 205 || status === 304
  return new Response(bodiless ? null : new Uint8Array(body), { status, headers })
}
