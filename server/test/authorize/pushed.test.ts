/** Pushed authorization requests (RFC 9126): taken from the client itself, begun in time, used once. */
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { expectPage, expectRedirect, expectRefusal, liveGrants } from '../support/answers.ts'
import { addAssertingClient } from '../support/assertion.ts'
import {
  allowOn,
  authorize,
  authorizeUrl,
  exchangeCode,
  post,
  type TestBrowser,
  type TokenAnswer,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

type Sender = { readonly id: string; readonly secret?: string }

/** The parameters that `authorizeUrl` has, as a form; undefined takes one out. */
function parameters(client: Sender, more: Record<string, string | undefined> = {}): string {
  const query = authorizeUrl(client.id, more).split('?')[1] ?? ''
  if (client.secret !== undefined) return query
  const form = new URLSearchParams(query)
  form.delete('client_id')
  return form.toString()
}

function push(h: Harness, client: Sender, more: Record<string, string | undefined> = {}): Promise<TokenAnswer> {
  return post(h.app, '/oauth/par', client, parameters(client, more))
}

async function pushed(h: Harness, client: Sender, more: Record<string, string | undefined> = {}): Promise<string> {
  const answer = await push(h, client, more)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.request_uri as string
}

/** Text that no compression makes much shorter. */
function noise(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}

function urlOf(client: Sender | string, requestUri: string, more: Record<string, string> = {}): string {
  const clientId = typeof client === 'string' ? client : client.id
  return `/oauth/authorize?${new URLSearchParams({ client_id: clientId, request_uri: requestUri, ...more })}`
}

describe('pushed authorization requests', () => {
  let h: Harness
  let alice: UserId
  let client: TestClient
  let spa: { readonly id: string }
  let browser: TestBrowser

  beforeAll(async () => {
    h = await harness()
    alice = (await addAccount(h)).id
    client = await addClient(h)
    spa = { id: (await addClient(h, { token_endpoint_auth_method: 'none' })).id }
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())

  test('a request that was pushed leads to a code by client_id and request_uri alone, and the code to tokens', async () => {
    const answer = await push(h, client, { nonce: 'n', state: 'of the push' })
    expect(answer.status).toBe(201)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(Object.keys(answer.body).sort()).toEqual(['expires_in', 'request_uri'])
    expect(answer.body.expires_in).toBe(90)
    const requestUri = answer.body.request_uri as string
    expect(requestUri).toMatch(/^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{22,}$/)
    const { location, code } = await authorize(h.app, urlOf(client, requestUri), { browser })
    expect(`${location.origin}${location.pathname}`).toBe(callback)
    expect(location.searchParams.get('state')).toBe('of the push')
    expect((await exchangeCode(h.app, client, code)).status).toBe(200)
  })

  test('it goes the whole way through sign-in and consent in a browser that nobody is signed in in', async () => {
    const requestUri = await pushed(h, client, { scope: 'basic writemeasurements' })
    const { code } = await authorize(h.app, urlOf(client, requestUri))
    expect((await exchangeCode(h.app, client, code)).body.scope).toBe('basic writemeasurements')
  })

  test('authorize takes it by POST as well', async () => {
    const requestUri = await pushed(h, client)
    const form = { client_id: client.id, request_uri: requestUri }
    const page = await browser.follow(await browser.post('/oauth/authorize', form, { origin: 'https://app.example' }))
    expect(page.location).toMatch(/\?code=/)
  })

  test('everything else in the address is ignored: no redirect URI, scope or state comes from there', async () => {
    const requestUri = await pushed(h, client, { scope: 'basic', state: 'inside' })
    const outside = {
      redirect_uri: 'https://evil.example/',
      scope: 'writemeasurements',
      state: 'outside',
      prompt: 'none',
    }
    const { location, code } = await authorize(h.app, urlOf(client, requestUri, outside), { browser })
    expect(location.origin).toBe(new URL(callback).origin)
    expect(location.searchParams.get('state')).toBe('inside')
    expect((await exchangeCode(h.app, client, code)).body.scope).toBe('basic')
  })

  test('what was not pushed is not taken from the address: no code challenge, nonce or max_age', async () => {
    const requestUri = await pushed(h, client, { code_challenge: undefined, code_challenge_method: undefined })
    const outside = { code_challenge: 'A'.repeat(43), code_challenge_method: 'S256', max_age: '0' }
    const { code } = await authorize(h.app, urlOf(client, requestUri, outside), { browser })
    expectRefusal(await exchangeCode(h.app, client, code), 'invalid_grant')
  })

  test('it may be opened again until it has led to an answer, and no more after that', async () => {
    const requestUri = await pushed(h, client)
    const fresh = testBrowser(h.app)
    for (let i = 0; i < 2; i++)
      expect((await fresh.follow(await fresh.get(urlOf(client, requestUri)))).status).toBe(200)
    expect((await authorize(h.app, urlOf(client, requestUri), { browser })).code).not.toBe('')
    const before = await liveGrants(h, alice)
    expectPage(await browser.get(urlOf(client, requestUri)), 'invalid_request_uri')
    expect(await liveGrants(h, alice)).toBe(before)
  })

  test('of two that agree at once one gets a code, and one grant is stored', async () => {
    const requestUri = await pushed(h, client, { prompt: 'consent' })
    const open = async () => browser.follow(await browser.get(urlOf(client, requestUri)))
    const pages = [await open(), await open(), await open()]
    const before = await liveGrants(h, alice)
    const ends = await Promise.all(pages.map((page) => allowOn(browser, page)))
    expect(ends.filter(({ location }) => location?.includes('code=')).length).toBe(1)
    for (const end of ends) if (end.location === undefined) expectPage(end, 'invalid_request_uri')
    expect(await liveGrants(h, alice)).toBe(before + 1)
  })

  test('its life gates the start alone: a person may take an hour over what was begun in time', async () => {
    const requestUri = await pushed(h, client, { prompt: 'consent' })
    h.clock.move(89_000)
    const page = await browser.follow(await browser.get(urlOf(client, requestUri)))
    h.clock.move(50 * 60_000)
    expect((await allowOn(browser, page)).location).toMatch(/\?code=/)
    const late = await pushed(h, client)
    h.clock.move(90_000)
    expectPage(await browser.get(urlOf(client, late)), 'invalid_request_uri')
    await h.storage.sweep({ rows: 1e12, audit: 1e12 })
    expectPage(await browser.get(urlOf(client, late)), 'invalid_request_uri', 'swept')
  })

  test('an authorization that is completed after its row was swept is still completed once', async () => {
    const requestUri = await pushed(h, client, { prompt: 'consent' })
    const open = async () => browser.follow(await browser.get(urlOf(client, requestUri)))
    const [first, second] = [await open(), await open()]
    h.clock.move(30 * 60_000)
    await h.storage.sweep({ rows: 1e12, audit: 1e12 })
    expect((await allowOn(browser, first)).location).toMatch(/\?code=/)
    expectPage(await allowOn(browser, second), 'invalid_request_uri')
  })

  test('it is of the client that has pushed it alone', async () => {
    const other = await addClient(h)
    const requestUri = await pushed(h, client)
    const before = await liveGrants(h, alice)
    expectPage(await browser.get(urlOf(other, requestUri)), 'invalid_request_uri')
    expectPage(await browser.get(urlOf('nobody', requestUri)), 'invalid_request_uri')
    const nameless = `/oauth/authorize?${new URLSearchParams({ request_uri: requestUri })}`
    expectPage(await browser.get(nameless), 'invalid_request')
    const twice = `${urlOf(client, requestUri)}&request_uri=${encodeURIComponent(requestUri)}`
    expectPage(await browser.get(twice), 'invalid_request')
    expect(await liveGrants(h, alice)).toBe(before)
    expect((await authorize(h.app, urlOf(client, requestUri), { browser })).code).not.toBe('')
  })

  test('a request_uri that was never given out is a page, and any other kind of it goes back as not supported', async () => {
    const known = await pushed(h, client)
    for (const wrong of [`${known}x`, known.slice(0, -1), 'urn:ietf:params:oauth:request_uri:', known.toUpperCase()]) {
      const page = await browser.get(urlOf(client, wrong, { redirect_uri: callback, response_type: 'code' }))
      if (wrong.startsWith('urn:ietf')) expectPage(page, 'invalid_request_uri', wrong)
      else expectRedirect(page, 'request_uri_not_supported', wrong)
    }
    for (const uri of ['https://app.example/r', 'urn:other', known.replace('urn', 'URN')]) {
      expectRedirect(await browser.get(authorizeUrl(client, { request_uri: uri })), 'request_uri_not_supported', uri)
    }
    expectRedirect(await browser.get(authorizeUrl(client, { request: 'e30.e30.' })), 'request_not_supported')
  })

  test.each([
    ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['a response type that there is not', { response_type: 'device' }, 'unsupported_response_type'],
    ['a scope that it may not have', { scope: 'nonsense' }, 'invalid_scope'],
    ['a resource that there is not', { resource: 'https://nowhere.example/' }, 'invalid_target'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'dance' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['another client_id', { client_id: 'somebody' }, 'invalid_request'],
    [
      'a request that is too large to be carried through sign-in',
      { nonce: noise(1000), state: noise(4000), login_hint: noise(4000) },
      'invalid_request',
    ],
  ])('%s is refused when it is pushed', async (_, more, error) => {
    expectRefusal(await push(h, client, more), error)
  })

  test('a repeated parameter is refused when it is pushed, but for resource', async () => {
    for (const name of ['scope', 'state', 'nonce', 'foo']) {
      expectRefusal(
        await post(h.app, '/oauth/par', client, `${parameters(client)}&${name}=a&${name}=a`),
        'invalid_request',
      )
    }
  })

  test('the client authenticates as at the token endpoint, and as it is registered', async () => {
    expectRefusal(await push(h, { id: client.id, secret: 'wrong' }), 'invalid_client', 401)
    expectRefusal(await push(h, { id: client.id }), 'invalid_client', 401)
    expectRefusal(await push(h, { id: 'nobody', secret: 'x' }), 'invalid_client', 401)
    const asserting = await addAssertingClient(h)
    const form = new URLSearchParams(parameters({ id: asserting.id, secret: '' }))
    form.delete('client_id')
    const proof = await asserting.assert()
    const sent = { ...Object.fromEntries(form), ...proof }
    const post = (fields: Record<string, string>) =>
      h.app.inject({
        method: 'POST',
        url: '/oauth/par',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      })
    const answer = await post(sent)
    expect(answer.statusCode, answer.body).toBe(201)
    expect((await post(sent)).json().error, 'the same assertion again').toBe('invalid_client')
    const requestUri = answer.json().request_uri
    expect((await authorize(h.app, urlOf(asserting.id, requestUri), { browser })).code).not.toBe('')
  })

  test('a public client may push, from a page of its own as well', async () => {
    const requestUri = await pushed(h, spa)
    const { code } = await authorize(h.app, urlOf(spa, requestUri), { browser })
    expect((await exchangeCode(h.app, spa, code)).status).toBe(200)
    const answer = await post(h.app, '/oauth/par', spa, parameters(spa), { origin: 'https://app.example' })
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example')
  })

  test('it is asked by POST and a form alone, and no parameter of it stands in the address', async () => {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await h.app.inject({ method, url: `/oauth/par?${parameters(client)}` })
      expect(answer.statusCode).toBe(405)
      expect(answer.headers.allow).toBe('POST')
    }
    expectRefusal(await post(h.app, '/oauth/par?client_id=x', client, parameters(client)), 'invalid_request')
    const json = await h.app.inject({ method: 'POST', url: '/oauth/par', payload: { client_id: client.id } })
    expect(json.statusCode).toBe(400)
    expect(json.json().error).toBe('invalid_request')
  })

  test('an app that is changed meanwhile is judged as it is when the person comes', async () => {
    const moved = await addClient(h)
    const requestUri = await pushed(h, moved)
    const record = await h.storage.clients.find(moved.id)
    const metadata = { ...record?.metadata, redirect_uris: ['https://app.example/elsewhere'] }
    await h.storage.clients.amend(moved.id, () => ({ metadata }))
    h.context.clients.forget()
    expectPage(await browser.get(urlOf(moved, requestUri)), 'invalid_request')
  })

  test('K162: the store is filled by nobody: a network gets 300 at a public app in a minute and a half, then 429', async () => {
    const own = { id: (await addClient(h, { token_endpoint_auth_method: 'none' })).id }
    let last: TokenAnswer | undefined
    for (let i = 0; i < 301; i++) last = await push(h, own)
    expectRefusal(last as TokenAnswer, 'temporarily_unavailable', 429)
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await push(h, spa)).status, 'another app').toBe(201)
    h.clock.move(90_000)
    expect((await push(h, own)).status).toBe(201)
  })

  test('discovery names the endpoint and says whether it must be used', async () => {
    const document = (await h.app.inject('/.well-known/openid-configuration')).json()
    expect(document.pushed_authorization_request_endpoint).toBe(`${issuer}/oauth/par`)
    expect(document.require_pushed_authorization_requests).toBe(false)
  })
})

