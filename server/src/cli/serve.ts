/** `consentry serve`: starts the server and prints where it is. */
import type { Command } from 'commander'
import type { Server } from '../app.ts'
import type { Settings } from '../settings.ts'
import { version } from '../version.ts'
import { CommandError, commandSettings, databaseName, type Env, printResult } from './command.ts'

export function addServe(program: Command, env: Env): void {
  const serve = program
    .command('serve')
    .description('start the server')
    .option('--port <number>', 'port to listen on (PORT)')
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--issuer <url>', 'public URL of this server (CONSENTRY_ISSUER)')
    .option('--data <folder>', 'folder of the embedded database and the root secret (CONSENTRY_DATA)')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded database (DATABASE_URL)')
    .action(async (options: Record<string, string | undefined>, command: Command) => {
      const settings = await commandSettings(command, env, {
        PORT: options.port,
        HOST: options.host,
        CONSENTRY_ISSUER: options.issuer,
        CONSENTRY_DATA: options.data,
        DATABASE_URL: options.databaseUrl,
      })
      // Listened for before anything is told to others, so that no signal finds the process unprepared.
      const stopped = stopSignal()
      const { createServer } = await import('../app.ts')
      const server = await createServer(settings)
      await listen(server, settings)
      const setup = await server.setupUrl()
      printResult(
        command,
        {
          name: 'consentry',
          version,
          issuer: settings.issuer,
          database: databaseName(settings),
          dialects: [...settings.dialects],
          setup_url: setup ?? null,
        },
        welcome(settings, setup),
      )
      await stopped
      await closeInTime(server)
    })
  program.hook('preSubcommand', async (_program, called) => {
    if (called !== serve) return
    const { settingsList } = await import('../settings.ts')
    serve.addHelpText('after', `\n${settingsList()}`)
  })
}

async function listen(server: Server, settings: Settings): Promise<void> {
  try {
    await server.listen()
  } catch (error) {
    await server.close()
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'EADDRINUSE') {
      throw new CommandError('port_in_use', `port ${settings.port} is in use; choose another with --port or PORT`)
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new CommandError('host_unknown', `HOST ${settings.host} is no address of this machine; try 127.0.0.1`)
    }
    if (code === 'EACCES') {
      throw new CommandError('port_forbidden', `port ${settings.port} needs more rights; choose one above 1023`)
    }
    throw error
  }
}

function welcome(settings: Settings, setup: string | undefined): string[] {
  const older = [...settings.dialects].filter((name) => name !== 'oauth')
  const lines = [
    `Consentry ${version}`,
    '',
    `  address    ${settings.issuer}`,
    `  database   ${databaseName(settings)}`,
    `  doors      oauth${older.length === 0 ? '' : `, ${older.join(', ')}`}`,
  ]
  if (older.length > 0 && settings.loopback) {
    lines.push('             The older ones are open because this is a loopback address;')
    lines.push('             CONSENTRY_DIALECTS=none closes them.')
  }
  if (setup !== undefined) {
    lines.push('', '  There is no administrator yet. Open this link once to create one:', '', `  ${setup}`)
  }
  return [...lines, '']
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1)
        asked = true
        resolve()
      })
    }
  })
}

/** What is under way is finished, for ten seconds at most. */
async function closeInTime(server: Server): Promise<void> {
  const late = setTimeout(() => process.exit(1), 10_000).unref()
  await server.close()
  clearTimeout(late)
}
