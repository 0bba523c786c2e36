/**
 * Fetching a document that somebody else has named: https to a public address only, no redirect followed, bounded in
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
  /** Milliseconds for the whole exchange. */
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
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const plain = mapped ?? address
  const version = isIP(plain)
  if (version === 0) return false
  if (version === 6 && /^::ffff:/i.test(plain)) return false
  return !special.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}

/** The body of a 200 answer with a JSON type, parsed. Throws FetchRefused for everything else. */
export async function fetchJson(uri: string, options: FetchOptions): Promise<unknown> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') throw new FetchRefused('not a usable URL')
  const allowed = options.allowed.has(url.origin)
  if (url.protocol !== 'https:' && !(allowed && url.protocol === 'http:')) throw new FetchRefused('not an https URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const found = await lookup(host, { all: true }).catch(() => [])
  const [first] = found
  if (first === undefined) throw new FetchRefused('the host is not known')
  if (!allowed && found.some(({ address }) => !isPublicAddress(address)))
    throw new FetchRefused('the host is not public')
  const text = await read(url, first, options)
  try {
    return JSON.parse(text)
  } catch {
    throw new FetchRefused('the answer is not JSON')
  }
}

function read(url: URL, address: { address: string; family: number }, options: FetchOptions): Promise<string> {
  const { limit = 65_536, timeout = 5000 } = options
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => reject(new FetchRefused(why))
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send(
      url,
      {
        method: 'GET',
        agent: false,
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(timeout),
        lookup: (_host, lookupOptions, done) => {
          // The address that was judged, whatever the name resolves to by now.
          if (lookupOptions.all === true) done(null, [{ address: address.address, family: address.family }])
          else done(null, address.address, address.family)
        },
      },
      (answer: IncomingMessage) => {
        if (answer.statusCode !== 200) {
          answer.destroy()
          return refuse(`the answer has status ${answer.statusCode}`)
        }
        if (!/^application\/([a-z0-9.-]+\+)?json\b/i.test(answer.headers['content-type'] ?? '')) {
          answer.destroy()
          return refuse('the answer is not of a JSON type')
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
        answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
        answer.on('error', () => refuse('the answer broke off'))
      },
    )
    outgoing.on('error', () => refuse('the host did not answer'))
    outgoing.end()
  })
}
