/** Signing in through a provider on the pages, as a person does it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizeUrl, hiddenFields, type Page, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword } from '../support/harness.ts'
import {
  googleEntry,
  openSetting,
  ownPath,
  pageWith,
  pressProvider,
  type Setting,
  setProviders,
  signInThrough,
  whoIsSignedIn,
} from './setting.ts'

let s: Setting
beforeAll(async () => {
  s = await openSetting()
})
afterAll(() => s.close())

test('somebody new gets an account with what the provider tells, and no password', async () => {
  s.provider.persona = { sub: 'new-1', email: 'dora@example.org', name: 'Dora Fields', preferred_username: 'dora' }
  const { browser, page } = await signInThrough(s)
  expect(page.path).toBe('/account')
  expect(await whoIsSignedIn(browser)).toBe('dora')
  const account = await s.storage.accounts.findByLogin('dora')
  expect(account).toMatchObject({
    email: 'dora@example.org',
    emailVerified: false,
    passwordHash: null,
    claims: { name: 'Dora Fields' },
  })
  expect(await s.storage.identities.listByUser(account?.id ?? 'usr_')).toMatchObject([
    { issuer: s.provider.issuer, subject: 'new-1', providerId: 'google', label: 'dora@example.org' },
  ])
})

test('the same person comes to the same account, whatever became of their address and name', async () => {
  s.provider.persona = { sub: 'same-1', email: 'eric@example.org', preferred_username: 'eric' }
  await signInThrough(s)
  s.provider.persona = { sub: 'same-1', email: 'erica@example.org', preferred_username: 'erica' }
  const { browser } = await signInThrough(s)
  expect(await whoIsSignedIn(browser)).toBe('eric')
  expect((await s.storage.accounts.findByLogin('eric'))?.email).toBe('eric@example.org')
})

test('a password opens no account that has none', async () => {
  s.provider.persona = { sub: 'nopw-1', preferred_username: 'nopw' }
  await signInThrough(s)
  const browser = testBrowser(s.app)
  for (const password of ['', 'null', alicePassword]) {
    const page = await browser.get('/login')
    const answer = await browser.post('/login', { ...hiddenFields(page), username: 'nopw', password })
    expect([400, 401]).toContain(answer.status)
  }
})

test('an app gets its code for the person that the provider named, after consent', async () => {
  const client = await addClient(s)
  s.provider.persona = { sub: 'app-1', preferred_username: 'fiona' }
  const { browser, page } = await signInThrough(s, authorizeUrl(client))
  expect(page.body).toContain('id="consent-allow"')
  expect(page.body).toContain('fiona')
  const allowed = await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })
  expect(allowed.location).toMatch(/^https:\/\/app\.example\/cb\?code=ac\w+&state=xyz/)
})

test('prompt=login is satisfied by a sign-in through the provider', async () => {
  const client = await addClient(s)
  s.provider.persona = { sub: 'prompt-1', preferred_username: 'gina' }
  const first = await signInThrough(s)
  s.clock.move(1000)
  const { page } = await signInThrough(s, authorizeUrl(client, { prompt: 'login' }), { browser: first.browser })
  expect(page.body).toContain('id="consent-allow"')
})

test.each([
  [{ prompt: 'login' }, 'login'],
  [{ max_age: '60' }, 'login'],
  [{ prompt: 'select_account' }, 'select_account'],
  [{}, null],
])('what an app asks for by %j is asked for at the provider too', async (more, expected) => {
  const client = await addClient(s)
  const { sent } = await pressProvider(testBrowser(s.app), authorizeUrl(client, more))
  expect(new URL(sent.location ?? '').searchParams.get('prompt')).toBe(expected)
})

test('a page of ours that sent the person to sign in is where they arrive', async () => {
  s.provider.persona = { sub: 'next-1', preferred_username: 'hugo' }
  const { page } = await signInThrough(s, '/account/apps')
  expect(page.path).toBe('/account/apps')
})

test('the request that the provider gets has state, nonce and an S256 challenge, new each time', async () => {
  const asked = []
  for (let n = 0; n < 2; n++) {
    const { sent } = await pressProvider(testBrowser(s.app), '/login')
    asked.push(new URL(sent.location ?? '').searchParams)
  }
  const [first, second] = asked
  expect(Object.fromEntries(first ?? [])).toMatchObject({
    response_type: 'code',
    client_id: s.provider.clientId,
    redirect_uri: 'http://localhost:3000/login/return/google',
    scope: 'openid profile email',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
  })
  for (const name of ['state', 'nonce', 'code_challenge']) expect(first?.get(name)).not.toBe(second?.get(name))
})

describe('who says no', () => {
  /** Where a browser sends the form for name and password. */
  function formAction(page: Page): string {
    return /<form id="login-form"[^>]* action="([^"]+)"/.exec(page.body)?.[1] ?? page.path
  }

  test('is back on the sign-in page, which says so and works', async () => {
    const client = await addClient(s)
    const { browser, page } = await signInThrough(s, authorizeUrl(client), { decision: 'deny' })
    expect(page.status).toBe(400)
    expect(page.body).toContain('You were not signed in with Google.')
    await addAccount(s, 'ida')
    const fields = { ...hiddenFields(page), username: 'ida', password: alicePassword }
    const went = await browser.follow(await browser.post(formAction(page), fields))
    expect(went.body).toContain('id="consent-allow"')
  })

  test('comes to the page of ours that sent them by password, too, and so does whose provider is gone', async () => {
    await addAccount(s, 'ilse')
    const denied = await signInThrough(s, '/account/apps', { decision: 'deny' })
    const browser = testBrowser(s.app)
    const page = await browser.follow(await browser.get('/account/apps'))
    await setProviders(s, [{ ...googleEntry(s.provider), issuer: `${s.provider.issuer}/gone` }])
    const gone = await browser.post('/login/start/google', { ...hiddenFields(page), next: '/account/apps' })
    await setProviders(s, [googleEntry(s.provider)])
    expect([denied.page.status, gone.status]).toEqual([400, 503])
    for (const [at, shown] of [
      [denied.browser, denied.page],
      [browser, gone],
    ] as const) {
      const fields = { ...hiddenFields(shown), username: 'ilse', password: alicePassword }
      expect((await at.follow(await at.post(formAction(shown), fields))).path).toBe('/account/apps')
    }
  })

  test('and a provider that fails are told apart; neither opens an account', async () => {
    s.provider.persona = { sub: 'fails-1', preferred_username: 'fails' }
    s.provider.wrong = { tokenStatus: 500 }
    const { browser, page } = await signInThrough(s)
    s.provider.wrong = {}
    expect([page.status, await whoIsSignedIn(browser)]).toEqual([502, undefined])
    expect(page.body).toContain('Signing in with Google did not work.')
    expect(await s.storage.accounts.findByLogin('fails')).toBeUndefined()
  })
})

