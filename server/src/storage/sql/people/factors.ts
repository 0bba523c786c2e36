/** Second factors, one row an account, and the digests of recovery codes. */
import type { Selectable, Updateable } from 'kysely'
import { sql } from 'kysely'
import type { UserId } from '../../../protocol/names.ts'
import type { Factors, RecoveryFactor, SealedFactor, SecondFactors, TotpFactor } from '../../contract.ts'
import { type Connection, type Db, transact } from '../connection.ts'
import type { FactorRow } from './factor_rows.ts'

export function factors(connection: Connection): SecondFactors {
  return { ...authenticators(connection), ...standing(connection), ...sealing(connection) }
}

/** The app and the recovery codes themselves. */
function authenticators(
  connection: Connection,
): Pick<
  SecondFactors,
  'find' | 'addTotp' | 'removeTotp' | 'useTotp' | 'setRecoveryCodes' | 'useRecoveryCode' | 'clear'
> {
  const { db, clock } = connection
  return {
    async find(userId) {
      const row = await db.selectFrom('factors').selectAll().where('user_id', '=', userId).executeTakeFirst()
      return row && toFactors(row, await codesLeft(db, userId))
    },

    async addTotp(userId, seed, step) {
      return transact(connection, async (trx) => {
        await insertRow(trx, userId)
        const { numUpdatedRows } = await trx
          .updateTable('factors')
          .set({
            totp_seed: seed.sealed,
            totp_generation: seed.generation,
            totp_step: step,
            totp_failures: 0,
            totp_created_at: clock.now(),
            totp_used_at: null,
          })
          .where('user_id', '=', userId)
          .where('totp_seed', 'is', null)
          .executeTakeFirst()
        return numUpdatedRows > 0n
      })
    },

    async removeTotp(userId) {
      const { numUpdatedRows } = await ofUser(db, userId)
        .set({ totp_seed: null, totp_generation: null, totp_step: null, totp_failures: 0, totp_created_at: null })
        .where('totp_seed', 'is not', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async useTotp(userId, step) {
      const { numUpdatedRows } = await ofUser(db, userId)
        .set({ totp_step: step, totp_used_at: clock.now() })
        .where('totp_seed', 'is not', null)
        .where('totp_step', '<', step)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async setRecoveryCodes(userId, key, digests) {
      await transact(connection, async (trx) => {
        await insertRow(trx, userId)
        await trx
          .updateTable('factors')
          .set({
            recovery_key: key.sealed,
            recovery_generation: key.generation,
            recovery_failures: 0,
            recovery_created_at: clock.now(),
          })
          .where('user_id', '=', userId)
          .execute()
        await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
        const rows = digests.map((digest) => ({ user_id: userId, digest, used_at: null }))
        if (rows.length > 0) await trx.insertInto('recovery_codes').values(rows).execute()
      })
    },

    async useRecoveryCode(userId, digest) {
      return transact(connection, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('recovery_codes')
          .set({ used_at: clock.now() })
          .where('user_id', '=', userId)
          .where('digest', '=', digest)
          .where('used_at', 'is', null)
          .executeTakeFirst()
        return numUpdatedRows > 0n ? codesLeft(trx, userId) : undefined
      })
    },

    async clear(userId) {
      await transact(connection, async (trx) => {
        await trx.deleteFrom('factors').where('user_id', '=', userId).execute()
        await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
      })
    },
  }
}

/** Failures that count, and a removal that waits. */
function standing(
  connection: Connection,
): Pick<SecondFactors, 'countFailure' | 'proved' | 'askRemoval' | 'cancelRemoval' | 'forgiveFailures' | 'noteLink'> {
  const { db } = connection
  return {
    async countFailure(userId, of) {
      const column = of === 'totp' ? 'totp_failures' : 'recovery_failures'
      await ofUser(db, userId)
        .set({ [column]: sql<number>`${sql.ref(column)} + 1` })
        .execute()
    },

    async proved(userId) {
      return transact(connection, async (trx) => {
        const waited = await dropRemoval(trx, userId)
        await trx
          .updateTable('factors')
          .set(noFailures)
          .where('user_id', '=', userId)
          .where((is) => is.or([is('totp_failures', '>', 0), is('recovery_failures', '>', 0)]))
          .execute()
        return waited
      })
    },

    async askRemoval(userId, at) {
      return transact(connection, async (trx) => {
        await insertRow(trx, userId)
        const { numUpdatedRows } = await trx
          .updateTable('factors')
          .set({ removal_at: at })
          .where('user_id', '=', userId)
          .where('removal_at', 'is', null)
          .executeTakeFirst()
        return numUpdatedRows > 0n
      })
    },

    cancelRemoval: (userId) => dropRemoval(db, userId),

    async forgiveFailures(userId) {
      await ofUser(db, userId).set(noFailures).execute()
    },

    async noteLink(userId, at) {
      await transact(connection, async (trx) => {
        await insertRow(trx, userId)
        const set: Updateable<FactorRow> = { ...noFailures, link_at: at }
        await trx.updateTable('factors').set(set).where('user_id', '=', userId).execute()
      })
    },
  }
}

/** Turning to another root secret. */
function sealing({ db }: Connection): Pick<SecondFactors, 'listSealedBefore' | 'reseal'> {
  return {
    async listSealedBefore(generation, limit, after = 'usr_') {
      const rows = await db
        .selectFrom('factors')
        .select('user_id')
        .where('user_id', '>', after)
        .where((is) => is.or([is('totp_generation', '<', generation), is('recovery_generation', '<', generation)]))
        .orderBy('user_id')
        .limit(limit)
        .execute()
      return rows.map((row) => row.user_id as UserId)
    },

    async reseal(userId, secret, from, to) {
      const [value, generation] =
        secret === 'totp'
          ? (['totp_seed', 'totp_generation'] as const)
          : (['recovery_key', 'recovery_generation'] as const)
      await ofUser(db, userId)
        .set({ [value]: to.sealed, [generation]: to.generation })
        .where(value, '=', from.sealed)
        .execute()
    },
  }
}

const noFailures = { totp_failures: 0, recovery_failures: 0 } as const

const ofUser = (db: Db, userId: UserId) => db.updateTable('factors').where('user_id', '=', userId)

async function dropRemoval(db: Db, userId: UserId): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('factors')
    .set({ removal_at: null })
    .where('user_id', '=', userId)
    .where('removal_at', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function insertRow(db: Db, userId: UserId): Promise<void> {
  await db
    .insertInto('factors')
    .values({ user_id: userId, ...noFailures })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function codesLeft(db: Db, userId: UserId): Promise<number> {
  const { left } = await db
    .selectFrom('recovery_codes')
    .select((of) => of.fn.countAll<number | string>().as('left'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(left)
}

function toFactors(row: Selectable<FactorRow>, left: number): Factors {
  return { totp: totpOf(row), recovery: recoveryOf(row, left), removalAt: row.removal_at, linkAt: row.link_at }
}

function totpOf(row: Selectable<FactorRow>): TotpFactor | undefined {
  const seed = sealedOf(row.totp_seed, row.totp_generation)
  if (seed === undefined) return undefined
  const { totp_step: step, totp_failures: failures, totp_created_at: createdAt, totp_used_at: usedAt } = row
  return { seed, step: step ?? 0, failures, createdAt: createdAt ?? 0, usedAt }
}

function recoveryOf(row: Selectable<FactorRow>, left: number): RecoveryFactor | undefined {
  const key = sealedOf(row.recovery_key, row.recovery_generation)
  if (key === undefined) return undefined
  return { key, failures: row.recovery_failures, left, createdAt: row.recovery_created_at ?? 0 }
}

function sealedOf(sealed: string | null, generation: number | null): SealedFactor | undefined {
  return sealed === null || generation === null ? undefined : { sealed, generation }
}
