/** `consentry health`: asks the server of these settings how it is, for supervisors that run a command and look at its end. */
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { json } from 'node:stream/consumers'
import type { Command } from 'commander'
import { second } from '../lib/clock.ts'
import { messageOf } from '../lib/text/reason.ts'
import type { Settings } from '../settings.ts'
import { CommandError, commandSettings, type Env, printResult } from './command.ts'
import { self } from './invocation.ts'

/** Less than supervisors wait. */
const patience = 4 * second

/** Where a server that listens on all addresses is found. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

interface HealthOptions {
  readonly port?: string
  readonly host?: string
  readonly live?: boolean
}

export function addHealth(program: Command, env: Env): void {
  program
    .command('health')
    .description('ask the running server whether it is ready')
    .option('--port <number>', 'port that it listens on (PORT)')
    .option('--host <address>', 'address that it listens on (HOST)')
    .option('--live', 'ask only whether it answers: a server whose database is away is alive and not ready')
    .addHelpText(
      'after',
      `
Give it the settings of the server. Exit code 0: ready. Exit code 1: anything else, with the reason in one line.

Example:
  ${self} health`,
    )
    .action(async ({ port, host, live = false }: HealthOptions, command: Command) => {
      const settings = await settingsOrFail(command, env, { PORT: port, HOST: host })
      const { url, status } = await ask(settings, live ? '/healthz' : '/readyz')
      const wanted = live ? 'ok' : 'ready'
      if (status !== wanted) throw new CommandError('not_ready', `${url}: ${status}`)
      printResult(command, { url, status }, [`${url}: ${status}`])
    })
}

/** Supervisors know the exit codes 0 and 1 alone, so wrong settings are a 1 here, too. */
async function settingsOrFail(command: Command, env: Env, flags: Record<string, string | undefined>) {
  try {
    return await commandSettings(command, env, flags, false)
  } catch (error) {
    throw new CommandError('settings', messageOf(error))
  }
}

/** Asks the server at the address that it listens on; answers what it says of itself. */
async function ask({ host, port, https }: Settings, path: string): Promise<{ url: string; status: string }> {
  const at = everywhere[host] ?? host
  const url = `${https === undefined ? 'http' : 'https'}://${at.includes(':') ? `[${at}]` : at}:${port}${path}`
  const signal = AbortSignal.timeout(patience)
  // The certificate is not looked at: it names the public address, and nothing secret goes this way.
  const sent =
    https === undefined
      ? plainRequest(url, { agent: false, signal })
      : tlsRequest(url, { agent: false, signal, rejectUnauthorized: false })
  try {
    const answer = new Promise<IncomingMessage>((resolve, reject) =>
      sent.once('response', resolve).once('error', reject),
    )
    sent.end()
    const said = (await json(await answer)) as {
      readonly status?: unknown
      readonly problems?: readonly unknown[]
    } | null
    const problems = Array.isArray(said?.problems) ? ` (${said.problems.join(', ')})` : ''
    return { url, status: `${said?.status ?? 'it is not Consentry that answers'}${problems}` }
  } catch (error) {
    const why = signal.aborted ? `none within ${patience / second} s` : messageOf(error)
    throw new CommandError('no_answer', `No answer at ${url}: ${why}`)
  }
}
