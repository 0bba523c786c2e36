/** A scope of a resource as the operator's document has it: a bare name, or an object with its words and whom it is for. */
import { z } from 'zod'
import { visibleText } from './client_metadata.ts'
import { parseScope } from './scope.ts'

const scopeHolders = ['every_app', 'reviewed', 'first_party'] as const
/** The apps that may have a scope. */
export type ScopeHolder = (typeof scopeHolders)[number]

const name = z
  .string()
  .max(200)
  .refine((value) => parseScope(value)?.length === 1 && !value.includes(' '), 'is not a scope')

/** A text by language (BCP 47). */
const texts = z
  .record(z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a language, as "en"'), visibleText)
  .refine((value) => Object.keys(value).length > 0, 'has no language')

const detailed = z.strictObject({
  name,
  title: texts.optional(),
  detail: texts.optional(),
  kind: z.enum(['see', 'change', 'stay']).optional(),
  for: z.enum(scopeHolders).optional(),
})

export const scopeEntrySchema = z.union([name, detailed], {
  error: 'is not a scope: neither a name nor an object with name, and with title and detail by language, kind and for',
})
export type ScopeEntry = z.infer<typeof detailed>

/** The scopes of a stored resource; undefined where it takes any. What is no scope is left out. */
export function readScopeEntries(stored: unknown): readonly ScopeEntry[] | undefined {
  if (!Array.isArray(stored)) return undefined
  return stored.flatMap((one) => {
    const whole = scopeEntrySchema.safeParse(one)
    // Words that an older release took and this one would refuse: the scope stays without them.
    const entry = whole.success ? whole : scopeEntrySchema.safeParse({ ...one, title: undefined, detail: undefined })
    if (!entry.success) return []
    return [typeof entry.data === 'string' ? { name: entry.data } : entry.data]
  })
}
