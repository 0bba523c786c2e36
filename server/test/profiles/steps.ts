/** An app with a security profile, as its own side sees it. */
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { DocumentError, parseDocument } from '../../src/engine/operator/apply/document.ts'
import { type AssertingClient, addAssertingClient } from '../support/assertion.ts'
import { authorizeUrl, type TokenAnswer, verifier } from '../support/browser.ts'
import type { SenderKey } from '../support/dpop.ts'
import { byCommand, callback, type Harness } from '../support/harness.ts'

/** Applies a document; answers what is wrong with it. */
export async function applied(h: Harness, document: Record<string, unknown>): Promise<readonly string[]> {
  try {
    const parsed = parseDocument(JSON.stringify(document))
    await executeApply(h.context, byCommand, await planApply(h.context, parsed, { prune: false }))
    h.context.clients.forget()
    return []
  } catch (error) {
    if (error instanceof DocumentError) return error.problems
    throw error
  }
}

export function post(
  h: Harness,
  url: string,
  fields: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const sent = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return h.app
    .inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(sent).toString(),
    })
    .then(
      (response) =>
        ({
          status: response.statusCode,
          headers: response.headers,
          body: response.body === '' ? {} : response.json(),
        }) as TokenAnswer,
    )
}

/** An app with the profile fapi2-security. Each of its requests has a fresh assertion; a key makes proofs for it. */
export interface FapiApp extends AssertingClient {
  push(more?: Record<string, string | undefined>, assertion?: Record<string, unknown>): Promise<TokenAnswer>
  /** The address that the person is sent to once the request is pushed. */
  pushed(more?: Record<string, string | undefined>): Promise<string>
  token(fields: Record<string, string>, key?: SenderKey, assertion?: Record<string, unknown>): Promise<TokenAnswer>
  exchange(code: string, key?: SenderKey): Promise<TokenAnswer>
}

export async function addFapiApp(h: Harness, metadata: Record<string, unknown> = {}): Promise<FapiApp> {
  const client = await addAssertingClient(h, { profile: 'fapi2-security', ...metadata })
  const app: FapiApp = {
    ...client,
    async push(more, assertion) {
      const parameters = new URLSearchParams(authorizeUrl(client.id, more).split('?')[1])
      return post(h, '/oauth/par', { ...Object.fromEntries(parameters), ...(await client.assert(assertion)) })
    },
    async pushed(more) {
      const { status, body } = await app.push(more)
      if (status !== 201) throw new Error(`not pushed: ${JSON.stringify(body)}`)
      return `/oauth/authorize?${new URLSearchParams({ client_id: client.id, request_uri: String(body.request_uri) })}`
    },
    async token(fields, key, assertion) {
      const headers = key === undefined ? {} : { ...(await key.proof(h, 'POST /oauth/token')) }
      return post(h, '/oauth/token', { ...fields, ...(await client.assert(assertion)) }, headers)
    },
    exchange: (code, key) =>
      app.token({ grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }, key),
  }
  return app
}
