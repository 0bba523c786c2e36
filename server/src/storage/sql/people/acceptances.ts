/** What people have accepted of the operator's documents. */
import type { Acceptances, TermsDocument } from '../../contract.ts'
import type { Connection } from '../connection.ts'

export function acceptances({ db, facts }: Connection): Acceptances {
  return {
    async add(userId, accepted) {
      if (accepted.length === 0) return
      const rows = accepted.map(({ document, version, acceptedAt, language }) => ({
        user_id: userId,
        document,
        version,
        accepted_at: acceptedAt,
        language,
      }))
      await db
        .insertInto('acceptances')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    async settle(userId) {
      await db
        .updateTable('sessions')
        .set({ terms_due: 0 })
        .where('id', 'in', (of) => {
          const due = of.selectFrom('sessions').select('id').where('user_id', '=', userId).where('terms_due', '=', 1)
          return due.orderBy('id').modifyEnd(facts.lock)
        })
        .execute()
    },

    async listByUser(userId) {
      const rows = await db
        .selectFrom('acceptances')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('accepted_at', 'desc')
        .orderBy('document', 'desc')
        .orderBy('version')
        .execute()
      return rows.map((row) => ({
        document: row.document as TermsDocument,
        version: row.version,
        acceptedAt: row.accepted_at,
        language: row.language,
      }))
    },
  }
}
