/** A file to download, with what its reader may not do: show it as a page of ours, or keep it in a cache. */
import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Arrival } from './visit.ts'

const json = 'application/json; charset=utf-8'

export interface Download {
  /** What the browser calls it. */
  readonly name: string
  /** JSON where nothing else is said. */
  readonly type?: string
  readonly body: string | Readable
}

export function download({ reply }: Pick<Arrival, 'reply'>, { name, type = json, body }: Download): FastifyReply {
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .send(body)
}
