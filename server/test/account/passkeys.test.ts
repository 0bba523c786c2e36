/** Passkeys over HTTP: what is kept, who comes in by one, and every answer that lets nobody in (WebAuthn Level 3 §7). */
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { addPasskey, startAdding } from '../../src/engine/account/passkeys/add.ts'
import type { UserId } from '../../src/protocol/names.ts'
import {
  allowOn,
  authorizeUrl,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, doJobs, type Harness, harness, issuer } from '../support/harness.ts'
import { openMailbox } from '../support/mailbox.ts'
import {
  type Asked,
  certificates,
  makePasskey,
  passkeyFormOf,
  signWith,
  type TestPasskey,
  type Twist,
} from '../support/passkeys.ts'

const place = '/account/security/passkeys'
const minute = 60_000

let h: Harness
afterEach(() => h.close())

async function signedIn(username = 'alice'): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), username)
  return browser
}

/** What the page's script would send with its form. */
async function postAdd(browser: TestBrowser, page: Page, credential: string, name = 'Laptop'): Promise<Page> {
  return browser.follow(await browser.post(place, { ...hiddenFields(page), credential, name }))
}

async function add(browser: TestBrowser, twist: Twist = {}): Promise<TestPasskey> {
  const page = await browser.get(place)
  const { passkey, credential } = makePasskey(passkeyFormOf(page.body), issuer, twist)
  const after = await postAdd(browser, page, credential)
  expect(after.status).toBe(200)
  expect(after.body).toMatch(/id="recovery-codes"|The passkey has been added/)
  return passkey
}

/** An account with a passkey. */
async function withPasskey(twist: Twist = {}) {
  h = await harness()
  const account = await addAccount(h)
  const browser = await signedIn()
  return { account, passkey: await add(browser, twist), browser }
}

async function signIn(passkey: TestPasskey, twist: Twist = {}, browser = testBrowser(h.app), from = '/login') {
  const page = await browser.follow(await browser.get(from))
  const credential = signWith(passkey, passkeyFormOf(page.body), issuer, twist)
  return browser.follow(await browser.post('/login/passkey', { ...hiddenFields(page), credential }))
}

async function passkeysOf(userId: UserId) {
  return h.storage.passkeys.listByUser(userId)
}

async function auditTypes(): Promise<string[]> {
  await h.context.audit.flush()
  return (await h.storage.audit.list(50)).map(({ type }) => type)
}

