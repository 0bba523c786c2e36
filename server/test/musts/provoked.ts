/** For each reason of the refusal table a request through the front door that is refused for it, in a world of its own. */

import { randomBytes } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'
import { makeTicket } from '../../src/engine/authorize/ticket.ts'
import { addInitialToken } from '../../src/engine/operator/registrations/initial_tokens.ts'
import { type Reason, refusals } from '../../src/protocol/refusal.ts'
import { decideDialect } from '../../src/runtime/kept/legacy_dialects.ts'
import { throttleWindow } from '../../src/runtime/limits/failure_counts.ts'
import type { SubscriptionKey } from '../../src/storage/contract.ts'
import { addDevice, allow, ask, asked, decide, poll, signedIn, type } from '../device/steps.ts'
import { openSetting, ownPath, type Setting } from '../providers/setting.ts'
import { newCode, newTokens, publicClient } from '../support/answers.ts'
import {
  allowOn,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  post,
  refresh,
  signInOn,
  type TestBrowser,
  type TokenAnswer,
  testBrowser,
  token,
  verifier,
} from '../support/browser.ts'
import { hostsOf } from '../support/client_documents.ts'
import { newSenderKey } from '../support/dpop.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  alicePassword,
  byCommand,
  callback,
  type Harness,
  type HarnessOptions,
  harness,
  type TestClient,
} from '../support/harness.ts'
import { putInForce } from '../support/terms.ts'
import { addAssertions } from '../token/assertion_steps.ts'
import { addExchange } from '../token/exchange_steps.ts'

export const elsewhere = 'https://data.example/api'
const hour = 3_600_000
export const senderKey = await newSenderKey()

/** What a client with its secret gets of its own, with a header of its key. */
async function byKey(w: World, headers: Record<string, string>, client = w.client): Promise<Provoked> {
  return fromToken(await token(w.h.app, client, { grant_type: 'client_credentials', scope: 'basic' }, headers), client)
}

/** An access token that is bound to the key. */
async function boundToken(w: World): Promise<string> {
  const code = await newCode(w.h, w.client, { scope: 'openid' }, w.browser)
  const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
  return (await exchangeCode(w.h.app, w.client, code, {}, proof)).body.access_token ?? ''
}

export interface World {
  readonly h: Setting
  readonly alice: Awaited<ReturnType<typeof addAccount>>
  readonly client: TestClient
  readonly browser: TestBrowser
}

/** What came back, and the client in whose request log the reason must stand; none where the protocol keeps no record. */
export interface Provoked {
  readonly status: number
  /** The error code as the protocol spelled it. */
  readonly error: string | null | undefined
  readonly logged?: TestClient
}

const fromToken = ({ status, body }: TokenAnswer, logged?: TestClient): Provoked =>
  logged === undefined ? { status, error: body.error } : { status, error: body.error, logged }

/** An answer of authorize or of a page: a redirect to the client or a page with the code on it. */
function fromPage(page: Page, logged?: TestClient): Provoked {
  const answer = page.location === undefined ? undefined : new URL(page.location)
  const error =
    answer === undefined
      ? /OAuth error: ([a-z_]+)/.exec(page.body)?.[1]
      : (answer.searchParams.get('error') ?? new URLSearchParams(answer.hash.slice(1)).get('error'))
  return { status: page.status, error, ...(logged === undefined ? {} : { logged }) }
}

