/** `consentry serve`: starts the server and prints where it is. */

import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Server } from '../app.ts'
import { systemClock } from '../lib/clock.ts'
import { isLegacy } from '../protocol/dialects.ts'
import { mailWay, type Settings, usualFile } from '../settings.ts'
import { version } from '../version.ts'
import { CommandError, commandSettings, databaseName, type Env, printResult } from './command.ts'
import { checkoutFile, self, shellWord } from './invocation.ts'
import { nodeProblem, recommendedNode } from './node_lines.ts'
import { type StopOrder, stopServer, stopSignal } from './serving/stop.ts'
import { isWorker, leaveCluster, runWorkers, type Said, stopOrder, tellStarted } from './serving/workers.ts'

export function addServe(program: Command, env: Env): void {
  const serve = program
    .command('serve')
    .description('start the server')
    .option('--port <number>', 'port to listen on (PORT)')
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--issuer <url>', 'public URL of this server (CONSENTRY_ISSUER)')
    .option('--data <folder>', 'folder of the embedded database and the root secret (CONSENTRY_DATA)')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded database (DATABASE_URL)')
    .option('--workers <number>', 'processes that serve the port, with PostgreSQL (CONSENTRY_WORKERS)')
    .action(async (options: Record<string, string | undefined>, command: Command) => {
      const settings = await commandSettings(command, env, {
        PORT: options.port,
        HOST: options.host,
        CONSENTRY_ISSUER: options.issuer,
        CONSENTRY_DATA: options.data,
        DATABASE_URL: options.databaseUrl,
        CONSENTRY_WORKERS: options.workers,
      })
      const say = ({ document, lines }: Said) => printResult(command, document, lines)
      if (settings.workers > 1 && !isWorker) {
        const { createLog } = await import('../lib/log.ts')
        return runWorkers(settings, createLog(settings.logLevel), say)
      }
      if (!isWorker) return serveAlone(settings, stopSignal(), say)
      await serveAlone(settings, stopOrder(), tellStarted).finally(leaveCluster)
    })
  program.hook('preSubcommand', async (_program, called) => {
    if (called !== serve) return
    const { settingsList } = await import('../settings_reference.ts')
    serve.addHelpText('after', `\n${settingsList()}`)
  })
}

/**
 * Serves until `stopped`, which was listened for before anything is told to others, so that no signal finds the process
 * unprepared.
 */
async function serveAlone(settings: Settings, stopped: Promise<StopOrder>, say: (said: Said) => void): Promise<void> {
  const { createServer } = await import('../app.ts')
  const server = await createServer(settings)
  await listen(server, settings)
  say(await sayStarted(server, settings))
  await stopServer(server, await stopped, settings.drain)
}

/** What a start says, for programs and for people. */
async function sayStarted(server: Server, settings: Settings): Promise<Said> {
  const setup = await server.setupUrl()
  const waiting = await server.waitingApps()
  const paused = await server.context.outbound.paused()
  return {
    document: {
      name: 'consentry',
      version,
      issuer: settings.issuer,
      database: databaseName(settings),
      dialects: [...settings.dialects],
      workers: settings.workers,
      settings_without_effect: settings.idle,
      node_problem: nodeProblem(process.versions.node, systemClock(0).now()) ?? null,
      setup_url: setup ?? null,
      waiting_apps: waiting,
      paused,
    },
    lines: [...welcome(settings, setup), ...waitingLines(settings, waiting), ...pausedLines(settings, paused)],
  }
}

/** What Node says of an address that cannot be listened at. */
interface ListenError {
  readonly code?: string
  readonly port?: number
  readonly hostname?: string
}

async function listen(server: Server, settings: Settings): Promise<void> {
  try {
    await server.listen()
  } catch (error) {
    await server.close()
    const { code = '', port: failed, hostname } = error as ListenError
    // A host that is not known fails before there is a port.
    const ofPages = hostname === undefined ? (failed ?? settings.port) === settings.port : hostname === settings.host
    const ofManagement = settings.management !== undefined && !ofPages
    const at = ofManagement ? settings.management : settings
    const [port, host] = ofManagement ? ['CONSENTRY_MANAGEMENT_PORT', 'CONSENTRY_MANAGEMENT_HOST'] : ['PORT', 'HOST']
    const choose = ofManagement ? port : `--port or ${port}`
    if (code === 'EADDRINUSE') {
      throw new CommandError('port_in_use', `Port ${at.port} is in use. Choose another with ${choose}.`)
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new CommandError('host_unknown', `${host} ${at.host} is not an address of this machine. Try 127.0.0.1.`)
    }
    if (code === 'EACCES') {
      throw new CommandError('port_forbidden', `Port ${at.port} needs more rights. Choose one above 1023.`)
    }
    throw error
  }
}

