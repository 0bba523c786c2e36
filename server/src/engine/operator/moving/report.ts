/** What an import tells: how many entries came, and of the others which and why. */
import type { Found, FoundNothing, Note } from './found.ts'

export type Kind = FoundNothing['of']

interface Count {
  imported: number
  alreadyThere: number
  changedHere: number
  skipped: number
}

export interface NotedEntry extends Note {
  readonly at: string
  readonly of: string | undefined
  readonly kind: Kind
  readonly name: string
}

export interface ImportReport {
  readonly counts: Readonly<Record<Kind, Count>>
  /** How many passwords came, by the kind of their hashes. */
  readonly passwords: Map<string, number>
  readonly skipped: readonly FoundNothing[]
  /** Who came before and has been changed here since. */
  readonly changed: readonly string[]
  readonly notes: readonly NotedEntry[]
  /** Whether it was stopped before the end. */
  stopped: boolean
  took(kind: Kind, found: Exclude<Found, FoundNothing>, notes: readonly Note[], password?: string): void
  wasThere(kind: Kind): void
  changedHere(name: string): void
  skip(entry: FoundNothing): void
}

export function newReport(): ImportReport {
  const count = (): Count => ({ imported: 0, alreadyThere: 0, changedHere: 0, skipped: 0 })
  const counts = { user: count(), client: count(), refresh_token: count() }
  const passwords = new Map<string, number>()
  const skipped: FoundNothing[] = []
  const changed: string[] = []
  const noted: NotedEntry[] = []
  return {
    counts,
    passwords,
    skipped,
    changed,
    notes: noted,
    stopped: false,
    took(kind, found, notes, password) {
      counts[kind].imported++
      if (password !== undefined) passwords.set(password, (passwords.get(password) ?? 0) + 1)
      const name = shown(found.kind === 'user' ? (found.username ?? found.email ?? '') : found.clientId)
      for (const { of, ...note } of notes) noted.push({ ...note, of: of && shown(of), at: found.at, kind, name })
    },
    wasThere(kind) {
      counts[kind].alreadyThere++
    },
    changedHere(name) {
      counts.user.changedHere++
      changed.push(shown(name))
    },
    skip(entry) {
      counts[entry.of].skipped++
      skipped.push({ ...entry, name: shown(entry.name), member: entry.member && shown(entry.member) })
    },
  }
}

/** A text of somebody else as a terminal may show it. */
function shown(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '�')
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain
}
