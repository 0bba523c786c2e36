/** Reading a token request of this protocol: form fields in the body or the query, under their documented names. */
import type { FastifyRequest } from 'fastify'
import type { TokenRequest } from '../../engine/token/token.ts'
import { fieldsOfForm, oneValue, readFields } from '../../http/bodies/bodies.ts'
import { queryForm } from '../../http/caller.ts'
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
  const query = fieldsOfForm(queryForm(request))
  const body = await readFields(request)
  // By the documents the parameters stand in the query, by the documented server in the body; the body counts.
  const read = (name: string) => oneValue(body, name) ?? oneValue(query, name)
  const username = read('username')
  const password = read('password')
  const label = deviceLabel(read('device-info'))
  if (username === undefined || password === undefined) throw new Refusal('parameter_missing')
  return { token: { grantType: 'password', username, password, label }, debug: read('debug') === '1' }
}

/** What the app says of its device, fit for a list that people read; null where it says nothing. */
function deviceLabel(text: string | undefined): string | null {
  if (text === undefined) return null
  if ([...text].length > longestDevice) {
    throw new Refusal('parameter_too_long', { cause: `device-info is longer than ${longestDevice} characters.` })
  }
  return shownName(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), longestDevice) ?? null
}
