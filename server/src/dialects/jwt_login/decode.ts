/** Reading requests of the JWT login: members of a body, and the token that is to be judged. */
import type { FastifyRequest } from 'fastify'
import { findToken } from '../../http/bearer_token.ts'
import { oneValue, readFields } from '../../http/bodies/bodies.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** The one text that the body has under any of the names. Throws Refusal where it is malformed or has none. */
export async function readMember(request: FastifyRequest, ...names: readonly string[]): Promise<string> {
  const value = oneValue(await readFields(request), ...names)
  if (value === undefined) throw new Refusal('parameter_missing', { text: `The member ${names[0]} is missing.` })
  return value
}

/** The token to be judged: in the body, or in the Authorization header where the body has none. Throws Refusal. */
export async function readJudgedToken(issuer: string, request: FastifyRequest): Promise<string> {
  if (request.headers.authorization === undefined) return readMember(request, 'token')
  return oneValue(await readFields(request), 'token') ?? findToken(issuer, request).text
}
