/** Every stored client names its authentication method; one with a secret that named none may send it in either way. */
import { type Kysely, type Migration, sql } from 'kysely'

export function clientMethods(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { rows } = await sql<{ client_id: string; metadata: string }>`select client_id, metadata from clients
        where metadata not like '%"token_endpoint_auth_method"%'`.execute(db)
      for (const { client_id, metadata } of rows) {
        const document = JSON.parse(metadata) as Record<string, unknown>
        const method = { token_endpoint_auth_method: 'client_secret_basic', any_secret_method: true }
        const named = JSON.stringify({ ...document, ...method })
        await sql`update clients set metadata = ${named} where client_id = ${client_id}`.execute(db)
      }
    },
  }
}
