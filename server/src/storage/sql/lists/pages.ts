/** Pages of long lists by the keys of their items (keyset), so that the last page costs what the first does. */
import { type RawBuilder, sql } from 'kysely'
import type { ListAsk, ListPage } from '../../contract.ts'
import { isStorable } from '../../text.ts'

/** An item's place in its list: by `key`, and where several have the same, by `id`. */
export interface Place {
  readonly key: string | number
  readonly id: string
}

/** In which direction, and from where (exclusive), a stretch of a list is read. */
export interface Stretch {
  readonly from: Place | undefined
  readonly forwards: boolean
  readonly limit: number
}

/** What was found at a place; `passed` where the list has it at another place. */
export interface Found<T> extends Place {
  readonly item: T
  readonly passed?: boolean
}

/** Reads a stretch of what one index holds, in its direction. */
export type Source<T> = (stretch: Stretch) => Promise<readonly Found<T>[]>

/** How much is looked through for one page at most. */
const mostRead = 10_000

/**
 * A page of the items of several sources, in the order of their keys, by code points; descending where the list is. Undefined
 * where the place that is asked for is none.
 */
export async function readPage<T>(sources: readonly Source<T>[], ask: ListAsk): Promise<ListPage<T> | undefined> {
  const { limit, after, before } = ask
  const forwards = before === undefined
  const named = after ?? before
  const from = named === undefined ? undefined : readPlace(named)
  if (named !== undefined && from === undefined) return undefined
  const { found, more } = await readOn(sources, { from, forwards, limit: limit + 1 })
  const kept = found.slice(0, limit)
  const beyond = more ?? (found.length > limit ? kept.at(-1) : undefined)
  const [first, last] = forwards ? [kept[0], kept.at(-1)] : [kept.at(-1), kept[0]]
  const items = (forwards ? kept : kept.toReversed()).map(({ item }) => item)
  const back = named === undefined ? undefined : ((forwards ? first : last) ?? from)
  const [next, previous] = forwards ? [beyond, back] : [back, beyond]
  return { items, next: next && placeText(next), previous: previous && placeText(previous) }
}

/** Reads until enough is found; `more` is where it stopped looking before that. */
async function readOn<T>(
  sources: readonly Source<T>[],
  { from, forwards, limit }: Stretch,
): Promise<{ readonly found: readonly Found<T>[]; readonly more: Place | undefined }> {
  const found: Found<T>[] = []
  let size = limit
  let place = from
  for (let read = 0; read < mostRead; read += size) {
    const [only, ...others] = await Promise.all(sources.map((source) => source({ from: place, forwards, limit: size })))
    // The first so many of all are among the first so many of each.
    const merged =
      others.length === 0 ? (only ?? []) : inOrder([...(only ?? []), ...others.flat()], forwards).slice(0, size)
    for (const one of merged) if (one.passed !== true && found.length < limit) found.push(one)
    if (found.length >= limit || merged.length < size) return { found, more: undefined }
    place = merged.at(-1)
    size = Math.min(size * 2, 1000)
  }
  return { found, more: place }
}

function inOrder<T extends Place>(places: readonly T[], forwards: boolean): readonly T[] {
  const sign = forwards ? 1 : -1
  return places.toSorted((a, b) => sign * (compare(a.key, b.key) || compare(a.id, b.id)))
}

/** By code points, as the databases do; UTF-16 would put some in another order. */
function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

function placeText({ key, id }: Place): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url')
}

function readPlace(text: string): Place | undefined {
  if (!/^[A-Za-z0-9_-]{1,2000}$/.test(text)) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined
  const [key, id] = parsed as readonly unknown[]
  if (typeof id !== 'string' || !isStorable(id)) return undefined
  if (typeof key === 'string') return isStorable(key) ? { key, id } : undefined
  return typeof key === 'number' && Number.isSafeInteger(key) ? { key, id } : undefined
}

/** The condition that a text begins so, for an index on the column, by code points. */
export function beginsWith(column: RawBuilder<unknown>, prefix: string): RawBuilder<boolean> {
  // Above every text that begins so, but for those with the last of all code points, which is no character.
  return sql<boolean>`${column} >= ${prefix} and ${column} < ${`${prefix}\u{10FFFF}`}`
}
