/** Reading a token request of this protocol: form fields in the body or the query, under their documented names. */
import type { FastifyRequest } from 'fastify'
import type { TokenRequest } from '../../engine/token/token.ts'
import { type Field, fieldsOfForm, readFields } from '../../http/bodies/bodies.ts'
import { queryOf } from '../../http/caller.ts'
import { parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { shownName } from '../../protocol/visible_name.ts'

/** Characters of `device-info`, by its documents. */
const longestDevice = 200

export interface Decoded {
  readonly token: Extract<TokenRequest, { grantType: 'password' }>
  /** Whether `debug=1` was asked for. */
  readonly debug: boolean
}

/** The request as it was meant. Throws Refusal. */
export async function decodeRequest(request: FastifyRequest): Promise<Decoded> {
  const query = parseForm(queryOf(request))
  if (query === undefined) throw new Refusal('parameter_malformed')
  const body = await readFields(request)
  // By the documents the parameters stand in the query, by the documented server in the body; the body counts.
  const read = (name: string) => readOne(body, name) ?? readOne(fieldsOfForm(query), name)
  const username = read('username')
  const password = read('password')
  const label = deviceLabel(read('device-info'))
  if (username === undefined || password === undefined) throw new Refusal('parameter_missing')
  return { token: { grantType: 'password', username, password, label }, debug: read('debug') === '1' }
}

/** The one value under a name. Throws where there are different ones, or something other than text. */
function readOne(fields: readonly Field[], name: string): string | undefined {
  const [first, ...more] = fields.filter((field) => field.name === name)
  if (first === undefined) return undefined
  if (first.value === undefined) throw new Refusal('parameter_malformed')
  if (more.some((field) => field.value !== first.value)) {
    throw new Refusal('parameter_repeated', { cause: `${name} was sent more than once, with different values.` })
  }
  return first.value
}

/** What the app says of its device, fit for a list that people read; null where it says nothing. */
function deviceLabel(text: string | undefined): string | null {
  if (text === undefined) return null
  if ([...text].length > longestDevice) {
    throw new Refusal('parameter_too_long', { cause: `device-info is longer than ${longestDevice} characters.` })
  }
  return shownName(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), longestDevice) ?? null
}
