/** Reading requests of the JWT login: members of a JSON body, and the subscription key wherever its clients put it. */
import type { FastifyRequest } from 'fastify'
import { findBearerToken } from '../../http/bearer_token.ts'
import { readFields } from '../../http/bodies/bodies.ts'
import { queryOf } from '../../http/caller.ts'
import { parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** The text under each of the names. Throws Refusal where the body is malformed or lacks one. */
export async function readMembers<Name extends string>(
  request: FastifyRequest,
  ...names: readonly Name[]
): Promise<Record<Name, string>> {
  const fields = await readFields(request)
  const members = names.map((name) => {
    const found = fields.filter((field) => field.name === name)
    if (found.length > 1) throw new Refusal('parameter_repeated')
    if (found[0] === undefined) throw missing(name)
    if (found[0].value === undefined) throw new Refusal('parameter_malformed', { text: `${name} must be a string.` })
    return [name, found[0].value] as const
  })
  return Object.fromEntries(members) as Record<Name, string>
}

/** The one token that the body has under any of the names. */
export async function readToken(request: FastifyRequest, ...names: readonly string[]): Promise<string> {
  const fields = await readFields(request)
  const found = fields.filter((field) => names.includes(field.name))
  const [first] = found
  if (first === undefined) throw missing(names[0] ?? 'token')
  if (first.value === undefined || found.some(({ value }) => value !== first.value)) {
    throw new Refusal('parameter_malformed', { text: `${first.name} must be one string.` })
  }
  return first.value
}

/** The token to be judged: in the body, or in the Authorization header where the body has none. */
export async function readJudgedToken(request: FastifyRequest): Promise<string> {
  const { authorization } = request.headers
  const fields = await readFields(request)
  if (authorization === undefined || fields.some(({ name }) => name === 'token')) return readToken(request, 'token')
  return findBearerToken(authorization, parseForm(queryOf(request)), undefined)
}

function missing(name: string): Refusal {
  return new Refusal('parameter_missing', { text: `The member ${name} is missing.` })
}
