/**
 * Bringing a file of measurements in, beside the requests: in batches with pauses as long as they took, so that whoever
 * asks for a token never waits long. What a batch has stored stays, whatever happens to the rest.
 */
import { type Millis, minute } from '../../lib/clock.ts'
import type { NamelessFile } from '../../lib/nameless_file.ts'
import { randomText } from '../../lib/random.ts'
import { thenRest } from '../../lib/take_turns.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { act } from '../../runtime/act.ts'
import type { Context } from '../../runtime/context.ts'
import type { DataImport, ImportProblem, ImportProgress, ImportState } from '../../storage/contract.ts'
import type { LineProblem } from '../../words/index.ts'
import { areAtOdds } from './catalogue/unit_conversion.ts'
import { readLines, UnreadableFile } from './reading/file_lines.ts'
import { type DraftMeasurement, recordMeasurements } from './write.ts'

export type { DataImport } from '../../storage/contract.ts'

/** What measurements that come by a file are recorded as, where the file does not say. */
const importedBy = 'account-pages' as ClientId
const importedSource = 'Import'

/** Measurements of one transaction. */
const batchSize = 500
/** Lines of which it is kept what is wrong with them. */
const problemsKept = 100
/** An import that has not moved for so long has lost the process that read it. */
const staleAfter: Millis = minute
/** Imports that one process reads at once. */
const mostAtOnce = 4
/** Files that arrive at one process at once, each of which may fill as much of the disk as it may be large. */
const mostArriving = 8

/** Whose measurements they become. */
export interface Importer {
  readonly userId: UserId
  readonly userNumber: number
}

/** The imports that this process reads. */
export interface ImportsHere {
  /**
   * Takes a place for a file that is about to arrive; answers what gives it back. `busy` where another one of the person is
   * arriving, `crowded` where too many of other people are.
   */
  arrive(importer: Importer): (() => void) | 'busy' | 'crowded'
  /** Begins to read a file, and closes it at the end. `busy` where the person has one under way, `crowded` where many have. */
  begin(importer: Importer, file: NamelessFile): Promise<'begun' | 'busy' | 'crowded'>
  /** Notes that a file did not arrive whole, so that nothing of it is stored. */
  noteLost(importer: Importer): Promise<void>
  /** Ends what is being read after the batch under way. */
  close(): Promise<void>
}

type ImportContext = Pick<Context, 'storage' | 'settings' | 'clock' | 'log'>

export function createImports(context: ImportContext): ImportsHere {
  const running = new Set<Promise<void>>()
  const arriving = new Set<number>()
  let closed = false

  async function start(importer: Importer, size: number): Promise<string | undefined> {
    const id = randomText(16)
    const stale = context.clock.now() - staleAfter
    return (await context.storage.imports.begin(importer.userNumber, { id, size }, stale)) ? id : undefined
  }

  return {
    arrive({ userNumber }) {
      if (arriving.has(userNumber)) return 'busy'
      if (arriving.size >= mostArriving) return 'crowded'
      arriving.add(userNumber)
      return () => void arriving.delete(userNumber)
    },
    async begin(importer, file) {
      const crowded = closed || running.size >= mostAtOnce
      const id = crowded ? undefined : await start(importer, file.size)
      if (id === undefined) {
        await file.handle.close()
        return crowded ? 'crowded' : 'busy'
      }
      const reading = read(context, { importer, id, file, isClosed: () => closed })
        .catch((error) => context.log.warn({ err: error }, 'an import of measurements was cut off'))
        .finally(() => file.handle.close())
        .finally(() => running.delete(reading))
      running.add(reading)
      return 'begun'
    },
    async noteLost(importer) {
      const id = await start(importer, 0)
      if (id === undefined) return
      const nothing = { bytesRead: 0, stored: 0, refused: 0, problems: [] }
      await context.storage.imports.note(importer.userNumber, id, { state: 'not_arrived', ...nothing })
    },
    async close() {
      closed = true
      await Promise.allSettled(running)
    },
  }
}

/** The person's last import; one that has lost its process is told as cut off. */
export async function findImport(context: ImportContext, userNumber: number): Promise<DataImport | undefined> {
  const found = await context.storage.imports.find(userNumber)
  if (found?.state !== 'reading' || found.updatedAt >= context.clock.now() - staleAfter) return found
  return { ...found, state: 'cut_off' }
}

