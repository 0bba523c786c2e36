/** The name of an app as the lists compare it. */
import type { Connection } from '../connection.ts'

/** Of a client's document, in lower case; null where it has none. */
export function nameKeyOf({ client_name: name }: Readonly<Record<string, unknown>>): string | null {
  return typeof name === 'string' ? name.toLowerCase() : null
}

/** Apps that are looked at in one sweep. */
const batch = 1000

/** Gives apps that a node of the release before has registered the names by which they are found. */
export async function nameClients({ db }: Pick<Connection, 'db'>): Promise<void> {
  const rows = await db
    .selectFrom('clients')
    .select(['client_id', 'metadata'])
    .where('name_key', 'is', null)
    .where('metadata', 'like', '%"client_name":"%')
    .limit(batch)
    .execute()
  for (const { client_id, metadata } of rows) {
    await db
      .updateTable('clients')
      .set({ name_key: nameKeyOf(JSON.parse(metadata) as Record<string, unknown>) })
      .where('client_id', '=', client_id)
      .where('metadata', '=', metadata)
      .execute()
  }
}
