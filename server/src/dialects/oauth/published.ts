/** Documents that everybody may keep for a while. */
import type { Answer } from '../../http/endpoint.ts'
import { sha256 } from '../../lib/hash.ts'

export function published(type: string, document: object): Answer {
  const body = JSON.stringify(document)
  const etag = `"${sha256(body).toString('base64url').slice(0, 22)}"`
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'public, max-age=300', etag }, body }
}
