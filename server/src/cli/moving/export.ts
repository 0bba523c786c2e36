/** `consentry export`: everything that another server needs, as one document. */
import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { reasonOf } from '../../lib/text/reason.ts'
import { addStorageOptions, CommandError, type Env, printResult, withStorage } from '../command.ts'
import { self } from '../invocation.ts'

const exportHolds =
  'It holds names, addresses and password hashes, and digests of secrets. Secrets of providers, authenticator apps, sessions and tokens stay here.'

export function addExport(program: Command, env: Env): void {
  addStorageOptions(program.command('export'))
    .argument('<file>', 'file to be made; one that exists is not overwritten; - writes to standard output')
    .description('write people, apps, APIs, providers and subscription keys as one JSON document')
    .addHelpText(
      'after',
      `
The file is readable by its owner only. \`apply\` takes it, and \`import --from json\` takes its people and apps.
${exportHolds}
It is no backup: \`backup\` is.

Examples:
  ${self} export consentry.json
  ${self} export - | jq '.clients[].client_id'`,
    )
    .action((file: string, _options: unknown, command: Command) => writeExport(command, env, file))
}

/** Writes the document and says so; to standard output it writes nothing else. */
export async function writeExport(command: Command, env: Env, file: string): Promise<void> {
  await withStorage(command, env, async ({ storage, clock }) => {
    const { exportDocument } = await import('../../engine/operator/moving/export.ts')
    const text = Readable.from(exportDocument(storage, clock.now()))
    if (file === '-') return pipeline(text, process.stdout, { end: false })
    const path = resolve(file)
    const handle = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new CommandError('exists', `${path} exists, and is not overwritten.`)
      throw new CommandError('not_written', `${path} could not be made: ${reasonOf(error)}.`)
    })
    try {
      await pipeline(text, handle.createWriteStream({ flush: true }))
    } catch (error) {
      await rm(path, { force: true })
      throw new CommandError('not_written', `${path} could not be written: ${reasonOf(error)}. Nothing is left of it.`)
    }
    printResult(command, { file: path }, [path, exportHolds])
  })
}
