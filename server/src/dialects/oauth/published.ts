/** Documents that everybody may keep for a while. */
import type { Answer } from '../../http/endpoint.ts'

export function published(type: string, document: object): Answer {
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=300' }
  return { status: 200, headers, body: JSON.stringify(document) }
}
