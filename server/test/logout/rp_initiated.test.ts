/** Signing out because an app asks for it (OpenID Connect RP-Initiated Logout 1.0), at /oauth/logout and /logout. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectPage, isActive, newTokens, type Tokens } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { freePort } from '../support/command.ts'
import {
  addAccount,
  addClient,
  callback,
  doJobs,
  type Harness,
  type HarnessOptions,
  harness,
  type TestClient,
} from '../support/harness.ts'
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout_receiver.ts'

const bye = 'https://app.example/bye'
const openid = { scope: 'openid' }

const journal = (h: Harness, more: Record<string, unknown> = {}) =>
  addClient(h, { post_logout_redirect_uris: [bye, `${bye}?from=here`], ...more })

function logoutPath(parameters: Record<string, string> | readonly (readonly [string, string])[]): string {
  return `/oauth/logout?${new URLSearchParams(parameters as Record<string, string>)}`
}

async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  return (await browser.get('/account')).status === 200
}

/** What the page at the end of our own redirects does with a press on one of its buttons. */
async function press(browser: TestBrowser, page: Page, action: 'confirm' | 'cancel'): Promise<Page> {
  return browser.post('/logout', { ...hiddenFields(page), action })
}

async function lastOf(h: Harness, { id }: TestClient) {
  await h.context.requests.flush()
  return (await h.storage.requests.list(id, 1))[0]
}