describe('where requests have to be pushed', () => {
  let h: Harness
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    browser = (await authorize(h.app, authorizeUrl(await addClient(h)))).browser
  })
  afterAll(() => h.close())

  test('an app that is registered so is refused at authorize, and taken by way of a push', async () => {
    const strict = await addClient(h, { require_pushed_authorization_requests: true })
    const location = expectRedirect(await browser.get(authorizeUrl(strict)), 'invalid_request')
    expect(location.searchParams.get('state')).toBe('xyz')
    const requestUri = await pushed(h, strict)
    expect((await authorize(h.app, urlOf(strict, requestUri), { browser })).code).not.toBe('')
  })

  test('an app that comes to ask for it while a person signs in gets no answer to what was not pushed', async () => {
    const client = await addClient(h)
    const page = await browser.follow(await browser.get(authorizeUrl(client)))
    const record = await h.storage.clients.find(client.id)
    const metadata = { ...record?.metadata, require_pushed_authorization_requests: true }
    await h.storage.clients.amend(client.id, () => ({ metadata }))
    h.context.clients.forget()
    expectPage(await allowOn(browser, page), 'invalid_request')
  })
})

describe('a server that takes pushed requests alone', () => {
  let h: Harness
  afterEach(() => h.close())

  test('says so in discovery, and refuses all others at the standard endpoint', async () => {
    h = await harness({ settings: { requirePushedRequests: true } })
    await addAccount(h)
    const client = await addClient(h)
    const document = (await h.app.inject('/.well-known/oauth-authorization-server')).json()
    expect(document.require_pushed_authorization_requests).toBe(true)
    const browser = testBrowser(h.app)
    expectRedirect(await browser.get(authorizeUrl(client)), 'invalid_request')
    const requestUri = await pushed(h, client)
    expect((await authorize(h.app, urlOf(client, requestUri), { browser })).code).not.toBe('')
  })
})
