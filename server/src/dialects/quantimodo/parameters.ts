/**
 * Reading the parameters of a request of the QuantiModo protocol: from the query string, the body in any of its kinds and a
 * few headers, under the standard's names whichever way they are spelled.
 */
import type { FastifyRequest } from 'fastify'
import { repeatedCause } from '../../engine/authorize/checks/parameters.ts'
import { type Field, fieldsOfForm, readFields } from '../../http/bodies/bodies.ts'
import { queryOf } from '../../http/caller.ts'
import { type Form, formFrom, parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'

/**
 * Every parameter that means something here, with the spellings that are neither the standard's nor that one in camel
 * case. All others are ignored. The one table for authorize, token and the social endpoints.
 */
const spellings: Spellings = {
  client_id: ['clientid', 'quantimodo_client_id'],
  client_secret: ['quantimodo_client_secret'],
  redirect_uri: ['redirectUrl'],
  refresh_token: [],
  grant_type: [],
  code: [],
  code_verifier: [],
  client_assertion: [],
  client_assertion_type: [],
  response_type: [],
  response_mode: [],
  scope: [],
  state: [],
  nonce: [],
  prompt: [],
  max_age: [],
  login_hint: [],
  id_token_hint: [],
  code_challenge: [],
  code_challenge_method: [],
  resource: [],
  audience: [],
  request: [],
  request_uri: [],
  registration: [],
  register: [],
  token: [],
}

/** Every spelling of a parameter, the standard's first. */
export function spellingsOf(name: string): readonly string[] {
  const camelCase = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return [...new Set([name, camelCase, ...(spellings[name] ?? [])])]
}

const headerSpellings = { client_id: 'client_id', client_secret: 'client_secret', 'x-client-id': 'client_id' } as const

type Spellings = Readonly<Record<string, readonly string[]>>

const nameBySpelling: ReadonlyMap<string, string> = new Map(
  Object.keys(spellings).flatMap((name) => spellingsOf(name).map((spelling) => [spelling, name] as const)),
)

/** Longer than anything that these parameters hold. */
const valueLimit = 8192

/**
 * The parameters of a request under their standard names. The same value twice is one value, wherever it came and
 * however its name was spelled; what came with different values is named by `repeated`, for the endpoint to refuse
 * (all but resource and audience, which may repeat). Empty values count as left out. `more` are parameters that mean
 * something at this endpoint alone. Throws Refusal where the request cannot be read.
 */
export async function readParameters(request: FastifyRequest, more?: Spellings): Promise<SentForm> {
  const query = parseForm(queryOf(request))
  if (query === undefined) throw new Refusal('parameter_malformed')
  const fields = [...fieldsOfForm(query), ...(await readFields(request)), ...fieldsOfHeaders(request)]
  const ofThisEndpoint = Object.entries(more ?? {}).flatMap(([name, others]) =>
    [name, ...others].map((spelling) => [spelling, name] as const),
  )
  const names = more === undefined ? nameBySpelling : new Map([...nameBySpelling, ...ofThisEndpoint])
  const sent = (name: string) => [
    ...new Set(fields.flatMap(({ name: spelling }) => (names.get(spelling) === name ? spelling : []))),
  ]
  return Object.assign(formFrom(distinct(fields, names)), { spellingsSent: sent })
}

/** Parameters under their standard names, with the spellings under which each came. */
export interface SentForm extends Form {
  readonly spellingsSent: (name: string) => readonly string[]
}

/**
 * Throws Refusal where one of the parameters `once` came with two values, which is not to be guessed at; its cause names
 * the spellings where there were two. What means nothing at an endpoint may come as it likes.
 */
export function requireOnce(form: SentForm, once: ReadonlySet<string>): void {
  const repeated = form.repeated.find((name) => once.has(name))
  if (repeated === undefined) return
  const [one, other] = form.spellingsSent(repeated)
  const two = one !== undefined && other !== undefined
  throw new Refusal('parameter_repeated', {
    cause: two ? `${one} and ${other} are one parameter and came with different values.` : repeatedCause(repeated),
  })
}

function fieldsOfHeaders(request: FastifyRequest): readonly Field[] {
  return Object.entries(headerSpellings).flatMap(([header, name]) => {
    const value = request.headers[header]
    return typeof value === 'string' && value !== '' ? { name, value } : []
  })
}

function distinct(
  fields: readonly Field[],
  names: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const seen = new Map<string, Set<string>>()
  const pairs: (readonly [string, string])[] = []
  for (const { name: spelling, value } of fields) {
    const name = names.get(spelling)
    if (name === undefined) continue
    if (value === undefined) {
      throw new Refusal('parameter_malformed', { text: `The parameter ${name} must be text.`, cause: notText(name) })
    }
    if (value.length > valueLimit) throw new Refusal('parameter_too_long', { cause: `${name} is too long.` })
    const values = seen.get(name) ?? new Set()
    seen.set(name, values)
    if (values.has(value)) continue
    values.add(value)
    pairs.push([name, value])
  }
  return pairs
}

function notText(name: string): string {
  return `${name} is not text: an object, a list, or characters that no parameter may hold.`
}