interface Reading {
  readonly importer: Importer
  readonly id: string
  readonly file: NamelessFile
  readonly isClosed: () => boolean
}

/** Somebody has taken the import away, with the account or by another one. */
class Superseded extends Error {}

async function read(context: ImportContext, reading: Reading): Promise<void> {
  const { importer, id } = reading
  const report = createReport()
  async function note(state: ImportState): Promise<void> {
    if (!(await context.storage.imports.note(importer.userNumber, id, { state, ...report.progress }))) {
      throw new Superseded('import: another one has begun')
    }
  }
  try {
    await note(await readAll(context, reading, report, () => note('reading')))
  } catch (error) {
    if (error instanceof Superseded) return
    if (error instanceof UnreadableFile) {
      report.refuse(0, error.problem)
      await note('unreadable')
      return
    }
    await note('cut_off')
    throw error
  }
  const { stored, refused } = report.progress
  await act(context, { actor: importer.userId }, (_acting, record) =>
    record('data_imported', { detail: { stored, refused } }),
  )
}

/** What has come of an import so far. */
interface Report {
  readonly progress: Omit<ImportProgress, 'state'>
  refuse(line: number, problem: LineProblem): void
  addStored(count: number): void
  passed(bytes: number): void
}

function createReport(): Report {
  const problems: ImportProblem[] = []
  const progress = { bytesRead: 0, stored: 0, refused: 0, problems }
  return {
    progress,
    refuse(line, problem) {
      progress.refused++
      if (problems.length < problemsKept) problems.push({ line, problem })
    },
    addStored(count) {
      progress.stored += count
    },
    passed(bytes) {
      progress.bytesRead = bytes
    },
  }
}

/** Reads the file to its end, or to where it has to stop; `note` is called after each batch. */
async function readAll(
  context: ImportContext,
  { importer, file, isClosed }: Reading,
  report: Report,
  note: () => Promise<void>,
): Promise<ImportState> {
  let batch: Placed[] = []
  const store = () => storeBatch(context, importer, batch, report)
  // Whoever has closed the account meanwhile, or had it disabled, wants no more in it.
  const mayGoOn = async () => !isClosed() && (await context.storage.accounts.find(importer.userId))?.enabled === true
  for await (const line of readLines(textOf(file, report.passed))) {
    if ('problem' in line) report.refuse(line.line, line.problem)
    else for (const draft of line.drafts) batch.push({ line: line.line, draft })
    if (batch.length < batchSize) continue
    if (!(await mayGoOn())) return 'cut_off'
    if (!(await thenRest(store))) return 'full'
    batch = []
    await note()
  }
  if (!(await mayGoOn())) return 'cut_off'
  return (await store()) ? 'done' : 'full'
}

/** Stores what can be stored of a batch. False where the account is full. */
async function storeBatch(
  context: ImportContext,
  importer: Importer,
  batch: readonly Placed[],
  report: Report,
): Promise<boolean> {
  const whose = { userNumber: importer.userNumber, clientId: importedBy }
  let left = batch
  while (left.length > 0) {
    const drafts = left.map(({ draft }) => ({ ...draft, source: draft.source ?? importedSource }))
    const recorded = await recordMeasurements(context, whose, drafts)
    if (recorded.outcome === 'full') return false
    if (recorded.outcome === 'recorded') {
      report.addStored(left.length)
      return true
    }
    const { variable, present } = recorded
    const isAtOdds = ({ draft }: Placed) => draft.variableName === variable && areAtOdds(present, draft.unit)
    for (const { line, draft } of left.filter(isAtOdds)) {
      report.refuse(line, { key: 'unit_at_odds', variable, present, unit: draft.unit })
    }
    left = left.filter((one) => !isAtOdds(one))
  }
  return true
}

interface Placed {
  readonly line: number
  readonly draft: DraftMeasurement
}

/** The text of a file, in pieces; `passed` is told how many bytes have been read. Throws UnreadableFile. */
async function* textOf({ handle, size }: NamelessFile, passed: (bytes: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const buffer = Buffer.alloc(64 * 1024)
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    const text = decoded(decoder, buffer.subarray(0, bytesRead), at < size)
    passed(at)
    if (text !== '') yield text
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array, more: boolean): string {
  try {
    return decoder.decode(bytes, { stream: more })
  } catch {
    throw new UnreadableFile('not_utf8')
  }
}