async function userinfo({ h }: World, options: { access?: string; header?: string; query?: string; form?: string }) {
  const header = options.header ?? (options.access === undefined ? undefined : `Bearer ${options.access}`)
  const response = await h.app.inject({
    method: options.form === undefined ? 'GET' : 'POST',
    url: `/oauth/userinfo${options.query ?? ''}`,
    headers: {
      ...(header === undefined ? {} : { authorization: header }),
      ...(options.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(options.form === undefined ? {} : { payload: options.form }),
  })
  return { status: response.statusCode, error: response.json().error } satisfies Provoked
}

async function atAuthorize(w: World, more: Record<string, string | undefined>, of = w.client): Promise<Provoked> {
  return fromPage(await w.browser.get(authorizeUrl(of, more)), of)
}

/** Pushes the parameters that `authorizeUrl` has. */
export function push(
  w: World,
  client: TestClient | { readonly id: string },
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  const form = new URLSearchParams(authorizeUrl(client.id, more).split('?')[1])
  form.delete('client_id')
  return post(w.h.app, '/oauth/par', client, form.toString(), headers)
}

export async function pushed(w: World): Promise<string> {
  return (await push(w, w.client)).body.request_uri ?? ''
}

export async function atPushed(w: World, requestUri: string, of = w.client): Promise<Provoked> {
  const query = new URLSearchParams({ client_id: of.id, request_uri: requestUri })
  return fromPage(await w.browser.get(`/oauth/authorize?${query}`), of)
}

async function atExchangeOf(w: World, change: Record<string, string>, more: Record<string, unknown> = {}) {
  const { exchanger, exchange } = await addExchange(w.h, more)
  return fromToken(await exchange(change), exchanger)
}

async function atAssertionOf(w: World, claims: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const { client, assert } = await addAssertions(w.h, w.alice, more)
  return fromToken(await assert(claims), client)
}

async function atDevice(
  w: World,
  then: (device: { readonly id: string }, codes: Awaited<ReturnType<typeof asked>>) => Promise<TokenAnswer>,
): Promise<Provoked> {
  const device = await addDevice(w.h)
  return fromToken(await then(device, await asked(w.h, device)), { ...device, secret: '' })
}

async function atLogout({ browser }: World, asked: Record<string, string>, logged?: TestClient): Promise<Provoked> {
  return fromPage(await browser.get(`/oauth/logout?${new URLSearchParams(asked)}`), logged)
}

async function atExchange(w: World, more: Record<string, string>, asked: Record<string, string | undefined> = {}) {
  const code = await newCode(w.h, w.client, asked, w.browser)
  return fromToken(await exchangeCode(w.h.app, w.client, code, more), w.client)
}

/** The JWT login, with a key that is open to everybody unless another is given. */
async function login(w: World, body: object, key: string | undefined = openKey, path = 'login') {
  const payload = path === 'login' ? { username: 'alice', password: alicePassword, ...body } : body
  const headers = key === undefined ? {} : { 'subscription-key': key }
  return w.h.app.inject({ method: 'POST', url: `/auth/v2/${path}`, headers, payload })
}

/** The answer of the JWT login, whose envelope has the sentence and no code. */
function fromLogin(response: LightMyRequestResponse): Provoked {
  const reason = (Object.keys(refusals) as Reason[]).find((name) => refusals[name].text === response.json().message)
  const error = reason === undefined ? undefined : refusals[reason].error
  return { status: response.statusCode, error, logged: { id: 'jwt-login', secret: '' } }
}

async function atLogin(w: World, body: object, ...key: [(string | undefined)?]): Promise<Provoked> {
  await addKey(w, openKey, { openToAll: true })
  return fromLogin(key.length === 0 ? await login(w, body) : await login(w, body, key[0] ?? ''))
}

const openKey = 'O'.repeat(32)

function addKey({ h, alice }: World, text: string, more: Partial<SubscriptionKey> = {}): Promise<string> {
  return addSubscriptionKey(h, text.repeat(32 / text.length), alice.id, more)
}
/** A request for tokens in the fragment, at the protocol where that can be allowed. */
export async function atFrontChannel(
  w: World,
  more: Record<string, string | undefined>,
  of: TestClient,
): Promise<Provoked> {
  const url = authorizeUrl(of, { scope: 'openid basic', ...more }).replace('/oauth/', '/api/oauth2/')
  return fromPage(await w.browser.get(url), of)
}

export const olderClient = (w: World, more: Record<string, unknown> = {}) =>
  addClient(w.h, { dialects: ['quantimodo'], front_channel_tokens: true, ...more })

/** An app at the social endpoints, and the parameters that name it and its page. */
async function socialClient(w: World): Promise<{ readonly client: TestClient; readonly query: string }> {
  const client = await olderClient(w)
  return { client, query: `client_id=${client.id}&redirectUrl=${encodeURIComponent(callback)}` }
}

/** Signs in where there are terms to accept first, and goes on from the page that asks. */
async function withTerms(
  { h, client }: World,
  goOn: (browser: TestBrowser, page: Page) => Promise<Page>,
): Promise<Provoked> {
  putInForce(h, { terms: '1' })
  const browser = testBrowser(h.app)
  const page = await signInOn(browser, await browser.follow(await browser.get(authorizeUrl(client))))
  const answer = await fromPage(await goOn(browser, page), client)
  putInForce(h)
  return answer
}

/** An app registers itself, with a token of the operator unless another is given; `undefined` for none. */
async function registering(
  { h }: { readonly h: Pick<Harness, 'app' | 'context'> },
  body: object,
  given?: { readonly token: string | undefined },
): Promise<Provoked> {
  const token = given === undefined ? (await addInitialToken(h.context, byCommand, { name: 'x' })).token : given.token
  const response = await h.app.inject({
    method: 'POST',
    url: '/oauth/register',
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    payload: { redirect_uris: [callback], ...body },
  })
  return { status: response.statusCode, error: response.json().error }
}

const documentId = 'https://editor.example/client'

/** On a server of its own, which sees other hosts than the internet. */
async function withHost(
  options: HarnessOptions,
  provoked: (world: { readonly h: Harness }) => Promise<Provoked>,
): Promise<Provoked> {
  const h = await harness(options)
  const answer = await provoked({ h })
  await h.close()
  return answer
}

/** A request of an app of this name is pushed. */
async function atPar({ h }: { readonly h: Pick<Harness, 'app'> }, clientId: string): Promise<Provoked> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams({ client_id: clientId }).toString()
  const response = await h.app.inject({ method: 'POST', url: '/oauth/par', headers, payload })
  return { status: response.statusCode, error: response.json().error }
}

const machine = { grant_type: 'client_credentials' }

export const provoke: { readonly [Name in Reason]: (world: World) => Promise<Provoked> } = {
  parameter_repeated: async (w) => fromToken(await token(w.h.app, w.client, 'grant_type=x&grant_type=x')),
  parameter_malformed: async ({ h }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await h.app.inject({ method: 'POST', url: '/oauth/token', headers, payload: 'a=%zz' })
    return { status: response.statusCode, error: response.json().error }
  },
  parameter_missing: async (w) => fromToken(await token(w.h.app, w.client, {}), w.client),
  parameter_too_long: (w) => atAuthorize(w, { nonce: 'x'.repeat(3000) }),
  state_too_long: async (w) =>
    fromPage(await w.browser.get(authorizeUrl(w.client, { state: 'x'.repeat(4097) })), w.client),
  request_too_large: async (w) => {
    const noise = randomBytes(8192)
    const state = Array.from({ length: 4096 }, (_, i) =>
      String.fromCharCode(0x4e00 + (noise.readUInt16BE(2 * i) % 20_000)),
    )
    const query = authorizeUrl(w.client, { state: state.join('') }).split('?')[1] ?? ''
    return fromPage(await w.browser.post('/oauth/authorize', query), w.client)
  },
  content_type_unsupported: async ({ h }) => {
    const response = await h.app.inject({ method: 'POST', url: '/oauth/token', payload: { grant_type: 'x' } })
    return { status: response.statusCode, error: response.json().error }
  },
  credentials_in_query: async ({ h }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await h.app.inject({ method: 'POST', url: '/oauth/token?code=x', headers, payload: 'a=b' })
    return { status: response.statusCode, error: response.json().error }
  },
  client_authentication_missing: async ({ h }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await h.app.inject({ method: 'POST', url: '/oauth/token', headers, payload: 'grant_type=x' })
    return { status: response.statusCode, error: response.json().error }
  },
  client_authentication_ambiguous: async (w) =>
    fromToken(await token(w.h.app, w.client, { ...machine, client_secret: w.client.secret })),
  client_authentication_malformed: async (w) =>
    fromToken(await token(w.h.app, w.client, machine, { authorization: 'Basic !' })),
  client_id_missing: async (w) => fromPage(await w.browser.get('/oauth/authorize?response_type=code')),
  client_unknown: async (w) => fromToken(await token(w.h.app, { id: 'nobody', secret: 'x' }, machine)),
  app_in_development: async (w) => {
    const client = await addClient(w.h)
    await w.h.storage.clients.amend(client.id, () => ({ status: 'pending' }))
    w.h.context.clients.forget()
    return fromToken(await token(w.h.app, client, machine), client)
  },
  client_disabled: async (w) => {
    const client = await addClient(w.h)
    await w.h.storage.clients.amend(client.id, () => ({ status: 'disabled' }))
    w.h.context.clients.forget()
    return fromToken(await token(w.h.app, client, machine), client)
  },
  client_secret_missing: async (w) =>
    fromToken(
      await token(w.h.app, publicClient(w.client), { grant_type: 'refresh_token', refresh_token: 'x' }),
      w.client,
    ),
  client_secret_wrong: async (w) =>
    fromToken(await token(w.h.app, { id: w.client.id, secret: 'x' }, machine), w.client),
  client_secret_expired: async (w) => {
    const client = await addClient(w.h)
    const [first] = (await w.h.storage.clients.find(client.id))?.secrets ?? []
    if (first === undefined) throw new Error('no secret')
    await w.h.storage.clients.amend(client.id, () => ({ removeSecrets: [first.id] }))
    await w.h.storage.clients.amend(client.id, () => ({
      addSecret: { ...first, id: 'late', expiresAt: w.h.clock.now() },
    }))
    w.h.context.clients.forget()
    return fromToken(await token(w.h.app, client, machine), client)
  },
  client_assertion_invalid: async (w) => {
    const client = await addClient(w.h, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } })
    const assertion = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'e30.e30.x',
    }
    return fromToken(await token(w.h.app, publicClient(client), { ...machine, ...assertion }), client)
  },
  client_auth_method_wrong: async (w) => {
    const client = await addClient(w.h, { token_endpoint_auth_method: 'client_secret_post' })
    return fromToken(await token(w.h.app, client, machine), client)
  },
  client_auth_method_not_available: async (w) => {
    const client = await addClient(w.h, { token_endpoint_auth_method: 'tls_client_auth' })
    return fromToken(await token(w.h.app, client, machine), client)
  },
  protection_not_available: async (w) =>
    atAuthorize(w, {}, await addClient(w.h, { tls_client_certificate_bound_access_tokens: true })),
  too_many_failures: async (w) => {
    const client = await addClient(w.h)
    // From the beginning of a window, as its end would forgive a part of them.
    w.h.clock.move(throttleWindow - (w.h.clock.now() % throttleWindow))
    for (let i = 0; i < 100; i++) await token(w.h.app, { id: client.id, secret: 'x' }, machine)
    // The log of what nobody proved is complete for 60 entries a minute.
    w.h.clock.move(60_000)
    return fromToken(await token(w.h.app, { id: client.id, secret: 'x' }, machine), client)
  },
  other_page: async (w) => {
    const headers = { origin: 'https://elsewhere.example' }
    return fromLogin(await w.h.app.inject({ method: 'POST', url: '/auth/v2/login', headers, payload: {} }))
  },
  dialect_not_allowed: async (w) => {
    const client = await addClient(w.h, { dialects: ['quantimodo'] })
    return fromToken(await token(w.h.app, client, machine), client)
  },
  dialect_closed: async (w) => {
    const close = async (closed: boolean) => {
      await decideDialect(w.h.storage, w.h.clock, 'quantimodo', { closed })
      w.h.clock.move(1000)
    }
    await close(true)
    const url = `/api/oauth2/token?client_id=${w.client.id}`
    const answer = await w.h.app.inject({ method: 'POST', url })
    await close(false)
    return { status: answer.statusCode, error: answer.json().error, logged: w.client }
  },
  dialect_brown_out: async (w) => {
    const from = w.h.clock.now()
    await decideDialect(w.h.storage, w.h.clock, 'quantimodo', { brownouts: [{ from, until: from + 60_000 }] })
    w.h.clock.move(6000)
    const answer = await w.h.app.inject({ method: 'POST', url: `/api/oauth2/token?client_id=${w.client.id}` })
    await decideDialect(w.h.storage, w.h.clock, 'quantimodo', { brownouts: [] })
    w.h.clock.move(6000)
    return { status: answer.statusCode, error: answer.json().error, logged: w.client }
  },
  grant_type_unknown: async (w) => fromToken(await token(w.h.app, w.client, { grant_type: 'password' }), w.client),
  grant_type_not_registered: async (w) => {
    const client = await addClient(w.h, { grant_types: ['authorization_code'] })
    return fromToken(await token(w.h.app, client, machine), client)
  },
  client_credentials_public: async (w) => {
    const client = await addClient(w.h, { token_endpoint_auth_method: 'none' })
    return fromToken(await token(w.h.app, publicClient(client), machine), client)
  },
  credential_malformed: async (w) => fromToken(await refresh(w.h.app, w.client, 'x'), w.client),
  credential_kind_wrong: async (w) => {
    const code = await newCode(w.h, w.client, {}, w.browser)
    return fromToken(await refresh(w.h.app, w.client, code), w.client)
  },
  credential_not_ours: async (w) => {
    const code = await newCode(w.h, w.client, {}, w.browser)
    const last = code.endsWith('1') ? '2' : '1'
    return fromToken(await exchangeCode(w.h.app, w.client, code.slice(0, -1) + last), w.client)
  },
  credential_of_another_client: async (w) => {
    const client = await addClient(w.h)
    return fromToken(await exchangeCode(w.h.app, client, await newCode(w.h, w.client, {}, w.browser)), client)
  },
  credential_of_another_protocol: async (w) => {
    const lax = { dialects: ['oauth', 'quantimodo'], token_endpoint_auth_method: 'none', code_without_pkce: true }
    const client = await addClient(w.h, lax)
    const url = authorizeUrl(client, { code_challenge: undefined, code_challenge_method: undefined, scope: 'basic' })
    const { code } = await authorize(w.h.app, url.replace('/oauth/', '/api/v3/oauth2/'), { browser: w.browser })
    const request = { grant_type: 'authorization_code', code, redirect_uri: callback }
    return fromToken(await token(w.h.app, publicClient(client), request), client)
  },
  redirect_uri_missing_at_token: async (w) => {
    const code = await newCode(w.h, w.client, {}, w.browser)
    const request = { grant_type: 'authorization_code', code, code_verifier: verifier }
    return fromToken(await token(w.h.app, w.client, request), w.client)
  },
  redirect_uri_mismatch: (w) => atExchange(w, { redirect_uri: `${callback}/` }),
  code_verifier_missing: (w) => atExchange(w, { code_verifier: '' }),
  code_verifier_malformed: (w) => atExchange(w, { code_verifier: 'short' }),
  code_verifier_wrong: (w) => atExchange(w, { code_verifier: 'w'.repeat(43) }),
  code_verifier_unexpected: (w) => atExchange(w, {}, { code_challenge: undefined, code_challenge_method: undefined }),
  code_expired: async (w) => {
    const code = await newCode(w.h, w.client, {}, w.browser)
    w.h.clock.move(61_000)
    return fromToken(await exchangeCode(w.h.app, w.client, code), w.client)
  },
  code_spent: async (w) => {
    const code = await newCode(w.h, w.client, {}, w.browser)
    await exchangeCode(w.h.app, w.client, code)
    return fromToken(await exchangeCode(w.h.app, w.client, code), w.client)
  },
  code_spent_long_ago: async (w) => {
    const code = await newCode(w.h, w.client, {}, w.browser)
    await exchangeCode(w.h.app, w.client, code)
    w.h.clock.move(hour)
    return fromToken(await exchangeCode(w.h.app, w.client, code), w.client)
  },
  refresh_token_spent: async (w) => {
    const client = await addClient(w.h, { lost_answer_window: 0 })
    const tokens = await newTokens(w.h, client, {}, w.browser)
    await refresh(w.h.app, client, tokens.refresh)
    w.h.clock.move(31_000)
    return fromToken(await refresh(w.h.app, client, tokens.refresh), client)
  },
  refresh_token_expired: async (w) => {
    const client = await addClient(w.h, { refresh_token_ttl: 60 })
    const tokens = await newTokens(w.h, client, {}, w.browser)
    w.h.clock.move(60_000)
    return fromToken(await refresh(w.h.app, client, tokens.refresh), client)
  },
  unused_too_long: async (w) => {
    const client = await addClient(w.h, { idle_ttl: 60 })
    const tokens = await newTokens(w.h, client, {}, w.browser)
    w.h.clock.move(61_000)
    return fromToken(await refresh(w.h.app, client, tokens.refresh), client)
  },
  grant_revoked: async (w) => {
    const tokens = await newTokens(w.h, w.client, {}, w.browser)
    await w.h.storage.grants.endAll({ userId: w.alice.id, clientId: w.client.id }, 'revoked_by_user')
    return fromToken(await refresh(w.h.app, w.client, tokens.refresh), w.client)
  },
  grant_limit_reached: async (w) => {
    const client = await addClient(w.h)
    const oldest = await newTokens(w.h, client, {}, w.browser)
    for (let i = 0; i < 3; i++) {
      w.h.clock.move(1000)
      await newTokens(w.h, client, {}, w.browser)
    }
    return fromToken(await refresh(w.h.app, client, oldest.refresh), client)
  },
  plan_used_up: async (w) => {
    const client = await addClient(w.h)
    await w.h.storage.plans.put({ name: 'once', per_day: 1 })
    await w.h.storage.planHolders.put({ holder: `client:${client.id}`, plan: 'once' })
    await w.h.context.quotas.refresh()
    const ask = () => token(w.h.app, client, { grant_type: 'client_credentials', scope: 'basic' })
    await ask()
    return fromToken(await ask(), client)
  },
  token_requests_exceeded: async (w) => {
    await addAccount(w.h, 'busy')
    const client = await addClient(w.h)
    const browser = testBrowser(w.h.app)
    const url = authorizeUrl(client)
    const { code } = await authorize(w.h.app, url, { browser, username: 'busy' })
    let last = (await exchangeCode(w.h.app, client, code)).body.refresh_token ?? ''
    for (let i = 0; i < 60; i++) {
      const answer = await refresh(w.h.app, client, last)
      if (answer.status !== 200) return fromToken(answer, client)
      last = answer.body.refresh_token ?? ''
    }
    throw new Error('nothing was refused')
  },
  consent_withdrawn: async (w) => {
    const client = await addClient(w.h)
    const tokens = await newTokens(w.h, client, {}, w.browser)
    w.h.clock.move(1)
    await w.h.storage.consents.withdraw(w.alice.id, client.id)
    return fromToken(await refresh(w.h.app, client, tokens.refresh), client)
  },
  client_invalidated: async (w) => {
    const client = await addClient(w.h)
    const tokens = await newTokens(w.h, client, {}, w.browser)
    w.h.clock.move(1000)
    await w.h.storage.clients.amend(client.id, () => ({ invalidate: true }))
    return fromToken(await refresh(w.h.app, client, tokens.refresh), client)
  },
  password_wrong: (w) => atLogin(w, { password: 'not the password' }),
  subscription_key_missing: (w) => atLogin(w, {}, undefined),
  subscription_key_unknown: (w) => atLogin(w, {}, 'U'.repeat(32)),
  subscription_key_disabled: async (w) => atLogin(w, {}, await addKey(w, 'D', { disabled: 'developer' })),
  subscription_key_not_yours: async (w) => {
    await addAccount(w.h, 'stranger')
    return atLogin(w, { username: 'stranger' }, await addKey(w, 'N'))
  },
  subscription_key_of_another_grant: async (w) => {
    const key = await addKey(w, 'A')
    const { refresh } = (await login(w, {}, key)).json()
    const other = await addKey(w, 'B')
    return fromLogin(await login(w, { token: refresh.token }, other, 'refresh'))
  },
  scope_malformed: (w) => atAuthorize(w, { scope: '"' }),
  scope_not_registered: (w) => atAuthorize(w, { scope: 'admin' }),
  scope_unknown: async (w) => atAuthorize(w, { scope: 'nothing' }, await addClient(w.h, { scope: 'basic nothing' })),
  scope_reserved: async (w) => atAuthorize(w, { scope: 'own' }, await addClient(w.h, { scope: 'basic own' })),
  scope_widened: async (w) => {
    const tokens = await newTokens(w.h, w.client, { scope: 'basic' }, w.browser)
    return fromToken(await refresh(w.h.app, w.client, tokens.refresh, { scope: 'email' }), w.client)
  },
  target_invalid: (w) => atAuthorize(w, { resource: 'https://nobody.example' }),
  redirect_uri_missing: (w) => atAuthorize(w, { redirect_uri: undefined, scope: 'openid' }),
  redirect_uri_not_registered: (w) => atAuthorize(w, { redirect_uri: `${callback}/` }),
  response_type_missing: (w) => atAuthorize(w, { response_type: undefined }),
  response_type_unsupported: (w) => atAuthorize(w, { response_type: 'none' }),
  response_type_not_registered: async (w) =>
    atAuthorize(w, {}, await addClient(w.h, { grant_types: ['client_credentials'] })),
  front_channel_closed: async (w) => {
    const h = await openSetting()
    try {
      const client = await addClient(h, { dialects: ['quantimodo'], front_channel_tokens: true })
      const { status, error } = await atFrontChannel(
        { ...w, h, browser: testBrowser(h.app) },
        { response_type: 'token' },
        client,
      )
      return { status, error }
    } finally {
      await h.close()
    }
  },
  front_channel_not_registered: async (w) =>
    atFrontChannel(w, { response_type: 'token' }, await olderClient(w, { front_channel_tokens: false })),
  nonce_missing: async (w) => atFrontChannel(w, { response_type: 'id_token' }, await olderClient(w)),
  openid_scope_missing: async (w) =>
    atFrontChannel(w, { response_type: 'id_token', nonce: 'n', scope: 'basic' }, await olderClient(w)),
  response_mode_unsupported: (w) => atAuthorize(w, { response_mode: 'web_message' }),
  code_challenge_missing: async (w) =>
    atAuthorize(
      w,
      { code_challenge: undefined, code_challenge_method: undefined },
      await addClient(w.h, { token_endpoint_auth_method: 'none' }),
    ),
  code_challenge_malformed: (w) => atAuthorize(w, { code_challenge: 'x' }),
  code_challenge_method_unsupported: (w) => atAuthorize(w, { code_challenge_method: 'plain' }),
  request_object_unsupported: (w) => atAuthorize(w, { request: 'x' }),
  request_uri_unsupported: (w) => atAuthorize(w, { request_uri: 'x' }),
  request_uri_unknown: (w) => atPushed(w, 'urn:ietf:params:oauth:request_uri:x'),
  request_uri_of_other_client: async (w) => atPushed(w, await pushed(w), await addClient(w.h)),
  request_uri_expired: async (w) => {
    const requestUri = await pushed(w)
    w.h.clock.move(90_000)
    return atPushed(w, requestUri)
  },
  request_uri_used: async (w) => {
    const requestUri = await pushed(w)
    await atPushed(w, requestUri)
    return atPushed(w, requestUri)
  },
  request_not_pushed: async (w) =>
    atAuthorize(w, {}, await addClient(w.h, { require_pushed_authorization_requests: true })),
  request_uri_pushed: async (w) => fromToken(await push(w, w.client, { request_uri: 'x' }), w.client),
  pushes_exceeded: async (w) => {
    const client = await addClient(w.h, { token_endpoint_auth_method: 'none' })
    for (let i = 0; i < 300; i++) await push(w, publicClient(client))
    return fromToken(await push(w, publicClient(client)), client)
  },
  device_requests_exceeded: async (w) => {
    const device = await addDevice(w.h)
    for (let i = 0; i < 100; i++) await ask(w.h, device)
    return fromToken(await ask(w.h, device), { ...device, secret: '' })
  },
  authorization_pending: (w) => atDevice(w, async (device, { code }) => poll(w.h, device, code)),
  slow_down: (w) =>
    atDevice(w, async (device, { code }) => {
      await poll(w.h, device, code)
      w.h.clock.move(2000)
      return poll(w.h, device, code)
    }),
  device_denied: (w) =>
    atDevice(w, async (device, { code, userCode }) => {
      const browser = await signedIn(w.h)
      await decide(browser, await type(browser, userCode), 'deny')
      return poll(w.h, device, code)
    }),
  device_code_expired: (w) =>
    atDevice(w, async (device, { code }) => {
      w.h.clock.move(600_000)
      return poll(w.h, device, code)
    }),
  device_code_used: (w) =>
    atDevice(w, async (device, { code, userCode }) => {
      await allow(await signedIn(w.h), userCode)
      const { body } = await poll(w.h, device, code)
      await refresh(w.h.app, device, body.refresh_token ?? '')
      w.h.clock.move(5000)
      return poll(w.h, device, code)
    }),
  assertion_public: (w) => atAssertionOf(w, {}, { token_endpoint_auth_method: 'none' }),
  assertion_invalid: (w) => atAssertionOf(w, { aud: 'https://other.example' }),
  assertion_of_nobody: (w) => atAssertionOf(w, { sub: 'nobody' }),
  assertion_not_agreed: (w) => atAssertionOf(w, {}),
  exchange_public: (w) => atExchangeOf(w, {}, { token_endpoint_auth_method: 'none' }),
  exchange_token_type: (w) => atExchangeOf(w, { requested_token_type: 'x' }),
  subject_token_invalid: (w) => atExchangeOf(w, { subject_token: 'x' }),
  subject_token_of_others: async (w) =>
    atExchangeOf(w, { subject_token: (await newTokens(w.h, w.client, {}, w.browser)).access }),
  exchange_not_allowed: (w) => atExchangeOf(w, { resource: 'https://other.example/' }),
  exchange_too_deep: async (w) => {
    const { exchanger, exchange, subjectToken } = await addExchange(w.h)
    const access = await subjectToken()
    const find = w.h.storage.grants.find
    const act = { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd' } } } }
    Object.assign(w.h.storage.grants, {
      find: async (id: Buffer) => {
        const view = await find(id)
        return view && { ...view, grant: { ...view.grant, context: { ...view.grant.context, act } } }
      },
    })
    try {
      return fromToken(await exchange({ subject_token: access }), exchanger)
    } finally {
      Object.assign(w.h.storage.grants, { find })
    }
  },
  registration_unsupported: (w) => atAuthorize(w, { registration: '{}' }),
  claims_malformed: (w) => atAuthorize(w, { claims: '[]' }),
  acr_unmet: (w) =>
    atAuthorize(w, { scope: 'openid', claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}' }),
  prompt_invalid: (w) => atAuthorize(w, { prompt: 'none login' }),
  max_age_invalid: (w) => atAuthorize(w, { max_age: 'x' }),
  login_required: async (w) =>
    fromPage(await testBrowser(w.h.app).get(authorizeUrl(w.client, { prompt: 'none' })), w.client),
  terms_not_accepted: (w) => withTerms(w, async (browser) => browser.get(authorizeUrl(w.client, { prompt: 'none' }))),
  terms_declined: (w) =>
    withTerms(w, async (browser, page) => {
      return browser.post('/login/terms', { ...hiddenFields(page), action: 'decline' })
    }),
  consent_required: async (w) => atAuthorize(w, { prompt: 'none' }, await addClient(w.h)),
  ticket_needs_page: async (w) =>
    atFrontChannel(
      w,
      { prompt: 'none', response_type: 'code', token: makeTicket(w.h.context, w.alice.id) },
      await olderClient(w),
    ),
  provider_unknown: async (w) => {
    const { client, query } = await socialClient(w)
    return fromPage(await w.browser.get(`/api/v2/auth/social/login?${query}&provider=nobody`), client)
  },
  social_redirect_not_registered: async (w) => {
    const { client } = await socialClient(w)
    const query = `client_id=${client.id}&redirectUrl=https://evil.example/&provider=google`
    return fromPage(await w.browser.get(`/api/v2/auth/social/login?${query}`), client)
  },
  upstream_state_invalid: async (w) => fromPage(await w.browser.get('/login/return/google?code=x&state=y')),
  upstream_denied: async (w) => {
    const { query } = await socialClient(w)
    const sent = await w.browser.get(`/api/v2/auth/social/login?${query}&provider=google`)
    return fromPage(await w.browser.get(ownPath(w.h.provider.answer(sent.location ?? '', 'deny'))))
  },
  upstream_unavailable: async (w) => {
    const { query } = await socialClient(w)
    const sent = await w.browser.get(`/api/v2/auth/social/login?${query}&provider=google`)
    w.h.provider.wrong = { tokenStatus: 500 }
    const page = await w.browser.get(ownPath(w.h.provider.answer(sent.location ?? '')))
    w.h.provider.wrong = {}
    return fromPage(page)
  },
  upstream_token_refused: async (w) => {
    const { client, query } = await socialClient(w)
    const url = `/api/v2/auth/social/authorizeToken?${query}&provider=google&accessToken=x`
    const response = await w.h.app.inject({ url })
    return { status: response.statusCode, error: response.json().error, logged: client }
  },
  sign_up_closed: async () => {
    const h = await openSetting({}, { settings: { signUp: 'invite' } })
    try {
      h.provider.persona = { sub: 'new', preferred_username: 'new' }
      const accessToken = h.provider.accessToken(h.provider.clientId)
      const url = `/api/v2/auth/social/authorizeToken?provider=google&accessToken=${accessToken}`
      const response = await h.app.inject({ url })
      return { status: response.statusCode, error: response.json().error }
    } finally {
      await h.close()
    }
  },
  social_code_invalid: async ({ h }) => {
    const response = await h.app.inject({ url: '/api/v2/auth/social/authorizeCode?provider=google&code=x' })
    return { status: response.statusCode, error: response.json().error }
  },
  account_disabled: async (w) => {
    const { client, query } = await socialClient(w)
    w.h.provider.persona = { sub: 'disabled', preferred_username: 'disabled' }
    const accessToken = w.h.provider.accessToken(w.h.provider.clientId)
    const url = `/api/v2/auth/social/authorizeToken?${query}&provider=google&accessToken=${accessToken}`
    await w.h.app.inject({ url })
    const account = await w.h.storage.accounts.findByLogin('disabled')
    if (account === undefined) throw new Error('nobody was signed in')
    await w.h.storage.accounts.update(account.id, { enabled: false })
    const response = await w.h.app.inject({ url })
    return { status: response.statusCode, error: response.json().error, logged: client }
  },
  ticket_spent: async (w) => {
    const client = await olderClient(w)
    const withTicket = { response_type: 'code', token: makeTicket(w.h.context, w.alice.id) }
    const first = { ...w, browser: testBrowser(w.h.app) }
    const page = await first.browser.follow(
      await first.browser.get(authorizeUrl(client, withTicket).replace('/oauth/', '/api/oauth2/')),
    )
    await allowOn(first.browser, page)
    return atFrontChannel(w, withTicket, client)
  },
  consent_denied: async (w) => {
    const client = await addClient(w.h)
    const page = await w.browser.follow(await w.browser.get(authorizeUrl(client)))
    return fromPage(await w.browser.post('/consent', { ...hiddenFields(page), decision: 'deny' }), client)
  },
  login_cancelled: async (w) => {
    const browser = testBrowser(w.h.app)
    const page = await browser.follow(await browser.get(authorizeUrl(w.client)))
    return fromPage(await browser.post('/login', { ...hiddenFields(page), action: 'cancel' }), w.client)
  },
  id_token_hint_invalid: (w) => atLogout(w, { id_token_hint: 'garbage' }),
  id_token_hint_of_another_client: async (w) => {
    const { id } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
    const other = await addClient(w.h)
    return atLogout(w, { id_token_hint: id, client_id: other.id }, other)
  },
  post_logout_redirect_uri_without_client: (w) => atLogout(w, { post_logout_redirect_uri: callback }),
  post_logout_redirect_uri_not_registered: (w) =>
    atLogout(w, { post_logout_redirect_uri: callback, client_id: w.client.id }, w.client),
  request_not_from_this_browser: async (w) => {
    await w.browser.get('/login')
    return fromPage(await w.browser.get('/oauth/authorize?resume=x'))
  },
  cookies_missing: async (w) => fromPage(await testBrowser(w.h.app).get('/oauth/authorize?resume=x')),
  request_expired: async (w) => fromPage(await w.browser.get('/oauth/authorize?again=x')),
  dpop_proof_missing: async (w) => {
    const client = await addClient(w.h, { dpop_bound_access_tokens: true })
    return fromToken(await token(w.h.app, client, { grant_type: 'client_credentials' }), client)
  },
  dpop_proof_invalid: async (w) => byKey(w, { dpop: 'x' }),
  dpop_proof_used: async (w) => {
    const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
    await byKey(w, proof)
    return byKey(w, proof)
  },
  dpop_nonce_needed: async (w) => {
    const client = await addClient(w.h, { require_dpop_nonce: true })
    return byKey(w, { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }, client)
  },
  dpop_key_other: async (w) => {
    const code = await newCode(w.h, w.client, { dpop_jkt: 'A'.repeat(43) }, w.browser)
    const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
    return fromToken(await exchangeCode(w.h.app, w.client, code, {}, proof), w.client)
  },
  dpop_jkt_malformed: (w) => atAuthorize(w, { dpop_jkt: 'x' }),
  dpop_jkt_other: async (w) => {
    const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/par')) }
    return fromToken(await push(w, w.client, { dpop_jkt: 'A'.repeat(43) }, proof), w.client)
  },
  front_channel_unbound: async (w) =>
    atFrontChannel(w, { response_type: 'token' }, await olderClient(w, { dpop_bound_access_tokens: true })),
  token_bound: async (w) => userinfo(w, { access: await boundToken(w) }),
  token_unbound: async (w) => {
    const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
    return userinfo(w, { header: `DPoP ${access}` })
  },
  token_of_another_key: async (w) => {
    const access = await boundToken(w)
    const other = await newSenderKey()
    const headers = await other.bearing(w.h, 'GET /oauth/userinfo', access)
    const response = await w.h.app.inject({ url: '/oauth/userinfo', headers })
    return { status: response.statusCode, error: response.json().error }
  },
  token_missing: (w) => userinfo(w, {}),
  token_malformed: (w) => userinfo(w, { access: 'x' }),
  token_not_ours: async (w) => {
    const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
    return userinfo(w, { access: access.slice(0, -1) + (access.endsWith('1') ? '2' : '1') })
  },
  token_expired: async (w) => {
    const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
    w.h.clock.move(hour)
    return userinfo(w, { access })
  },
  token_revoked: async (w) => {
    const { access } = await newTokens(w.h, w.client, { scope: 'openid' }, w.browser)
    await token(w.h.app, w.client, {})
    const basic = Buffer.from(`${w.client.id}:${w.client.secret}`).toString('base64')
    await w.h.app.inject({
      method: 'POST',
      url: '/oauth/revoke',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` },
      payload: `token=${access}`,
    })
    return userinfo(w, { access })
  },
  token_for_another_resource: async (w) => {
    const { access } = await newTokens(w.h, w.client, { scope: 'openid', resource: elsewhere }, w.browser)
    return userinfo(w, { access })
  },
  registration_closed: async () => {
    const h = await harness({ settings: { dynamicRegistration: 'off' } })
    const answer = await registering({ h }, {})
    await h.close()
    return answer
  },
  registration_disabled: async (w) => {
    const app = { client_name: 'Twin', token_endpoint_auth_method: 'none' }
    await registering(w, app)
    const twin = (await w.h.storage.clients.list(1000)).find(({ metadata }) => metadata.client_name === 'Twin')
    await w.h.storage.clients.amend(twin?.clientId ?? '', () => ({ status: 'disabled' }))
    return registering(w, app)
  },
  initial_token_missing: (w) => registering(w, {}, { token: undefined }),
  initial_token_invalid: (w) => registering(w, {}, { token: 'iat_x' }),
  registration_token_invalid: async ({ h, client }) => {
    const headers = { authorization: 'Bearer reg_x' }
    const response = await h.app.inject({ method: 'GET', url: `/oauth/register/${client.id}`, headers })
    return { status: response.statusCode, error: response.json().error }
  },
  registrations_exceeded: async () => {
    const h = await harness({ settings: { dynamicRegistration: 'open' } })
    const answers: Provoked[] = []
    for (let i = 0; i < 61; i++) answers.push(await registering({ h }, {}, { token: undefined }))
    await h.close()
    return answers.at(-1) as Provoked
  },
  client_document_address_unsound: (w) => atPar(w, 'https://a.example/x/../y'),
  client_documents_closed: () => withHost({ settings: { appRegistration: 'closed' } }, (w) => atPar(w, documentId)),
  client_document_not_read: async (w) =>
    fromPage(await w.browser.post('/oauth/authorize', authorizeUrl(documentId).split('?')[1] ?? '')),
  client_document_unreadable: () => withHost({ calls: hostsOf().calls }, (w) => atPar(w, documentId)),
  client_document_invalid: () => withHost({ calls: hostsOf({ [documentId]: {} }).calls }, (w) => atPar(w, documentId)),
  client_documents_exceeded: () =>
    withHost({ calls: hostsOf().calls }, async (w) => {
      for (let i = 0; i < 10; i++) await atPar(w, `${documentId}${i}`)
      return atPar(w, documentId)
    }),
  client_document_changed: async () => {
    const document = { client_id: documentId, client_name: 'Moved', redirect_uris: [callback] }
    const { documents, calls } = hostsOf({ [documentId]: document })
    return withHost({ calls }, async ({ h }) => {
      await addAccount(h)
      const browser = testBrowser(h.app)
      const first = await browser.follow(await browser.get(authorizeUrl(documentId, { scope: 'openid' })))
      const page = await signInOn(browser, first)
      documents.set(documentId, { ...document, redirect_uris: [callback, `${callback}2`] })
      h.clock.move(11 * 60_000)
      await testBrowser(h.app).get(authorizeUrl(documentId, { scope: 'openid' }))
      return fromPage(await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' }))
    })
  },
  registered_redirect_uri_invalid: (w) => registering(w, { redirect_uris: [] }),
  client_metadata_invalid: (w) => registering(w, { scope: 'x' }),
  software_statement_untrusted: (w) => registering(w, { software_statement: 'a.b.c' }),
  token_in_query: (w) => userinfo(w, { query: '?access_token=x' }),
  token_twice: (w) => userinfo(w, { access: 'x', form: 'access_token=x' }),
  token_scheme_unsupported: (w) => userinfo(w, { header: 'Bearer a b' }),
  scope_insufficient: async (w) => {
    const { access } = await newTokens(w.h, w.client, { scope: 'basic' }, w.browser)
    return userinfo(w, { access })
  },
  sign_in_insufficient: async (w) => {
    await w.h.storage.resources.put({ resource: elsewhere, scopes: ['openid'], proxy: 'elsewhere' })
    const { access } = await newTokens(w.h, w.client, { scope: 'openid', resource: elsewhere }, w.browser)
    const answer = await w.h.app.inject({
      url: '/oauth/forward-auth/elsewhere?acr_values=urn:consentry:acr:multi-factor',
      remoteAddress: '127.0.0.1',
      headers: { authorization: `Bearer ${access}` },
    })
    const [, error] = /error="([a-z_]+)"/.exec(String(answer.headers['www-authenticate'])) ?? []
    return { status: answer.statusCode, error, logged: w.client }
  },
}

/** Codes that a redirect carries although the table has another status for JSON endpoints. */
const redirected = 303

/** A reason is answered as the table says, and logged for the owner. */
export async function expectProvoked(world: World, reason: Reason): Promise<void> {
  const before = world.h.clock.now()
  const { status, error, logged } = await provoke[reason](world)
  expect(error).toBe(refusals[reason].error)
  if (status !== redirected) {
    const { status: expected } = refusals[reason]
    // Pages have no 401: there is nothing to authenticate with.
    expect(status === expected || (expected === 401 && status === 400), `status ${status}`).toBe(true)
  }
  if (logged === undefined) return
  await world.h.context.requests.flush()
  const records = await world.h.storage.requests.list(logged.id, 200)
  const record = records.find((entry) => entry.reason === reason && entry.at >= before)
  expect(record, `no entry in the request log: ${records.map((entry) => entry.reason)}`).toBeDefined()
  expect(record?.cause).toMatch(/^\w.*\.$/)
  expect(record?.rule).not.toBe('')
}

/** A server that knows everything by which its requests are refused, and a person who is signed in and has allowed an app. */
export async function openWorld(): Promise<World> {
  const day = 86_400
  const settings = {
    frontChannelTokens: true,
    grantLimit: 3,
    tokenRequestsPerDay: 60,
    trustProxy: ['127.0.0.1'],
    sessionIdleTtl: 99 * day,
    sessionTtl: 99 * day,
  }
  const h = await openSetting({}, { settings })
  const alice = await addAccount(h)
  const client = await addClient(h, { redirect_uris: [callback] })
  await h.storage.resources.put({
    resource: elsewhere,
    scopes: ['openid', { name: 'own', for: 'first_party' }],
  })
  const browser = testBrowser(h.app)
  const page = await browser.follow(await browser.get(authorizeUrl(client, { scope: 'openid basic readmeasurements' })))
  await allowOn(browser, await signInOn(browser, page))
  return { h, alice, client, browser }
}
