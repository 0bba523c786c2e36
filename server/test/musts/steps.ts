/** The requests of the rows: what is sent, and what has to come back. */
import { expect } from 'vitest'
import { addInitialToken } from '../../src/engine/operator/registrations/initial_tokens.ts'
import { type Reason, refusals } from '../../src/protocol/refusal.ts'
import { type AssertingClient, addAssertingClient } from '../support/assertion.ts'
import { authorizeUrl, type Page, post, type TokenAnswer, token } from '../support/browser.ts'
import type { Unusual } from '../support/dpop.ts'
import { addClient, byCommand, callback, type TestClient } from '../support/harness.ts'
import type { Shows } from './must.ts'
import { senderKey, type World } from './provoked.ts'

type Client = { readonly id: string; readonly secret?: string }

/** The answer has this error, and the status that the specification gives it. */
export async function refused(answer: Promise<TokenAnswer>, error: string, status = 400): Promise<TokenAnswer> {
  const told = await answer
  expect({ error: told.body.error, status: told.status }).toEqual({ error, status })
  return told
}

/** The answer is a good one. */
export async function granted(answer: Promise<TokenAnswer>): Promise<TokenAnswer> {
  const told = await answer
  expect(told.status, JSON.stringify(told.body)).toBe(200)
  return told
}

/** Asks for a token of the app's own. */
export function own(w: World, more: Record<string, string> = {}, client: Client = w.client, headers = {}) {
  return token(w.h.app, client, { grant_type: 'client_credentials', scope: 'basic', ...more }, headers)
}

/** Sends an authorization request in a browser where alice is signed in. */
export function ask(w: World, more: Record<string, string | undefined> = {}, of: { readonly id: string } = w.client) {
  return w.browser.get(authorizeUrl(of.id, more))
}

/** The error goes back to the app. */
export async function sentBack(page: Promise<Page>, error: string, to = callback): Promise<URL> {
  const { location = 'none:', status, body } = await page
  const url = new URL(location)
  const said = url.hash === '' ? url.searchParams : new URLSearchParams(url.hash.slice(1))
  expect({ to: url.origin + url.pathname, error: said.get('error') }, `${status} ${body.slice(0, 200)}`).toEqual({
    to: new URL(to).origin + new URL(to).pathname,
    error,
  })
  return url
}

/** The error stands on a page of ours, and nobody is sent anywhere. */
export async function shownHere(page: Promise<Page>, error: string): Promise<Page> {
  const shown = await page
  const said = /OAuth error: ([a-z_]+)/.exec(shown.body)?.[1]
  expect({ status: shown.status, error: said, location: shown.location }).toEqual({
    status: 400,
    error,
    location: undefined,
  })
  return shown
}

/** A code is answered: nothing stood in the way. */
export async function codeComes(page: Promise<Page>): Promise<string> {
  const { location = 'none:', body } = await page
  const code = new URL(location).searchParams.get('code')
  expect(code, body.slice(0, 200)).not.toBeNull()
  return code ?? ''
}

/** A proof that is not as it has to be is refused. */
export function badProof(unusual: Unusual, error = 'invalid_dpop_proof'): Shows {
  return async (w) => refused(own(w, {}, w.client, await senderKey.proof(w.h, 'POST /oauth/token', unusual)), error)
}

/** A JWT whose header is not what the library of the tests would write. */
export function rawProof(header: object, claims: object, mark = 'AA'): Shows {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  return (w) => refused(own(w, {}, w.client, { dpop: [...text, mark].join('.') }), 'invalid_dpop_proof')
}

/** A token that is bound to the key, asked for by a code. */
export async function boundAccess(w: World, more: Record<string, string> = {}): Promise<string> {
  const { body } = await granted(own(w, more, w.client, await senderKey.proof(w.h, 'POST /oauth/token')))
  return body.access_token ?? ''
}

/** A client authenticates by an assertion with these claims. */
export async function byAssertion(
  w: World,
  claims: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
  more: Record<string, string> = {},
): Promise<TokenAnswer> {
  const client = await addAssertingClient(w.h, metadata)
  return withAssertion(w, client, { ...(await client.assert(claims)), ...more })
}

