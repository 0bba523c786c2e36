/**
 * The import: people in batches, each in one act, then apps, then tokens. It may be stopped at any moment and run again: what has
 * come is told to be there, and nothing comes twice.
 */

import { normalizeLogin } from '../../../protocol/account_names.ts'
import { auditEvent } from '../../../runtime/act.ts'
import { sealFactor } from '../../../runtime/keys/factor_secrets.ts'
import type { Acting, ImportOutcome } from '../../../storage/contract.ts'
import { insertJudged, type Judged, judgePerson, newSeen } from '../../account/moving_in/judge.ts'
import type { ApplyContext } from '../apply/change.ts'
import { actorOf, type Operator, operate } from '../operator.ts'
import { judgeClient } from './clients.ts'
import type { Found, FoundClient, FoundFile, FoundNothing, FoundToken } from './found.ts'
import { type ImportReport, newReport } from './report.ts'
import { importToken, type TokenLives } from './tokens.ts'

/** People of one act: a server on the same database waits no longer than that takes. */
const batch = 200

export interface ImportOptions {
  /** As the audit log names it. */
  readonly source: string
  readonly dryRun: boolean
  readonly lives: TokenLives
  /** Told after each batch of how many entries are done. */
  readonly progress: (done: number, all: number) => void
  /** Asked between batches. */
  readonly stopped: () => boolean
}

/** Ends an act whose outcome is only to be known. */
class Undone extends Error {
  override readonly name = 'Undone'
}

interface Run extends ImportOptions {
  readonly context: ApplyContext
  readonly by: Operator
  readonly report: ImportReport
  /** Those that the file has named so far. */
  readonly clientIds: Set<string>
}

/** Writes what the file holds, as far as it can be taken, and tells what came of each entry. Throws UnreadableSource. */
export async function importFrom(
  context: ApplyContext,
  by: Operator,
  file: FoundFile,
  options: ImportOptions,
): Promise<ImportReport> {
  const run: Run = { ...options, context, by, report: newReport(), clientIds: new Set() }
  const seen = newSeen()
  let people: Judged[] = []
  let done = 0
  const flush = async () => {
    if (people.length > 0) await writePeople(run, people)
    people = []
  }
  options.progress(0, file.count)
  for await (const found of file.entries) {
    if (options.stopped()) {
      run.report.stopped = true
      return run.report
    }
    if (found.kind === 'user') {
      const judged = judgePerson(found, seen, context.clock.now())
      if (typeof judged === 'string') run.report.skip(skipped(found, judged))
      else people.push(judged)
      if (people.length >= batch) await flush()
    } else {
      if (found.kind !== 'nothing') await flush()
      await takeOther(run, found)
    }
    done++
    if (people.length === 0) options.progress(done, file.count)
  }
  await flush()
  options.progress(done, file.count)
  return run.report
}

function skipped(found: Exclude<Found, FoundNothing>, reason: FoundNothing['reason'], member?: string): FoundNothing {
  const { at, kind } = found
  const name = kind === 'user' ? (found.username ?? found.email ?? '') : found.clientId
  return { kind: 'nothing', of: kind, at, name, reason, member }
}

async function takeOther(run: Run, found: Exclude<Found, { kind: 'user' }>): Promise<void> {
  if (found.kind === 'nothing') run.report.skip(found)
  else if (found.kind === 'client') await writeClient(run, found)
  else await writeToken(run, found)
}

/** Does an act, or only finds out what would come of it. */
async function perform<T>(run: Run, work: (acting: Acting) => Promise<T>): Promise<T> {
  const { context, by, dryRun } = run
  const told: { outcome?: T } = {}
  try {
    return await operate(context, by, async (acting) => {
      const outcome = await work(acting)
      if (!dryRun) return outcome
      told.outcome = outcome
      throw new Undone()
    })
  } catch (error) {
    if (error instanceof Undone) return told.outcome as T
    throw error
  }
}

async function writePeople(run: Run, people: readonly Judged[]): Promise<void> {
  const outcomes = await perform(run, (acting) => insertPeople(run, acting, people))
  for (const [at, { found, passwordKind, notes }] of people.entries()) {
    const outcome = outcomes[at] ?? 'username_taken'
    if (outcome === 'imported') run.report.took('user', found, notes, passwordKind ?? 'none')
    else if (outcome === 'already_there') run.report.wasThere('user')
    else if (outcome === 'changed_here') run.report.changedHere(found.username ?? found.email ?? '')
    else run.report.skip(skipped(found, outcome))
  }
}

async function insertPeople(run: Run, acting: Acting, people: readonly Judged[]): Promise<readonly ImportOutcome[]> {
  const outcomes = await insertJudged(acting, people)
  const { context, by, source } = run
  const came = people.filter((_, at) => outcomes[at] === 'imported')
  for (const { person, totp } of came) {
    if (totp === undefined) continue
    await acting.factors.addTotp(person.id, sealFactor(context.keyring, 'totp', person.id, totp), 0)
  }
  const now = context.clock.now()
  await acting.audit.append(
    came.map(({ person: { id } }) =>
      auditEvent(now, 'user_imported', { ...actorOf(by), subject: id, detail: { source } }),
    ),
  )
  return outcomes
}

async function writeClient(run: Run, found: FoundClient): Promise<void> {
  const { context, by, report, clientIds } = run
  if (clientIds.has(found.clientId)) return report.skip(skipped(found, 'twice_in_file'))
  const { storage, passwords, clock } = context
  const judged = await judgeClient(passwords, found, clock.now())
  if ('reason' in judged) return report.skip(skipped(found, judged.reason, judged.member))
  clientIds.add(found.clientId)
  const { client } = judged
  const owner = found.owner === undefined ? undefined : await storage.accounts.findByLogin(normalizeLogin(found.owner))
  const notes =
    found.owner === undefined || owner !== undefined
      ? judged.notes
      : [...judged.notes, { reason: 'owner_unknown', of: found.owner } as const]
  const outcome = await perform(run, async (acting) => {
    const made = await acting.clients.insert({ ...client, ownerId: owner?.id ?? null })
    if (made !== 'inserted') return made
    const { client_name: name } = client.metadata
    const detail = typeof name === 'string' ? { name } : {}
    await acting.audit.append([
      auditEvent(clock.now(), 'client_created', { ...actorOf(by), clientId: client.clientId, detail }),
    ])
    return made
  })
  if (outcome === 'inserted') report.took('client', found, notes)
  else report.wasThere('client')
}

async function writeToken(run: Run, found: FoundToken): Promise<void> {
  const outcome = await importToken({ ...run, perform: (work) => perform(run, work) }, found)
  if (outcome === 'imported') run.report.took('refresh_token', found, [])
  else if (outcome === 'already_there') run.report.wasThere('refresh_token')
  else run.report.skip(skipped(found, outcome))
}
