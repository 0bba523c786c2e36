/** Looking for apps: by filters from the newest, and by the beginning of a name, an ID or an owner's username. */
import { type RawBuilder, sql } from 'kysely'
import type { AppFilter, ClientRecord, Clients } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { readClients } from '../clients/client_rows.ts'
import type { Source as Reading } from '../connection.ts'
import { beginsWith, type Found, readPage, type Source } from './pages.ts'

/** Each filter in the words of its index (migration 0044). */
const status = {
  enabled: sql<boolean>`c.enabled = 1`,
  pending: sql<boolean>`c.enabled = 0 and c.pending = 1`,
  disabled: sql<boolean>`c.enabled = 0 and c.pending = 0`,
} as const satisfies Record<NonNullable<AppFilter['status']>, RawBuilder<boolean>>
const waiting = sql<boolean>`(c.proposal is not null or (c.enabled = 0 and c.pending = 1))`
const verified = sql<boolean>`c.verification is not null`

function conditions(filter: AppFilter): RawBuilder<boolean>[] {
  return [
    ...(filter.status === undefined ? [] : [status[filter.status]]),
    ...(filter.waiting === true ? [waiting] : []),
    ...(filter.verified === true ? [verified] : []),
    ...(filter.ownerId === undefined ? [] : [sql<boolean>`c.owner_id = ${filter.ownerId}`]),
  ]
}

/** What a source finds by, in the names of the query below. */
interface Kind {
  readonly key: RawBuilder<unknown>
  readonly wanted: readonly RawBuilder<boolean>[]
  readonly descending?: boolean
  /** Whether another source finds the app as well, and lists it. */
  readonly passed?: (names: Names) => boolean
}

interface Names {
  readonly client_id: string
  readonly name_key: string | null
}

export function appList({ db, facts }: Reading): Pick<Clients, 'search'> {
  const text = (column: string) => sql`${sql.ref(column)} ${facts.plainText}`
  const id = text('c.client_id')

  function source({ key, wanted, descending = false, passed = () => false }: Kind): Source<string> {
    return async ({ from, forwards, limit }) => {
      const ascending = forwards !== descending
      const order = ascending ? 'asc' : 'desc'
      let query = db
        .selectFrom('clients as c')
        .leftJoin('users as u', 'u.id', 'c.owner_id')
        .select(['c.client_id', 'c.name_key', sql<string | number>`${key}`.as('key')])
        .limit(limit)
      const side = ascending ? sql`>` : sql`<`
      const beyond = from && sql<boolean>`(${key}, ${id}) ${side} (${from.key}, ${from.id})`
      for (const condition of beyond === undefined ? wanted : [...wanted, beyond]) query = query.where(condition)
      const rows = await query.orderBy(key, order).orderBy(id, order).execute()
      return rows.map(
        (row): Found<string> => ({ key: row.key, id: row.client_id, item: row.client_id, passed: passed(row) }),
      )
    }
  }

  function sourcesOf({ beginning, ...filter }: Parameters<Clients['search']>[0]): readonly Source<string>[] {
    const wanted = conditions(filter)
    if (beginning === undefined || beginning === '') {
      return [source({ key: sql.ref('c.created_at'), wanted, descending: true })]
    }
    const folded = beginning.toLowerCase()
    const byName = ({ name_key }: Names) => name_key?.startsWith(folded) === true
    const byId = ({ client_id }: Names) => client_id.startsWith(beginning)
    const begins = (key: RawBuilder<unknown>, prefix: string) => ({ key, wanted: [beginsWith(key, prefix), ...wanted] })
    return [
      source(begins(text('c.name_key'), folded)),
      source({ ...begins(id, beginning), passed: byName }),
      source({ ...begins(text('u.username_key'), folded), passed: (names) => byName(names) || byId(names) }),
    ]
  }

  return {
    async search(wanted, ask) {
      if (wanted.beginning !== undefined && !isStorable(wanted.beginning)) return { items: [] }
      const page = await readPage(sourcesOf(wanted), ask)
      if (page === undefined) return undefined
      const records: readonly ClientRecord[] = await readClients(db, page.items)
      return { ...page, items: records }
    },
  }
}
