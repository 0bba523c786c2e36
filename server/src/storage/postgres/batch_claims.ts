/** Claims the single-use ids of a batch. */

import type { Answers, Claim, Placed } from './batch_items.ts'
import type { Client } from './pool.ts'
import type { Fate } from './transaction.ts'

const wanted = 'unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[]) as w(bucket, kind, hash, attempt)'
const insertText = `insert into claims (bucket, kind, hash, attempt) select bucket, kind, hash, attempt from ${wanted}
  on conflict do nothing returning attempt`
const mineText = `select c.attempt from claims as c join ${wanted}
  on c.bucket = w.bucket and c.kind = w.kind and c.hash = w.hash and c.attempt = w.attempt`

/**
 * The primary key lets one claim in; `on conflict` waits for another transaction that is about to make the same one.
 * After an unanswered COMMIT a claim that bears my attempt is mine.
 */
export async function writeClaims(client: Client, claims: Placed<Claim>, fate: Fate, answers: Answers): Promise<void> {
  const first = new Map<string, Claim>()
  for (const [, claim] of claims) {
    const key = keyOf(claim)
    if (!first.has(key)) first.set(key, claim)
  }
  const ordered = [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim)
  const values = [
    ordered.map((claim) => claim.bucket),
    ordered.map((claim) => claim.kind),
    ordered.map((claim) => claim.hash),
    ordered.map((claim) => claim.attempt),
  ]
  const mine = new Set<string>()
  const inserted = await client.query<{ attempt: Buffer }>({ name: 'claim', text: insertText, values })
  for (const row of inserted.rows) mine.add(row.attempt.toString('latin1'))
  if (fate.uncertain) {
    const before = await client.query<{ attempt: Buffer }>({ name: 'claim_mine', text: mineText, values })
    for (const row of before.rows) mine.add(row.attempt.toString('latin1'))
  }
  for (const [place, claim] of claims) {
    answers.set(place, { ok: mine.has(claim.attempt.toString('latin1')) ? 'first' : 'seen' })
  }
}

function keyOf(claim: Claim): string {
  return `${claim.bucket}:${claim.kind}:${claim.hash.toString('hex')}`
}
