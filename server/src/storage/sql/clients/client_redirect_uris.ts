/** The redirect URIs that clients have registered, by digest: which apps a URI belongs to. */
import { sha256 } from '../../../lib/hash.ts'
import { asBuffer } from '../bytes.ts'
import type { Db } from '../connection.ts'

/** The digests of the redirect URIs in a client's document, each once. A URI itself may be too long for an index. */
export function redirectUriDigests(metadata: Readonly<Record<string, unknown>>): readonly Buffer[] {
  const uris: unknown[] = Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris : []
  return [...new Set(uris)].flatMap((uri) => (typeof uri === 'string' ? [asBuffer(sha256(uri))] : []))
}

/** Replaces a client's redirect URIs by those of `metadata`, in the transaction that writes the document. */
export async function keepRedirectUris(
  trx: Db,
  clientId: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  await trx.deleteFrom('client_redirect_uris').where('client_id', '=', clientId).execute()
  const rows = redirectUriDigests(metadata).map((digest) => ({ client_id: clientId, digest }))
  if (rows.length > 0) await trx.insertInto('client_redirect_uris').values(rows).execute()
}

/** The ids of the clients that are not switched off and have registered the URI, in order. */
export async function withRedirectUri(db: Db, uri: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('client_redirect_uris as u')
    .innerJoin('clients as c', 'c.client_id', 'u.client_id')
    .select('u.client_id')
    .where('u.digest', '=', asBuffer(sha256(uri)))
    .where((where) => where.or([where('c.enabled', '=', 1), where('c.pending', '=', 1)]))
    .orderBy('u.client_id')
    .execute()
  return rows.map((row) => row.client_id)
}
