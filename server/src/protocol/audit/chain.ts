/**
 * The chain of the audit log: each row holds a digest of itself and of the row before it, so that none can be changed, taken
 * away or put between others without it showing. What can be erased goes in by a digest of its own over a random salt: when
 * the text goes, the digest stays in the place of the salt, and nobody finds the text again by trying.
 */
import { sha256 } from '../../lib/hash.ts'
import { randomBytes } from '../../lib/random.ts'

/** A row of the log as it is stored; `detail` is JSON text. */
export interface ChainedText {
  readonly at: number
  readonly type: string
  readonly actor: string | null
  readonly operator: string | null
  readonly subject: string | null
  readonly client_id: string | null
  readonly address: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
  readonly detail: string
}

/** The place of a row in a chain, and what ties it to the row before. */
export interface Link {
  readonly node: string
  /** Counts from 1 without gaps. */
  readonly number: number
  readonly digest: Buffer
  readonly origin_proof: Buffer
  readonly detail_proof: Buffer
}

/** The end of a chain. */
export type Head = Pick<Link, 'node' | 'number' | 'digest'>

/** What the first row of a chain has before it. */
export const nothingBefore = Buffer.alloc(32)

const saltBytes = 16

/** Where an event came from. */
const originOf = ({ address, user_agent }: ChainedText) => JSON.stringify([address, user_agent])

/** The digest of a text whose proof is its salt; where the text is erased, the proof is that digest. */
function provenBy(proof: Uint8Array, text: string): Buffer {
  return proof.length === saltBytes ? sha256(Buffer.concat([proof, Buffer.from(text)])) : Buffer.from(proof)
}

/** The two digests of what can be erased of a row. */
export function erasableDigests(
  row: ChainedText,
  { origin_proof, detail_proof }: Pick<Link, 'origin_proof' | 'detail_proof'>,
) {
  return { origin: provenBy(origin_proof, originOf(row)), detail: provenBy(detail_proof, row.detail) }
}

/** What a row holds in the place of a salt once its text is erased. */
export function erasedProof(proof: Buffer | null, row: ChainedText, what: 'origin' | 'detail'): Buffer | null {
  return proof && provenBy(proof, what === 'origin' ? originOf(row) : row.detail)
}

/** Whether the text of this proof is erased. */
export function isErased(proof: Uint8Array): boolean {
  return proof.length !== saltBytes
}

/** The digest of a row, over that of the row before it. */
export function linkDigest(before: Uint8Array, row: ChainedText, link: Omit<Link, 'digest'>): Buffer {
  const { node, number } = link
  const { origin, detail } = erasableDigests(row, link)
  const { at, type, actor, operator, subject, client_id, request_id } = row
  const told = [node, number, at, type, actor, operator, subject, client_id, request_id]
  // Three digests of fixed length stand in front, so that no two rows come to the same bytes.
  return sha256(Buffer.concat([before, origin, detail, Buffer.from(JSON.stringify(told))]))
}

/** The next row of a chain. */
export function nextLink({ node, number, digest }: Head, row: ChainedText): Link {
  const link = { node, number: number + 1, origin_proof: randomBytes(saltBytes), detail_proof: randomBytes(saltBytes) }
  return { ...link, digest: linkDigest(digest, row, link) }
}
