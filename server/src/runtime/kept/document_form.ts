/** What people and grants agree to where an app says by its document what it is: a change of it ends them (R70). */
import { sha256 } from '../../lib/hash.ts'

/** A digest of redirect URIs, keys and authentication method; undefined for every app that has no document. */
export function documentForm({
  metadata,
}: {
  readonly metadata: Readonly<Record<string, unknown>>
}): string | undefined {
  const { registered_by: by, redirect_uris: uris, jwks, jwks_uri: keys, token_endpoint_auth_method: method } = metadata
  if (by !== 'document') return undefined
  const sorted = Array.isArray(uris) ? [...uris].sort() : []
  return sha256(JSON.stringify([sorted, jwks ?? null, keys ?? null, method])).toString('base64url')
}
