/** Brings stored e-mail addresses to the one form in which they are compared. */
import { type Kysely, type Migration, sql } from 'kysely'
import { canonicalEmail } from '../../protocol/account_names.ts'
import type { Tables } from '../sql/schema.ts'

/** The kind of the documents that name accounts whose address somebody else has in another spelling. */
const clashes = 'account_clashes'

export function emailDomains(): Migration {
  return { up: (db: Kysely<Tables>) => unifyEmails(db) }
}

/**
 * Rewrites addresses that are not in their one form. Where another account has that form already, the address stays as
 * it is, and a document names both accounts, for `doctor` to report.
 */
async function unifyEmails(db: Kysely<Tables>): Promise<void> {
  const page = 1000
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom('users')
      .select(['number', 'id', 'email'])
      .where('number', '>', after)
      .orderBy('number')
      .limit(page)
      .execute()
    for (const { id, email } of rows) {
      if (email !== null && canonicalEmail(email) !== email) await unify(db, id, canonicalEmail(email))
    }
    if (rows.length < page) return
    after = rows.at(-1)?.number ?? after
  }
}

async function unify(db: Kysely<Tables>, id: string, email: string): Promise<void> {
  const email_key = email.toLowerCase()
  const other = await db
    .selectFrom('users')
    .select('id')
    .where('email_key', '=', email_key)
    .where('id', '<>', id)
    .executeTakeFirst()
  if (other === undefined) {
    await db.updateTable('users').set({ email, email_key }).where('id', '=', id).execute()
    return
  }
  const body = JSON.stringify({ other: other.id })
  await sql`insert into documents (kind, name, body) values (${clashes}, ${id}, ${body})`.execute(db)
}
