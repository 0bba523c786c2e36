/** `consentry dialects`: who still needs which legacy protocol, and the operator's decision to end it or close it. */
import { Argument, type Command } from 'commander'
import type { OperatorContext } from '../engine/operator/operator.ts'
import {
  addBrownout,
  type BrownoutProblem,
  decideProtocol,
  mostBrownouts,
  removeBrownouts,
  seenApps,
  undoPlan,
} from '../engine/operator/protocols.ts'
import { dayOf, minute } from '../lib/clock.ts'
import { type ClosableDialect, closableDialects } from '../protocol/dialects.ts'
import { brownoutAt, type DialectDecision, dialectOf, readNotices } from '../runtime/kept/legacy_dialects.ts'
import type { Settings } from '../settings.ts'
import { addStorageOptions, CommandError, commandLine, type Env, moment, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

export function addDialects(program: Command, env: Env): void {
  const dialects = program.command('dialects').description('legacy protocols: who still uses them, and when they close')
  addStorageOptions(dialects.command('list', { isDefault: true }))
    .description('list legacy protocols with their plans, the apps that use them and who was told')
    .addHelpText('after', `\nExample:\n  ${self} dialects`)
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async (context, settings) => {
        const { storage, clock } = context
        const notices = await readNotices(storage)
        const seen = await seenApps(context)
        const protocols = await Promise.all(
          closableDialects.map(async (dialect) => {
            const notice = notices.get(dialect)
            const apps = (seen.get(dialect) ?? []).map(({ clientId, name, count, lastAt }) => ({
              client_id: clientId,
              client_name: name ?? null,
              uses_30_days: count,
              last_seen: moment(lastAt),
            }))
            const told = (await storage.dialectTellings.list(dialect)).map(({ clientId, userId, sunset, at }) => ({
              client_id: clientId,
              user: userId,
              sunset: dayOf(sunset),
              at: moment(at),
            }))
            const state = stateIn(settings, dialect, notice, clock.now())
            return { dialect, state, ...planOf(notice), apps, told }
          }),
        )
        printResult(command, { dialects: protocols }, protocols.flatMap(linesOf))
      })
    })

  const dialect = () => new Argument('<dialect>').choices(closableDialects)
  addStorageOptions(dialects.command('sunset'))
    .description('announce when a legacy protocol closes (Deprecation and Sunset headers)')
    .addArgument(dialect())
    .argument('<date>', 'YYYY-MM-DD, or none to take the announcement back')
    .option('--link <url>', 'where developers read what to use instead')
    .addHelpText(
      'after',
      `\nIt stays open until you close it.\n\nExample:\n  ${self} dialects sunset quantimodo 2027-06-30`,
    )
    .action(async (dialect: ClosableDialect, date: string, options: { link?: string }, command: Command) => {
      const change = { sunset: date === 'none' ? undefined : parseDate(date), ...linkOf(options) }
      await decide(command, env, dialect, (context) => decideProtocol(context, commandLine(), dialect, change))
    })
  addStorageOptions(dialects.command('close'))
    .description('close a legacy protocol: it answers 410 with a link; issued tokens stay valid')
    .addArgument(dialect())
    .option('--link <url>', 'where developers read what to use instead')
    .addHelpText('after', `\nExample:\n  ${self} dialects close password_token --link https://example.com/moving`)
    .action(async (dialect: ClosableDialect, options: { link?: string }, command: Command) => {
      const change = { closed: true, ...linkOf(options) }
      await decide(command, env, dialect, (context) => decideProtocol(context, commandLine(), dialect, change))
    })
  addStorageOptions(dialects.command('open'))
    .description('open a closed legacy protocol again')
    .addArgument(dialect())
    .addHelpText('after', `\nExample:\n  ${self} dialects open password_token`)
    .action(async (dialect: ClosableDialect, _options: unknown, command: Command) => {
      const change = { closed: false }
      await decide(command, env, dialect, (context) => decideProtocol(context, commandLine(), dialect, change))
    })
  addStorageOptions(dialects.command('brown-out'))
    .description('switch a legacy protocol off for some minutes, so that apps that need it are noticed: it answers 410')
    .addArgument(dialect())
    .argument('<time>', 'when it begins, in UTC: 2027-06-01T09:00Z; or none to take all of them back')
    .option('--minutes <number>', 'how long, up to 1440', '15')
    .addHelpText('after', `\nExample:\n  ${self} dialects brown-out jwt_login/v1 2027-06-01T09:00Z --minutes 20`)
    .action(async (dialect: ClosableDialect, time: string, { minutes }: { minutes: string }, command: Command) => {
      const from = time === 'none' ? 'all' : parseMoment(time)
      await decide(command, env, dialect, async (context) => {
        if (from === 'all') return removeBrownouts(context, commandLine(), dialect, from)
        const until = from + parseMinutes(minutes) * minute
        const problem = await addBrownout(context, commandLine(), dialect, { from, until })
        if (problem !== undefined) throw new CommandError('wrong_value', brownoutProblems[problem], 2)
        return (await readNotices(context.storage)).get(dialect) ?? { closed: false }
      })
    })
  addStorageOptions(dialects.command('undo'))
    .description('take the whole plan back: the protocol is open, and announces nothing')
    .addArgument(dialect())
    .addHelpText('after', `\nExample:\n  ${self} dialects undo jwt_login/v1`)
    .action(async (dialect: ClosableDialect, _options: unknown, command: Command) => {
      await decide(command, env, dialect, (context) => undoPlan(context, commandLine(), dialect))
    })
}

