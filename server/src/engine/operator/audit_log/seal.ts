/**
 * Seals of the audit log: once a day the ends of all chains are written down and put under a key of the root secret. The room
 * has what the operator does to know that the log is whole.
 * Not here: the chains themselves, which storage writes (`protocol/audit/chain.ts` says how). Neighbours: `../recovery/` reads
 * exports of the log. To add: something that is proved of the log, its member of the seal and its check in `verify.ts`.
 */
import { z } from 'zod'
import { day, type Millis } from '../../../lib/clock.ts'
import { sha256 } from '../../../lib/hash.ts'
import type { Context } from '../../../runtime/context.ts'
import type { JobHandler } from '../../../runtime/jobs/job.ts'
import { eachSeal, prove } from '../../../runtime/keys/audit_seals.ts'
import type { Storage, StoredSeal } from '../../../storage/contract.ts'

const sealSchema = z.object({
  number: z.number(),
  /** The installation whose key it is under; a clone has another one. */
  installation: z.string(),
  sealed_at: z.string(),
  /** SHA-256 of the body of the seal before it, in hex. */
  before: z.string().nullable(),
  /** Events in chains since the seal before it. */
  events: z.number(),
  /** Where each chain ended that has grown since the seal before it. */
  chains: z.array(z.object({ node: z.string(), number: z.number(), digest: z.string() })),
  /** Rows from before there were chains: the last one, and how many there were. */
  unchained: z.object({ last: z.number(), count: z.number() }),
})

export type Seal = z.infer<typeof sealSchema>

/** The body of a stored seal; undefined where it is none. */
export function readSeal(body: string): Seal | undefined {
  try {
    return sealSchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

export const sealDigest = (body: string): string => sha256(body).toString('hex')

/** Seals what has been written until now; false where there is nothing yet, or another node was first. */
async function sealAuditLog({
  storage,
  keyring,
  clock,
  log,
}: Pick<Context, 'storage' | 'keyring' | 'clock' | 'log'>): Promise<boolean> {
  const last = await storage.auditChain.lastSeal()
  const heads = await storage.auditChain.heads()
  const sealed = await sealedEnds(storage)
  const grown = heads.filter(({ node, number }) => number > (sealed.get(node)?.number ?? 0))
  const unchained = await storage.auditChain.before()
  // A log without an event has nothing to prove.
  if (last === undefined && grown.length === 0 && unchained.count === 0) return false
  const events = grown.reduce((sum, { node, number }) => sum + number - (sealed.get(node)?.number ?? 0), 0)
  const seal: Seal = {
    number: (last?.number ?? 0) + 1,
    installation: storage.installation.toString('hex'),
    sealed_at: new Date(clock.now()).toISOString(),
    before: last === undefined ? null : sealDigest(last.body),
    events,
    chains: grown.map(({ node, number, digest }) => ({ node, number, digest: digest.toString('hex') })),
    unchained,
  }
  const body = JSON.stringify(seal)
  const stored = { number: seal.number, body, ...prove(keyring, body) }
  if (!(await storage.auditChain.addSeal(stored))) return false
  log.info({ auditSeal: stored }, 'the audit log was sealed')
  return true
}

/** The last ends that seals name, by chain. */
async function sealedEnds(storage: Pick<Storage, 'auditChain'>): Promise<ReadonlyMap<string, Seal['chains'][number]>> {
  const ends = new Map<string, Seal['chains'][number]>()
  for await (const { body } of eachSeal(storage)) {
    for (const end of readSeal(body)?.chains ?? []) ends.set(end.node, end)
  }
  return ends
}

/** Once a day (UTC), from the first event on. */
export const auditSealer: JobHandler<'audit.seal'> = async (context) => {
  const last = await context.storage.auditChain.lastSeal()
  const at = last && sealedAt(last)
  if (at !== undefined && Math.floor(at / day) >= Math.floor(context.clock.now() / day)) return
  await sealAuditLog(context)
}

function sealedAt({ body }: StoredSeal): Millis | undefined {
  const seal = readSeal(body)
  return seal && Date.parse(seal.sealed_at)
}
