/** Requests about which nothing was decided: a fault, a database behind, a body that was not read. Their owner sees them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { repairOf } from '../../src/engine/developer/repairs.ts'
import { passwordClients } from '../../src/protocol/dialects.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, openCopy, type TestClient } from '../support/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'consentry-undecided-'))
const path = join(folder, 'undecided.db')
let h: Harness
let client: TestClient
let browser: TestBrowser
beforeAll(async () => {
  h = await harness({ open: (clock) => openCopy(path, clock) })
  const alice = await addAccount(h)
  client = await addClient(h, {}, { ownerId: alice.id })
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
})
afterAll(async () => {
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The newest entry of a client, once there is one of this request. */
async function entryOf(clientId: string, requestId: unknown) {
  return vi.waitFor(async () => {
    await h.context.requests.flush()
    const [found] = await h.storage.requests.find(clientId, String(requestId))
    if (found === undefined) throw new Error('the request left no entry')
    return found
  }, 30_000)
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const basic = () => ({ authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` })
const large = `a=${'x'.repeat(70_000)}`

interface Sent {
  readonly url: string
  readonly headers: Record<string, string>
  readonly payload: string
  /** In whose log it stands, where that is not the app. */
  readonly owner?: string
}

const text = { 'content-type': 'text/plain' }
const json = { 'content-type': 'application/json' }
const unread: readonly (readonly [what: string, reason: string, request: () => Sent])[] = [
  [
    'a large body at the token endpoint',
    'body_too_large',
    () => ({ url: '/oauth/token', headers: { ...form, ...basic() }, payload: large }),
  ],
  [
    'JSON at the token endpoint',
    'content_type_unsupported',
    () => ({ url: '/oauth/token', headers: { ...json, ...basic() }, payload: '{}' }),
  ],
  [
    'a body that is not as long as it says at the token endpoint',
    'unreadable',
    () => ({ url: '/oauth/token', headers: { ...form, ...basic(), 'content-length': '3' }, payload: 'a=longer' }),
  ],
  [
    'a large body whose app is in the query, at the legacy authorize',
    'body_too_large',
    () => ({ url: `/api/oauth2/authorize?clientId=${client.id}`, headers: form, payload: large }),
  ],
  [
    'plain text at the legacy token endpoint',
    'content_type_unsupported',
    () => ({ url: `/api/oauth2/token?client_id=${client.id}`, headers: text, payload: 'x' }),
  ],
  [
    'plain text at the social endpoint',
    'content_type_unsupported',
    () => ({ url: `/api/v2/auth/social/authorizeToken?client_id=${client.id}`, headers: text, payload: 'x' }),
  ],
  [
    'a large body at the JWT login',
    'body_too_large',
    () => ({ url: '/auth/v2/login', headers: form, payload: large, owner: passwordClients.jwt_login.clientId }),
  ],
  [
    'a large body at the password token endpoint',
    'body_too_large',
    () => ({ url: '/v1/oauth/', headers: form, payload: large, owner: passwordClients.password_token.clientId }),
  ],
]

test.each(unread)('%s leaves an entry with its repair', async (_what, reason, request) => {
  const { url, headers, payload, owner = client.id } = request()
  const answer = await h.app.inject({ method: 'POST', url, headers, payload })
  const entry = await entryOf(owner, answer.headers['x-request-id'])
  expect(entry).toMatchObject({ status: answer.statusCode, reason, rule: 'request', authenticated: false })
  expect(entry.cause).toMatch(/not read\.$/)
  expect(repairOf(reason)).toMatch(/^Send /)
})

test('a fault leaves an entry of the app that was proved, which its owner reads with cause and repair', async () => {
  const other = new DatabaseSync(path)
  other.exec('alter table grants rename to grants_away')
  const answer = await token(h.app, client, { grant_type: 'client_credentials', scope: 'basic' })
  const asked = await browser.get(authorizeUrl(client))
  other.exec('alter table grants_away rename to grants')
  other.close()
  expect(answer.status).toBe(500)
  const requestId = answer.headers['x-request-id']
  expect(await entryOf(client.id, requestId)).toMatchObject({ status: 500, reason: 'fault', authenticated: true })
  const page = await browser.get(`/developer/apps/${client.id}/requests?request=${requestId}`)
  expect(page.body).toContain('This server failed while it was at this check.')
  expect(page.body).toContain('tell the operator of the server the request ID')
  expect(asked.status).toBe(303)
})

test.each([
  ['/consent', 'consent'],
  ['/login', 'sign_in'],
  ['/signup', 'sign_in'],
  ['/login/password', 'sign_in'],
])('a refusal at %s leaves an entry of the app whose request it was', async (page, rule) => {
  const asked = await browser.get(authorizeUrl(client, { prompt: 'consent' }))
  const query = new URL(asked.location ?? '', 'http://localhost').search
  const other = testBrowser(h.app)
  await signInOn(other, await other.get('/login'))
  const answer = await other.get(`${page}${query}`)
  const entry = await entryOf(client.id, answer.response.headers['x-request-id'])
  expect(entry).toMatchObject({ endpoint: page, status: answer.status, rule, reason: 'request_not_from_this_browser' })
})

test('a database behind the tokens that are out is 503 with Retry-After at the API and the token endpoint', async () => {
  const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'basic offline_access' }), { browser })
  const first = await exchangeCode(h.app, client, code)
  const second = await refresh(h.app, client, first.body.refresh_token ?? '')
  const other = new DatabaseSync(path)
  other.exec('update grants set step = 0 where step = 2')
  other.close()
  const authorization = `Bearer ${second.body.access_token}`
  const api = await h.app.inject({ url: '/api/v4/measurements', headers: { authorization } })
  expect([api.statusCode, api.headers['retry-after']]).toEqual([503, '2'])
  expect(api.json()).toMatchObject({ status: 'ERROR', code: 503, error: 'temporarily_unavailable' })
  const again = await refresh(h.app, client, second.body.refresh_token ?? '')
  expect([again.status, again.headers['retry-after']]).toEqual([503, '2'])
  const entry = await entryOf(client.id, again.headers['x-request-id'])
  expect(entry).toMatchObject({ status: 503, reason: 'unavailable', authenticated: true })
})

test('nobody is named where the request names no app that exists', async () => {
  const headers = { 'content-type': 'text/plain' }
  const url = '/api/oauth2/token?client_id=nobody'
  const answer = await h.app.inject({ method: 'POST', url, headers, payload: 'x' })
  expect(answer.statusCode).toBe(400)
  await h.context.requests.flush()
  expect(await h.storage.requests.find('nobody', String(answer.headers['x-request-id']))).toEqual([])
})
