/** The terms of grants on PostgreSQL. */
import type { Clock } from '../../lib/clock.ts'
import { type GrantTerms, knownTerms, missingTerms, termsText, termsValues } from '../sql/grant_terms.ts'
import type { Pool } from './pool.ts'
import { reading } from './transaction.ts'

const byIdText = 'select id, terms from grant_terms where id = any($1::bigint[])'
const useText = `insert into grant_terms as t (digest, terms, lasts, used_at) values ($1, $2, $3, $4)
  on conflict (digest) do update set used_at = greatest(t.used_at, excluded.used_at) returning id`

export function postgresTerms(pool: Pool, clock: Clock): GrantTerms {
  const known = knownTerms()
  return {
    async read(ids) {
      const wanted = new Map(ids.map((id) => [id, known.get(id)]))
      const unknown = [...wanted.keys()].filter((id) => wanted.get(id) === undefined)
      if (unknown.length > 0) {
        const { rows } = await reading(pool, (from) =>
          from.query<{ id: number; terms: string }>({ name: 'terms', text: byIdText, values: [unknown] }),
        )
        for (const { id, terms } of rows) wanted.set(id, known.put(id, terms))
      }
      return (id) => {
        const terms = wanted.get(id)
        if (terms === undefined) throw missingTerms(id)
        return terms
      }
    },

    async numberOf(grant) {
      const text = termsText(grant)
      const now = clock.now()
      const there = known.numberOf(text, now)
      if (there !== undefined) return there
      const { digest, terms, lasts } = termsValues(text)
      // Saying twice that they are used is saying it once.
      const { rows } = await reading(pool, (from) =>
        from.query<{ id: number }>(useText, [digest, terms, lasts, Math.floor(now)]),
      )
      const [row] = rows
      if (row === undefined) throw new Error('grants: terms were written and not found')
      known.used(text, row.id, now)
      return row.id
    },
  }
}
