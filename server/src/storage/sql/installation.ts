/** The installation: its random ID, the salt of its pairwise subjects, and the last restore from a backup. */
import { randomBytes } from '../../lib/random.ts'
import type { Recovery, SealedSalt, SubjectSalt } from '../contract.ts'
import { asBuffer } from './bytes.ts'
import { announced, type Connection, type Db, transact } from './connection.ts'
import type { Tables } from './schema.ts'

export async function installationId(db: Db): Promise<Buffer> {
  const known = await db.selectFrom('installation').select('id').executeTakeFirst()
  if (known !== undefined) return asBuffer(known.id)
  // Of several first starts at once only one row stays; everybody reads that one.
  await db
    .insertInto('installation')
    .values({ one: 1, id: randomBytes(16), subject_salt: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow()
  return asBuffer(row.id)
}

export function subjectSalt({ db }: Pick<Connection, 'db'>): SubjectSalt {
  return {
    async find() {
      const row = await db.selectFrom('installation').select('subject_salt').executeTakeFirstOrThrow()
      return row.subject_salt === null ? undefined : (JSON.parse(row.subject_salt) as SealedSalt)
    },

    async replace(from, to) {
      await db
        .updateTable('installation')
        .set({ subject_salt: JSON.stringify(to) })
        .where('subject_salt', from === undefined ? 'is' : '=', from === undefined ? null : JSON.stringify(from))
        .execute()
    },
  }
}

/** What an installation has issued, and what proves that it was this one. */
const issued: readonly (keyof Tables)[] = [
  'grant_repeats',
  'grants',
  'grant_terms',
  'sessions',
  'app_passwords',
  'mailed_links',
  'jobs',
  'webhook_deliveries',
  'webhooks',
  'signing_keys',
  'secret_marks',
]

export function recovery(connection: Connection): Recovery {
  const { db } = connection
  return {
    async find() {
      const row = await db.selectFrom('recovery').selectAll().executeTakeFirst()
      return (
        row && {
          backupAt: row.backup_at,
          restoredAt: row.restored_at,
          clone: row.clone === 1,
          reappliedUntil: row.reapplied_until,
          paused: row.paused === 1,
          unacknowledged: row.unacknowledged === 1,
        }
      )
    },

    async note({ backupAt, restoredAt, clone, reappliedUntil, paused, unacknowledged }) {
      const values = {
        backup_at: backupAt,
        restored_at: restoredAt,
        clone: Number(clone),
        reapplied_until: reappliedUntil,
        paused: Number(paused),
        unacknowledged: Number(unacknowledged),
      }
      await db
        .insertInto('recovery')
        .values({ one: 1, ...values })
        .onConflict((conflict) => conflict.column('one').doUpdateSet(values))
        .execute()
    },

    resume: () =>
      announced(connection, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('recovery')
          .set({ paused: 0 })
          .where('paused', '=', 1)
          .executeTakeFirst()
        return numUpdatedRows > 0n
      }),

    async acknowledge() {
      const { numUpdatedRows } = await db
        .updateTable('recovery')
        .set({ unacknowledged: 0 })
        .where('unacknowledged', '=', 1)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    becomeAnother(installation) {
      return transact(connection, async (trx) => {
        for (const table of issued) await trx.deleteFrom(table).execute()
        await trx.updateTable('installation').set({ id: installation }).execute()
      })
    },
  }
}
