/** Whether the audit log is as it was written: finds rows that were changed, taken away or added, and days that were cut off. */
import { eachSeal, isProved } from '../../../runtime/keys/audit_seals.ts'
import type { Keyring } from '../../../runtime/keys/keyring.ts'
import type { Storage, StoredSeal } from '../../../storage/contract.ts'
import { type AuditProblem, type Checkpoint, events, time } from './problem.ts'
import { readSeal, type Seal, sealDigest } from './seal.ts'
import { walkChain } from './walk_chain.ts'

export interface Verified {
  readonly problems: readonly AuditProblem[]
  readonly chains: number
  /** Events of chains that were looked at. */
  readonly events: number
  /** Of them, how many have lost texts because an account was erased. */
  readonly erased: number
  /** What retention has taken away, with proof. */
  readonly dropped: number
  /** Events from before there were chains, of which nothing can be said. */
  readonly beforeChains: number
  readonly seals: number
  /** Of them, those of the installation that this one was cloned from. */
  readonly foreignSeals: number
  readonly lastSealAt: string | null
  /** Events behind the last seal: whoever writes to the database could still make them up anew. */
  readonly unsealed: number
}

/** Told how many events have been looked at, of all. */
export type Progress = (done: number, all: number) => void

/** `kept`: seals that were kept elsewhere than in the database. */
export async function verifyAuditLog(
  storage: Storage,
  keyring: Keyring,
  {
    kept = [],
    progress = () => undefined,
  }: { readonly kept?: readonly StoredSeal[]; readonly progress?: Progress } = {},
): Promise<Verified> {
  const problems: AuditProblem[] = []
  const all = await storage.auditChain.count()
  progress(0, all)
  const sealed = await readSeals(storage, keyring, kept, problems)
  const heads = await storage.auditChain.heads()
  const known = new Set(heads.map(({ node }) => node))
  let looked = 0
  let erased = 0
  let dropped = 0
  let unsealed = 0
  const nodes = [...known, ...[...sealed.checkpoints.keys()].filter((node) => !known.has(node))]
  for (const node of nodes) {
    const checkpoints = sealed.checkpoints.get(node) ?? []
    const read = (count: number) => progress(looked + count, all)
    const walked = await walkChain(storage, keyring, { node, checkpoints, problems, read })
    looked += walked.events
    erased += walked.erased
    dropped += walked.dropped
    unsealed += Math.max(0, walked.last - (checkpoints.at(-1)?.number ?? 0))
  }
  await findStrays(storage, problems)
  const beforeChains = await countBefore(storage, sealed.unchained, problems)
  progress(all, all)
  return {
    problems,
    chains: heads.length,
    events: looked,
    erased,
    dropped,
    beforeChains,
    seals: sealed.count,
    foreignSeals: sealed.foreign,
    lastSealAt: sealed.lastAt,
    unsealed,
  }
}

interface Sealed {
  readonly checkpoints: ReadonlyMap<string, readonly Checkpoint[]>
  readonly count: number
  readonly foreign: number
  readonly lastAt: string | null
  readonly unchained: Seal['unchained'] | undefined
}

async function readSeals(
  storage: Storage,
  keyring: Keyring,
  kept: readonly StoredSeal[],
  problems: AuditProblem[],
): Promise<Sealed> {
  const own = storage.installation.toString('hex')
  const checkpoints = new Map<string, Checkpoint[]>()
  let before: StoredSeal | undefined
  let foreign = 0
  let lastAt: string | null = null
  let unchained: Seal['unchained'] | undefined
  const problem = (number: number, text: string) =>
    void problems.push({ kind: 'seal', node: null, from: number, to: number, text })
  const bodies = new Map<number, string>()
  let count = 0
  for await (const stored of eachSeal(storage)) {
    const { number, body } = stored
    count++
    bodies.set(number, body)
    const missing = number - (before?.number ?? 0) - 1
    if (missing > 0) problem(number - missing, `${missing} seals before seal ${number} are missing.`)
    const seal = readSeal(body)
    if (seal !== undefined && seal.installation !== own) foreign++
    if (seal === undefined || seal.number !== number) problem(number, `Seal ${number} was changed.`)
    else if (isProved(keyring, body, stored) !== true) problem(number, `Seal ${number} is not of this server.`)
    if (seal !== undefined && before !== undefined && missing === 0 && seal.before !== sealDigest(before.body)) {
      problem(number, `Seal ${number} does not follow seal ${before.number}.`)
    }
    before = stored
    if (seal === undefined) continue
    lastAt = seal.sealed_at
    unchained ??= seal.unchained
    note(checkpoints, seal)
  }
  for (const stored of kept) {
    const seal = readSeal(stored.body)
    const { number } = stored
    if (seal === undefined || isProved(keyring, stored.body, stored) !== true) {
      problem(number, `Seal ${number} of the file is not of this server.`)
      continue
    }
    const there = bodies.get(number)
    if (there === stored.body) continue
    const what = there === undefined ? 'is missing in the database' : 'is another one in the database'
    problem(number, `Seal ${number} of ${seal.sealed_at} ${what}.`)
    note(checkpoints, seal)
  }
  for (const points of checkpoints.values()) points.sort((a, b) => a.number - b.number)
  return { checkpoints, count, foreign, lastAt, unchained }
}

function note(checkpoints: Map<string, Checkpoint[]>, { chains, sealed_at: sealedAt }: Seal): void {
  for (const { node, number, digest } of chains) {
    const points = checkpoints.get(node) ?? []
    points.push({ number, digest, sealedAt })
    checkpoints.set(node, points)
  }
}

/** How many rows that are in no chain are named one by one. */
const straysNamed = 20

async function findStrays(storage: Storage, problems: AuditProblem[]): Promise<void> {
  for (const { seq, at } of await storage.auditChain.strays(straysNamed)) {
    const text = `Row ${seq} of ${time(at)} is of a chain that was never begun.`
    problems.push({ kind: 'added', node: null, from: null, to: null, text })
  }
}

/** Counts what is from before the chains, as a seal has written it down; what is more was added. */
async function countBefore(
  storage: Storage,
  sealed: Seal['unchained'] | undefined,
  problems: AuditProblem[],
): Promise<number> {
  const stored = await storage.auditChain.before()
  const { last, count } = sealed ?? stored
  if (stored.last !== last || stored.count !== count) {
    const text = 'What the database says of the time before the chains is not what was sealed.'
    problems.push({ kind: 'changed', node: null, from: null, to: null, text })
  }
  const { upTo, behind } = await storage.auditChain.unchained(last)
  const added = behind.count + Math.max(0, upTo - count)
  if (added > 0) {
    const text = `${events(added)} without a place in any chain ${added === 1 ? 'was' : 'were'} added.`
    problems.push({ kind: 'added', node: null, from: null, to: null, text })
  }
  return Math.min(upTo, count)
}
