/** Usernames that accounts had before, and what follows where one gets another. */
import { type Selectable, sql } from 'kysely'
import type { Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { AccountChange, Accounts } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Connection, Db } from '../connection.ts'
import type { UserRow } from '../schema.ts'
import { invitationTables } from './belongings.ts'

/** How a username or e-mail address is compared. */
export const fold = (text: string) => text.toLowerCase()

export function formerUsernames({
  db,
  clock,
}: Connection): Pick<Accounts, 'listFormerUsernames' | 'findByFormerUsername'> {
  return {
    async listFormerUsernames(id) {
      const rows = await db
        .selectFrom('former_usernames')
        .select('username')
        .where('user_id', '=', id)
        .where('kept_until', '>', clock.now())
        .orderBy('kept_until')
        .execute()
      return rows.map(({ username }) => username)
    },

    async findByFormerUsername(username) {
      if (!isStorable(username)) return undefined
      const row = await keptBy(db, username, clock.now()).executeTakeFirst()
      return row?.user_id as UserId | undefined
    },
  }
}

/** Who keeps a username that they had before. */
export function keptBy(db: Db, username: string, now: Millis) {
  return db
    .selectFrom('former_usernames')
    .select('user_id')
    .where('username_key', '=', fold(username))
    .where('kept_until', '>', now)
}

/** Keeps the former username for its account, and lets what was given to the person by it follow. */
export async function rename(
  trx: Db,
  { before, row }: { readonly before: Selectable<UserRow>; readonly row: Selectable<UserRow> },
  { formerKeptUntil }: AccountChange,
): Promise<void> {
  const { id, username, username_key } = row
  await trx
    .deleteFrom('former_usernames')
    .where('user_id', '=', id)
    .where('username_key', 'in', [username_key, before.username_key])
    .execute()
  if (formerKeptUntil !== undefined && before.username_key !== username_key) {
    const { username_key: formerKey, username: former } = before
    await trx
      .insertInto('former_usernames')
      .values({ username_key: formerKey, user_id: id, username: former, kept_until: formerKeptUntil })
      .execute()
  }
  // What was given to an e-mail address stays there. Where the new name was invited before, that invitation counts.
  for (const [table, column] of Object.entries(invitationTables)) {
    const [invited, of] = [sql.table(table), sql.ref(column)]
    await sql`update ${invited} set username = ${username}, username_key = ${username_key}
      where user_id = ${id} and username_key not like '%@%' and not exists (select 1 from ${invited} other
        where other.username_key = ${username_key} and other.${of} = ${invited}.${of}
        and other.user_id is distinct from ${id})`.execute(trx)
  }
}
