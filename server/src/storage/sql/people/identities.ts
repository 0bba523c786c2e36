/** Who people are at the providers that they sign in through (OIDC Core §5.7). */
import { hour, type Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import { type Identities, type Identity, longestIdentity, type NewAccount, type NewIdentity } from '../../contract.ts'
import { isStorable, storable } from '../../text.ts'
import { type Connection, type Db, laterThan, transact } from '../connection.ts'
import { toAccount } from './account_rows.ts'
import { insertAccount } from './accounts.ts'
import type { IdentityRow } from './rows.ts'

/** How often an identity may be taken by others and gone again before its turn to be read. */
const attempts = 10

export function identities(connection: Connection): Identities {
  const { db, facts, clock } = connection

  return {
    async find(issuer, subject) {
      if (!isKeepable(issuer, subject)) return undefined
      const row = await db
        .selectFrom('identities as i')
        .innerJoin('users as u', 'u.id', 'i.user_id')
        .selectAll('u')
        .select(['i.issuer', 'i.subject', 'i.user_id', 'i.provider_id', 'i.label', 'i.used_at'])
        .select('i.created_at as linked_at')
        .where('i.issuer', '=', issuer)
        .where('i.subject', '=', subject)
        .executeTakeFirst()
      return row && { identity: toIdentity({ ...row, created_at: row.linked_at }), account: toAccount(row) }
    },

    async link(identity, asOf) {
      requireKeepable(identity)
      for (let i = 0; i < attempts; i++) {
        const changed = await transact(connection, async (trx) => {
          const account = await holdAccount(trx, facts, identity.userId)
          if (account !== undefined && account.updated_at !== asOf) return true
          await take(trx, identity, clock.now())
          return false
        })
        if (changed) return 'account_changed'
        const row = await db
          .selectFrom('identities')
          .selectAll()
          .where('issuer', '=', identity.issuer)
          .where('subject', '=', identity.subject)
          .executeTakeFirst()
        if (row !== undefined) return toIdentity(row)
      }
      throw new Error('an identity comes and goes')
    },

    async open(account, identity) {
      requireKeepable(identity)
      for (let i = 0; i < attempts; i++) {
        const opened = await openOnce(connection, account, { ...identity, userId: account.id })
        if (opened !== undefined) return opened
      }
      throw new Error('an identity comes and goes, or its account is gone')
    },

    async touch(issuer, subject, seen) {
      if (!isKeepable(issuer, subject)) return
      const now = clock.now()
      const label = storable(seen.label)
      await db
        .updateTable('identities')
        .set({ provider_id: seen.providerId, label, used_at: now })
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .where((either) =>
          either.or([
            either('used_at', '<=', now - hour),
            either('provider_id', '<>', seen.providerId),
            either('label', 'is distinct from', label),
          ]),
        )
        .execute()
    },

    async listByUser(userId) {
      const rows = await db
        .selectFrom('identities')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('issuer')
        .orderBy('subject')
        .execute()
      return rows.map(toIdentity)
    },

    async unlink(userId, { issuer, subject }, issuers) {
      if (!isKeepable(issuer, subject)) return 'not_found'
      return transact(connection, async (trx) => {
        const account = await holdAccount(trx, facts, userId)
        const present = await trx
          .selectFrom('identities')
          .select(['issuer', 'subject'])
          .where('user_id', '=', userId)
          .execute()
        const others = present.filter((one) => one.issuer !== issuer || one.subject !== subject)
        if (account === undefined || others.length === present.length) return 'not_found'
        if (account.password_hash === null && !others.some((one) => issuers.includes(one.issuer))) return 'last_way'
        await leave(trx, { issuer, subject })
        const updatedAt = laterThan(account.updated_at, clock.now())
        await trx.updateTable('users').set({ updated_at: updatedAt }).where('id', '=', userId).execute()
        return 'unlinked'
      })
    },
  }
}

/** Takes the identity for the account unless it is there already; answers whether this call did. */
async function take(from: Db, identity: NewIdentity, now: Millis): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await from
    .insertInto('identities')
    .values(fromIdentity(identity, now))
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows > 0n
}

async function leave(trx: Db, { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>): Promise<void> {
  await trx.deleteFrom('identities').where('issuer', '=', issuer).where('subject', '=', subject).execute()
}

async function accountOf(from: Db, { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>) {
  const row = await from
    .selectFrom('identities as i')
    .innerJoin('users as u', 'u.id', 'i.user_id')
    .selectAll('u')
    .where('i.issuer', '=', issuer)
    .where('i.subject', '=', subject)
    .executeTakeFirst()
  return row && toAccount(row)
}

/** One attempt to open an account; undefined where the identity was somebody's and is gone again. */
function openOnce(connection: Connection, account: NewAccount, identity: NewIdentity) {
  return transact(connection, async (trx) => {
    const now = connection.clock.now()
    // The identity comes before the account: whoever else has it waits here for the commit, and then finds whose it
    // is, instead of stumbling over the username that the first one took for the very same person.
    if (await take(trx, identity, now)) {
      const made = await insertAccount(trx, account, now)
      if (typeof made !== 'string') return { account: made, created: true }
      await leave(trx, identity)
      return made
    }
    const present = await accountOf(trx, identity)
    return present && { account: present, created: false }
  })
}

/** The account's row, held until the transaction ends: what is linked to it is decided by one at a time. */
async function holdAccount(trx: Db, facts: Connection['facts'], id: UserId) {
  return trx
    .selectFrom('users')
    .select(['password_hash', 'updated_at'])
    .where('id', '=', id)
    .modifyEnd(facts.lock)
    .executeTakeFirst()
}

/** PostgreSQL takes no more than 2,704 bytes into one entry of an index, and both of them are in the primary key. */
function isKeepable(issuer: string, subject: string): boolean {
  return (
    isStorable(issuer) &&
    isStorable(subject) &&
    Buffer.byteLength(issuer) <= longestIdentity.issuer &&
    Buffer.byteLength(subject) <= longestIdentity.subject
  )
}

function requireKeepable({ issuer, subject }: Pick<Identity, 'issuer' | 'subject'>): void {
  if (!isKeepable(issuer, subject)) throw new TypeError('identity: text too long, or with NUL or broken Unicode')
}

function fromIdentity(identity: NewIdentity, now: Millis): IdentityRow {
  return {
    issuer: identity.issuer,
    subject: identity.subject,
    user_id: identity.userId,
    provider_id: identity.providerId,
    label: storable(identity.label),
    created_at: now,
    used_at: now,
  }
}

function toIdentity(row: IdentityRow): Identity {
  return {
    issuer: row.issuer,
    subject: row.subject,
    providerId: row.provider_id,
    userId: row.user_id as UserId,
    label: row.label,
    createdAt: row.created_at,
    usedAt: row.used_at,
  }
}
