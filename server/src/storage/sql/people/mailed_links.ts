/** Links that were mailed. */
import { type Selectable, sql } from 'kysely'
import type { UserId } from '../../../protocol/names.ts'
import type { MailedLink, MailedLinkKind, MailedLinks } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Connection } from '../connection.ts'
import type { MailedLinkRow } from './mailed_link_rows.ts'

export function mailedLinks({ db }: Connection): MailedLinks {
  return {
    async put({ id, kind, subject, userId, standing, madeAt, expiresAt, content }) {
      const fresh = {
        id,
        user_id: userId,
        standing,
        made_at: madeAt,
        expires_at: expiresAt,
        tries: 0,
        content,
      }
      await db
        .insertInto('mailed_links')
        .values({ ...fresh, kind, subject })
        .onConflict((conflict) => conflict.columns(['kind', 'subject']).doUpdateSet(fresh))
        .execute()
    },

    async find(id) {
      if (!isStorable(id)) return undefined
      const row = await db.selectFrom('mailed_links').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toMailedLink(row)
    },

    async take(id) {
      const row = await db.deleteFrom('mailed_links').where('id', '=', id).returning('id').executeTakeFirst()
      return row !== undefined
    },

    async tryCode(id, most) {
      const row = await db
        .updateTable('mailed_links')
        .set({ tries: sql<number>`tries + 1` })
        .where('id', '=', id)
        .where('tries', '<', most)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    async end(subject) {
      await db.deleteFrom('mailed_links').where('subject', '=', subject).execute()
    },
  }
}

function toMailedLink(row: Selectable<MailedLinkRow>): MailedLink {
  return {
    id: row.id,
    kind: row.kind as MailedLinkKind,
    subject: row.subject,
    userId: row.user_id as UserId | null,
    standing: row.standing,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    tries: row.tries,
    content: row.content,
  }
}
