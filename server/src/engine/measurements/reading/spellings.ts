/**
 * What clients call the same thing. Three generations of them spell it in different ways, and each spelling is read
 * wherever a body or a query names the thing, at every address and version.
 */
import type { z } from 'zod'

/** Every spelling of a thing; the one that the reference shows is the first. */
const spellings = {
  variableName: ['variableName', 'variable', 'name'],
  variableCategoryName: ['variableCategoryName', 'category'],
  sourceName: ['sourceName', 'source'],
  unitAbbreviatedName: ['unitAbbreviatedName', 'unitName', 'abbreviatedUnitName', 'unit'],
  startTime: ['startTime', 'startTimeEpoch', 'timestamp', 'startAt', 'startTimeString'],
  measurementItems: ['measurementItems', 'measurements'],
} as const

/** What only older clients write. */
const deprecated: ReadonlySet<string> = new Set([
  ...['variable', 'name', 'category', 'source', 'abbreviatedUnitName', 'unit', 'measurements'],
])

export type Thing = keyof typeof spellings
type Spelling<T extends Thing> = (typeof spellings)[T][number]

/** Every spelling of what this one names; that one alone where there is no other. */
export function spellingsOf(name: string): readonly string[] {
  return Object.values<readonly string[]>(spellings).find((same) => same.includes(name)) ?? [name]
}

/** What the reference says of a spelling that only older clients write. */
export function olderName(name: string): { readonly description: string; readonly deprecated: true } {
  return { description: `Older name of \`${name}\`.`, deprecated: true }
}

/** The members of a body that name the thing: the same schema under each of its spellings. */
export function spelled<T extends Thing, S extends z.ZodType>(thing: T, schema: S): Readonly<Record<Spelling<T>, S>> {
  const members = spellings[thing].map((name) => {
    return [name, deprecated.has(name) ? schema.meta(olderName(thing)) : schema] as const
  })
  return Object.fromEntries(members) as Record<Spelling<T>, S>
}

interface PickOptions<V> {
  readonly meaning?: (value: V) => unknown
  /** Where in the body it is looked for. */
  readonly path?: readonly (string | number)[]
}

/**
 * What was sent of the thing, whichever way it was spelled, or undefined. Values under two spellings that mean different
 * things by `meaning` are an issue that names both.
 */
export function pickSpelled<T extends Thing, S extends { readonly [name in Spelling<T>]?: unknown }>(
  sent: S,
  thing: T,
  context: z.core.$RefinementCtx,
  { meaning = (value) => value, path = [] }: PickOptions<NonNullable<S[Spelling<T>]>> = {},
): { readonly name: Spelling<T>; readonly value: NonNullable<S[Spelling<T>]> } | undefined {
  const names: readonly Spelling<T>[] = spellings[thing]
  const found = names.flatMap((name) => {
    const value = sent[name]
    return value === undefined || value === null ? [] : [{ name, value }]
  })
  const [first] = found
  const other = found.find(({ value }) => first !== undefined && !isSame(meaning(value), meaning(first.value)))
  if (first === undefined || other === undefined) return first
  const params = { differsFrom: other.name }
  context.addIssue({ code: 'custom', path: [...path, first.name], message: differs(other.name), params })
  return undefined
}

/** Whether two decoded values are one. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Says of one spelling that another of the same thing came with something else. */
export function differs(other: string): string {
  return `differs from ${other}, which means the same; send one of them`
}
