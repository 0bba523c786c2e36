/** The audit log as those who run the server read it: by what people type into a filter, with names in place of IDs. */
import type { Millis } from '../../../lib/clock.ts'
import { normalizeLogin } from '../../../protocol/account_names.ts'
import { eventName, findEventType } from '../../../protocol/audit/names.ts'
import type { Context } from '../../../runtime/context.ts'
import type { AuditFilter, AuditPlace, LoggedEvent, Storage } from '../../../storage/contract.ts'

/** What may be asked for, as text; empty texts ask for nothing. */
export interface AuditQuestion {
  /** A dotted name, or a type as it is written in the log. */
  readonly type: string
  /** Who did it: a username, an e-mail address or an ID, or `command:NAME` of the machine. */
  readonly who: string
  /** To whom it was done. */
  readonly whom: string
  /** An app's ID. */
  readonly app: string
  /** A day, or a moment to the minute, in UTC. */
  readonly from: string
  readonly to: string
  /** Where a page goes on, as the page before has said. */
  readonly after: string
}

export type AuditProblem = 'type' | 'who' | 'whom' | 'from' | 'to' | 'after'

/** An event in the list. */
export interface ListedEvent {
  readonly seq: number
  readonly at: Millis
  /** Its dotted name. */
  readonly name: string
  readonly who: string | null
  readonly whom: string | null
  readonly app: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

export interface AuditList {
  readonly events: readonly ListedEvent[]
  /** Where the next page goes on; undefined at the end. */
  readonly next: string | undefined
  readonly problem: AuditProblem | undefined
}

/** A page of the events that are asked for, newest first; none where something that was typed means nothing. */
export async function listAudit(
  { storage }: Pick<Context, 'storage'>,
  question: AuditQuestion,
  limit: number,
): Promise<AuditList> {
  const filter = await filterOf(storage, question)
  if (typeof filter === 'string') return { events: [], next: undefined, problem: filter }
  const { events, next } = await storage.audit.search(limit, filter)
  const names = await usernames(storage, events)
  const named = (id: string | null) => (id === null ? null : (names.get(id) ?? id))
  return {
    events: events.map(({ seq, at, type, actor, operator, subject, clientId, detail }) => {
      return {
        seq,
        at,
        name: eventName(type),
        who: operator ?? named(actor),
        whom: named(subject),
        app: clientId,
        detail,
      }
    }),
    next: next === null ? undefined : `${next.at}-${next.seq}`,
    problem: undefined,
  }
}

async function filterOf(storage: Storage, question: AuditQuestion): Promise<AuditFilter | AuditProblem> {
  const { type, who, whom, app, from, to, after } = question
  const known = findEventType(type)
  if (type !== '' && known === undefined) return 'type'
  const operator = who.includes(':') ? who : undefined
  const actor = who === '' || operator !== undefined ? undefined : await findAccountId(storage, who)
  if (who !== '' && operator === undefined && actor === undefined) return 'who'
  const subject = whom === '' ? undefined : await findAccountId(storage, whom)
  if (whom !== '' && subject === undefined) return 'whom'
  const [since, until] = [momentOf(from), momentOf(to)]
  if (from !== '' && since === undefined) return 'from'
  if (to !== '' && until === undefined) return 'to'
  const before = placeOf(after)
  if (after !== '' && before === undefined) return 'after'
  return { type: known, actor, operator, subject, clientId: app === '' ? undefined : app, since, until, before }
}

/** The ID of an account. One that has been deleted has no name any more, and can still be looked for by its ID. */
export async function findAccountId(storage: Pick<Storage, 'accounts'>, name: string): Promise<string | undefined> {
  const account = await storage.accounts.findByLogin(normalizeLogin(name))
  return account?.id ?? (name.startsWith('usr_') ? name : undefined)
}

/** The usernames of the accounts that the events name, by their ids. */
export async function usernames(
  storage: Pick<Storage, 'accounts'>,
  events: readonly Pick<LoggedEvent, 'actor' | 'subject'>[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const id of new Set(events.flatMap(({ actor, subject }) => [actor, subject]))) {
    if (!isUserId(id)) continue
    const account = await storage.accounts.find(id)
    if (account !== undefined) names.set(id, account.username)
  }
  return names
}

function isUserId(id: string | null): id is `usr_${string}` {
  return id?.startsWith('usr_') === true
}

function momentOf(text: string): Millis | undefined {
  const [, date, time = '00:00'] =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/.exec(text) ?? []
  const at = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`)
  return Number.isNaN(at) ? undefined : at
}

function placeOf(text: string): AuditPlace | undefined {
  const [, at, seq] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  return at === undefined || seq === undefined ? undefined : { at: Number(at), seq: Number(seq) }
}
