/** A server without the data API (CONSENTRY_DATA_API=off): nothing there speaks of it, and everything else works. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createContext } from '../../src/runtime/lifecycle.ts'
import { newTokens } from '../support/answers.ts'
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
import {
  addAccount,
  addClient,
  alicePassword,
  type Harness,
  harness,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'

const dataScopes = 'basic readmeasurements writemeasurements'
/** What no page or document of such a server has; an app's secret does come in a variable of its environment. */
const words = /measurement|\bvariables?\b(?! <code>OIDC_)|\bunits?\b|API reference|docs\/api|protected-resource/i

let h: Harness
/** The same database under a server with the data API, which was there before. */
let before: Harness
let client: TestClient
let browser: TestBrowser
let old: { readonly refresh: string; readonly access: string }

beforeAll(async () => {
  before = await harness()
  const alice = await addAccount(before)
  client = await addClient(before, {}, { ownerId: alice.id })
  old = await newTokens(before, client, { scope: `openid email offline_access ${dataScopes}` })
  const context = await createContext({
    ...before.context,
    settings: { ...before.context.settings, dataApi: false },
    secrets: [rootSecret],
  })
  h = { ...before, context, app: await createApp(context) }
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
})
afterAll(async () => {
  await h.app.close()
  await before.close()
})

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/version']
const publicPages = ['/', '/login', '/signup', '/nothing/here']
const ownPages = [
  '/',
  '/account',
  '/account/apps',
  '/account/devices',
  '/account/security',
  '/developer',
  '/developer/apps/new',
  '/nothing/here',
]

describe('what is left out', () => {
  test.each(documents)('%s says nothing of it', async (path) => {
    const { statusCode, body } = await h.app.inject(path)
    expect(statusCode).toBe(200)
    expect(body).not.toMatch(words)
    expect(body).not.toMatch(/"basic"/)
  })

  test.each(publicPages)('%s says nothing of it to a stranger', async (path) => {
    const { body } = await h.app.inject({ url: path, headers: { accept: 'text/html' } })
    expect(body).toContain('</html>')
    expect(body).not.toMatch(words)
  })

  test.each(ownPages)('%s says nothing of it to somebody who is signed in', async (path) => {
    expect((await browser.get(path)).body).not.toMatch(words)
  })

  test.each(['', '/start', '/settings', '/requests', '/secrets'])(
    'an app that holds its scopes is shown without them at APP%s',
    async (part) => {
      const page = await browser.get(`/developer/apps/${client.id}${part}`)
      expect(page.status).toBe(200)
      expect(page.body.replaceAll(/GET|POST/g, '')).not.toMatch(words)
      expect(page.body).not.toMatch(/See your account details|value="basic"/)
    },
  )

  test('who has allowed its scopes before reads nothing of them', async () => {
    const page = await browser.get(`/account/apps/${client.id}`)
    expect(page.body).toContain('See your e-mail address')
    expect(page.body).not.toMatch(words)
    expect(page.body).not.toContain('See your account details')
  })

  test('the words are those of a server that has it', async () => {
    expect((await before.app.inject('/')).body).toMatch(words)
    for (const path of documents.slice(0, 2)) expect((await before.app.inject(path)).body).toMatch(words)
    const page = testBrowser(before.app)
    await signInOn(page, await page.get('/login'))
    for (const path of ['/account', '/developer/apps/new', `/account/apps/${client.id}`]) {
      expect((await page.get(path)).body, path).toMatch(words)
    }
  })

  test.each([
    '/api/v3/measurements',
    '/api/v1/user',
    '/api/units',
    '/api/v3/variables',
    '/docs/api',
    '/docs/api/json',
    '/docs/api/static/oauth2-redirect.html',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/api',
  ])('there is nothing at %s', async (url) => {
    const headers = { authorization: `Bearer ${old.access}` }
    expect((await h.app.inject({ url, headers })).statusCode).toBe(404)
    expect((await before.app.inject({ url, headers })).statusCode).toBe(200)
  })
})

describe('its scopes', () => {
  test.each(dataScopes.split(' '))('%s is unknown to an app that is registered for it', async (scope) => {
    const answer = await h.app.inject(authorizeUrl(client, { scope: `openid ${scope}` }))
    expect(new URL(String(answer.headers.location)).searchParams.get('error')).toBe('invalid_scope')
    const machine = await token(h.app, client, { grant_type: 'client_credentials', scope })
    expect(machine).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
    await h.context.requests.flush()
    const log = await browser.get(`/developer/apps/${client.id}/requests`)
    expect(log.body).toContain('data-reason="scope_unknown"')
  })

  test('an app that names no scope gets what is left of its own, and consent asks for that', async () => {
    const page = await browser.follow(await browser.get(authorizeUrl(client, { scope: undefined, prompt: 'consent' })))
    expect(page.body).toContain('id="consent-allow"')
    expect(page.body).not.toMatch(words)
    const { code } = await authorize(h.app, authorizeUrl(client, { scope: undefined }))
    const { body } = await exchangeCode(h.app, client, code)
    expect(body.scope).toBe('openid profile email offline_access')
  })

  test('a refresh token from before gets what is left of its scopes', async () => {
    const { status, body } = await refresh(h.app, client, old.refresh)
    expect(status).toBe(200)
    expect(body.scope).toBe('openid email offline_access')
  })

  test('a password at a legacy protocol gets a token without them', async () => {
    const payload = { username: 'alice', password: alicePassword }
    const given = await h.app.inject({ method: 'POST', url: '/v1/oauth/', payload })
    expect(given.statusCode).toBe(200)
    const { body } = await h.app.inject({
      method: 'POST',
      url: '/oauth/introspect',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ token: given.json().data.access_token }).toString(),
    })
    expect(body).not.toMatch(words)
  })

  test('an API of the operator may have a scope of the same name, with its own words', async () => {
    await h.storage.resources.put({
      resource: 'https://api.example/notes',
      name: 'Notes',
      scopes: [{ name: 'basic', title: { en: 'Read your notes' } }],
    })
    const other = await addClient(h, { scope: 'openid basic' })
    const page = await browser.follow(await browser.get(authorizeUrl(other, { scope: 'openid basic' })))
    expect(page.body).toContain('Read your notes')
    expect(page.body).toContain('Notes')
    expect(page.body).not.toContain('See your account details')
    await h.storage.resources.delete('https://api.example/notes')
  })
})

test('the client of the reference is nobody there, and is not made in a new database', async () => {
  const reference = authorizeUrl('api-reference', {
    redirect_uri: 'http://localhost:3000/docs/api/static/oauth2-redirect.html',
  })
  expect((await before.app.inject(reference)).statusCode).toBe(303)
  const page = await h.app.inject(reference)
  expect(page.statusCode).toBe(400)
  expect(page.body).toContain('OAuth error: invalid_client')
})

test('userinfo stays, and a refusal of it leads to no metadata', async () => {
  const { body } = await exchangeCode(
    h.app,
    client,
    (await authorize(h.app, authorizeUrl(client, { scope: 'openid email' }))).code,
  )
  const headers = { authorization: `Bearer ${body.access_token}` }
  expect((await h.app.inject({ url: '/oauth/userinfo', headers })).json().email).toBe('alice@example.com')
  const refused = await h.app.inject('/oauth/userinfo')
  expect(refused.statusCode).toBe(401)
  expect(refused.headers['www-authenticate']).toBe('Bearer')
})
