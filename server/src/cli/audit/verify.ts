/** `consentry audit verify` and `audit seals`: whether the audit log is whole, and what proves it later. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { z } from 'zod'
import type { AuditProblem } from '../../engine/operator/audit_log/problem.ts'
import { type Verified, verifyAuditLog } from '../../engine/operator/audit_log/verify.ts'
import { reasonOf } from '../../lib/text/reason.ts'
import { eachSeal } from '../../runtime/keys/audit_seals.ts'
import { createKeyring, findWrongSecret } from '../../runtime/keys/keyring.ts'
import type { StoredSeal } from '../../storage/contract.ts'
import { requireDatabase } from '../backups/backup.ts'
import { progressOf } from '../backups/progress.ts'
import {
  addStorageOptions,
  CommandError,
  type Env,
  moment,
  openOrFail,
  printResult,
  storageSettings,
  withStorage,
} from '../command.ts'
import { self } from '../invocation.ts'

export function addVerify(audit: Command, env: Env): void {
  addStorageOptions(audit.command('verify'))
    .description('look whether events were changed, taken away or added since they were written')
    .option('--seals <file>', 'seals that were kept elsewhere: of `audit seals`, of the log, or of webhooks')
    .addHelpText(
      'after',
      `
It reads the whole log, also while a server works. Exit code 1: something is not as it was written. Who can write to the
database can make up what was not sealed yet, and take away the newest seals; seals that you keep elsewhere tell of both.

Examples:
  ${self} audit verify
  ${self} audit verify --seals seals.jsonl --json`,
    )
    .action(async (options: { readonly seals?: string }, command: Command) => {
      const kept = options.seals === undefined ? [] : readSeals(options.seals)
      const settings = await storageSettings(command, env, false)
      requireDatabase(settings)
      const storage = await openOrFail(settings, { migrate: false })
      try {
        const keyring = createKeyring(settings.secrets, settings.issuer, storage.installation)
        const wrong = await findWrongSecret(storage, keyring)
        if (wrong !== undefined) throw wrong
        const verified = await verifyAuditLog(storage, keyring, { kept, progress: progressOf(command, 'Audit') })
        const recovery = await storage.recovery.find()
        const restored = recovery === undefined ? null : { from: recovery.backupAt, at: recovery.restoredAt }
        printResult(command, documentOf(verified, restored), linesOf(verified, restored))
        const { length } = verified.problems
        if (length > 0)
          throw new CommandError('audit', `${length} ${length === 1 ? 'problem' : 'problems'} (see above)`)
      } finally {
        await storage.close()
      }
    })

  addStorageOptions(audit.command('seals'))
    .description('write the seals of the log, one JSON object a line, to be kept elsewhere')
    .addHelpText('after', `\nExample:\n  ${self} audit seals > seals.jsonl`)
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async ({ storage }) => {
        for await (const seal of eachSeal(storage)) process.stdout.write(`${JSON.stringify(seal)}\n`)
      })
    })
}

const sealSchema = z.object({ number: z.number(), body: z.string(), generation: z.number(), mac: z.string() })

/** A line is a seal by itself, or one of the server's log. Other lines of a log are passed over. */
function readSeals(file: string): readonly StoredSeal[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError('no_file', `${file} cannot be read: ${reasonOf(error)}.`, 2)
  }
  const seals = text.split('\n').flatMap((line) => sealsIn(line))
  if (seals.length === 0) throw new CommandError('no_seals', `There is no seal in ${file}.`, 2)
  return seals
}

const lineSchema = z.union([
  sealSchema.transform((seal) => [seal]),
  z.object({ auditSeal: sealSchema }).transform(({ auditSeal }) => [auditSeal]),
  z.object({ data: z.object({ seal: sealSchema }) }).transform(({ data }) => [data.seal]),
])

function sealsIn(line: string): readonly StoredSeal[] {
  if (!line.startsWith('{')) return []
  try {
    return lineSchema.safeParse(JSON.parse(line)).data ?? []
  } catch {
    return []
  }
}

type Restored = { readonly from: number; readonly at: number } | null

function documentOf(verified: Verified, restored: Restored) {
  const { problems, chains, events, erased, dropped, beforeChains, seals, foreignSeals, lastSealAt, unsealed } =
    verified
  return {
    intact: problems.length === 0,
    problems,
    chains,
    events,
    erased,
    dropped_by_retention: dropped,
    before_the_chain: beforeChains,
    seals,
    foreign_seals: foreignSeals,
    last_seal: lastSealAt,
    unsealed,
    restored: restored && { backup_at: moment(restored.from), restored_at: moment(restored.at) },
  }
}

const number = (count: number) => count.toLocaleString('en')

/** How many problems are written for people; programs read all. */
const mostLines = 50

function linesOf(verified: Verified, restored: Restored): string[] {
  const { problems, chains, events, erased, dropped, beforeChains, seals, foreignSeals, lastSealAt, unsealed } =
    verified
  const lines = problems.slice(0, mostLines).map(lineOf)
  if (problems.length > mostLines) lines.push(`… and ${number(problems.length - mostLines)} more.`)
  if (problems.length > 0 && restored !== null) {
    lines.push(
      `This database was made at ${moment(restored.at)} from a backup of ${moment(restored.from)}: what was written between them is not in it.`,
    )
  }
  lines.push(
    problems.length === 0
      ? `The audit log is as it was written. Events: ${number(events)}, chains: ${number(chains)}.`
      : `The audit log is NOT as it was written. Events read: ${number(events)}, chains: ${number(chains)}.`,
  )
  if (dropped > 0) lines.push(`${number(dropped)} older events were dropped by retention.`)
  if (erased > 0) lines.push(`${number(erased)} events have lost texts because an account was erased.`)
  if (beforeChains > 0) {
    lines.push(`${number(beforeChains)} events are from before the chain; whether they were changed cannot be said.`)
  }
  lines.push(
    lastSealAt === null
      ? 'There is no seal yet. The server seals the log once a day.'
      : `${number(seals)} seals, the last of ${lastSealAt}; ${number(unsealed)} events came after it.`,
  )
  if (foreignSeals > 0)
    lines.push(`${number(foreignSeals)} of the seals are of the installation that this one was cloned from.`)
  return lines
}

function lineOf({ kind, text }: AuditProblem): string {
  return `${kind.replaceAll('_', ' ')}: ${text}`
}
