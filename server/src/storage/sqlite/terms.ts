/** The terms of grants on SQLite. */

import type { Connection } from '../sql/connection.ts'
import {
  type GrantTerms,
  knownTerms,
  missingTerms,
  type TermsReader,
  termsText,
  termsValues,
} from '../sql/grant_terms.ts'
import { type Database, prepareRows } from './database.ts'
import type { Writer } from './writer.ts'

export interface SqliteTerms extends GrantTerms {
  /** Reads at once what is not known yet. */
  readonly of: TermsReader
}

export function sqliteTerms(database: Database, writer: Writer, { clock }: Pick<Connection, 'clock'>): SqliteTerms {
  const known = knownTerms()
  const byId = prepareRows(database, 'select terms from grant_terms where id = ?')
  const use = prepareRows(
    database,
    `insert into grant_terms (digest, terms, lasts, used_at) values (?, ?, ?, ?)
     on conflict (digest) do update set used_at = max(used_at, excluded.used_at) returning id`,
  )
  const of: TermsReader = (id) => {
    const terms = known.get(id)
    if (terms !== undefined) return terms
    const row = byId.get(id)
    if (row === undefined) throw missingTerms(id)
    return known.put(id, row[0] as string)
  }
  return {
    of,
    read: async () => of,
    async numberOf(grant) {
      const text = termsText(grant)
      const now = clock.now()
      const there = known.numberOf(text, now)
      if (there !== undefined) return there
      const { digest, terms, lasts } = termsValues(text)
      // In a commit of its own: what is remembered here must not be rolled back with a grant.
      const id = await writer.write(() => (use.get(digest, terms, lasts, Math.floor(now)) as [number])[0])
      known.used(text, id, now)
      return id
    },
  }
}