describe('usernames', () => {
  test('that are taken get a number', async () => {
    await addAccount(s, 'john')
    for (const sub of ['john-a', 'john-b']) {
      s.provider.persona = { sub, preferred_username: 'john' }
      const { browser } = await signInThrough(s)
      expect(await whoIsSignedIn(browser)).toBe(sub === 'john-a' ? 'john2' : 'john3')
    }
  })

  test('come from the address or the name where the provider tells none, and never hold what a username may not', async () => {
    const wished: readonly [Record<string, unknown>, RegExp][] = [
      [{ email: 'kim.lee+x@example.org' }, /^kim\.leex$/],
      [{ name: 'Lou Ōtani' }, /^LouŌtani$/],
      [{ preferred_username: '<script>', name: '   ' }, /^script$/],
      [{ preferred_username: '../../' }, /^\.\.\.\.$|^user-/],
      [{}, /^user-\w+$/],
    ]
    for (const [n, [told, expected]] of wished.entries()) {
      s.provider.persona = { sub: `wished-${n}`, ...told }
      const { browser } = await signInThrough(s)
      expect(await whoIsSignedIn(browser)).toMatch(expected)
    }
  })
})

describe('an account that is closed', () => {
  test('is not opened by its provider either', async () => {
    s.provider.persona = { sub: 'closed-1', preferred_username: 'mara' }
    await signInThrough(s)
    const account = await s.storage.accounts.findByLogin('mara')
    await s.storage.accounts.update(account?.id ?? 'usr_', { enabled: false })
    const { browser, page } = await signInThrough(s)
    expect(page.status).toBe(403)
    expect(page.body).toContain('This account is closed.')
    expect(await whoIsSignedIn(browser)).toBeUndefined()
  })
})

