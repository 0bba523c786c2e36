/** What was seen of a grant's last step, and an end in time for grants that nothing refreshes. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { GrantContext } from '../../protocol/grant.ts'
import { stateCode } from '../sql/grant_row.ts'
import type { Tables as NewTables } from '../sql/schema.ts'

/** The context lay in the row of its grant. */
interface Tables {
  grants: Pick<NewTables['grants'], 'id' | 'user_id' | 'state' | 'stepped_at' | 'expires_at'> & { context: string }
}

/** Rows read at once. */
const batch = 1000

export function usedStep(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      // Nobody knows of the grants there are whether their last step was used, so they count as used; the next swap makes
      // the number a real one. A constant default writes no row.
      await sql`alter table grants add column used_step bigint not null default ${sql.lit(Number.MAX_SAFE_INTEGER)}`.execute(
        db,
      )
      await endWithTheirTokens(db as Kysely<Tables>)
    },
  }
}

/** Grants without refresh token were kept as long as a refresh token would have lived. */
async function endWithTheirTokens(db: Kysely<Tables>): Promise<void> {
  let last = Buffer.alloc(0)
  for (;;) {
    const rows = await db
      .selectFrom('grants')
      .select(['id', 'context', 'stepped_at', 'expires_at'])
      .where('id', '>', last)
      .where('state', '=', stateCode.live)
      .where('user_id', 'is not', null)
      .where('context', 'like', '%"refreshable":false%')
      .orderBy('id')
      .limit(batch)
      .execute()
    for (const row of rows) {
      const { refreshable, accessTokenTtl } = JSON.parse(row.context) as GrantContext
      const end = row.stepped_at + accessTokenTtl * 1000
      if (refreshable || end >= row.expires_at) continue
      await db.updateTable('grants').set({ expires_at: end }).where('id', '=', row.id).execute()
    }
    const end = rows.at(-1)
    if (end === undefined) return
    last = Buffer.from(end.id)
  }
}
