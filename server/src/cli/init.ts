/** `consentry init`: writes a settings file to begin with, and never over one that is there. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { reasonOf } from '../lib/text/reason.ts'
import { CommandError, type Env, printResult } from './command.ts'
import { self, shellWord } from './invocation.ts'

interface InitOptions {
  readonly issuer?: string
  readonly port?: string
  readonly data: string
  readonly dialects?: string
  readonly yes?: boolean
}

const localIssuer = 'http://localhost:3000'

export function addInit(program: Command, env: Env): void {
  program
    .command('init')
    .description('write a settings file (consentry.json, or the one of --config or CONSENTRY_CONFIG)')
    .option('--issuer <url>', 'public URL of this server')
    .option('--port <number>', 'port to listen on (the port of a loopback issuer, else 3000)')
    .option('--data <folder>', 'folder of the embedded database and the root secret', './data')
    .option('--dialects <names>', 'legacy protocols to open, comma-separated, or none', 'none')
    .option('--yes', 'ask nothing; use the options and defaults')
    .addHelpText('after', `\nExample:\n  ${self} init --issuer https://login.example.com`)
    .action(async (options: InitOptions, command: Command) => {
      const issuer = (options.issuer ?? (options.yes ? localIssuer : await askForIssuer())).replace(/\/$/, '')
      const dialects = options.dialects ?? 'none'
      const { requireSound, usualFile } = await import('../settings.ts')
      const { loopback } = requireSound({ CONSENTRY_ISSUER: issuer, CONSENTRY_DIALECTS: dialects })
      const port = options.port ?? ((loopback && new URL(issuer).port) || '3000')
      requireSound({ PORT: port })
      const { config: flag } = command.optsWithGlobals<{ config?: string }>()
      const path = resolve(flag ?? (env.CONSENTRY_CONFIG || usualFile))
      const settings = {
        CONSENTRY_ISSUER: issuer,
        PORT: Number(port),
        CONSENTRY_DATA: options.data,
        CONSENTRY_DIALECTS: dialects,
      }
      try {
        // Closed to others, as a database URL with its password may be written into it later.
        writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
          throw new CommandError('file_exists', `${path} already exists. It was not changed.`)
        }
        throw new CommandError('file', `${path} cannot be written: ${reasonOf(error)}.`)
      }
      const usual = resolve(usualFile)
      // Who named it by CONSENTRY_CONFIG has it named already.
      const config = path === usual || flag === undefined ? '' : ` --config ${shellWord(path)}`
      const next = ['doctor', 'serve'].map((name) => `${self} ${name}${config}`)
      printResult(command, { path, settings, next }, [`Wrote ${path}. Next:`, '', ...next.map((line) => `  ${line}`)])
    })
}

async function askForIssuer(): Promise<string> {
  if (!process.stdin.isTTY) throw new CommandError('usage', 'Set --issuer, or --yes for the defaults.', 2)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await lines.question(`Public URL of this server (${localIssuer}): `)).trim() || localIssuer
  } finally {
    lines.close()
  }
}
