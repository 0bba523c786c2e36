/**
 * Reading the parameters of a request of the QuantiModo protocol: from the query string, the body in any of its kinds and a
 * few headers, under the standard's names whichever way they are spelled.
 */
import type { FastifyRequest } from 'fastify'
import { authorizationParameters } from '../../engine/authorize/authorize.ts'
import { type Field, fieldsOfForm, readFields } from '../../http/bodies/bodies.ts'
import { tokenParameters } from '../../http/bodies/token_form.ts'
import { queryForm } from '../../http/caller.ts'
import { type Form, formFrom } from '../../lib/form.ts'
import { repeatedCause } from '../../protocol/parameters.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** What means something here besides: what is refused everywhere, and what only these clients send. All else is ignored. */
const others = ['audience', 'request', 'request_uri', 'registration', 'register', 'token']

type Spellings = Readonly<Record<string, readonly string[]>>

/** The spellings that are neither the standard's nor that one in camel case. */
const olderSpellings: Spellings = {
  client_id: ['clientid', 'quantimodo_client_id'],
  client_secret: ['quantimodo_client_secret'],
  redirect_uri: ['redirectUrl'],
}

/** Every spelling of a parameter, the standard's first. */
export function spellingsOf(name: string): readonly string[] {
  const camelCase = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return [...new Set([name, camelCase, ...(olderSpellings[name] ?? [])])]
}

const headerSpellings = { client_id: 'client_id', client_secret: 'client_secret', 'x-client-id': 'client_id' } as const

/** The standard's name for each spelling. The one table for authorize, token and the social endpoints. */
const nameBySpelling: ReadonlyMap<string, string> = new Map(
  [...tokenParameters, ...authorizationParameters, ...others].flatMap((name) =>
    spellingsOf(name).map((spelling) => [spelling, name] as const),
  ),
)

/** Longer than anything that these parameters hold. */
const valueLimit = 8192

/**
 * The parameters of a request under their standard names. The same value twice is one value, wherever it came and
 * however its name was spelled. `once` must not come with different values, as which is meant is not to be guessed at;
 * what else does is named by `repeated`. Empty values count as left out. `more` are parameters that mean something at
 * this endpoint alone, with their other spellings. Throws Refusal where the request cannot be read.
 */
export async function readParameters(
  request: FastifyRequest,
  { once = [], more = {} }: { readonly once?: readonly string[]; readonly more?: Spellings } = {},
): Promise<Form> {
  const fields = [...fieldsOfForm(queryForm(request)), ...(await readFields(request)), ...fieldsOfHeaders(request)]
  const own = Object.entries(more).flatMap(([name, others]) => [name, ...others].map((one) => [one, name] as const))
  const ownNames = new Map(own)
  /** By parameter: its values, each with the spelling under which it came. */
  const values = new Map<string, Map<string, string>>()
  for (const { name: spelling, value } of fields) {
    const name = ownNames.get(spelling) ?? nameBySpelling.get(spelling)
    if (name === undefined) continue
    if (value === undefined) {
      throw new Refusal('parameter_malformed', { text: `The parameter ${name} must be text.`, cause: notText(name) })
    }
    if (value.length > valueLimit) throw new Refusal('parameter_too_long', { cause: `${name} is too long.` })
    const known = values.get(name) ?? new Map<string, string>()
    values.set(name, known)
    const [other] = known.values()
    if (other !== undefined && !known.has(value) && once.includes(name)) {
      throw new Refusal('parameter_repeated', { cause: twoValues(name, other, spelling) })
    }
    if (!known.has(value)) known.set(value, spelling)
  }
  return formFrom([...values].flatMap(([name, known]) => [...known.keys()].map((value) => [name, value] as const)))
}

function fieldsOfHeaders(request: FastifyRequest): readonly Field[] {
  return Object.entries(headerSpellings).flatMap(([header, name]) => {
    const value = request.headers[header]
    return typeof value === 'string' && value !== '' ? { name, value } : []
  })
}

function notText(name: string): string {
  return `${name} is not text: an object, a list, or characters that no parameter may hold.`
}

function twoValues(name: string, one: string, other: string): string {
  if (one === other) return repeatedCause(name)
  return `${one} and ${other} are one parameter and came with different values.`
}