/** The same with whatever stands in the form. */
export function withAssertion(w: World, { id }: AssertingClient, form: Record<string, string>): Promise<TokenAnswer> {
  return token(w.h.app, { id }, { grant_type: 'client_credentials', scope: 'basic', ...form })
}

export const badAssertion =
  (claims: Record<string, unknown>, metadata: Record<string, unknown> = {}): Shows =>
  (w) =>
    refused(byAssertion(w, claims, metadata), 'invalid_client', 401)

/** Calls UserInfo, or another resource here. */
export async function call(
  w: World,
  authorization: string | undefined,
  { url = '/oauth/userinfo', form, headers = {} }: { url?: string; form?: string; headers?: object } = {},
): Promise<TokenAnswer> {
  const response = await w.h.app.inject({
    method: form === undefined ? 'GET' : 'POST',
    url,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(form === undefined ? {} : { payload: form }),
  })
  const isJson = /json/.test(String(response.headers['content-type']))
  return { status: response.statusCode, headers: response.headers, body: isJson ? response.json() : {} } as TokenAnswer
}

/** An app registers itself with a token of the operator. */
export async function register(
  w: { readonly h: Pick<World['h'], 'app' | 'context'> },
  body: unknown,
  {
    url = '/oauth/register',
    method = 'POST' as 'POST' | 'PUT' | 'GET',
    with: shown = undefined as string | undefined,
  } = {},
): Promise<TokenAnswer> {
  const bearer = shown ?? (await addInitialToken(w.h.context, byCommand, { name: 'x' })).token
  const response = await w.h.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
  return { status: response.statusCode, headers: response.headers, body: response.json() } as TokenAnswer
}

/** A redirect URI that cannot be registered. */
export function notRegistrable(uri: string, more: Record<string, unknown> = {}): Shows {
  return (w) => refused(register(w, { redirect_uris: [uri], ...more }), 'invalid_redirect_uri')
}

/** One that can. */
export function registrable(uri: string, more: Record<string, unknown> = {}): Shows {
  return async (w) => expect((await register(w, { redirect_uris: [uri], ...more })).status).toBe(201)
}

/** A public app, as an app on a phone is. */
export async function addPublic(w: World, more: Record<string, unknown> = {}): Promise<{ readonly id: string }> {
  const { id } = await addClient(w.h, { token_endpoint_auth_method: 'none', ...more })
  return { id }
}

export const changeLast = (text: string): string => text.slice(0, -1) + (text.endsWith('1') ? '2' : '1')

/** What introspection says. */
export async function introspected(w: World, text: string, by: TestClient = w.client) {
  return (await granted(post(w.h.app, '/oauth/introspect', by, { token: text }))).body as unknown as Record<
    string,
    unknown
  >
}

/** Disables the client, or gives it another state. */
export async function setStatus(w: World, id: string, status: 'enabled' | 'disabled' | 'pending'): Promise<void> {
  await w.h.storage.clients.amend(id, () => ({ status }))
  w.h.context.clients.forget()
}

/** Registers the client for something else. */
export async function change(w: World, id: string, members: Record<string, unknown>): Promise<void> {
  await w.h.storage.clients.amend(id, ({ metadata }) => ({ metadata: { ...metadata, ...members } }))
  w.h.context.clients.forget()
}

/** The newest refusals in the request log of an app, by their reasons: what the wire does not tell apart. */
export async function logged(w: World, id: string, reason: string): Promise<void> {
  await w.h.context.requests.flush()
  const [newest] = await w.h.storage.requests.list(id, 1)
  expect(newest?.reason).toBe(reason)
}

/** The answer has the sentence of this reason. */
export function saidFor({ body }: TokenAnswer, reason: Reason): void {
  expect(body.error_description).toBe(refusals[reason].text)
}

/** Nothing was granted, and nothing broke. */
export async function turnedDown(answer: Promise<TokenAnswer>): Promise<void> {
  const { status, body } = await answer
  expect(status >= 400 && status < 500, `${status} ${JSON.stringify(body)}`).toBe(true)
}
