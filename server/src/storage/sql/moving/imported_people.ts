/** People who came from another server. */
import type { Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { ImportedPeople, ImportedPerson, ImportOutcome } from '../../contract.ts'
import { asBuffer } from '../bytes.ts'
import { type Connection, type Db, transact } from '../connection.ts'
import { nameTaken } from '../people/accounts.ts'
import { fold } from '../people/usernames.ts'

/** People of one statement; each has 16 parameters, and SQLite takes 32,766. */
const chunk = 500

export function importedPeople(connection: Connection): ImportedPeople {
  return {
    insert: (people) =>
      transact(connection, async (trx) => {
        const outcomes: ImportOutcome[] = []
        for (let at = 0; at < people.length; at += chunk) {
          outcomes.push(...(await insertSome(connection, trx, people.slice(at, at + chunk))))
        }
        return outcomes
      }),

    async includes(id) {
      const { db } = connection
      const row = await db.selectFrom('imported_people').select('mark').where('user_id', '=', id).executeTakeFirst()
      return row !== undefined
    },
  }
}

const keyOf = (mark: Uint8Array) => asBuffer(mark).toString('hex')

async function insertSome(
  { clock }: Connection,
  trx: Db,
  people: readonly ImportedPerson[],
): Promise<readonly ImportOutcome[]> {
  const now = clock.now()
  // The marks first: whoever brings the same person at the same time waits here, and finds them come.
  const fresh = new Set(await addMarks(trx, people, now))
  const isFresh = ({ mark }: ImportedPerson) => fresh.has(keyOf(mark))
  const before = await earlierOnes(
    trx,
    people.filter((person) => !isFresh(person)),
  )
  const opened = await openSome(trx, people.filter(isFresh), now)
  const outcomes: ImportOutcome[] = []
  const refused: Buffer[] = []
  for (const person of people) {
    const known = before.get(keyOf(person.mark))
    if (known !== undefined) outcomes.push(known)
    else if (opened.has(person.id)) outcomes.push('imported')
    else {
      refused.push(person.mark)
      outcomes.push((await nameTaken(trx, person, now)) ?? 'username_taken')
    }
  }
  // Who could not be taken may come once the name is free.
  if (refused.length > 0) await trx.deleteFrom('imported_people').where('mark', 'in', refused).execute()
  return outcomes
}

/** Notes who comes for the first time, and answers their marks. */
async function addMarks(trx: Db, people: readonly ImportedPerson[], now: Millis): Promise<string[]> {
  const rows = await trx
    .insertInto('imported_people')
    .values(people.map(({ mark, id }) => ({ mark, user_id: id, imported_at: now })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('mark')
    .execute()
  return rows.map(({ mark }) => keyOf(mark))
}

/** What has become of those who came before. */
async function earlierOnes(trx: Db, people: readonly ImportedPerson[]): Promise<ReadonlyMap<string, ImportOutcome>> {
  if (people.length === 0) return new Map()
  const marks = people.map(({ mark }) => mark)
  const rows = await trx
    .selectFrom('imported_people as i')
    .leftJoin('users as u', 'u.id', 'i.user_id')
    .select(['i.mark', 'i.imported_at', 'u.updated_at'])
    .where('i.mark', 'in', marks)
    .execute()
  return new Map(
    rows.map(({ mark, imported_at, updated_at }) => {
      if (updated_at === null) return [keyOf(mark), 'deleted_here']
      return [keyOf(mark), updated_at !== imported_at ? 'changed_here' : 'already_there']
    }),
  )
}

/** Opens the accounts whose names are free; answers their ids. */
async function openSome(trx: Db, people: readonly ImportedPerson[], now: Millis): Promise<ReadonlySet<UserId>> {
  const kept = await keptNames(trx, people, now)
  const free = people.filter(({ username }) => !kept.has(fold(username)))
  if (free.length === 0) return new Set()
  const rows = await trx
    .insertInto('users')
    .values(free.map((person) => rowOf(person, now)))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  return new Set(rows.map(({ id }) => id as UserId))
}

/** Which of the usernames somebody had before and still keeps. */
async function keptNames(trx: Db, people: readonly ImportedPerson[], now: Millis): Promise<ReadonlySet<string>> {
  if (people.length === 0) return new Set()
  const names = people.map(({ username }) => fold(username))
  const rows = await trx
    .selectFrom('former_usernames')
    .select('username_key')
    .where('username_key', 'in', names)
    .where('kept_until', '>', now)
    .execute()
  return new Set(rows.map((row) => row.username_key))
}

function rowOf(person: ImportedPerson, now: Millis) {
  return {
    id: person.id,
    username: person.username,
    username_key: fold(person.username),
    email: person.email,
    email_key: person.email === null ? null : fold(person.email),
    email_verified: Number(person.emailVerified),
    email_refused_at: null,
    password_hash: person.passwordHash,
    roles: '[]',
    claims: JSON.stringify(person.claims),
    second_factor: Number(person.secondFactor),
    enabled: Number(person.enabled),
    closing_at: null,
    valid_after: now,
    created_at: person.createdAt,
    updated_at: now,
  }
}
