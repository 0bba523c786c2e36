/** Proves that this server has written a seal of the audit log, or has dropped rows of it: by a key of the root secret. */
import { z } from 'zod'
import { equalBytes, hmacSha256 } from '../../lib/hash.ts'
import type { Drop, MarkedDrop, Storage, StoredSeal } from '../../storage/contract.ts'
import type { Keyring } from './keyring.ts'

type Proof = Pick<StoredSeal, 'generation' | 'mac'>

export function prove(keyring: Keyring, text: string): Proof {
  return { generation: keyring.generation, mac: hmacSha256(keyring.current('audit seal'), text).toString('hex') }
}

/** Whether this server has put its key to the text; undefined where it has no key of that generation. */
export function isProved(keyring: Keyring, text: string, { generation, mac }: Proof): boolean | undefined {
  const key = keyring.key('audit seal', generation)
  return key && equalBytes(hmacSha256(key, text), Buffer.from(mac, 'hex'))
}

const page = 500

export async function* eachSeal({ auditChain }: Pick<Storage, 'auditChain'>): AsyncGenerator<StoredSeal> {
  for (let after = 0; ; ) {
    const seals = await auditChain.seals(after, page)
    yield* seals
    const last = seals.at(-1)
    if (last === undefined) return
    after = last.number
  }
}

/** What is marked of rows that retention has dropped. */
function dropText({ node, number, digest, droppedAt }: Drop): string {
  return JSON.stringify(['dropped', node, number, digest.toString('hex'), droppedAt])
}

/** Marks what retention drops. */
export function markDrops(keyring: Keyring): (drop: Drop) => string {
  return (drop) => JSON.stringify(prove(keyring, dropText(drop)))
}

const markSchema = z.object({ generation: z.number(), mac: z.string() })

/** Whether this server has dropped the rows; undefined where it has no key of that generation. */
export function isMarked(keyring: Keyring, drop: MarkedDrop): boolean | undefined {
  const mark = readMark(drop)
  return mark === undefined ? false : isProved(keyring, dropText(drop), mark)
}

function readMark({ mark }: MarkedDrop): Proof | undefined {
  try {
    return markSchema.safeParse(JSON.parse(mark)).data
  } catch {
    return undefined
  }
}

/** Puts seals and marks under the present root secret, so that they outlive the older ones. */
export function resealAuditLog(storage: Pick<Storage, 'auditChain'>, keyring: Keyring): Promise<void> {
  return proveAnew(storage, { from: keyring, to: keyring }, ({ generation }) => generation < keyring.generation)
}

/** Puts seals and marks under the keys of another installation. */
export function moveAuditLog(storage: Pick<Storage, 'auditChain'>, from: Keyring, to: Keyring): Promise<void> {
  return proveAnew(storage, { from, to }, () => true)
}

/** What the former keys do not prove stays as it is. */
async function proveAnew(
  storage: Pick<Storage, 'auditChain'>,
  { from, to }: { readonly from: Keyring; readonly to: Keyring },
  isDue: (proof: Proof) => boolean,
): Promise<void> {
  for await (const seal of eachSeal(storage)) {
    if (!isDue(seal) || isProved(from, seal.body, seal) !== true) continue
    await storage.auditChain.resealSeal({ ...seal, ...prove(to, seal.body) })
  }
  for (const drop of await storage.auditChain.drops()) {
    const mark = readMark(drop)
    if (mark === undefined || !isDue(mark) || isMarked(from, drop) !== true) continue
    await storage.auditChain.remark({ ...drop, mark: markDrops(to)(drop) })
  }
}
