/**
 * `consentry audit`: who did what, from the audit log. The room has what an operator asks of the log.
 * Not here: how it is read or proved (`engine/operator/`). Neighbours: `../backups/` takes exports of it. To add: a question, a
 * file with one `add…` function and its line below.
 */
import { type FileHandle, open, rm } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { findAccountId, usernames } from '../../engine/operator/audit_log/list.ts'
import { eventsSince, exportedEvent, writtenEvent } from '../../engine/operator/recovery/export.ts'
import { day, hour, type Millis, minute } from '../../lib/clock.ts'
import { reasonOf } from '../../lib/text/reason.ts'
import type { AuditEvent, ChainedEvent, Storage } from '../../storage/contract.ts'
import { addStorageOptions, CommandError, type Env, printResult, withStorage } from '../command.ts'
import { self } from '../invocation.ts'
import { addVerify } from './verify.ts'

/** A moment in milliseconds, told from what the clock says now. */
type Moment = (now: Millis) => Millis

interface ListOptions {
  readonly type?: string
  readonly subject?: string
  readonly client?: string
  readonly since?: Moment
  readonly until?: Moment
  readonly limit: number
}

export function addAudit(program: Command, env: Env): void {
  const audit = program.command('audit').description('the audit log: who did what, and when')
  addStorageOptions(audit.command('list'))
    .description('list events, newest first; times are UTC')
    .option('--type <type>', 'only events of this type (`audit types` lists them)')
    .option('--subject <user>', 'only what this account did, or what was done to it (username, e-mail or ID)')
    .option('--client <client-id>', 'only events of this app')
    .option('--since <time>', 'only from this time on: 2027-06-30, 2027-06-30T08:00Z, or 30m, 12h, 7d ago', parseTime)
    .option('--until <time>', 'only before this time', parseTime)
    .option('--limit <number>', 'maximum number, up to 10000', parseLimit, 100)
    .addHelpText(
      'after',
      `
Examples:
  ${self} audit list --since 7d --type sign_in.failed
  ${self} audit list --subject alice --json`,
    )
    .action(async (options: ListOptions, command: Command) => {
      const { type, client: clientId, since, until, limit } = options
      const known = await requireType(type)
      await withStorage(command, env, async ({ storage, clock }) => {
        const now = clock.now()
        const account = options.subject === undefined ? undefined : await accountId(storage, options.subject)
        const { events, next } = await storage.audit.search(limit, {
          type: known,
          account,
          clientId,
          since: since?.(now),
          until: until?.(now),
        })
        const names = await usernames(storage, events)
        const { eventName } = await import('../../protocol/audit/names.ts')
        const written = events.map((event) => ({ ...writtenEvent(event), name: eventName(event.type) }))
        printResult(command, { events: written, complete: true, more: next !== null }, [
          ...(events.length === 0
            ? ['no events']
            : table([headings, ...events.map((event) => cells(event, eventName(event.type), names))])),
          ...(next === null ? [] : ['There are older events. Look further back with --until, or raise --limit.']),
        ])
      })
    })

  addStorageOptions(audit.command('export'))
    .argument('[file]', 'file to be made, readable by its owner only; standard output where it is left out')
    .description('write events for programs, one JSON object a line, the oldest first')
    .option('--since <time>', 'only from this time on: 2027-06-30, 2027-06-30T08:00Z, or 30m, 12h, 7d ago', parseTime)
    .addHelpText(
      'after',
      `
Kept elsewhere than the database, it lets \`restore --reapply\` end again what was ended after a backup.

Example:
  ${self} audit export events.jsonl --since 2d`,
    )
    .action(async (file: string | undefined, options: { readonly since?: Moment }, command: Command) => {
      await withStorage(command, env, async ({ storage, clock }) => {
        const events = eventsSince(storage.audit, options.since?.(clock.now()) ?? 0)
        if (file === undefined) {
          for await (const event of events) process.stdout.write(`${JSON.stringify(exportedEvent(event))}\n`)
          return
        }
        const count = await writeEvents(file, events)
        printResult(command, { file, events: count }, [`${file}: ${count} events`])
      })
    })

  addVerify(audit, env)

  audit
    .command('types')
    .description('list the types of events, what they mean and who sees them')
    .addHelpText('after', `\nExample:\n  ${self} audit types`)
    .action(async (_options: unknown, command: Command) => {
      const { auditEvents } = await import('../../protocol/audit_events.ts')
      const { eventName } = await import('../../protocol/audit/names.ts')
      const types = Object.entries(auditEvents).map(([type, { title, seenBy }]) => {
        return { name: eventName(type), type, title, seen_by: seenBy }
      })
      const rows = types.map(({ name, title, seen_by }) => [name, title, seen_by.join(', ').replaceAll('_', ' ')])
      printResult(command, { types }, table(rows))
    })
}

/** One event a line, into a file that was not there. */
async function writeEvents(path: string, events: AsyncIterable<ChainedEvent>): Promise<number> {
  let handle: FileHandle
  try {
    handle = await open(path, 'wx', 0o600)
  } catch (error) {
    throw new CommandError('not_written', `${path} cannot be made: ${reasonOf(error)}.`)
  }
  let count = 0
  try {
    for await (const event of events) {
      await handle.writeFile(`${JSON.stringify(exportedEvent(event))}\n`)
      count++
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return count
}

/** The type of the log that somebody means. */
async function requireType(type: string | undefined): Promise<string | undefined> {
  if (type === undefined) return undefined
  const { eventNames, findEventType } = await import('../../protocol/audit/names.ts')
  const known = findEventType(type)
  if (known !== undefined) return known
  const { nearest } = await import('../../lib/text/nearest.ts')
  const meant = nearest(type, eventNames)
  const hint = meant === undefined ? '`audit types` lists them.' : `Did you mean ${meant}?`
  throw new CommandError('wrong_value', `Unknown type ${type}. ${hint}`, 2)
}

async function accountId(storage: Storage, name: string): Promise<string> {
  const id = await findAccountId(storage, name)
  if (id === undefined) throw new CommandError('unknown_user', `No user ${name}.`)
  return id
}

const headings = ['time', 'type', 'by', 'account', 'app', 'detail']

/** Time, type, who, to whom, with which app, and the rest. */
function cells(
  { at, actor, operator, subject, clientId, detail }: AuditEvent,
  type: string,
  names: ReadonlyMap<string, string>,
) {
  const named = (id: string | null) => (id === null ? '-' : (names.get(id) ?? id))
  const rest = Object.entries(detail).map(([member, value]) => `${member}=${JSON.stringify(value)}`)
  const time = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return [time, type, operator ?? named(actor), named(subject), clientId ?? '-', rest.join(' ')]
}

/** Rows as lines with their columns under each other. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const units = { m: minute, h: hour, d: day } as const

/** A date or a time in UTC, or how long ago it was. */
function parseTime(text: string): Moment {
  const ago = /^(\d{1,6})([mhd])$/.exec(text)
  if (ago !== null) return (now) => now - Number(ago[1]) * units[ago[2] as keyof typeof units]
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write it as 2027-06-30, 2027-06-30T08:00Z, 30m, 12h or 7d.')
  return () => at
}

function parseLimit(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 10000.')
}
