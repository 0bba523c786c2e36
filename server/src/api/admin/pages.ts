/** Pages of lists: how many, from where on, and where the next one begins. */
import { z } from 'zod'
import { Problem } from '../../http/problem_details.ts'

const mostItems = 200

/** How many items a page has. */
export function limitUpTo(most: number) {
  return z
    .string()
    .regex(/^[0-9]{1,4}$/, 'must be a number')
    .transform(Number)
    .pipe(z.int().min(1).max(most))
    .meta({ description: 'How many items a page has at most.' })
}

/** The parameters that every list takes. */
export const pageQuery = {
  limit: limitUpTo(mostItems).default(50),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,2000}$/, 'is not a cursor')
    .optional()
    .meta({ description: 'Where the page begins: the `next` of the page before. Left out for the first page.' }),
}

/** A page of items, as it is answered. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last one.' }),
  })
}

/** The keys of an item, by which its list is ordered. */
type Keys = readonly (string | number | boolean)[]

/** Where a list goes on: the keys of the last item. */
export function cursorOf(keys: Keys): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** The keys of a cursor that was made from ones like `schema`. Throws Problem for any other text. */
export function keysOf<T extends z.ZodType>(cursor: string | undefined, schema: T): z.output<T> | undefined {
  if (cursor === undefined) return undefined
  let content: unknown
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    content = undefined
  }
  const keys = schema.safeParse(content)
  if (keys.success) return keys.data
  throw notOfThisList()
}

export function notOfThisList(): Problem {
  return new Problem('bad_request', {
    detail: 'The cursor is not one of this list.',
    errors: [{ parameter: 'cursor', detail: 'is not one of this list' }],
  })
}

/** A page of a list that knows itself where it goes on. */
export function pageBehind(items: readonly object[], after: string | undefined) {
  return pageOnFrom(items, after === undefined ? undefined : [after])
}

/** A page whose list goes on behind these keys; undefined at the end. */
export function pageOnFrom(items: readonly object[], keys: Keys | undefined) {
  const next = keys === undefined ? undefined : cursorOf(keys)
  return { body: { items, next: next ?? null }, next }
}

/** The page of a list that was asked for one item more than it shows. */
export function pageFrom<Item>(
  found: readonly Item[],
  limit: number,
  show: (item: Item) => object,
  keys: (last: Item) => Keys,
): { readonly body: object; readonly next: string | undefined } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const next = found.length > limit && last !== undefined ? cursorOf(keys(last)) : undefined
  return { body: { items: items.map(show), next: next ?? null }, next }
}
