/** Carries out again what was ended after a backup, from an export of the audit log. For a database that nobody serves from. */
import type { Millis } from '../../../lib/clock.ts'
import { type AuditType, auditEvents } from '../../../protocol/audit_events.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { Storage } from '../../../storage/contract.ts'
import { type Row, rows } from './again.ts'
import { type Again, isUserId } from './event_again.ts'
import { type ExportedEvent, missingEvents } from './export.ts'
import { endWithFactor, removeFactors } from './people_again.ts'

export interface Reapplied {
  /** Events of the export that the backup does not have. They are in the audit log now. */
  readonly events: number
  /** Those of them that changed something. */
  readonly again: number
  /** When the last event of the export happened; null where it has none. */
  readonly until: Millis | null
  /** Whether the export begins where the backup ends, and leaves nothing out. */
  readonly gapless: boolean
  /** What somebody has to do, or to be told. */
  readonly told: readonly string[]
}

/** `exported`: the oldest first. */
export async function reapply(
  storage: Storage,
  exported: readonly ExportedEvent[],
  backupAt: Millis,
): Promise<Reapplied> {
  const { events, gapless } = await missingEvents(storage, exported, backupAt)
  const told = new Set<string>()
  const names = createNames(storage)
  const factors = new Map<UserId, Again>()
  let done = 0
  for (const event of events) {
    const who = [event.subject, event.actor].find(isUserId)
    const app = event.clientId ?? undefined
    const name = await names(who, app)
    const act: Again = {
      storage,
      event,
      who,
      app,
      now: storage.clock.now(),
      backupAt,
      tell: (text) => void told.add(`${name}${text}`),
    }
    if (await carryOut(act)) done++
    if (act.who !== undefined && event.type.startsWith('authenticator_')) factors.set(act.who, act)
    if (act.who !== undefined && event.type === 'passkey_removed') factors.set(act.who, act)
  }
  for (const act of factors.values()) await settleFactors(act)
  await storage.audit.append(events)
  return { events: events.length, again: done, until: exported.at(-1)?.at ?? null, gapless, told: [...told] }
}

async function carryOut(act: Again): Promise<boolean> {
  const { type, detail } = act.event
  if (!Object.hasOwn(auditEvents, type)) {
    act.tell(`an event of the type ${type} is not known to this release.`)
    return false
  }
  const known = type as AuditType
  if (!hasRow(known)) return false
  const read = auditEvents[known].detail.safeParse(detail)
  if (!read.success) {
    act.tell(`an event of the type ${type} does not say what it should.`)
    return false
  }
  // The detail is that of the type.
  const row = rows[known] as Row<never>
  if (row === 'nothing') return false
  if (typeof row === 'function') return row(act, read.data as never)
  act.tell(row.lost)
  return false
}

/** What changes nothing has none. */
function hasRow(type: AuditType): type is keyof typeof rows {
  return Object.hasOwn(rows, type)
}

/** An account that asks for a second factor has one somewhere that is lost, where none of those that are left is here. */
async function settleFactors(act: Again): Promise<void> {
  const { storage, who } = act
  const account = who && (await storage.accounts.find(who))
  if (who === undefined || !account?.secondFactor) return
  if ((await storage.factors.find(who))?.totp !== undefined) return
  if ((await storage.passkeys.listByUser(who)).length > 0) return
  await removeFactors(act)
  await endWithFactor(act)
}

/** Whom or what an event is about, for a line that somebody reads. */
function createNames(storage: Storage): (who: UserId | undefined, app: string | undefined) => Promise<string> {
  const usernames = new Map<string, string>()
  return async (who, app) => {
    if (app !== undefined) return `App ${app} `
    if (who === undefined) return ''
    const name = usernames.get(who) ?? (await storage.accounts.find(who))?.username ?? who
    usernames.set(who, name)
    return `${name} `
  }
}