describe('the sign-in page', () => {
  test('has no button, and a plain policy, where there is no provider', async () => {
    const none = await openSetting()
    await setProviders(none, [])
    const page = await testBrowser(none.app).get('/login')
    expect(page.body).not.toContain('/login/start')
    expect(page.response.headers['content-security-policy']).toContain("form-action 'self';")
    await none.close()
  })

  test('lets no form end at the provider: a page of its own leads there, through whatever houses', async () => {
    const { page, sent } = await pressProvider(testBrowser(s.app), '/login')
    expect(page.body).toContain('Continue with Google')
    expect(page.response.headers['content-security-policy']).toContain("form-action 'self';")
    expect([sent.status, sent.response.headers.location]).toEqual([200, undefined])
    expect(sent.location).toMatch(`${s.provider.issuer}/authorize?`)
    expect(sent.body).toContain(`href="${sent.location?.replaceAll('&', '&amp;')}"`)
    expect(sent.response.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
  })

  test('sends nobody to an address that is none of the web', async () => {
    s.provider.wrong = { authorizationEndpoint: 'javascript:alert(1)' }
    await setProviders(s, [{ ...googleEntry(s.provider), name: 'Anew' }])
    const { sent } = await pressProvider(testBrowser(s.app), '/login')
    s.provider.wrong = {}
    await setProviders(s, [googleEntry(s.provider)])
    expect([sent.status, sent.location]).toEqual([503, undefined])
    expect(sent.body).not.toContain('javascript:')
  })

  test('keeps the button of a provider that cannot be reached, disabled and with a sentence', async () => {
    await setProviders(s, [
      googleEntry(s.provider),
      { id: 'gone', kind: 'oidc', issuer: `${s.provider.issuer}/gone`, client_id: 'x', name: 'Gone' },
    ])
    const isDisabled = /id="login-with-gone"[^>]* disabled[^>]*>Continue with Gone</
    const page = await pageWith(isDisabled, () => testBrowser(s.app).get('/login'))
    expect(page.body).toContain('Continue with Google')
    expect(page.body).toContain('Gone cannot be reached at the moment. Please try again later.')
    expect(page.body).not.toContain('action="/login/start/gone"')
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('keeps the button of a provider that is still being asked, which works once it has answered', async () => {
    let answer = () => {}
    const discoveryHeld = new Promise<void>((resolve) => {
      answer = resolve
    })
    s.provider.wrong = { discoveryHeld }
    await setProviders(s, [{ ...googleEntry(s.provider), name: 'Slow' }])
    const browser = testBrowser(s.app)
    const page = await browser.get('/login')
    expect(page.body).toContain('Continue with Slow')
    expect(page.body).not.toContain('cannot be reached at the moment')
    const pressed = browser.post('/login/start/google', hiddenFields(page))
    answer()
    expect((await pressed).status).toBe(200)
    s.provider.wrong = { discoveryIssuer: 'https://evil.example' }
    await setProviders(s, [{ ...googleEntry(s.provider), name: 'Failed' }])
    expect((await browser.get('/login')).body).toContain('Failed cannot be reached at the moment.')
    s.provider.wrong = {}
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('keeps the button of a provider that can no longer be read', async () => {
    s.clock.move(3_600_000)
    s.provider.wrong = { discoveryIssuer: 'https://evil.example' }
    expect((await testBrowser(s.app).get('/login')).body).toContain('Continue with Google')
    s.provider.wrong = {}
  })

  test('takes no press of a button that did not come from it', async () => {
    const browser = testBrowser(s.app)
    await browser.get('/login')
    expect((await browser.post('/login/start/google', { csrf: 'x' })).status).toBe(403)
    const page = await browser.get('/login')
    const elsewhere = { origin: 'https://evil.example' }
    expect((await browser.post('/login/start/google', hiddenFields(page), elsewhere)).status).toBe(403)
    expect((await browser.post('/login/start/nobody', hiddenFields(page))).status).toBe(404)
    expect((await browser.get('/login/start/google')).status).toBe(404)
  })
})

test('a plain OAuth 2 provider and Facebook name people by their profile', async () => {
  const { issuer, clientId, clientSecret } = s.provider
  const both = { client_id: clientId, client_secret: clientSecret }
  await setProviders(s, [
    {
      id: 'hub',
      kind: 'oauth2',
      name: 'The Hub',
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      ...both,
    },
    { id: 'facebook', kind: 'facebook', issuer, ...both },
  ])
  s.provider.persona = { sub: '4711', name: 'Nils', email: 'nils@example.org' }
  const viaHub = await signInThrough(s, '/login', { id: 'hub' })
  const viaFacebook = await signInThrough(s, '/login', { id: 'facebook' })
  expect(await whoIsSignedIn(viaHub.browser)).toBe('nils')
  // The same number at another provider is another person, whose address is somebody's by now.
  expect(viaFacebook.page.body).toContain('There is an account here with the address')
  await setProviders(s, [googleEntry(s.provider)])
})

test('a key that the provider has just begun to sign with is asked for at once, and one that is known not again', async () => {
  s.provider.persona = { sub: 'key-1', preferred_username: 'keya' }
  await signInThrough(s)
  const asked = () => s.provider.calls.get('/jwks') ?? 0
  const before = asked()
  await s.provider.rotateKey()
  for (let n = 0; n < 3; n++) expect(await whoIsSignedIn((await signInThrough(s)).browser)).toBe('keya')
  expect(asked() - before).toBe(1)
})

test('what a provider has sent back goes no further than the account: no token of it is kept or logged', async () => {
  s.provider.persona = { sub: 'kept-1', preferred_username: 'olga' }
  const browser = testBrowser(s.app)
  const { sent } = await pressProvider(browser, '/login')
  const back = s.provider.answer(sent.location ?? '')
  await browser.get(ownPath(back))
  const secrets = [new URL(back).searchParams.get('code') ?? '', s.provider.clientSecret]
  for (const secret of secrets) expect(s.logged.join('\n')).not.toContain(secret)
})