const brownoutProblems: Readonly<Record<BrownoutProblem, string>> = {
  past: 'That time is over.',
  too_short: 'A brown-out takes at least a minute.',
  too_long: 'A brown-out takes at most 1440 minutes.',
  too_many: `There are ${mostBrownouts} brown-outs ahead already.`,
  overlaps: 'There is another brown-out at that time.',
  after_end: 'The protocol ends before that time.',
  closed: 'The protocol is closed.',
}

async function decide(
  command: Command,
  env: Env,
  dialect: ClosableDialect,
  act: (context: OperatorContext) => Promise<DialectDecision>,
): Promise<void> {
  await withStorage(command, env, async (context, settings) => {
    const notice = await act(context)
    const state = stateIn(settings, dialect, notice, context.clock.now())
    const protocol = { dialect, state, ...planOf(notice) }
    printResult(command, protocol, [`${headline(protocol)}; a running server takes it over within a second`])
  })
}

type ShownState = 'open' | 'brown-out' | 'closed' | 'not in the settings'

/** Open, closed by decision or for now, or not among those that the settings open. */
function stateIn(
  { dialects }: Pick<Settings, 'dialects'>,
  dialect: ClosableDialect,
  notice: DialectDecision | undefined,
  now: number,
): ShownState {
  if (notice?.closed === true) return 'closed'
  if (!dialects.has(dialectOf(dialect))) return 'not in the settings'
  return notice !== undefined && brownoutAt(notice, now) !== undefined ? 'brown-out' : 'open'
}

function planOf(notice: DialectDecision | undefined): Omit<ShownDialect, 'dialect' | 'state'> {
  const { sunset, link = null, brownouts = [] } = notice ?? {}
  return {
    sunset: sunset === undefined ? null : dayOf(sunset),
    link,
    brownouts: brownouts.map(({ from, until }) => ({ from: moment(from), until: moment(until) })),
  }
}

interface ShownDialect {
  readonly dialect: string
  readonly state: ShownState
  readonly sunset: string | null
  readonly link: string | null
  readonly brownouts: readonly { readonly from: string; readonly until: string }[]
}

function headline({ dialect, state, sunset, link, brownouts }: ShownDialect): string {
  const ends = sunset === null ? '' : `, announced to end on ${sunset}`
  const off = brownouts.map(({ from, until }) => `${shortly(from)} to ${shortly(until)}`).join(', ')
  return `${dialect}: ${state}${ends}${off === '' ? '' : `, brown-out ${off}`}${link === null ? '' : ` (${link})`}`
}

function shortly(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

function linesOf(
  protocol: ShownDialect & {
    readonly apps: readonly {
      readonly client_id: string
      readonly client_name: string | null
      readonly uses_30_days: number
      readonly last_seen: string
    }[]
    readonly told: readonly {
      readonly client_id: string
      readonly user: string
      readonly sunset: string
      readonly at: string
    }[]
  },
): string[] {
  return [
    headline(protocol),
    ...(protocol.apps.length === 0 ? ['  not used yet'] : []),
    ...protocol.apps.map(({ client_id, client_name, uses_30_days, last_seen }) => {
      const name = client_name === null ? client_id : `${client_name} (${client_id})`
      return `  ${name}: ${uses_30_days} in 30 days, last on ${shortly(last_seen)}`
    }),
    ...protocol.told.map(({ client_id, user, sunset, at }) => {
      return `  told ${user} about ${client_id} on ${shortly(at)}, that it ends on ${sunset}`
    }),
  ]
}

function parseDate(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(at)) throw new CommandError('usage', `${text} is not a date. Write it as 2027-06-30.`, 2)
  return at
}

function parseMoment(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw new CommandError('usage', `${text} is not a time in UTC. Write it as 2027-06-01T09:00Z.`, 2)
  return at
}

function parseMinutes(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new CommandError('usage', `${text} is not a number of minutes.`, 2)
  return Number(text)
}

function linkOf({ link }: { readonly link?: string }): { readonly link?: string } {
  if (link === undefined) return {}
  if (!/^https?:\/\//.test(link) || !URL.canParse(link)) {
    throw new CommandError('usage', `${link} is not an http or https URL.`, 2)
  }
  // Written anew, so that nothing in it can leave the header that it goes into.
  return { link: new URL(link).href }
}
