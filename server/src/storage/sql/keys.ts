/** Signing keys, whose private half is sealed before it gets here, and the marks of the root secrets. */
import type { Keys, SecretMarks, SigningKey } from '../contract.ts'
import { asBuffer } from './bytes.ts'
import { announced, type Connection } from './connection.ts'
import type { SigningKeyRow } from './schema.ts'

export function keys(connection: Connection): Keys {
  const { db, facts } = connection
  return {
    async list() {
      const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid').execute()
      return rows.map(toKey)
    },

    async insertFirst(key) {
      // A unique index allows one key per algorithm in each state but retired, so of several nodes that make one at
      // once a single row stays, and everybody signs with that.
      await announced(connection, (trx) =>
        trx
          .insertInto('signing_keys')
          .values(fromKey(key))
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      )
      const row = await db
        .selectFrom('signing_keys')
        .selectAll()
        .where('alg', '=', key.alg)
        .where('state', '=', key.state)
        .orderBy('created_at')
        .executeTakeFirstOrThrow()
      return toKey(row)
    },

    async reseal(kid, from, to) {
      await db
        .updateTable('signing_keys')
        .set({ sealed_private: to })
        .where('kid', '=', kid)
        .where('sealed_private', '=', from)
        .execute()
    },

    async promote(from, to, at) {
      return announced(connection, async (trx) => {
        // Held before either is written: of several nodes, the later ones find here what the first one left.
        const held = await trx
          .selectFrom('signing_keys')
          .select(['kid', 'state'])
          .where('kid', 'in', [from, to])
          .orderBy('kid')
          .modifyEnd(facts.lock)
          .execute()
        const is = (kid: string, state: string) => held.some((key) => key.kid === kid && key.state === state)
        if (!is(from, 'signing') || !is(to, 'next')) return false
        const retired = { state: 'retired', retired_at: at }
        await trx.updateTable('signing_keys').set(retired).where('kid', '=', from).execute()
        const promoted = { state: 'signing', activated_at: at }
        await trx.updateTable('signing_keys').set(promoted).where('kid', '=', to).execute()
        return true
      })
    },

    async delete(kid) {
      await announced(connection, (trx) => trx.deleteFrom('signing_keys').where('kid', '=', kid).execute())
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

export function secretMarks({ db }: Connection): SecretMarks {
  return {
    async list() {
      const rows = await db.selectFrom('secret_marks').selectAll().execute()
      return new Map(rows.map(({ generation, mark }) => [generation, mark]))
    },

    async leave(generation, mark) {
      await db
        .insertInto('secret_marks')
        .values({ generation, mark })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
  }
}
