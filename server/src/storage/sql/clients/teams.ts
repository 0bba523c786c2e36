/** Teams of apps and of subscription keys: the same queries over the tables of either. */
import { sql } from 'kysely'
import type { UserId } from '../../../protocol/names.ts'
import type { Team, Teams } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { announced, type Connection, type Db } from '../connection.ts'

/** The tables of one kind of thing, and the columns that name one. */
interface Place {
  readonly things: string
  readonly id: string
  readonly collaborators: string
  readonly invitations: string
  readonly of: string
}

const places = {
  app: {
    things: 'clients',
    id: 'client_id',
    collaborators: 'client_collaborators',
    invitations: 'client_invitations',
    of: 'client_id',
  },
  key: {
    things: 'subscription_keys',
    id: 'id',
    collaborators: 'subscription_key_collaborators',
    invitations: 'subscription_key_invitations',
    of: 'key_id',
  },
} as const satisfies Readonly<Record<string, Place>>

type Kind = keyof typeof places

export function teams(connection: Connection, kind: Kind): Teams<string> {
  const { db, facts } = connection
  const { things, id: named, collaborators, invitations, of } = places[kind]

  /** The team of a thing, whose row is held where a lock is given. */
  async function read(from: Db, id: string, lock = sql``): Promise<Team | undefined> {
    if (!isStorable(id)) return undefined
    const found = await sql<{ owner_id: string | null }>`
      select owner_id from ${sql.table(things)} where ${sql.ref(named)} = ${id} ${lock}`.execute(from)
    const [row] = found.rows
    if (row === undefined) return undefined
    const asked = await sql<{ username: string; user_id: string | null; declined: number }>`
      select username, user_id, declined from ${sql.table(invitations)}
      where ${sql.ref(of)} = ${id} order by username_key`.execute(from)
    return {
      owner: row.owner_id as UserId | null,
      collaborators: (await collaboratorsOf(from, kind, [id])).get(id) ?? [],
      invited: asked.rows.map(({ username, user_id, declined }) => ({
        username,
        userId: user_id as UserId | null,
        declined: declined === 1,
      })),
    }
  }

  async function write(trx: Db, id: string, team: Omit<Team, 'owner'>): Promise<void> {
    await writeCollaborators(trx, kind, { id, collaborators: team.collaborators })
    await sql`delete from ${sql.table(invitations)} where ${sql.ref(of)} = ${id}`.execute(trx)
    if (team.invited.length === 0) return
    const rows = team.invited.map(
      ({ username, userId, declined }) =>
        sql`(${id}, ${username.toLowerCase()}, ${username}, ${userId}, ${Number(declined)})`,
    )
    await sql`insert into ${sql.table(invitations)} (${sql.ref(of)}, username_key, username, user_id, declined)
      values ${sql.join(rows)}`.execute(trx)
  }

  return {
    find: (id) => read(db, id),

    async listOffered(userId) {
      const { rows } = await sql<{ id: string }>`
        select distinct ${sql.ref(of)} as id from ${sql.table(invitations)}
        where user_id = ${userId} and declined = 0 order by 1`.execute(db)
      return rows.map(({ id }) => id)
    },

    amend: (id, decide) =>
      announced(connection, async (trx) => {
        const present = await read(trx, id, facts.lock)
        const decided = present && decide(present)
        if (present === undefined || decided === undefined) return undefined
        await write(trx, id, decided)
        return { ...decided, owner: present.owner }
      }),

    join: (id, userId, room) =>
      announced(connection, async (trx) => {
        // Holds the account, so that what it takes part in is counted one after another.
        await trx.selectFrom('users').select('id').where('id', '=', userId).modifyEnd(facts.lock).execute()
        const team = await read(trx, id, facts.lock)
        if (!team?.invited.some((one) => one.userId === userId && !one.declined)) return 'not_invited'
        const others = await sql`select user_id from ${sql.table(collaborators)}
          where user_id = ${userId} limit ${room}`.execute(trx)
        if (others.rows.length >= room) return 'full'
        await write(trx, id, {
          collaborators: [...new Set([...team.collaborators, userId])],
          invited: team.invited.filter((one) => one.userId !== userId),
        })
        return 'joined'
      }),
  }
}

/** Who takes part in each of the things, in the order of their ids. */
export async function collaboratorsOf(
  from: Db,
  kind: Kind,
  ids: readonly string[] | 'all',
): Promise<ReadonlyMap<string, readonly UserId[]>> {
  const { collaborators, of } = places[kind]
  const which = ids === 'all' ? sql`` : sql`where ${sql.ref(of)} in (${sql.join(ids)})`
  const { rows } = await sql<{ id: string; user_id: string }>`
    select ${sql.ref(of)} as id, user_id from ${sql.table(collaborators)} ${which} order by user_id`.execute(from)
  const found = new Map<string, UserId[]>()
  for (const { id, user_id } of rows) {
    const group = found.get(id)
    if (group === undefined) found.set(id, [user_id as UserId])
    else group.push(user_id as UserId)
  }
  return found
}

/** Replaces who takes part in a thing. */
export async function writeCollaborators(
  trx: Db,
  kind: Kind,
  thing: { readonly id: string; readonly collaborators: readonly UserId[] },
): Promise<void> {
  const { collaborators, of } = places[kind]
  await sql`delete from ${sql.table(collaborators)} where ${sql.ref(of)} = ${thing.id}`.execute(trx)
  if (thing.collaborators.length === 0) return
  const rows = thing.collaborators.map((userId) => sql`(${thing.id}, ${userId})`)
  await sql`insert into ${sql.table(collaborators)} (${sql.ref(of)}, user_id) values ${sql.join(rows)}`.execute(trx)
}
