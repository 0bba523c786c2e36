/**
 * What the operator has decided about the older doors (a date on which one goes, or that it is closed) and the meters
 * that tell who still needs which. `oauth` is no older door: it is always open.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import { second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import {
  type ClientId,
  type Dialect,
  dialects,
  jwtLoginVersions,
  type OlderDialect,
  type OlderDoor,
} from '../../protocol/names.ts'
import type { DialectUse, Storage } from '../../storage/contract.ts'

/** The operator's decision about one door. */
export interface DoorNotice {
  readonly closed: boolean
  /** When it goes, in milliseconds, as announced to every caller (RFC 8594). */
  readonly sunset?: Millis
  /** When the decision was made, in milliseconds: from then on the door is deprecated (RFC 9745). */
  readonly since?: Millis
  /** Where developers read what to do instead. */
  readonly link?: string
}

export interface OlderDoors {
  /** The present decision, at most a second old. */
  notice(dialect: OlderDoor): Promise<DoorNotice>
  /** Counts one answered request of an app at a door. */
  count(dialect: Dialect | OlderDoor, clientId: ClientId): void
  flush(): Promise<void>
  close(): void
}

const section = 'dialects'
const noticeAge: Millis = second
const clientsKept = 10_000

export const olderDialects: readonly OlderDialect[] = dialects.filter((name) => name !== 'oauth')

/** Everything that can be closed alone. */
export const olderDoorNames: readonly OlderDoor[] = [...olderDialects, ...jwtLoginVersions]

/** The legacy protocol that it belongs to. */
export function dialectOf(door: OlderDoor): OlderDialect {
  return door.replace(/\/v\d$/, '') as OlderDialect
}

export function createOlderDoors(storage: Storage, clock: Clock, log: Log): OlderDoors {
  let known: { readonly notices: ReadonlyMap<string, DoorNotice>; readonly at: Millis } | undefined
  let pending = new Map<string, DialectUse>()

  async function flush(): Promise<void> {
    const uses = [...pending.values()]
    if (uses.length === 0) return
    pending = new Map()
    try {
      await storage.dialectUses.add(uses)
    } catch (error) {
      // They are meters: what is lost with a database that is away would change no decision.
      log.warn({ err: error, lost: uses.length }, 'could not save how often the legacy protocols were used')
    }
  }

  const timer = setInterval(() => void flush(), second).unref()
  return {
    async notice(dialect) {
      const now = clock.now()
      if (known === undefined || now - known.at >= noticeAge || now < known.at) {
        known = { notices: await readNotices(storage), at: now }
      }
      return known.notices.get(dialect) ?? open
    },
    count(dialect, clientId) {
      if (dialect === 'oauth') return
      const lastAt = clock.now()
      const day = dayOf(lastAt)
      const key = `${day} ${dialect} ${clientId}`
      const known = pending.get(key)
      if (known === undefined && pending.size >= clientsKept) return
      pending.set(key, { day, dialect, clientId, count: (known?.count ?? 0) + 1, lastAt })
    },
    flush,
    close: () => clearInterval(timer),
  }
}

const open: DoorNotice = { closed: false }

/** The operator's decisions, by dialect; those without one are left out. */
export async function readNotices(storage: Pick<Storage, 'documents'>): Promise<ReadonlyMap<string, DoorNotice>> {
  const documents = await storage.documents.list(section)
  return new Map(documents.map(({ name, body }) => [name, body as unknown as DoorNotice]))
}

/** Changes the decision about a door; what `change` does not name stays, `undefined` takes a member out. */
export async function decideDoor(
  storage: Pick<Storage, 'documents'>,
  clock: Clock,
  dialect: OlderDoor,
  change: { readonly [Member in keyof DoorNotice]?: DoorNotice[Member] | undefined },
): Promise<DoorNotice> {
  const before = ((await storage.documents.get(section, dialect)) ?? open) as unknown as DoorNotice
  const { closed, sunset, link } = { ...before, ...change }
  const plain = closed !== true && sunset === undefined
  const notice: DoorNotice = {
    closed: closed === true,
    ...(plain ? {} : { since: before.since ?? clock.now() }),
    ...(sunset === undefined ? {} : { sunset }),
    ...(link === undefined || plain ? {} : { link }),
  }
  await storage.documents.put(section, dialect, { ...notice })
  return notice
}

export interface DoorUse {
  readonly clientId: ClientId
  /** Uses in the last thirty days. */
  readonly count: number
  readonly lastAt: Millis
}

/** Who has come through each older door, the latest first. */
export async function doorUses(
  storage: Pick<Storage, 'dialectUses'>,
  clock: Clock,
): Promise<ReadonlyMap<Dialect | OlderDoor, readonly DoorUse[]>> {
  const uses = new Map<Dialect | OlderDoor, DoorUse[]>()
  for (const { dialect, clientId, count, lastAt } of await storage.dialectUses.sum(dayOf(clock.now() - thirtyDays))) {
    uses.set(dialect, [...(uses.get(dialect) ?? []), { clientId, count, lastAt }])
  }
  return uses
}

const thirtyDays: Millis = 30 * 86_400_000

function dayOf(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10)
}
