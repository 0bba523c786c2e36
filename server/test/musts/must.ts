/** What a row of the index of MUSTs holds. */
import type { World } from './provoked.ts'

export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'REQUIRED' | 'own'

export interface Must {
  readonly section: string
  /** The word of RFC 2119 by which it asks; `own` where it is a rule of this server. */
  readonly level: Level
  /** What it asks, in our own words. */
  readonly asks: string
  /** The guard that obeys it, by its id (`guards.ts`). */
  readonly guard: string
  /** Sends the request that shows it, and looks at the answer. It fails where the guard is away. */
  readonly shows: Shows
}

export type Shows = (world: World) => Promise<unknown>

/** The MUSTs of one specification. */
export interface Musts {
  /** As it is cited. */
  readonly spec: string
  readonly title: string
  /** The page below `docs/musts`, without its ending. */
  readonly page: string
  /** The file below `rows` that has the rows. */
  readonly file: string
  readonly rows: readonly Must[]
}

/** One row, short enough that a page of them can be read. */
export function must(section: string, level: Level, asks: string, guard: string, shows: Shows): Must {
  return { section, level, asks, guard, shows }
}
