/** Accounts of people. */
import type { Selectable, Updateable } from 'kysely'
import type { Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { Account, AccountChange, Accounts, NameTaken, NewAccount } from '../../contract.ts'
import { claimBucket } from '../../grant_verbs.ts'
import { isStorable } from '../../text.ts'
import { actClaims } from '../claims.ts'
import { announced, type Connection, type Db, laterThan, transact } from '../connection.ts'
import { peopleList } from '../lists/people.ts'
import { passwordHashes } from '../moving/password_hashes.ts'
import type { UserRow } from '../schema.ts'
import { toAccount } from './account_rows.ts'
import { erasure } from './erase.ts'
import { fold, formerUsernames, keptBy, rename } from './usernames.ts'

export function accounts(connection: Connection): Accounts {
  const { db, clock } = connection

  return {
    insert: (account) => transact(connection, (trx) => insertAccount(trx, account, clock.now())),

    insertByLink(account, { kind, hash, expires }) {
      return transact(connection, async (trx) => {
        if ((await actClaims({ db: trx }).claimOnce(kind, hash, expires)) === 'seen') return 'claimed'
        const made = await insertAccount(trx, account, clock.now())
        if (typeof made === 'string') {
          await trx
            .deleteFrom('claims')
            .where('bucket', '=', claimBucket(expires))
            .where('kind', '=', kind)
            .where('hash', '=', hash)
            .execute()
        }
        return made
      })
    },

    async find(id) {
      if (!isStorable(id)) return undefined
      const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toAccount(row)
    },

    async findByLogin(login) {
      if (!isStorable(login)) return undefined
      const column = login.includes('@') ? 'email_key' : 'username_key'
      const row = await db.selectFrom('users').selectAll().where(column, '=', fold(login)).executeTakeFirst()
      return row && toAccount(row)
    },

    update: (id, change) => updateAccount(connection, id, change),

    async setFirstPassword(id, passwordHash) {
      const row = await db
        .updateTable('users')
        .set({ password_hash: passwordHash, updated_at: clock.now() })
        .where('id', '=', id)
        .where('password_hash', 'is', null)
        .returningAll()
        .executeTakeFirst()
      return row && toAccount(row)
    },

    async noteEmailRefused(email) {
      await db
        .updateTable('users')
        .set({ email_refused_at: clock.now() })
        .where('email_key', '=', fold(email))
        .execute()
    },

    async list(limit, afterNumber = 0) {
      const rows = await db
        .selectFrom('users')
        .selectAll()
        .where('number', '>', afterNumber)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(toAccount)
    },

    async listWithRoles() {
      const rows = await db.selectFrom('users').selectAll().where('roles', '<>', '[]').orderBy('number').execute()
      return rows.map(toAccount)
    },

    async listEmailClashes() {
      const rows = await db.selectFrom('email_clashes').selectAll().orderBy('user_id').execute()
      return rows.map((row) => ({ userId: row.user_id as UserId, otherId: row.other_id as UserId }))
    },

    ...passwordHashes(connection),
    ...erasure(connection),
    ...formerUsernames(connection),
    ...peopleList(connection),

    async anyWithRole(role) {
      // The first condition is that of the partial index, so that a million people without a role are not read.
      const row = await db
        .selectFrom('users')
        .select('id')
        .where('roles', '<>', '[]')
        .where('roles', 'like', `%"${role}"%`)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

function updateAccount(connection: Connection, id: UserId, change: AccountChange): ReturnType<Accounts['update']> {
  // The subscription keys of an account go with it, and every process keeps those for a moment.
  const run = change.enabled === undefined ? transact : announced
  return run(connection, async (trx) => {
    const now = connection.clock.now()
    const taken = await nameTaken(trx, { ...change, id }, now)
    if (taken !== undefined) return taken
    // This statement writes, so that it holds the row while the rest is worked out from it.
    const before = await trx
      .updateTable('users')
      .set({ updated_at: now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (before === undefined) return undefined
    const set = columnsOf(change, before)
    if (Object.keys(set).length === 0) return toAccount(before)
    const row = await trx.updateTable('users').set(set).where('id', '=', id).returningAll().executeTakeFirst()
    if (row !== undefined && row.username !== before.username) await rename(trx, { before, row }, change)
    return row && toAccount(row)
  })
}

/** Writes a new account, or says which of its names somebody else has. */
export async function insertAccount(db: Db, account: NewAccount, now: Millis): Promise<Account | NameTaken> {
  const row = await db
    .insertInto('users')
    .values({
      id: account.id,
      username: account.username,
      username_key: fold(account.username),
      email: account.email,
      email_key: account.email === null ? null : fold(account.email),
      email_verified: Number(account.emailVerified),
      email_refused_at: null,
      password_hash: account.passwordHash,
      roles: JSON.stringify(account.roles),
      claims: JSON.stringify(account.claims),
      second_factor: 0,
      enabled: 1,
      closing_at: null,
      valid_after: now,
      guesses_forgiven_at: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return (await nameTaken(db, account, now)) ?? 'username_taken'
  // Looked at once the name is held, so that nobody gives it up and keeps it in between.
  if ((await keptBy(db, account.username, now).executeTakeFirst()) === undefined) return toAccount(row)
  await db.deleteFrom('users').where('id', '=', account.id).execute()
  return 'username_taken'
}

/** Which of the names that an account is to have somebody else has. */
export async function nameTaken(
  db: Db,
  { id, username, email }: Pick<Account, 'id'> & Pick<AccountChange, 'username' | 'email'>,
  now: Millis,
): Promise<NameTaken | undefined> {
  const others = db.selectFrom('users').select('id').where('id', '<>', id).limit(1)
  if (username !== undefined) {
    const other = await others.where('username_key', '=', fold(username)).executeTakeFirst()
    if (other !== undefined) return 'username_taken'
    const kept = await keptBy(db, username, now).where('user_id', '<>', id).executeTakeFirst()
    if (kept !== undefined) return 'username_taken'
  }
  if (typeof email !== 'string') return undefined
  const other = await others.where('email_key', '=', fold(email)).executeTakeFirst()
  return other && 'email_taken'
}

function columnsOf(change: AccountChange, before: Selectable<UserRow>): Updateable<UserRow> {
  const set: Updateable<UserRow> = {}
  if (change.username !== undefined) {
    set.username = change.username
    set.username_key = fold(change.username)
  }
  if (change.email !== undefined) {
    set.email = change.email
    set.email_key = change.email === null ? null : fold(change.email)
    set.email_refused_at = null
  }
  if (change.emailVerified !== undefined) set.email_verified = Number(change.emailVerified)
  if (change.emailVerified === true) set.email_refused_at = null
  if (change.passwordHash !== undefined) set.password_hash = change.passwordHash
  if (change.roles !== undefined) set.roles = JSON.stringify(change.roles)
  if (change.claims !== undefined) set.claims = JSON.stringify(change.claims)
  if (change.secondFactor !== undefined) set.second_factor = Number(change.secondFactor)
  if (change.enabled !== undefined) set.enabled = Number(change.enabled)
  if (change.closingAt !== undefined) set.closing_at = change.closingAt
  if (change.guessesForgivenAt !== undefined) set.guesses_forgiven_at = change.guessesForgivenAt
  if (change.validAfter !== undefined) set.valid_after = laterThan(before.valid_after, change.validAfter)
  return set
}
