/** Passkeys, found by the ID that their authenticator gave them. */
import type { UserId } from '../../../protocol/names.ts'
import type { Passkey, Passkeys } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { asBuffer } from '../bytes.ts'
import type { Connection } from '../connection.ts'
import { toAccount } from './account_rows.ts'
import type { PasskeyRow } from './rows.ts'

export function passkeys({ db, clock }: Connection): Passkeys {
  return {
    async insert(passkey) {
      const row = await db
        .insertInto('passkeys')
        .values({
          credential_id: passkey.credentialId,
          user_id: passkey.userId,
          rp_id: passkey.rpId,
          user_handle: passkey.userHandle,
          public_key: passkey.publicKey,
          sign_count: passkey.signCount,
          transports: JSON.stringify(passkey.transports),
          name: passkey.name,
          synced: Number(passkey.synced),
          created_at: clock.now(),
          used_at: null,
        })
        .onConflict((conflict) => conflict.column('credential_id').doNothing())
        .returningAll()
        .executeTakeFirst()
      return row === undefined ? 'taken' : toPasskey(row)
    },

    async find(credentialId) {
      if (!isStorable(credentialId)) return undefined
      const row = await db
        .selectFrom('passkeys as p')
        .innerJoin('users as u', 'u.id', 'p.user_id')
        .selectAll('u')
        .select(['p.credential_id', 'p.user_id', 'p.rp_id', 'p.user_handle', 'p.public_key', 'p.sign_count'])
        .select(['p.transports', 'p.name', 'p.synced', 'p.created_at as added_at', 'p.used_at'])
        .where('p.credential_id', '=', credentialId)
        .executeTakeFirst()
      return row && { passkey: toPasskey({ ...row, created_at: row.added_at }), account: toAccount(row) }
    },

    async listByUser(userId) {
      const rows = await db
        .selectFrom('passkeys')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('credential_id')
        .execute()
      return rows.map(toPasskey)
    },

    async use(credentialId, signCount) {
      // Decided on the row, so that of two answers with one counter one is taken.
      const { numUpdatedRows } = await db
        .updateTable('passkeys')
        .set({ sign_count: signCount, used_at: clock.now() })
        .where('credential_id', '=', credentialId)
        .where((row) => (signCount === 0 ? row('sign_count', '=', 0) : row('sign_count', '<', signCount)))
        .executeTakeFirst()
      if (numUpdatedRows > 0n) return 'noted'
      const row = await db
        .selectFrom('passkeys')
        .select('user_id')
        .where('credential_id', '=', credentialId)
        .executeTakeFirst()
      return row === undefined ? 'not_found' : 'count_fell'
    },

    async rename(userId, credentialId, name) {
      const { numUpdatedRows } = await db
        .updateTable('passkeys')
        .set({ name })
        .where('credential_id', '=', credentialId)
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async remove(userId, credentialId) {
      const { numDeletedRows } = await db
        .deleteFrom('passkeys')
        .where('credential_id', '=', credentialId)
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    async countElsewhere(rpId) {
      const rows = await db
        .selectFrom('passkeys')
        .select((row) => ['rp_id', row.fn.countAll().as('count')])
        .where('rp_id', '<>', rpId)
        .groupBy('rp_id')
        .orderBy('rp_id')
        .execute()
      return new Map(rows.map(({ rp_id, count }) => [rp_id, Number(count)]))
    },
  }
}

function toPasskey(row: PasskeyRow): Passkey {
  return {
    credentialId: row.credential_id,
    userId: row.user_id as UserId,
    rpId: row.rp_id,
    userHandle: asBuffer(row.user_handle),
    publicKey: asBuffer(row.public_key),
    signCount: row.sign_count,
    transports: JSON.parse(row.transports) as string[],
    name: row.name,
    synced: row.synced === 1,
    createdAt: row.created_at,
    usedAt: row.used_at,
  }
}