describe('adding a passkey', () => {
  test('keeps its domain, a user handle of 32 random bytes, and asks for no attestation', async () => {
    h = await harness()
    const account = await addAccount(h)
    const browser = await signedIn()
    const page = await browser.get(place)
    const { options } = passkeyFormOf(page.body)
    expect(options).toMatchObject({
      attestation: 'none',
      rp: { id: 'localhost' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const passkey = await add(browser)
    const [kept] = await passkeysOf(account.id)
    expect(kept).toMatchObject({ credentialId: passkey.id, rpId: 'localhost', name: 'Laptop', usedAt: null })
    expect(kept?.userHandle).toHaveLength(32)
    expect(kept?.userHandle.toString('base64url')).toBe(passkey.userHandle)
    expect(await auditTypes()).toContain('passkey_added')
  })

  test('gives the second one the same user handle, and names the first to the browser', async () => {
    const { passkey, browser } = await withPasskey()
    const { options } = passkeyFormOf((await browser.get(place)).body)
    expect(options).toMatchObject({ user: { id: passkey.userHandle }, excludeCredentials: [{ id: passkey.id }] })
    await add(browser)
  })

  test.each<[string, Twist]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another domain', { rpId: 'evil.example' }],
    ['of a sign-in', { type: 'webauthn.get' }],
    ['of another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['made inside of another site', { crossOrigin: true }],
    ['without user verification', { verified: false }],
    ['without a person', { present: false }],
    ['with certificates', { attestation: { format: 'packed', statement: certificates(Buffer.alloc(9)) } }],
    ['of an attestation that was not asked for', { attestation: { format: 'tpm', statement: Buffer.from([0xa0]) } }],
  ])('refuses an answer %s', async (_, twist) => {
    h = await harness()
    const account = await addAccount(h)
    const browser = await signedIn()
    const page = await browser.get(place)
    const { credential } = makePasskey(passkeyFormOf(page.body), issuer, twist)
    const after = await postAdd(browser, page, credential)
    expect(after.status).toBe(400)
    expect(after.body).toContain('The passkey could not be added.')
    expect(await passkeysOf(account.id)).toEqual([])
  })

  test.each(['', '{}', 'null', '[]', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}', '\u{1f511}'])(
    'refuses %j',
    async (credential) => {
      h = await harness()
      await addAccount(h)
      const browser = await signedIn()
      expect((await postAdd(browser, await browser.get(place), credential)).status).toBe(400)
    },
  )

  test('takes an answer once, in the browser and for the account that it was asked of', async () => {
    h = await harness()
    const alice = await addAccount(h)
    const bob = await addAccount(h, 'bob')
    const [first, second, other] = [await signedIn(), await signedIn(), await signedIn('bob')]
    const page = await first.get(place)
    const { credential } = makePasskey(passkeyFormOf(page.body), issuer)
    const { ceremony = '' } = hiddenFields(page)
    for (const stranger of [second, other]) {
      const own = hiddenFields(await stranger.get(place))
      const after = await stranger.post(place, { ...own, ceremony, credential, name: 'x' })
      expect(after.status).toBe(400)
      expect(after.body).toContain('This page was open for too long')
    }
    expect((await postAdd(first, page, credential)).body).toContain('id="recovery-codes"')
    expect((await postAdd(first, page, credential)).status).toBe(400)
    expect(await passkeysOf(alice.id)).toHaveLength(1)
    expect(await passkeysOf(bob.id)).toEqual([])
  })

  test('I134: never gives one account the passkey of another', async () => {
    const { account, passkey } = await withPasskey()
    const bob = await addAccount(h, 'bob')
    const browser = await signedIn('bob')
    const page = await browser.get(place)
    const { credential } = makePasskey(passkeyFormOf(page.body), issuer, { id: passkey.id } as Twist)
    expect((await postAdd(browser, page, credential)).status).toBe(400)
    expect(await passkeysOf(account.id)).toHaveLength(1)
    expect(await passkeysOf(bob.id)).toEqual([])
  })

  test('needs a sign-in within ten minutes, when it is asked for and when it is answered', async () => {
    h = await harness()
    const account = await addAccount(h)
    const browser = await signedIn()
    const page = await browser.get(place)
    h.clock.move(11 * minute)
    const { credential } = makePasskey(passkeyFormOf(page.body), issuer)
    const after = await postAdd(browser, page, credential)
    expect(after.status).toBe(403)
    expect(after.body).toContain(`/login?next=${encodeURIComponent(place)}`)
    const later = await browser.get(place)
    expect(later.body).not.toContain('passkey-add"')
    expect(later.body).toContain('sign in again')
    expect(await passkeysOf(account.id)).toEqual([])
  })

  test('is over with the session that asked, whenever that ended', async () => {
    h = await harness()
    const account = await addAccount(h)
    await signedIn()
    const [session] = await h.storage.sessions.listByUser(account.id)
    if (session === undefined) throw new Error('no session')
    const live = { account, session }
    const started = await startAdding(h.context, live, 'browser')
    if (started === undefined) throw new Error('no ceremony')
    const { credential } = makePasskey(started as Asked, issuer)
    await h.storage.sessions.end(session.id)
    const answer = { state: started.state, credential, browsers: ['browser'], name: 'Late', unnamed: '' }
    const caller = { address: '127.0.0.1', requestId: 'r', userAgent: null }
    expect(await addPasskey(h.context, live, answer, caller)).toEqual({ outcome: 'sign_in_again' })
    expect(await passkeysOf(account.id)).toEqual([])
    expect((await h.storage.accounts.find(account.id))?.secondFactor).toBe(false)
  })

  test('ends at twenty', async () => {
    const { account, browser } = await withPasskey()
    for (let i = 1; i < 20; i++) await add(browser)
    expect((await browser.get(place)).body).not.toContain('passkey-add"')
    expect(await passkeysOf(account.id)).toHaveLength(20)
  })
})

describe('signing in by a passkey', () => {
  test('asks for any passkey, with user verification, and names none', async () => {
    const { passkey } = await withPasskey()
    const { options } = passkeyFormOf((await testBrowser(h.app).get('/login')).body)
    expect(options).toMatchObject({ rpId: 'localhost', allowCredentials: [], userVerification: 'required' })
    expect(JSON.stringify(options)).not.toContain(passkey.id)
  })

  test('leads to the account, and says truly how the person was known', async () => {
    const { account, passkey } = await withPasskey()
    const after = await signIn(passkey)
    expect(after.path).toBe('/account')
    const sessions = await h.storage.sessions.listByUser(account.id)
    expect(sessions.map(({ amr }) => amr)).toContainEqual(['pop', 'user', 'mfa'])
    const [kept] = await passkeysOf(account.id)
    expect(kept?.usedAt).toEqual(expect.any(Number))
    expect(await auditTypes()).toContain('signed_in')
  })

  test('leads on to the page that the person came for', async () => {
    const { passkey } = await withPasskey()
    const after = await signIn(passkey, {}, testBrowser(h.app), '/account/devices')
    expect(after.path).toBe('/account/devices')
  })

  test('leads to the request of an app as a password does', async () => {
    const { passkey } = await withPasskey()
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    const consent = await signIn(passkey, {}, browser, authorizeUrl(client))
    expect(consent.body).toContain('id="consent-allow"')
    const answer = await allowOn(browser, consent)
    expect(answer.location).toMatch(new RegExp(`^${callback}\\?code=`))
  })

  test('leads to the request of a first-party app without a question', async () => {
    const { passkey } = await withPasskey()
    const client = await addClient(h, { first_party: true })
    const answer = await signIn(passkey, {}, testBrowser(h.app), authorizeUrl(client))
    expect(answer.location).toMatch(new RegExp(`^${callback}\\?code=`))
  })

  test('leads to the request of an app of a legacy protocol', async () => {
    const { passkey } = await withPasskey()
    const client = await addClient(h, { dialects: ['quantimodo'], require_pkce: false })
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: callback,
      scope: 'basic',
      state: 's',
    })
    const browser = testBrowser(h.app)
    const consent = await signIn(passkey, {}, browser, `/api/v2/oauth2/authorize?${query}`)
    expect((await allowOn(browser, consent)).location).toMatch(new RegExp(`^${callback}\\?.*code=`))
  })

  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  test.each<[string, Twist]>([
    ['signed with another key', { key: otherKey }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another domain', { rpId: 'evil.example' }],
    ['of a registration', { type: 'webauthn.create' }],
    ['of another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['made inside of another site', { crossOrigin: true }],
    ['without user verification', { verified: false }],
    ['without a person', { present: false }],
    ['that names another account', { userHandle: Buffer.alloc(32).toString('base64url') }],
    ['that names no account', { userHandle: undefined }],
  ])('refuses an answer %s', async (_, twist) => {
    const { account, passkey, browser } = await withPasskey()
    const before = await h.storage.sessions.listByUser(account.id)
    const after = await signIn(passkey, twist)
    expect(after.status).toBe(401)
    expect(after.body).toContain('Signing in with that passkey did not work.')
    expect(await h.storage.sessions.listByUser(account.id)).toHaveLength(before.length)
    expect((await passkeysOf(account.id))[0]?.usedAt).toBeNull()
    expect(browser.cookies.size).toBeGreaterThan(0)
  })

  test.each(['', '{}', 'null', '{"id":1}', `{"id":"${'A'.repeat(1400)}","rawId":"A","type":"public-key"}`])(
    'refuses %j',
    async (credential) => {
      h = await harness()
      const browser = testBrowser(h.app)
      const page = await browser.get('/login')
      expect((await browser.post('/login/passkey', { ...hiddenFields(page), credential })).status).toBe(401)
    },
  )

  test('I134: takes an answer once, whether it was right or wrong', async () => {
    const { passkey } = await withPasskey()
    const browser = testBrowser(h.app)
    const page = await browser.get('/login')
    const form = passkeyFormOf(page.body)
    const wrong = signWith(passkey, form, issuer, { verified: false })
    const right = signWith(passkey, form, issuer)
    expect((await browser.post('/login/passkey', { ...hiddenFields(page), credential: wrong })).status).toBe(401)
    const after = await browser.post('/login/passkey', { ...hiddenFields(page), credential: right })
    expect(after.status).toBe(400)
    expect(after.body).toContain('This page was open for too long.')
  })

  test('of twenty who send one answer at once lets one in', async () => {
    const { account, passkey } = await withPasskey()
    const before = (await h.storage.sessions.listByUser(account.id)).length
    const browser = testBrowser(h.app)
    const page = await browser.get('/login')
    const fields = { ...hiddenFields(page), credential: signWith(passkey, passkeyFormOf(page.body), issuer) }
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post('/login/passkey', fields)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(await h.storage.sessions.listByUser(account.id)).toHaveLength(before + 1)
  })

  test('takes no answer of another browser, and none after an hour', async () => {
    const { passkey } = await withPasskey()
    const [first, second] = [testBrowser(h.app), testBrowser(h.app)]
    const page = await first.get('/login')
    const credential = signWith(passkey, passkeyFormOf(page.body), issuer)
    const { ceremony = '' } = hiddenFields(page)
    const stolen = { ...hiddenFields(await second.get('/login')), ceremony, credential }
    expect((await second.post('/login/passkey', stolen)).status).toBe(400)
    h.clock.move(61 * minute)
    const late = { ...hiddenFields(await first.get('/login')), ceremony, credential }
    expect((await first.post('/login/passkey', late)).status).toBe(400)
  })

  test('takes no answer to adding a passkey', async () => {
    const { passkey, browser } = await withPasskey()
    const { options, state } = passkeyFormOf((await browser.get(place)).body)
    const asked = { options: { ...options, rpId: 'localhost' }, state }
    const fields = { ...hiddenFields(await browser.get('/login')), ceremony: state }
    const credential = signWith(passkey, asked, issuer)
    expect((await browser.post('/login/passkey', { ...fields, credential })).status).toBe(400)
  })

  test('opens no account that is disabled', async () => {
    const { account, passkey } = await withPasskey()
    await h.storage.accounts.update(account.id, { enabled: false })
    expect((await signIn(passkey)).status).toBe(401)
  })

  test('I134: is refused, logged and remembered where the counter has not risen', async () => {
    const { account, passkey } = await withPasskey({ counter: 5 })
    expect((await signIn(passkey, { counter: 6 })).path).toBe('/account')
    const copy = await signIn(passkey, { counter: 6 })
    expect(copy.status).toBe(401)
    expect(copy.body).toContain('there may be a copy of it')
    expect((await passkeysOf(account.id))[0]?.signCount).toBe(6)
    expect(await auditTypes()).toContain('passkey_counter_fell')
    expect(h.logged.join('\n')).toContain('the counter of a passkey has not risen')
    expect((await signIn(passkey, { counter: 7 })).path).toBe('/account')
  })

  test('is throttled by address after a hundred failures', async () => {
    const { passkey } = await withPasskey()
    const browser = testBrowser(h.app)
    for (let i = 0; i < 100; i++) await signIn(passkey, { verified: false }, browser)
    const after = await signIn(passkey, {}, browser)
    expect(after.status).toBe(429)
    expect(Number(after.response.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('a passkey as the second factor', () => {
  /** Signs in by the password alone, up to the page that asks for more. */
  async function atFactor(browser = testBrowser(h.app), from = '/login'): Promise<Page> {
    const page = await signInOn(browser, await browser.follow(await browser.get(from)))
    expect(page.path).toContain('/login/factor')
    return page
  }

  test('is on with the first passkey, which brings ten recovery codes and ends the other sessions', async () => {
    h = await harness()
    const account = await addAccount(h)
    const [other, browser] = [await signedIn(), await signedIn()]
    const page = await browser.get(place)
    const { credential } = makePasskey(passkeyFormOf(page.body), issuer)
    const after = await postAdd(browser, page, credential)
    expect(after.body.match(/<li>[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}<\/li>/g)).toHaveLength(10)
    expect((await h.storage.accounts.find(account.id))?.secondFactor).toBe(true)
    const sessions = await h.storage.sessions.listByUser(account.id)
    expect(sessions.map(({ amr }) => amr)).toEqual([['pwd', 'pop', 'user', 'mfa']])
    expect((await browser.get('/account')).status).toBe(200)
    expect((await other.get('/account')).status).toBe(303)
    expect(await auditTypes()).toContain('second_factor_on')
    const codes = await h.storage.factors.find(account.id)
    await add(browser)
    expect(await h.storage.factors.find(account.id)).toEqual(codes)
  })

  test('is asked for after the password, names the passkeys only then, and leads on to the request of an app', async () => {
    const { account, passkey } = await withPasskey()
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    const page = await atFactor(browser, authorizeUrl(client))
    const asked = passkeyFormOf(page.body)
    expect(asked.options).toMatchObject({ allowCredentials: [{ id: passkey.id }], userVerification: 'required' })
    const credential = signWith(passkey, asked, issuer, { userHandle: undefined })
    const consent = await browser.follow(
      await browser.post('/login/factor/passkey', { ...hiddenFields(page), credential }),
    )
    expect((await allowOn(browser, consent)).location).toMatch(new RegExp(`^${callback}\\?code=`))
    const sessions = await h.storage.sessions.listByUser(account.id)
    expect(sessions.filter(({ amr }) => amr.join(' ') === 'pwd pop user mfa')).toHaveLength(2)
  })

  test('refuses wrong answers, answers of another ceremony, and the passkey of another account', async () => {
    const { passkey } = await withPasskey()
    await addAccount(h, 'bob')
    const foreign = await add(await signedIn('bob'))
    const browser = testBrowser(h.app)
    const page = await atFactor(browser)
    let asked = passkeyFormOf(page.body)
    let fields = hiddenFields(page)
    const send = async (credential: string, change: Record<string, string> = {}) => {
      const answer = await browser.post('/login/factor/passkey', { ...fields, credential, ...change })
      expect(answer.status).toBe(401)
      expect(answer.body).toContain('That passkey did not work.')
      asked = passkeyFormOf(answer.body)
      fields = hiddenFields(answer)
    }
    await send(signWith(foreign, asked, issuer))
    await send(signWith(passkey, asked, issuer, { verified: false }))
    const other = await browser.get('/login')
    const signInAsked = passkeyFormOf(other.body)
    await send(signWith(passkey, signInAsked, issuer), { ceremony: signInAsked.state })
    const spent = fields
    await send('{}')
    await send(signWith(passkey, asked, issuer), { ceremony: spent.ceremony ?? '' })
    expect((await browser.get('/account')).status).toBe(303)
    const credential = signWith(passkey, asked, issuer)
    const after = await browser.follow(await browser.post('/login/factor/passkey', { ...fields, credential }))
    expect(after.path).toBe('/account')
  })

  test('stops a removal that waits, and the account’s history says so', async () => {
    const { account, passkey } = await withPasskey()
    await h.storage.factors.askRemoval(account.id, h.clock.now() + minute)
    const after = await signIn(passkey)
    expect(after.path).toBe('/account')
    expect((await h.storage.factors.find(account.id))?.removalAt).toBeNull()
    expect(await auditTypes()).toContain('factor_removal_stopped')
  })

  test('may be replaced by a recovery code, once', async () => {
    h = await harness()
    await addAccount(h)
    const browser = await signedIn()
    const page = await browser.get(place)
    const shown = await postAdd(browser, page, makePasskey(passkeyFormOf(page.body), issuer).credential)
    const [, code = ''] = /<li>([0-9a-z-]{19})<\/li>/.exec(shown.body) ?? []
    const next = testBrowser(h.app)
    const asked = await atFactor(next)
    expect(asked.body).toContain('enter one of your recovery codes')
    const after = await next.follow(await next.post('/login/factor', { ...hiddenFields(asked), code }))
    expect(after.path).toBe('/account')
    const again = testBrowser(h.app)
    expect((await again.post('/login/factor', { ...hiddenFields(await atFactor(again)), code })).status).toBe(401)
  })

  test('is off again when the last passkey is removed', async () => {
    const { account, browser } = await withPasskey()
    const handle = /<li data-passkey="([^"]+)"/.exec((await browser.get(place)).body)?.[1] ?? ''
    const remove = await browser.get(`${place}/${handle}/remove`)
    await browser.post(`${place}/${handle}/remove`, hiddenFields(remove))
    expect((await h.storage.accounts.find(account.id))?.secondFactor).toBe(false)
    expect(await auditTypes()).toContain('second_factor_off')
    expect((await (await signedIn()).get('/account')).status).toBe(200)
  })

  test('is none where this server has no second factors: a passkey is a way to sign in and nothing more', async () => {
    h = await harness({ settings: { secondFactor: 'off' } })
    const account = await addAccount(h)
    const passkey = await add(await signedIn())
    expect((await h.storage.accounts.find(account.id))?.secondFactor).toBe(false)
    expect((await signIn(passkey)).path).toBe('/account')
    expect((await (await signedIn()).get('/account')).status).toBe(200)
  })

  test('is not given by a password alone to those who run a public server', async () => {
    h = await harness({ settings: { issuer: 'https://login.example', passkeyRpId: 'login.example' } })
    const account = await addAccount(h, 'alice', { roles: ['admin'] })
    const { context } = h
    const session = {
      id: 'ses_1' as const,
      userId: account.id,
      authTime: h.clock.now(),
      amr: ['pwd'],
      createdAt: h.clock.now(),
      lastSeenAt: h.clock.now(),
      address: null,
      userAgent: null,
      userValidAfter: 0,
      termsDue: false,
    }
    const answer = { state: '', credential: '', browsers: [], name: '', unnamed: '' }
    expect(
      await addPasskey(context, { account, session }, answer, {
        address: '127.0.0.1',
        requestId: 'r',
        userAgent: null,
      }),
    ).toEqual({
      outcome: 'needs_link',
    })
  })
})

test('adding and removing a passkey is announced by mail', async () => {
  const mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer() })
  await addAccount(h)
  const browser = await signedIn()
  await add(browser)
  await doJobs(h)
  const subjects = () => mailbox.mails.map(({ subject }) => subject)
  expect(subjects()).toContain('A passkey was added to your account')
  const handle = /<li data-passkey="([^"]+)"/.exec((await browser.get(place)).body)?.[1] ?? ''
  const remove = await browser.get(`${place}/${handle}/remove`)
  await browser.post(`${place}/${handle}/remove`, hiddenFields(remove))
  await doJobs(h)
  expect(subjects()).toContain('A passkey was removed from your account')
  expect(mailbox.mails.map(({ text }) => text).join()).toContain(`${issuer}${place}`)
  await mailbox.close()
})

describe('the page of passkeys', () => {
  test('shows each with its name and uses, and renames and removes it', async () => {
    const { account, browser } = await withPasskey()
    const page = await browser.get(place)
    const handle = /<li data-passkey="([^"]+)"/.exec(page.body)?.[1] ?? ''
    expect(page.body).toContain('Laptop')
    expect(page.body).toContain('not used yet')
    const rename = await browser.get(`${place}/${handle}/rename`)
    const empty = await browser.post(`${place}/${handle}/rename`, { ...hiddenFields(rename), name: ' \u200b ' })
    expect(empty.status).toBe(400)
    const renamed = await browser.follow(
      await browser.post(`${place}/${handle}/rename`, { ...hiddenFields(rename), name: '<b>My</b> phone' }),
    )
    expect(renamed.body).toContain('&lt;b&gt;My&lt;/b&gt; phone')
    expect(renamed.body).toContain('The passkey has been renamed.')
    const remove = await browser.get(`${place}/${handle}/remove`)
    const removed = await browser.follow(await browser.post(`${place}/${handle}/remove`, hiddenFields(remove)))
    expect(removed.body).toContain('The passkey has been removed.')
    expect(await passkeysOf(account.id)).toEqual([])
    expect(await auditTypes()).toEqual(expect.arrayContaining(['passkey_renamed', 'passkey_removed']))
    expect((await browser.get(`${place}/${handle}/remove`)).status).toBe(404)
  })

  test('removes nothing after ten minutes, and nothing of others', async () => {
    const { account, browser } = await withPasskey()
    await addAccount(h, 'bob')
    const handle = /<li data-passkey="([^"]+)"/.exec((await browser.get(place)).body)?.[1] ?? ''
    const other = await signedIn('bob')
    expect((await other.get(`${place}/${handle}/remove`)).status).toBe(404)
    const own = hiddenFields(await other.get(place))
    for (const act of ['rename', 'remove']) {
      expect((await other.post(`${place}/${handle}/${act}`, { ...own, name: 'x' })).status).toBe(404)
    }
    const remove = await browser.get(`${place}/${handle}/remove`)
    h.clock.move(11 * minute)
    expect((await browser.post(`${place}/${handle}/remove`, hiddenFields(remove))).status).toBe(403)
    expect(await passkeysOf(account.id)).toHaveLength(1)
  })

  test('says of a passkey of another domain that it cannot be used, and no sign-in takes it', async () => {
    const { account, passkey, browser } = await withPasskey()
    const [kept] = await passkeysOf(account.id)
    await h.storage.passkeys.remove(account.id, passkey.id)
    if (kept === undefined) throw new Error('no passkey')
    await h.storage.passkeys.insert({ ...kept, rpId: 'old.example' })
    expect((await browser.get(place)).body).toContain('Made for <bdi>old.example</bdi>')
    expect((await signIn(passkey)).status).toBe(401)
    expect((await signIn(passkey, { rpId: 'old.example' })).status).toBe(401)
  })

  test('is not there where the issuer is an IP address, nor is anything of passkeys on the sign-in page', async () => {
    h = await harness({ settings: { passkeyRpId: undefined } })
    await addAccount(h)
    const browser = await signedIn()
    expect((await browser.get(place)).status).toBe(404)
    expect((await browser.get('/account/security')).body).not.toContain(place)
    const page = await testBrowser(h.app).get('/login')
    expect(page.body).not.toContain('passkey')
    expect(page.response.headers['content-security-policy']).not.toContain('script-src')
  })
})
