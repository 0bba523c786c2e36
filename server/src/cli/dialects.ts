/** `consentry dialects`: who still needs which legacy protocol, and the operator's decision to end it or close it. */
import { Argument, type Command } from 'commander'
import { decideProtocol } from '../engine/operator/protocols.ts'
import { dayOf } from '../lib/clock.ts'
import { type ClosableDialect, closableDialects } from '../protocol/dialects.ts'
import { type DialectDecision, dialectOf, readNotices, usesOfDialects } from '../runtime/kept/legacy_dialects.ts'
import { addStorageOptions, CommandError, commandLine, type Env, moment, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

export function addDialects(program: Command, env: Env): void {
  const dialects = program.command('dialects').description('legacy protocols: who still uses them, and when they close')
  addStorageOptions(dialects.command('list', { isDefault: true }))
    .description('list legacy protocols with the apps that use them')
    .addHelpText('after', `\nExample:\n  ${self} dialects`)
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async ({ storage, clock }, settings) => {
        const notices = await readNotices(storage)
        const uses = await usesOfDialects(storage, clock)
        const protocols = await Promise.all(
          closableDialects.map(async (dialect) => {
            const notice = notices.get(dialect)
            const apps = await Promise.all(
              (uses.get(dialect) ?? []).map(async ({ clientId, count, lastAt }) => ({
                client_id: clientId,
                client_name: nameOf((await storage.clients.find(clientId))?.metadata),
                uses_30_days: count,
                last_seen: moment(lastAt),
              })),
            )
            return {
              dialect,
              state: stateOf(settings.dialects.has(dialectOf(dialect)), notice),
              ...datesOf(notice),
              apps,
            }
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
      await decide(command, env, dialect, { sunset: date === 'none' ? undefined : parseDate(date), ...linkOf(options) })
    })
  addStorageOptions(dialects.command('close'))
    .description('close a legacy protocol: it answers 410 with a link; issued tokens stay valid')
    .addArgument(dialect())
    .option('--link <url>', 'where developers read what to use instead')
    .addHelpText('after', `\nExample:\n  ${self} dialects close password_token --link https://example.com/moving`)
    .action(async (dialect: ClosableDialect, options: { link?: string }, command: Command) => {
      await decide(command, env, dialect, { closed: true, ...linkOf(options) })
    })
  addStorageOptions(dialects.command('open'))
    .description('open a closed legacy protocol again')
    .addArgument(dialect())
    .addHelpText('after', `\nExample:\n  ${self} dialects open password_token`)
    .action(async (dialect: ClosableDialect, _options: unknown, command: Command) => {
      await decide(command, env, dialect, { closed: false })
    })
}

async function decide(
  command: Command,
  env: Env,
  dialect: ClosableDialect,
  change: Parameters<typeof decideProtocol>[3],
): Promise<void> {
  await withStorage(command, env, async (context, settings) => {
    const notice = await decideProtocol(context, commandLine(), dialect, change)
    const protocol = { dialect, state: stateOf(settings.dialects.has(dialectOf(dialect)), notice), ...datesOf(notice) }
    printResult(command, protocol, [`${headline(protocol)}; a running server takes it over within a second`])
  })
}

/** Open, closed by decision, or not among those that the settings open. */
function stateOf(inSettings: boolean, notice: DialectDecision | undefined): 'open' | 'closed' | 'not in the settings' {
  if (notice?.closed === true) return 'closed'
  return inSettings ? 'open' : 'not in the settings'
}

function datesOf(notice: DialectDecision | undefined): {
  readonly sunset: string | null
  readonly link: string | null
} {
  const sunset = notice?.sunset
  return {
    sunset: sunset === undefined ? null : dayOf(sunset),
    link: notice?.link ?? null,
  }
}

interface ShownDialect {
  readonly dialect: string
  readonly state: string
  readonly sunset: string | null
  readonly link: string | null
}

function headline({ dialect, state, sunset, link }: ShownDialect): string {
  return `${dialect}: ${state}${sunset === null ? '' : `, announced to end on ${sunset}`}${link === null ? '' : ` (${link})`}`
}

function linesOf(
  protocol: ShownDialect & {
    readonly apps: readonly {
      readonly client_id: string
      readonly client_name: string | null
      readonly uses_30_days: number
      readonly last_seen: string
    }[]
  },
): string[] {
  if (protocol.apps.length === 0) return [headline(protocol), '  not used yet']
  return [
    headline(protocol),
    ...protocol.apps.map(({ client_id, client_name, uses_30_days, last_seen }) => {
      const name = client_name === null ? client_id : `${client_name} (${client_id})`
      return `  ${name}: ${uses_30_days} in 30 days, last on ${last_seen.slice(0, 16).replace('T', ' ')} UTC`
    }),
  ]
}

function nameOf(metadata: Readonly<Record<string, unknown>> | undefined): string | null {
  return typeof metadata?.client_name === 'string' ? metadata.client_name : null
}

function parseDate(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(at)) throw new CommandError('usage', `${text} is not a date. Write it as 2027-06-30.`, 2)
  return at
}

function linkOf({ link }: { readonly link?: string }): { readonly link?: string } {
  if (link === undefined) return {}
  if (!/^https?:\/\//.test(link) || !URL.canParse(link)) {
    throw new CommandError('usage', `${link} is not an http or https URL.`, 2)
  }
  // Written anew, so that nothing in it can leave the header that it goes into.
  return { link: new URL(link).href }
}
