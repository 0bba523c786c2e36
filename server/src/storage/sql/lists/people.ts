/** Looking for people: by filters in the order of their numbers, and by the beginning of a name in the order of names. */
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Account, Accounts, PeopleFilter } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Source as Reading } from '../connection.ts'
import { toAccount } from '../people/account_rows.ts'
import { fold } from '../people/usernames.ts'
import type { UserRow } from '../schema.ts'
import { beginsWith, readPage, type Source, type Stretch } from './pages.ts'

/** Each filter in the words of its index (migration 0044). */
const status = {
  enabled: sql<boolean>`enabled = 1`,
  disabled: sql<boolean>`enabled = 0 and closing_at is null`,
  closed: sql<boolean>`closing_at is not null`,
} as const satisfies Record<NonNullable<PeopleFilter['status']>, RawBuilder<boolean>>
const factor = {
  with: sql<boolean>`second_factor = 1`,
  without: sql<boolean>`second_factor = 0`,
} as const satisfies Record<NonNullable<PeopleFilter['factor']>, RawBuilder<boolean>>
const address = {
  verified: sql<boolean>`email_verified = 1`,
  unverified: sql<boolean>`email_verified = 0 and email is not null`,
  none: sql<boolean>`email_verified = 0 and email is null`,
} as const satisfies Record<NonNullable<PeopleFilter['address']>, RawBuilder<boolean>>

function conditions({ status: in_, role, factor: of, address: at }: PeopleFilter): RawBuilder<boolean>[] {
  return [
    ...(in_ === undefined ? [] : [status[in_]]),
    ...(of === undefined ? [] : [factor[of]]),
    ...(at === undefined ? [] : [address[at]]),
    ...(role === undefined ? [] : [sql<boolean>`roles <> '[]'`]),
    ...(role === undefined || role === 'any' ? [] : [sql<boolean>`roles like ${`%"${role}"%`}`]),
  ]
}

export function peopleList({ db, facts }: Reading): Pick<Accounts, 'search'> {
  type Row = Selectable<UserRow>

  function read(wanted: readonly RawBuilder<boolean>[], by: RawBuilder<unknown>, { forwards, limit }: Stretch) {
    let query = db.selectFrom('users').selectAll().limit(limit)
    for (const condition of wanted) query = query.where(condition)
    return query.orderBy(by, forwards ? 'asc' : 'desc').execute() as Promise<Row[]>
  }

  /** The newest first. */
  const byNumber =
    (filter: PeopleFilter): Source<Account> =>
    async (stretch) => {
      const { from, forwards, limit } = stretch
      const number = sql.ref('number')
      const beyond = forwards ? sql<boolean>`number < ${from?.key}` : sql<boolean>`number > ${from?.key}`
      const wanted = [...conditions(filter), ...(from === undefined ? [] : [beyond])]
      const rows = await read(wanted, number, { from, forwards: !forwards, limit })
      return rows.map((row) => ({ key: row.number, id: row.id, item: toAccount(row) }))
    }

  /** Those whose name of one kind begins so, unless they are found by another kind. */
  function byName(
    column: 'username_key' | 'email_key' | 'id',
    prefix: string,
    filter: PeopleFilter,
    passed: (row: Row) => boolean,
  ): Source<Account> {
    const name = sql`${sql.ref(column)} ${facts.plainText}`
    return async (stretch) => {
      const { from, forwards } = stretch
      const beyond = forwards ? sql<boolean>`${name} > ${from?.key}` : sql<boolean>`${name} < ${from?.key}`
      const wanted = [beginsWith(name, prefix), ...conditions(filter), ...(from === undefined ? [] : [beyond])]
      const rows = await read(wanted, name, stretch)
      return rows.map((row) => ({ key: row[column] ?? '', id: row.id, item: toAccount(row), passed: passed(row) }))
    }
  }

  return {
    async search({ beginning, ...filter }, ask) {
      if (beginning === undefined || beginning === '') return readPage([byNumber(filter)], ask)
      if (!isStorable(beginning)) return { items: [] }
      const folded = fold(beginning)
      const byUsername = ({ username_key }: Row) => username_key.startsWith(folded)
      const byAddress = ({ email_key }: Row) => email_key?.startsWith(folded) === true
      return readPage(
        [
          byName('username_key', folded, filter, () => false),
          byName('email_key', folded, filter, byUsername),
          // No ID begins otherwise.
          ...('usr_'.startsWith(beginning) || beginning.startsWith('usr_')
            ? [byName('id', beginning, filter, (row) => byUsername(row) || byAddress(row))]
            : []),
        ],
        ask,
      )
    },
  }
}
