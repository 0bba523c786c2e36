/** Walks one chain of the audit log from its first row that is left to its end. */
import { type Head, isErased, linkDigest, nothingBefore } from '../../../protocol/audit/chain.ts'
import { isUserId, type UserId } from '../../../protocol/names.ts'
import { isMarked } from '../../../runtime/keys/audit_seals.ts'
import type { Keyring } from '../../../runtime/keys/keyring.ts'
import type { ChainRow, Storage } from '../../../storage/contract.ts'
import { type AuditProblem, type Checkpoint, events, time } from './problem.ts'

interface Walked {
  readonly events: number
  readonly erased: number
  readonly dropped: number
  /** Number of its last row. */
  readonly last: number
}

interface Chain {
  readonly node: string
  /** In the order of their numbers. */
  readonly checkpoints: readonly Checkpoint[]
  /** Gets what is found. */
  readonly problems: AuditProblem[]
  /** Told of how many rows of it have been read. */
  readonly read: (count: number) => void
}

/** Rows read at once. */
const page = 2000

export async function walkChain(
  storage: Storage,
  keyring: Keyring,
  { node, checkpoints, problems, read }: Chain,
): Promise<Walked> {
  const { auditChain } = storage
  const found = (kind: AuditProblem['kind'], from: number | null, to: number | null, text: string) =>
    void problems.push({ kind, node, from, to, text: `Chain ${node}: ${text}` })
  const beginning = await beginningOf(storage, keyring, node)
  if (!beginning.proved) {
    found(
      'missing',
      1,
      beginning.number,
      `${events(beginning.number)} are gone, and no retention of this server took them.`,
    )
  }
  const points = new Map(checkpoints.map((point) => [point.number, point]))
  let last = beginning.number
  let before: Buffer | undefined = beginning.digest
  let count = 0
  let erased = 0
  const namesErased = erasures(storage)
  const [first] = await auditChain.rows(node, 0, 1)
  if (first !== undefined && first.number <= last) {
    found('added', first.number, first.number, `event ${first.number} is there again, which retention had taken.`)
  }
  compare(points.get(last), before)
  for (;;) {
    const head = await auditChain.head(node)
    const rows = await auditChain.rows(node, last, page)
    for (const row of rows) {
      const { number, digest } = row
      if (number > last + 1) {
        const gone = await goneBefore(number)
        if (gone > last) found('missing', last + 1, gone, `${numbers(last + 1, gone)} missing before ${time(row.at)}.`)
        before = undefined
      }
      if (before !== undefined && !linkDigest(before, row, row).equals(digest)) {
        found('changed', number, number, `event ${number} (${row.type}, ${time(row.at)}) is not as it was written.`)
      } else if (isHollow(row)) {
        found(
          'changed',
          number,
          number,
          `event ${number} (${row.type}, ${time(row.at)}) has a text where one was erased.`,
        )
      }
      compare(points.get(number), digest)
      if (isErased(row.origin_proof) || isErased(row.detail_proof)) erased++
      if (isErased(row.origin_proof) && !(await namesErased(row))) {
        found(
          'changed',
          number,
          number,
          `event ${number} (${row.type}, ${time(row.at)}) does not say where it came from any more, and nobody whom it names was erased.`,
        )
      }
      before = digest
      last = number
      count++
    }
    read(count)
    // The end was read before the rows, so that each row up to there was there to be read.
    if (rows.length > 0) continue
    await endAt(head)
    return { events: count, erased, dropped: beginning.proved ? beginning.number : 0, last }
  }

  /** What retention took while this chain was walked is not missing. */
  async function goneBefore(number: number): Promise<number> {
    const drop = await auditChain.drop(node)
    return drop !== undefined && isMarked(keyring, drop) === true && drop.number >= number - 1 ? last : number - 1
  }

  function compare(point: Checkpoint | undefined, digest: Buffer | undefined): void {
    if (point === undefined || digest === undefined || point.digest === digest.toString('hex')) return
    const { number, sealedAt } = point
    found('changed', number, number, `what was written up to event ${number} is not what was sealed at ${sealedAt}.`)
  }

  async function endAt(head: Head | undefined): Promise<void> {
    const sealed = checkpoints.at(-1)
    const end = Math.max(head?.number ?? 0, sealed?.number ?? 0)
    if (head === undefined) found('cut_off', null, null, 'where it ended is not written down any more.')
    if (end > last && (await goneBefore(end + 1)) > last) {
      const when = sealed !== undefined && sealed.number > last ? `, up to what was sealed at ${sealed.sealedAt}` : ''
      found('cut_off', last + 1, end, `its end is cut off: ${numbers(last + 1, end)} missing${when}.`)
    } else if (head !== undefined && head.number < last) {
      found('added', head.number + 1, last, `${numbers(head.number + 1, last)} behind its end.`)
    } else if (head?.number === last && before !== undefined && !head.digest.equals(before)) {
      found('changed', last, last, 'its last event is not the one that was written.')
    }
  }
}

function numbers(from: number, to: number): string {
  return from === to ? `event ${from} is` : `events ${from} to ${to} are`
}

/** Answers whether the origin of a row may have gone with an account: with one that it names, or where it names nobody. */
function erasures({ accounts }: Pick<Storage, 'accounts'>): (row: ChainRow) => Promise<boolean> {
  const gone = new Map<UserId, boolean>()
  return async ({ actor, subject }) => {
    const named = [actor, subject].filter(isUserId)
    for (const id of named) {
      const known = gone.get(id) ?? (await accounts.find(id)) === undefined
      gone.set(id, known)
      if (known) return true
    }
    return named.length === 0
  }
}

/** An erased text leaves nothing: whoever writes another one in its place is not found by the digest. */
function isHollow(row: ChainRow): boolean {
  const origin = isErased(row.origin_proof) && (row.address !== null || row.user_agent !== null)
  return origin || (isErased(row.detail_proof) && row.detail !== '{}')
}

/** Where a chain begins by now, and whether it is this server that took what was before. */
async function beginningOf({ auditChain }: Storage, keyring: Keyring, node: string) {
  const drop = await auditChain.drop(node)
  if (drop === undefined) return { number: 0, digest: nothingBefore, proved: true }
  return { number: drop.number, digest: drop.digest, proved: isMarked(keyring, drop) === true }
}
