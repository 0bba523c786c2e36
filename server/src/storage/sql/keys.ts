/** Signing keys; the private half is sealed before it gets here. */
import type { Keys, SigningKey } from '../contract.ts'
import { asBuffer } from './bytes.ts'
import type { Cold } from './cold.ts'
import type { SigningKeyRow } from './schema.ts'

export function keys({ db }: Cold): Keys {
  return {
    async list() {
      const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid').execute()
      return rows.map(toKey)
    },

    async insertFirst(key) {
      // A unique index allows one key per algorithm in each state but retired, so of several nodes that make one at
      // once a single row stays, and everybody signs with that.
      await db
        .insertInto('signing_keys')
        .values(fromKey(key))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const row = await db
        .selectFrom('signing_keys')
        .selectAll()
        .where('alg', '=', key.alg)
        .where('state', '=', key.state)
        .orderBy('created_at')
        .executeTakeFirstOrThrow()
      return toKey(row)
    },

    async save(key) {
      const { kid, ...columns } = fromKey(key)
      await db
        .insertInto('signing_keys')
        .values({ kid, ...columns })
        .onConflict((conflict) => conflict.column('kid').doUpdateSet(columns))
        .execute()
    },

    async delete(kid) {
      await db.deleteFrom('signing_keys').where('kid', '=', kid).execute()
    },
  }
}

function fromKey(key: SigningKey): SigningKeyRow {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    public_jwk: JSON.stringify(key.publicJwk),
    sealed_private: key.sealedPrivate,
    created_at: key.createdAt,
    activated_at: key.activatedAt,
    retired_at: key.retiredAt,
  }
}

function toKey(row: SigningKeyRow): SigningKey {
  return {
    kid: row.kid,
    alg: row.alg as SigningKey['alg'],
    state: row.state as SigningKey['state'],
    publicJwk: JSON.parse(row.public_jwk) as Record<string, unknown>,
    sealedPrivate: asBuffer(row.sealed_private),
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    retiredAt: row.retired_at,
  }
}