/** What a person reads at the start: where everything is, and on a first start what to do next. */
function welcome(settings: Settings, setup: string | undefined): string[] {
  const legacy = [...settings.dialects].filter(isLegacy)
  const node = nodeProblem(process.versions.node, systemClock(0).now())
  const lines = [
    `Consentry ${version} is running.`,
    '',
    `  address    ${settings.issuer}`,
    `  database   ${databaseName(settings)}`,
    ...(settings.workers === 1 ? [] : [`  workers    ${settings.workers}`]),
    ...(settings.file === undefined ? [] : [`  settings   ${settings.file}`]),
    `  mail       ${mailLine(settings)}`,
    `  protocols  oauth${legacy.length === 0 ? '' : `, ${legacy.join(', ')}`}`,
    ...(settings.idle.length === 0 ? [] : [`  no effect  ${settings.idle.join(', ')}`]),
    ...(node === undefined ? [] : [`  node       ${node}. Use Node ${recommendedNode}.`]),
  ]
  if (legacy.length > 0 && settings.loopback) {
    lines.push('             The legacy ones are open because this is a loopback address.')
    lines.push('             CONSENTRY_DIALECTS=none closes them.')
  }
  if (setup === undefined) return [...lines, '', `  Apps are registered at ${settings.issuer}/developer.`, '']
  return [...lines, '', ...firstSteps(settings, setup), '']
}

/** How mail leaves, or that it does not. */
function mailLine(settings: Settings): string {
  if (settings.mail !== undefined) return `${settings.mail.host}:${settings.mail.port}`
  if (mailWay(settings) === 'outbox') return `${settings.issuer}/dev/mail`
  return 'none is sent, so nobody can reset a password: set SMTP_URL and MAIL_FROM'
}

/** What the operator is told of apps that wait. */
function waitingLines(settings: Settings, waiting: number): string[] {
  if (waiting === 0) return []
  const apps = waiting === 1 ? '1 app waits' : `${waiting} apps wait`
  return [`  ${apps} for your approval:`, '', `  ${self} client list --waiting${storageFlags(settings)}`, '']
}

/** What the operator is told after a restore. */
function pausedLines(settings: Settings, paused: boolean): string[] {
  if (!paused) return []
  const recover = `${self} recover${storageFlags(settings)}`
  return ['  Jobs, mails and calls to other servers are paused since a restore:', '', `  ${recover}`, '']
}

/** The way to a first token, as commands to paste into a second terminal in the same folder. */
function firstSteps(settings: Settings, setup: string): string[] {
  const example = checkoutFile('examples/first_token.mjs')
  const issuer = settings.issuer === 'http://localhost:3000' ? '' : ` --issuer ${settings.issuer}`
  const create = `${self} client create "My app" --redirect-uri http://localhost:8080/callback --owner USERNAME`
  return [
    '  There is no administrator yet. Open this link within an hour to create one. It works once:',
    '',
    `  ${setup}`,
    '',
    '  Then register an app, in a second terminal in this folder:',
    '',
    `  ${create}${storageFlags(settings)}`,
    ...(example === undefined
      ? []
      : ['', '  And get a first token with it:', '', `  node ${example} CLIENT_ID CLIENT_SECRET${issuer}`]),
  ]
}

/** The flags by which another command finds the database of this server. */
export function storageFlags({ databaseUrl, databaseUrlFile, data, file }: Settings): string {
  if (file !== undefined) return basename(file) === usualFile ? '' : ` --config ${shellWord(file)}`
  // The URL holds a password, which is not repeated here.
  if (databaseUrlFile !== undefined) return ` --database-url "$(cat ${shellWord(databaseUrlFile)})"`
  if (databaseUrl !== undefined) return ' --database-url "$DATABASE_URL"'
  return data === resolve('data') ? '' : ` --data ${shellWord(data)}`
}
