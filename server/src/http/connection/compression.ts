/**
 * Compressed answers (RFC 9110 §8.4), for the parts of the server that ask for it. Token endpoints never do, and an
 * answer that shows a secret is left as it is: its length would tell of it to whoever can add text beside it.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Marks an answer that shows a secret, code or token: whatever compresses answers leaves it as it is. */
export function neverCompress(reply: FastifyReply): FastifyReply {
  return reply.header('content-encoding', 'identity')
}

/** Bytes below which the answer fits into one packet or two anyway. */
const least = 1024

const texts = /^(?:text\/|image\/svg\+xml|application\/(?:[a-z0-9.-]+\+)?json|application\/javascript)/i

/** The codings that we have, the better first, each in the setting that costs least for what it saves. */
const codings = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
} as const

type Coding = keyof typeof codings

/** What was made of each answer that is one and the same buffer every time; forgotten with the buffer. */
const kept = new WeakMap<Buffer, Map<Coding, Promise<Buffer>>>()

function compressed(bytes: Buffer, coding: Coding): Promise<Buffer> {
  const forms = kept.get(bytes) ?? new Map<Coding, Promise<Buffer>>()
  kept.set(bytes, forms)
  const form = forms.get(coding) ?? codings[coding](bytes)
  forms.set(coding, form)
  return form
}

/** Compresses what the routes of the scope answer, where it is text, long enough, and the caller takes it. */
export function compressAnswers(scope: FastifyInstance): void {
  scope.addHook('onSend', async (request, reply, payload) => {
    // Where it says identity, it goes out so: common proxies leave alone what names a coding, too.
    if (reply.hasHeader('content-encoding')) return payload
    const text = typeof payload === 'string'
    if (!text && !Buffer.isBuffer(payload)) return payload
    if (payload.length < least || !texts.test(String(reply.getHeader('content-type')))) return payload
    const vary = reply.getHeader('vary')
    reply.header('vary', vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`)
    const coding = codingFor([request.headers['accept-encoding'] ?? []].flat().join(','))
    if (coding === undefined || request.method === 'HEAD' || reply.statusCode === 304) return payload
    const etag = reply.getHeader('etag')
    // The bytes are others; what they mean is the same (RFC 9110 §8.8.3.3).
    if (typeof etag === 'string' && !etag.startsWith('W/')) reply.header('etag', `W/${etag}`)
    reply.header('content-encoding', coding).removeHeader('content-length')
    return compressed(text ? Buffer.from(payload) : payload, coding)
  })
}

/** The coding that an Accept-Encoding header likes best (RFC 9110 §12.5.3); undefined where it takes none of ours. */
export function codingFor(accepted: string): Coding | undefined {
  const weights = new Map<string, number>()
  for (const part of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    const weight = q === undefined ? 1 : /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0
    weights.set(name, weight)
  }
  const weightOf = (coding: Coding) => weights.get(coding) ?? weights.get('*') ?? 0
  const best: Coding = weightOf('gzip') > weightOf('br') ? 'gzip' : 'br'
  return weightOf(best) > 0 && weightOf(best) >= (weights.get('identity') ?? 0) ? best : undefined
}
