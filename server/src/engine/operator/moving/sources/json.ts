/** Reading JSON that somebody else has written. */
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { reasonOf } from '../../../../lib/text/reason.ts'
import { utf8Text } from '../../../../lib/text/utf8.ts'
import { type Found, type FoundNothing, UnreadableSource } from '../found.ts'

/** Bytes of a file that is read as a whole. */
const largest = 400_000_000

/** The text of a file. Throws UnreadableSource. */
export async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > largest) {
      throw new UnreadableSource(`${path} is larger than 400 MB. Export it in several files.`)
    }
    const text = utf8Text(await readFile(path))
    // Read as UTF-8 in spite of it, names would lose their letters for good.
    if (text === undefined) throw new UnreadableSource(`${path} is not in UTF-8. Save it in that encoding.`)
    return text
  } catch (error) {
    if (error instanceof UnreadableSource) throw error
    throw new UnreadableSource(`${path} cannot be read: ${reasonOf(error)}.`)
  }
}

/** A value of JSON. Its error says where, and quotes nothing: the text holds secrets. Throws UnreadableSource. */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const place =
      error instanceof Error ? /position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined
    throw new UnreadableSource(`${name} is not valid JSON${place === undefined ? '' : ` (${place})`}.`)
  }
}

/** An object, or undefined. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

/** A list that may be missing. Throws UnreadableSource where something else stands in its place. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new UnreadableSource(`${name} is not a list.`)
  return value
}

/** What a text of JSON within a text holds; undefined where it is none. */
export function innerJson(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== 'string' || text.length > 10_000) return undefined
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Texts that can be stored. */
export const plainText = z
  .string()
  .max(10_000)
  .refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'holds a character that cannot be stored')

/** A moment: milliseconds since 1970, or text that Date knows. */
export const moment = z.union([z.number(), z.string().max(100)]).transform((value, context) => {
  const at = typeof value === 'number' ? Math.round(value) : Date.parse(value)
  if (Number.isSafeInteger(at) && Math.abs(at) < 8.64e15) return at
  context.addIssue({ code: 'custom', message: 'is not a moment' })
  return z.NEVER
})

/** Reads each of a list by a schema. What the schema does not take is an entry that cannot be read. */
export function* each<Schema extends z.ZodType>(
  list: readonly unknown[],
  {
    schema,
    of,
    place,
  }: { readonly schema: Schema; readonly of: FoundNothing['of']; readonly place: (at: number) => string },
  toFound: (entry: z.output<Schema>, at: string) => Found,
): Generator<Found> {
  for (const [index, value] of list.entries()) {
    const at = place(index)
    const read = schema.safeParse(value)
    yield read.success ? toFound(read.data, at) : unreadable(of, at, value, read.error)
  }
}

function unreadable(of: FoundNothing['of'], at: string, value: unknown, error: z.ZodError): FoundNothing {
  const named = objectOf(value)
  const names = [named?.username, named?.email, named?.client_id, named?.clientId, named?.user_id]
  const name = names.find((one): one is string => typeof one === 'string') ?? ''
  const path = error.issues[0]?.path.map(String).join('.')
  return { kind: 'nothing', of, at, name, reason: 'unreadable', member: path === '' ? undefined : path }
}
