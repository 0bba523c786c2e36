/** An export of the audit log, as it comes back to a database that was made from an older backup. */
import { z } from 'zod'
import { type Millis, minute } from '../../../lib/clock.ts'
import type { Head } from '../../../protocol/audit/chain.ts'
import type { AuditEvent, ChainedEvent, Storage } from '../../../storage/contract.ts'

/** A file that is no export of the audit log; the message says where and why, in one line. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport'
}

/** An event as `audit export` and `audit list --json` write it. */
const written = z.object({
  at: z.iso.datetime(),
  type: z.string(),
  actor: z.string().nullish(),
  operator: z.string().nullish(),
  subject: z.string().nullish(),
  client_id: z.string().nullish(),
  address: z.string().nullish(),
  request_id: z.string().nullish(),
  detail: z.record(z.string(), z.unknown()).default({}),
  chain: z.object({ node: z.string(), number: z.number() }).nullish(),
})

/** An event with its place in a chain of the log, where the file says one. */
export interface ExportedEvent extends AuditEvent {
  readonly place: { readonly node: string; readonly number: number } | undefined
}

/** The event as it is written for programs. */
export function writtenEvent(event: AuditEvent) {
  const { at, type, actor, operator, subject, clientId, address, requestId, detail } = event
  const time = new Date(at).toISOString()
  return { at: time, type, actor, operator, subject, client_id: clientId, address, request_id: requestId, detail }
}

/**
 * The same with its place in a chain of the log, so that a copy kept elsewhere proves what was written. Where a text was erased,
 * its salted digest is left.
 */
export function exportedEvent(event: ChainedEvent) {
  const { chain } = event
  const hex = (digest: Buffer) => digest.toString('hex')
  return {
    ...writtenEvent(event),
    chain: chain && {
      node: chain.node,
      number: chain.number,
      digest: hex(chain.digest),
      origin: hex(chain.origin),
      detail: hex(chain.detail),
    },
  }
}

/** The events of an export, the oldest first: one JSON object a line, or the document of `audit list --json`. */
export function readExport(text: string): readonly ExportedEvent[] {
  const events = itemsOf(text).map(([where, item]) => toEvent(where, item))
  // The list has the newest first. Events of one moment keep their order.
  const [first] = events
  const last = events.at(-1)
  if (first !== undefined && last !== undefined && first.at > last.at) events.reverse()
  return events.sort((one, other) => one.at - other.at)
}

function itemsOf(text: string): (readonly [where: string, item: unknown])[] {
  const whole = parsed(text)
  if (typeof whole === 'object' && whole !== null && 'events' in whole && Array.isArray(whole.events)) {
    return whole.events.map((item, at) => [`event ${at + 1}`, item] as const)
  }
  return text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [[`line ${at + 1}`, parsed(line)] as const]))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toEvent(where: string, item: unknown): ExportedEvent {
  const read = written.safeParse(item)
  if (!read.success) {
    const [issue] = read.error.issues
    const what = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`
    throw new NotAnExport(`${where} is no event of an audit log${what}`)
  }
  const { actor = null, operator = null, subject = null, client_id: clientId = null } = read.data
  const { at, type, address = null, request_id: requestId = null, detail, chain } = read.data
  const event = { at: Date.parse(at), type, actor, operator, subject, clientId, address, userAgent: null, requestId }
  return { ...event, detail, place: chain ?? undefined }
}

/** How much earlier an act may say that it was than it was committed. */
const overlap: Millis = 5 * minute

/** From when on an export has to be to miss nothing after a backup of this moment. */
export function exportFrom(backupAt: Millis): Millis {
  return backupAt - overlap
}

/** Events of an export that a database does not have. */
export interface Missing {
  readonly events: readonly AuditEvent[]
  /** Whether the export begins where the database ends and leaves nothing out, as far as its chains say. */
  readonly gapless: boolean
}

/** The events of the export that came after the backup. */
export async function missingEvents(
  { audit, auditChain }: Pick<Storage, 'audit' | 'auditChain'>,
  exported: readonly ExportedEvent[],
  backupAt: Millis,
): Promise<Missing> {
  const since = exportFrom(backupAt)
  const there = new Map<string, number>()
  for await (const event of eventsSince(audit, since)) {
    const name = JSON.stringify(writtenEvent(event))
    there.set(name, (there.get(name) ?? 0) + 1)
  }
  const events = exported.filter((event) => {
    if (event.at < since) return false
    const name = JSON.stringify(writtenEvent(event))
    const left = there.get(name) ?? 0
    if (left === 0) return true
    there.set(name, left - 1)
    return false
  })
  const oldest = exported[0]
  const reachesBack = oldest !== undefined && (oldest.at <= backupAt || events.length < exported.length)
  const gapless = reachesBack && leavesNothingOut(exported, await auditChain.heads())
  return { events: events.map(({ place: _, ...event }) => event), gapless }
}

/**
 * Whether each chain goes on from where it ends in the database, without a gap: of a list that somebody has filtered or cut,
 * nobody knows what it does not say. A file that says no places proves nothing.
 */
function leavesNothingOut(exported: readonly ExportedEvent[], heads: readonly Head[]): boolean {
  const ends = new Map(heads.map(({ node, number }) => [node, number]))
  const places = exported.flatMap(({ place }) => place ?? []).sort((one, other) => one.number - other.number)
  for (const { node, number } of places) {
    const end = ends.get(node) ?? 0
    if (number > end + 1) return false
    ends.set(node, Math.max(end, number))
  }
  return places.length > 0
}

/** How many events are read at once. */
const page = 1000

/** The audit log from a moment on, the oldest first. */
export async function* eventsSince(audit: Storage['audit'], since: Millis): AsyncGenerator<ChainedEvent> {
  for (let after = { at: since - 1, seq: Number.MAX_SAFE_INTEGER }; ; ) {
    const events = await audit.following(after, page)
    yield* events
    const last = events.at(-1)
    if (last === undefined || events.length < page) return
    after = last
  }
}
