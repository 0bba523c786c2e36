/** The web origins of the redirect URIs that clients have registered: who may call from a page (Fetch standard). */
import { isStorable } from '../../text.ts'
import type { Db } from '../connection.ts'

/** The origins in a client's document, each once. */
export function originsOf(metadata: Readonly<Record<string, unknown>>): readonly string[] {
  const uris: unknown[] = Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris : []
  const origins = uris.flatMap((uri) =>
    typeof uri === 'string' && /^https?:/.test(uri) && URL.canParse(uri) ? [new URL(uri).origin] : [],
  )
  return [...new Set(origins)]
}

/** Replaces a client's origins by those of `metadata`, in the transaction that writes the document. */
export async function keepOrigins(
  trx: Db,
  clientId: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  await trx.deleteFrom('client_origins').where('client_id', '=', clientId).execute()
  const rows = originsOf(metadata).map((origin) => ({ client_id: clientId, origin }))
  if (rows.length > 0) await trx.insertInto('client_origins').values(rows).execute()
}

/** Whether a client other than `except` has registered the origin: an enabled one, or, unless it must be, a pending one. */
export async function hasOrigin(
  db: Db,
  origin: string,
  { except = '', enabled = false }: { readonly except?: string; readonly enabled?: boolean } = {},
): Promise<boolean> {
  if (!isStorable(origin)) return false
  const row = await db
    .selectFrom('client_origins as o')
    .innerJoin('clients as c', 'c.client_id', 'o.client_id')
    .select('o.client_id')
    .where('o.origin', '=', origin)
    .where('o.client_id', '<>', except)
    .where((where) => where.or([where('c.enabled', '=', 1), ...(enabled ? [] : [where('c.pending', '=', 1)])]))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
