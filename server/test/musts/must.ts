/** What a row of the index of MUSTs holds. */
import type { World } from './provoked.ts'

/** The word of RFC 2119; `says` where a sentence has none; `own` for a rule of this server. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'REQUIRED' | 'says' | 'own'

export interface Must {
  readonly section: string
  readonly level: Level
  /** What it asks, in our own words. */
  readonly asks: string
  /** The guard that obeys it, by its id (`guards.ts`). Several where each of them would do: then they go together. */
  readonly guard: string | readonly string[]
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
export function must(section: string, level: Level, asks: string, guard: Must['guard'], shows: Shows): Must {
  return { section, level, asks, guard, shows }
}