describe('an app that asks to sign a person out', () => {
  let h: Harness
  let app: TestClient
  let browser: TestBrowser
  let tokens: Tokens
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    await addAccount(h, 'bob')
    app = await journal(h)
  })
  afterAll(() => h.close())

  /** Alice in a browser of her own, signed in to the app. */
  async function arrive(of = app, more: Record<string, string> = openid): Promise<void> {
    browser = testBrowser(h.app)
    tokens = await newTokens(h, of, more, browser)
  }

  test('with her ID token it is done at once, and the browser goes back to the app with its state', async () => {
    await arrive()
    expect(await isActive(h, app, tokens.access)).toBe(true)
    const answer = await browser.get(
      logoutPath({ id_token_hint: tokens.id, post_logout_redirect_uri: `${bye}?from=here`, state: 'a b&c' }),
    )
    expect(answer.status).toBe(303)
    expect(answer.location).toBe(`${bye}?from=here&state=a%20b%26c`)
    expect(answer.response.headers['cache-control']).toBe('no-store')
    expect(answer.response.headers['referrer-policy']).toBe('no-referrer')
    expect(await isSignedIn(browser)).toBe(false)
    expect(await isActive(h, app, tokens.access)).toBe(false)
    expect(await lastOf(h, app)).toMatchObject({ reason: '', ruleset: 'logout', cause: 'The person was signed out.' })
    const events = (await h.storage.audit.list(5)).filter(({ type }) => type === 'signed_out')
    expect(events[0]).toMatchObject({ clientId: app.id })
  })

  test('her ID token may have expired long ago, and nobody has to send an address', async () => {
    await arrive()
    h.clock.move(6 * 86_400_000)
    const answer = await browser.get(logoutPath({ id_token_hint: tokens.id, client_id: app.id, ui_locales: 'fr en' }))
    const page = await browser.follow(answer)
    expect(page.body).toContain('You are signed out')
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('by POST it comes back by GET with nothing in the address that names her, and then it is done', async () => {
    await arrive()
    const form = { id_token_hint: tokens.id, post_logout_redirect_uri: bye, state: 's' }
    const posted = await testBrowser(h.app).post('/oauth/logout', form, {
      origin: 'https://app.example',
      'sec-fetch-site': 'cross-site',
    })
    expect(posted.status).toBe(303)
    expect(posted.location).toMatch(/^\/oauth\/logout\?resume=/)
    expect(posted.location).not.toContain(tokens.id)
    expect(await isSignedIn(browser)).toBe(true)
    expect((await browser.get(posted.location ?? '')).location).toBe(`${bye}?state=s`)
    expect(await isSignedIn(browser)).toBe(false)
    h.clock.move(121_000)
    expectPage(await browser.get(posted.location ?? ''), 'invalid_request')
  })

  test('B40: without her ID token she is asked, and a yes goes back to the app', async () => {
    await arrive()
    const answer = await browser.get(logoutPath({ client_id: app.id, post_logout_redirect_uri: bye, state: 's' }))
    const ask = await browser.follow(answer)
    expect(ask.body).toContain('id="logout-confirm"')
    expect(ask.body).toContain('Meadow Journal')
    expect(ask.body).not.toContain('app.example')
    expect(ask.response.headers['content-security-policy']).not.toContain('form-action')
    expect(await isSignedIn(browser)).toBe(true)
    expect((await press(browser, ask, 'confirm')).location).toBe(`${bye}?state=s`)
    expect(await isSignedIn(browser)).toBe(false)
    expect(await lastOf(h, app)).toMatchObject({ endpoint: '/logout', reason: '', cause: 'The person was signed out.' })
  })

  test('a no goes back to the app as well, and she stays signed in', async () => {
    await arrive()
    const ask = await browser.follow(
      await browser.get(logoutPath({ client_id: app.id, post_logout_redirect_uri: bye, state: 's' })),
    )
    expect((await press(browser, ask, 'cancel')).location).toBe(`${bye}?state=s`)
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('with no parameter, or a state alone, she is asked and ends at a page of ours', async () => {
    for (const parameters of [{}, { state: 's' }]) {
      await arrive()
      const ask = await browser.follow(await browser.get(logoutPath(parameters)))
      expect(ask.body).toContain('id="logout-confirm"')
      expect(ask.response.headers['content-security-policy']).toContain("form-action 'self'")
      const done = await press(browser, ask, 'confirm')
      expect(done.status).toBe(200)
      expect(done.body).toContain('You are signed out')
    }
  })

  test('an ID token of somebody else, of another sign-in, or beside another logout_hint only asks', async () => {
    const strangers = await newTokens(h, app, openid, await signedInAs('bob'))
    await arrive()
    const before = tokens.id
    await arrive()
    for (const parameters of [
      { id_token_hint: strangers.id },
      { id_token_hint: before },
      // Of no session, as after a sign-in by a ticket.
      { id_token_hint: h.context.signer.sign('RS256', 'JWT', { ...decodeJwt(tokens.id), sid: undefined }) },
      { id_token_hint: tokens.id, logout_hint: 'bob@example.com' },
    ]) {
      const answer = await browser.get(logoutPath({ ...parameters, post_logout_redirect_uri: bye }))
      expect(answer.location).toMatch(/^\/logout\?request=/)
      expect(await isSignedIn(browser)).toBe(true)
    }
    await browser.get(logoutPath({ id_token_hint: tokens.id, logout_hint: 'Alice@Example.com' }))
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('who is not signed in goes straight back to the app by an ID token, and by a click without one', async () => {
    await arrive()
    const fresh = testBrowser(h.app)
    const asked = { post_logout_redirect_uri: bye, state: 's' }
    const proved = await fresh.get(logoutPath({ ...asked, id_token_hint: tokens.id }))
    expect(proved.location).toBe(`${bye}?state=s`)
    // Anybody may have made a link that names a client: it sends no browser to an address of that client's choice.
    const answer = await fresh.get(logoutPath({ ...asked, client_id: app.id }))
    expect(answer.location).toMatch(/^\/logout\?request=/)
    const page = await fresh.follow(answer)
    expect(page.status).toBe(200)
    expect(page.body).toContain('You are signed out')
    expect(page.body).toContain(`href="${bye}?state=s"`)
    expect(page.body).toContain('Meadow Journal')
  })

  test('who signs in again in the same browser is still the person of the earlier ID token', async () => {
    await arrive()
    h.clock.move(1000)
    const again = await browser.follow(await browser.get(authorizeUrl(app, { ...openid, prompt: 'login' })))
    expect(again.body).toContain('id="login-form"')
    await signInOn(browser, again)
    const answer = await browser.get(logoutPath({ id_token_hint: tokens.id, post_logout_redirect_uri: bye }))
    expect(answer.location).toBe(bye)
    expect(await isActive(h, app, tokens.access)).toBe(false)
  })

  describe('what is wrong is told on a page, and nobody is signed out or sent anywhere', () => {
    const signed = (id: string, by: (parts: string[]) => void) => {
      const parts = id.split('.')
      by(parts)
      return parts.join('.')
    }
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const turn = (text = '') => `${text.slice(0, -10)}${text.at(-10) === 'A' ? 'B' : 'A'}${text.slice(-9)}`
    const claimsOf = (id: string) => JSON.parse(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString())
    const wrong: Record<string, (id: string) => Record<string, string>> = {
      'an ID token that was changed': (id) => ({
        id_token_hint: signed(id, (parts) => {
          parts[1] = encode({ ...claimsOf(id), sub: 'usr_other' })
        }),
      }),
      'an ID token with another signature': (id) => ({
        id_token_hint: signed(id, (parts) => {
          parts[2] = turn(parts[2])
        }),
        client_id: app.id,
      }),
      'an ID token without a signature': (id) => ({
        id_token_hint: `${encode({ alg: 'none', typ: 'JWT' })}.${id.split('.')[1]}.`,
      }),
      'what is no ID token': () => ({ id_token_hint: 'garbage' }),
      'an unknown client': () => ({ client_id: 'nobody' }),
      'an address without a client': () => ({ post_logout_redirect_uri: bye }),
      'a state that is too long': () => ({ client_id: app.id, state: 'x'.repeat(4097) }),
      'a logout_hint that is too long': () => ({ client_id: app.id, logout_hint: 'x'.repeat(321) }),
    }
    test.each(Object.entries(wrong))('%s', async (name, parameters) => {
      await arrive()
      const error = name === 'an unknown client' ? 'invalid_client' : 'invalid_request'
      expectPage(await browser.get(logoutPath(parameters(tokens.id))), error)
      expectPage(await browser.post('/oauth/logout', parameters(tokens.id)), error)
      expect(await isSignedIn(browser)).toBe(true)
    })

    test.each([
      `${bye}/`,
      `${bye}?x=1`,
      `${bye}#`,
      'https://APP.example/bye',
      'https://evil.example/bye',
      '//evil.example',
      '/\\evil.example',
      'https:evil.example',
      'javascript:alert(1)',
      callback,
    ])('an address that is not registered: %s', async (uri) => {
      await arrive()
      for (const parameters of [{ id_token_hint: tokens.id }, { client_id: app.id }]) {
        const asked = { ...parameters, post_logout_redirect_uri: uri, state: 's' }
        expectPage(await browser.get(logoutPath(asked)), 'invalid_request')
        expectPage(await testBrowser(h.app).get(logoutPath(asked)), 'invalid_request')
      }
      expect(await isSignedIn(browser)).toBe(true)
      expect(await lastOf(h, app)).toMatchObject({
        reason: 'post_logout_redirect_uri_not_registered',
        rule: 'post_logout_redirect_uri',
        got: uri,
      })
    })

    test('B40: an ID token of another app', async () => {
      const other = await journal(h)
      await arrive()
      const asked = { id_token_hint: tokens.id, client_id: other.id, post_logout_redirect_uri: bye }
      expectPage(await browser.get(logoutPath(asked)), 'invalid_request')
      expect(await lastOf(h, other)).toMatchObject({ reason: 'id_token_hint_of_another_client', rule: 'id_token_hint' })
      expect(await isSignedIn(browser)).toBe(true)
    })

    test('an app that is switched off', async () => {
      const off = await journal(h)
      await arrive(off)
      await h.storage.clients.amend(off.id, () => ({ status: 'disabled' }))
      h.context.clients.forget()
      expectPage(await browser.get(logoutPath({ client_id: off.id })), 'invalid_client')
    })

    test('a parameter that comes twice', async () => {
      for (const name of ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'logout_hint']) {
        const twice = [
          [name, 'x'],
          [name, 'x'],
        ] as const
        expectPage(await browser.get(logoutPath(twice)), 'invalid_request')
      }
      expectPage(await browser.post(logoutPath({ client_id: app.id }), { client_id: app.id }), 'invalid_request')
    })

    test('a request that is too large to be asked about', async () => {
      await arrive()
      const state = Array.from({ length: 4096 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7919) % 20_000)))
      const asked = { client_id: app.id, post_logout_redirect_uri: bye, state: state.join('') }
      expectPage(await browser.post('/oauth/logout', asked), 'invalid_request')
    })
  })

  test('a key that has left the key set says nothing: with the client_id she is asked, without it it is an error', async () => {
    await arrive()
    const [head = '', ...rest] = tokens.id.split('.')
    const header = { ...JSON.parse(Buffer.from(head, 'base64url').toString()), kid: 'a-key-of-former-days' }
    const old = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
    expectPage(await browser.get(logoutPath({ id_token_hint: old, post_logout_redirect_uri: bye })), 'invalid_request')
    const answer = await browser.get(logoutPath({ id_token_hint: old, client_id: app.id }))
    expect(answer.location).toMatch(/^\/logout\?request=/)
  })

  test('nothing is done in advance, by HEAD, or by a form of another site', async () => {
    await arrive()
    const path = logoutPath({ id_token_hint: tokens.id })
    expect((await browser.get(path, { 'sec-purpose': 'prefetch' })).status).toBe(503)
    const head = await h.app.inject({ method: 'HEAD', url: path })
    expect(head.statusCode).toBe(405)
    expect(head.headers.allow).toBe('GET, POST')
    const ask = await browser.follow(await browser.get(logoutPath({})))
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await browser.post('/logout', { ...hiddenFields(ask), action: 'confirm' }, foreign)).status).toBe(403)
    expect((await browser.post('/logout', { ...hiddenFields(ask), csrf: 'x', action: 'confirm' })).status).toBe(403)
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('the question belongs to the browser that was asked, and an address that was taken away is not gone to', async () => {
    const changing = await journal(h)
    await arrive(changing)
    const asked = { client_id: changing.id, post_logout_redirect_uri: bye }
    const ask = await browser.follow(await browser.get(logoutPath(asked)))
    const bob = await signedInAs('bob')
    const csrf = hiddenFields(await bob.get('/logout')).csrf ?? ''
    const elsewhere = await bob.post('/logout', { csrf, request: hiddenFields(ask).request ?? '', action: 'confirm' })
    expect(elsewhere.location).toBeUndefined()
    expect(elsewhere.body).toContain('You are signed out')
    await h.storage.clients.amend(changing.id, ({ metadata }) => ({
      metadata: { ...metadata, post_logout_redirect_uris: [] },
    }))
    h.context.clients.forget()
    const done = await press(browser, ask, 'confirm')
    expect(done.location).toBeUndefined()
    expect(done.body).toContain('You are signed out')
  })

  test('each app has a name of its own for the session, the same for as long as it lasts', async () => {
    await arrive()
    const sidOf = ({ id }: Tokens) => JSON.parse(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString()).sid
    const first = sidOf(tokens)
    expect(first).toMatch(/^[A-Za-z0-9_-]{22}$/)
    const second = await newTokens(h, app, openid, browser)
    expect(sidOf(second)).toBe(first)
    const other = await newTokens(h, await journal(h), openid, browser)
    expect(sidOf(other)).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(sidOf(other)).not.toBe(first)
    const elsewhere = await newTokens(h, app, openid, await signedInAs('alice'))
    expect(sidOf(elsewhere)).not.toBe(first)
  })

  async function signedInAs(username: string): Promise<TestBrowser> {
    const fresh = testBrowser(h.app)
    await signInOn(fresh, await fresh.get('/login'), username)
    return fresh
  }
})

describe('openid-client against a real server', () => {
  let h: Harness
  let issuer: string
  let receiver: LogoutReceiver
  beforeAll(async () => {
    receiver = await startLogoutReceiver()
    const port = await freePort()
    issuer = `http://localhost:${port}`
    h = await harness({ settings: { issuer, outboundAllowed: new Set([receiver.origin]) } } satisfies HarnessOptions)
    await h.app.listen({ port, host: '127.0.0.1' })
    await addAccount(h)
  })
  afterAll(async () => {
    await h?.close()
    receiver?.close()
  })

  test('signs a person out at the endpoint in discovery, of which a receiver hears that was down for a minute', async () => {
    const app = await journal(h, { backchannel_logout_uri: receiver.origin })
    receiver.status = 503
    const insecure = { execute: [client.allowInsecureRequests] }
    const configuration = await client.discovery(new URL(issuer), app.id, app.secret, undefined, insecure)
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const begun = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callback,
      scope: 'openid',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const { location, browser } = await authorize(h.app, `${begun.pathname}${begun.search}`, {
      browser: testBrowser(h.app, issuer),
    })
    const answer = await client.authorizationCodeGrant(configuration, location, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    })
    const end = client.buildEndSessionUrl(configuration, {
      id_token_hint: answer.id_token ?? '',
      post_logout_redirect_uri: bye,
      state: 'over',
    })
    expect(end.href.startsWith(`${issuer}/oauth/logout?`)).toBe(true)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const gone = await fetch(end, { redirect: 'manual', headers: { cookie } })
    expect(gone.headers.get('location')).toBe(`${bye}?state=over`)
    expect((await fetch(`${issuer}/account`, { redirect: 'manual', headers: { cookie } })).status).toBe(303)
    const refused = await client.tokenIntrospection(configuration, answer.access_token)
    expect(refused.active).toBe(false)
    for (const pause of [0, 20_000, 40_000]) {
      h.clock.move(pause)
      await doJobs(h)
    }
    expect(receiver.refused).toBeGreaterThan(1)
    expect(receiver.bodies).toEqual([])
    receiver.status = 200
    h.clock.move(90_000)
    await doJobs(h)
    const told = receiver.bodies.map((body) => body.split('logout_token=')[1] ?? '')
    expect(told).toHaveLength(1)
    const keys = createRemoteJWKSet(new URL(configuration.serverMetadata().jwks_uri ?? ''))
    const checks = { issuer, audience: app.id, typ: 'logout+jwt', currentDate: new Date(h.clock.now()) }
    const { payload } = await jwtVerify(told[0] ?? '', keys, checks)
    expect(payload).toMatchObject({ sub: answer.claims()?.sub, sid: answer.claims()?.sid })
  })
})
