/** Two-step verification by an authenticator app (RFC 6238) and recovery codes, from its first code to its removal. */
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changePassword, setFirstPassword } from '../../src/engine/account/accounts.ts'
import { askAddressChange } from '../../src/engine/account/addresses.ts'
import { addAppPassword } from '../../src/engine/account/app_passwords.ts'
import { enrolTotp, removeTotp, renewRecoveryCodes } from '../../src/engine/account/factors/second_factor.ts'
import { passkeyHandle, removePasskey, renamePasskey } from '../../src/engine/account/passkeys/passkeys.ts'
import { changePicture, removePicture } from '../../src/engine/account/profile/picture.ts'
import { changeProfile } from '../../src/engine/account/profile/profile.ts'
import { changeUsername } from '../../src/engine/account/profile/username.ts'
import { endOtherSessions, endUnknown, type LiveSession } from '../../src/engine/account/sessions.ts'
import { makeTicket } from '../../src/engine/authorize/ticket.ts'
import { closeAccount } from '../../src/engine/developer/close_account.ts'
import { offerApp, takeOver } from '../../src/engine/developer/hand_over.ts'
import { finishConnecting } from '../../src/engine/providers/linked_identities.ts'
import { minute } from '../../src/lib/clock.ts'
import type { Account } from '../../src/storage/contract.ts'
import { addOlderClient } from '../dialects/quantimodo/visits.ts'
import { openSetting, type Setting, signInThrough } from '../providers/setting.ts'
import {
  allowOn,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { codeOf, codesOn, enrol, enterCode, totpPath, withApp } from '../support/factors.ts'
import { addAccount, addClient, addSubscriptionKey, alicePassword, type TestClient } from '../support/harness.ts'

let s: Setting
let app: TestClient
let number = 0
beforeAll(async () => {
  s = await openSetting()
  app = await addClient(s, { scope: 'openid basic readmeasurements' })
})
afterAll(() => s.close())

const nobody = { address: '127.0.0.1', requestId: 'r', userAgent: null }

const newPerson = (): Promise<Account> => addAccount(s, `person${++number}`)

async function signedIn(account: Account): Promise<TestBrowser> {
  const browser = testBrowser(s.app)
  await signInOn(browser, await browser.get('/login'), account.username)
  return browser
}

const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).status === 200

async function eventsOf({ id }: Account): Promise<string[]> {
  await s.context.audit.flush()
  const events = await s.storage.audit.list(1000)
  return events.filter(({ actor, subject }) => actor === id || subject === id).map(({ type }) => type)
}

const payload = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('adding an app', () => {
  test('shows a key and its picture, and stores nothing before a code of it was right', async () => {
    const account = await newPerson()
    const browser = await signedIn(account)
    const page = await browser.get(totpPath)
    const [, seed] = /id="totp-secret"[^>]*>\s*([A-Z2-7]{32})\s*</.exec(page.body) ?? []
    const uri = /id="totp-open" href="([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect([uri.startsWith('otpauth://totp/'), new URL(uri).searchParams.get('secret')]).toEqual([true, seed])
    expect(page.body).toMatch(/<svg[^>]*role="img"[^>]*>.*<path d="M/s)
    expect(page.body).not.toContain('data:')
    expect(page.response.headers['content-encoding']).toBe('identity')
    const wrong = await browser.post(totpPath, { ...hiddenFields(page), code: '000000' })
    expect(wrong.status).toBe(400)
    // The key stays the one that the app was given.
    expect(wrong.body).toContain(/id="totp-secret"[^>]*>\s*([A-Z2-7]{32})/.exec(page.body)?.[1])
    expect(await s.storage.factors.find(account.id)).toBeUndefined()
    expect((await s.storage.accounts.find(account.id))?.secondFactor).toBe(false)
  })

  test('K170: gives ten recovery codes, shown once, and signs other browsers and password apps out', async () => {
    const account = await newPerson()
    const key = await addSubscriptionKey(s, `k${number}`.padEnd(32, 'x'), account.id)
    const login = await s.app.inject({
      method: 'POST',
      url: '/auth/v2/login',
      headers: { 'content-type': 'application/json', 'subscription-key': key },
      payload: { username: account.username, password: alicePassword },
    })
    expect(login.statusCode).toBe(201)
    const other = await signedIn(account)
    const { browser, codes, seed } = await withApp(s, account)
    expect(new Set(codes.map((code) => code.replaceAll('-', ''))).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/)
    expect(codesOn(await browser.get(totpPath))).toEqual([])
    expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false])
    const jwt = login.json().data?.access_token ?? JSON.stringify(login.json()).match(/eyJ[^"]+/)?.[0]
    const validated = await s.app.inject({
      method: 'POST',
      url: '/auth/v2/validate',
      headers: { 'content-type': 'application/json' },
      payload: { token: jwt },
    })
    expect(validated.json()).toMatchObject({ valid: false })
    expect(await eventsOf(account)).toEqual(expect.arrayContaining(['authenticator_added', 'second_factor_on']))
    // Nothing that is stored says the seed or a code.
    const kept = JSON.stringify(await s.storage.factors.find(account.id))
    for (const secret of [seed, ...codes]) {
      const text = secret.replaceAll('-', '')
      expect(kept).not.toContain(text)
      // Nor as bytes, which JSON writes as numbers.
      expect(kept).not.toContain([...Buffer.from(text)].join(','))
    }
  })

  test('I133: needs a sign-in within ten minutes, as removal and new codes do', async () => {
    const account = await newPerson()
    const browser = await signedIn(account)
    const page = await browser.get(totpPath)
    const seed = /id="totp-secret"[^>]*>\s*([A-Z2-7]{32})/.exec(page.body)?.[1] ?? ''
    s.clock.move(11 * minute)
    const late = await browser.post(totpPath, { ...hiddenFields(page), code: codeOf(seed, s.clock) })
    expect(late.status).toBe(403)
    expect(late.body).toContain('sign in again')
    expect((await s.storage.accounts.find(account.id))?.secondFactor).toBe(false)
    const { browser: enrolled } = await withApp(s, account)
    const manage = await enrolled.get(totpPath)
    s.clock.move(11 * minute)
    for (const path of [`${totpPath}/remove`, `${totpPath}/codes`]) {
      expect((await enrolled.post(path, hiddenFields(manage))).status, path).toBe(403)
    }
    expect((await s.storage.accounts.find(account.id))?.secondFactor).toBe(true)
  })

  test('of two at once leaves one app, and its key opens the account', async () => {
    const account = await newPerson()
    const browser = await signedIn(account)
    const pages = [await browser.get(totpPath), await browser.get(totpPath)]
    const answers = await Promise.all(
      pages.map((page) => {
        const seed = /id="totp-secret"[^>]*>\s*([A-Z2-7]{32})/.exec(page.body)?.[1] ?? ''
        return browser.post(totpPath, { ...hiddenFields(page), code: codeOf(seed, s.clock) })
      }),
    )
    // The other one comes too late, or from a session that has been replaced.
    expect(answers.map(({ status }) => status)).toContain(303)
    expect((await eventsOf(account)).filter((type) => type === 'authenticator_added')).toHaveLength(1)
  })
})

describe('a session that ended while its request was under way', () => {
  const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  const handle = 'passkey of the test'
  const next = 'a sentence that nobody guesses'
  const identity = {
    issuer: 'https://p.example',
    subject: 's',
    providerId: 'p',
    providerName: 'P',
    emailProved: false,
    claims: {},
  }
  const portrait = sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  const acts: Readonly<Record<string, (live: LiveSession) => Promise<unknown>>> = {
    'adds no authenticator app': (live) => enrolTotp(s.context, live, { seed, code: codeOf(seed, s.clock) }, nobody),
    'removes no authenticator app': (live) => removeTotp(s.context, live, nobody),
    'makes no recovery codes': (live) => renewRecoveryCodes(s.context, live, nobody),
    'removes no passkey': (live) => removePasskey(s.context, live, passkeyHandle({ credentialId: handle }), nobody),
    'renames no passkey': (live) =>
      renamePasskey(s.context, live, { handle: passkeyHandle({ credentialId: handle }), name: 'Mine' }, nobody),
    'changes no password': (live) => changePassword(s.context, live, { current: alicePassword, next }, nobody),
    'sets no first password': (live) => setFirstPassword(s.context, live, next, nobody),
    'asks for no other address': (live) => askAddressChange(s.context, live, 'other@example.com', nobody),
    'makes no app password': (live) => addAppPassword(s.context, live, 'Old app', nobody),
    'connects no provider': (live) => {
      const { session, account } = live
      const destination = { kind: 'connect', session: session.id, asOf: account.updatedAt } as const
      return finishConnecting(s.context, { destination, identity }, live, nobody)
    },
    'takes no other username': (live) => changeUsername(s.context, live, 'somebody.else', nobody),
    'says nothing else of itself': (live) =>
      changeProfile(s.context, live, { name: 'Somebody', locale: '', zoneinfo: '' }, nobody),
    'changes no picture': async (live) => changePicture(s.context, live, await portrait, nobody),
    'removes no picture': (live) => removePicture(s.context, live, nobody),
    'takes over no app': async (live) => {
      const owner = await newPerson()
      const { id } = await addClient(s, {}, { ownerId: owner.id })
      const client = await s.context.clients.find(id)
      if (client === undefined) throw new Error('no app')
      const made = await offerApp(s.context, { account: owner, caller: nobody }, client, live.account.username)
      const outcome = await takeOver(s.context, live, made.problem === undefined ? made.link : '', nobody)
      expect((await s.storage.clients.find(id))?.ownerId).toBe(owner.id)
      return outcome
    },
    'closes no account': (live) => closeAccount(s.context, live, nobody),
    'ends no other session': (live) => endOtherSessions(s.context, live, nobody),
    'ends nothing unknown': (live) => endUnknown(s.context, live, nobody),
  }
  const ends: Readonly<Record<string, (live: LiveSession) => Promise<unknown>>> = {
    'signed out': ({ session }) => s.storage.sessions.end(session.id),
    'cut off by a new password': ({ account }) => {
      s.clock.move(1000)
      return s.storage.accounts.update(account.id, { validAfter: s.clock.now() })
    },
  }

  test.each(Object.entries(ends))('%s, changes nothing of how its account is entered', async (_how, end) => {
    const account = await newPerson()
    await withApp(s, account)
    await s.storage.passkeys.insert({
      ...{ credentialId: handle, userId: account.id, rpId: 'localhost', userHandle: Buffer.from('h'), name: 'Laptop' },
      ...{ publicKey: Buffer.from('k'), signCount: 0, transports: [], synced: false },
    })
    const [session] = await s.storage.sessions.listByUser(account.id)
    const now = await s.storage.accounts.find(account.id)
    if (session === undefined || now === undefined) throw new Error('no session')
    const live = { account: now, session }
    await end(live)
    const state = async () => ({
      account: await s.storage.accounts.find(account.id),
      factors: await s.storage.factors.find(account.id),
      passkeys: await s.storage.passkeys.listByUser(account.id),
      identities: await s.storage.identities.listByUser(account.id),
      appPasswords: await s.storage.appPasswords.listByUser(account.id),
      sessions: await s.storage.sessions.listByUser(account.id),
      events: await eventsOf(account),
    })
    const before = await state()
    for (const [what, act] of Object.entries(acts)) {
      const outcome = await act(live)
      expect(JSON.stringify(outcome ?? 'session_over'), what).toMatch(/sign_in_again|session_over/)
      expect(await state(), what).toEqual(before)
    }
    await s.storage.passkeys.remove(account.id, handle)
  })
})

describe('signing in', () => {
  test('by password asks for a code before anything is open, and goes on to the app with both in the ID token', async () => {
    const account = await newPerson()
    const { seed } = await withApp(s, account)
    const browser = testBrowser(s.app)
    const login = await browser.follow(await browser.get(authorizeUrl(app, { scope: 'openid basic', nonce: 'n' })))
    const asked = await signInOn(browser, login, account.username)
    expect(asked.path).toMatch(/^\/login\/factor\?/)
    expect(await isSignedIn(browser)).toBe(false)
    expect(asked.body).toContain('Meadow Journal')
    s.clock.move(60_000)
    const consent = await enterCode(browser, asked, codeOf(seed, s.clock))
    expect(consent.body).toContain('id="consent-allow"')
    const code = new URL((await allowOn(browser, consent)).location ?? '').searchParams.get('code') ?? ''
    const { body } = await exchangeCode(s.app, app, code)
    const claims = payload(body.id_token ?? '')
    expect(claims).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:consentry:acr:multi-factor',
      auth_time: Math.floor(s.clock.now() / 1000),
    })
    expect(await eventsOf(account)).toEqual(expect.arrayContaining(['second_factor_asked', 'signed_in']))
  })

  test('I132: takes the code of a step once, also in parallel, and neither an older one', async () => {
    const account = await newPerson()
    const { seed } = await withApp(s, account)
    const [first, second] = [testBrowser(s.app), testBrowser(s.app)]
    const pages = [
      await signInOn(first, await first.get('/login'), account.username),
      await signInOn(second, await second.get('/login'), account.username),
    ] as const
    const code = codeOf(seed, s.clock)
    await Promise.all([enterCode(first, pages[0], code), enterCode(second, pages[1], code)])
    const signed = [await isSignedIn(first), await isSignedIn(second)]
    expect(signed.filter((one) => one)).toHaveLength(1)
    const third = testBrowser(s.app)
    const page = await signInOn(third, await third.get('/login'), account.username)
    for (const old of [code, codeOf(seed, s.clock, -1)]) {
      const again = await enterCode(third, page, old)
      expect(again.status).toBe(401)
      expect(again.body).toContain('already been used')
    }
    expect(await isSignedIn(third)).toBe(false)
    // A clock that is one step ahead is taken, one that is two steps ahead is not.
    expect((await enterCode(third, page, codeOf(seed, s.clock, 2))).status).toBe(401)
    await enterCode(third, page, codeOf(seed, s.clock, 1))
    expect(await isSignedIn(third)).toBe(true)
  })

  test('takes a recovery code once, however it is typed, and says how many are left', async () => {
    const account = await newPerson()
    const { codes, seed } = await withApp(s, account)
    const code = codes[3] ?? ''
    const browser = testBrowser(s.app)
    const page = await signInOn(browser, await browser.get('/login'), account.username)
    await enterCode(browser, page, ` ${code.toUpperCase().replaceAll('-', ' ')} `)
    expect(await isSignedIn(browser)).toBe(true)
    expect((await browser.get(totpPath)).body).toContain('9 of your recovery codes are left')
    const again = testBrowser(s.app)
    const asked = await signInOn(again, await again.get('/login'), account.username)
    expect((await enterCode(again, asked, code)).status).toBe(401)
    await enterCode(again, asked, codeOf(seed, s.clock))
    expect(await isSignedIn(again)).toBe(true)
    expect(await eventsOf(account)).toContain('recovery_code_used')
  })

  test('through a provider asks for the code as well', async () => {
    s.provider.persona = { sub: 'two-step', preferred_username: 'twostep' }
    const { browser: first } = await signInThrough(s)
    const { seed } = await enrol(first, s.clock)
    const { browser, page } = await signInThrough(s)
    expect(page.path).toMatch(/^\/login\/factor\?/)
    expect(await isSignedIn(browser)).toBe(false)
    await enterCode(browser, page, codeOf(seed, s.clock))
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('is asked anew with both factors by prompt=login and max_age, and auth_time moves with them', async () => {
    const account = await newPerson()
    const { browser, seed } = await withApp(s, account)
    for (const more of [{ prompt: 'login' }, { max_age: '60' }]) {
      s.clock.move(5 * minute)
      const login = await browser.follow(await browser.get(authorizeUrl(app, { scope: 'openid basic', ...more })))
      expect(login.body).toContain('id="login-form"')
      const asked = await signInOn(browser, login, account.username)
      const consent = await enterCode(browser, asked, codeOf(seed, s.clock))
      const page = consent.body.includes('id="consent-allow"') ? await allowOn(browser, consent) : consent
      const code = new URL(page.location ?? '').searchParams.get('code') ?? ''
      const claims = payload((await exchangeCode(s.app, app, code)).body.id_token ?? '')
      expect(claims.auth_time).toBe(Math.floor(s.clock.now() / 1000))
    }
  })

  test('can be left by Cancel, which leads back to the app', async () => {
    const account = await newPerson()
    await withApp(s, account)
    const browser = testBrowser(s.app)
    const asked = await signInOn(browser, await browser.follow(await browser.get(authorizeUrl(app))), account.username)
    const page = await browser.post('/login/factor', { ...hiddenFields(asked), action: 'cancel' })
    const back = new URL(page.location ?? '')
    expect([back.origin, back.searchParams.get('error'), back.searchParams.get('state')]).toEqual([
      'https://app.example',
      'access_denied',
      'xyz',
    ])
    const alone = testBrowser(s.app)
    const waiting = await signInOn(alone, await alone.get('/login'), account.username)
    expect((await alone.post('/login/factor', { ...hiddenFields(waiting), action: 'cancel' })).location).toBe('/login')
  })
})

describe('a ticket of the social endpoints', () => {
  test('leads to the code before consent, opens no session, and is not asked for it twice', async () => {
    const older = await addOlderClient(s)
    const account = await newPerson()
    const { seed } = await withApp(s, account)
    const ticket = makeTicket(s.context, account.id, { clientId: older.id })
    const query = new URLSearchParams({ response_type: 'code', client_id: older.id, scope: 'basic', token: ticket })
    const browser = testBrowser(s.app)
    const asked = await browser.follow(await browser.get(`/api/oauth2/authorize?${query}`))
    expect(asked.path).toMatch(/^\/login\/factor\?request=/)
    const request = hiddenFields(asked).request ?? ''
    expect((await browser.get(`/consent?request=${encodeURIComponent(request)}`)).location).toMatch(/^\/login\/factor/)
    const early = await browser.post('/consent', { ...hiddenFields(asked), decision: 'allow' })
    expect(early.location ?? '').not.toContain('code=')
    expect((await enterCode(browser, asked, '000000')).status).toBe(401)
    const consent = await enterCode(browser, asked, codeOf(seed, s.clock))
    expect(consent.body).toContain('id="consent-allow"')
    const again = await browser.get(`/login/factor?request=${encodeURIComponent(hiddenFields(consent).request ?? '')}`)
    expect(again.location).toMatch(/^\/oauth\/authorize\?resume=/)
    expect(await isSignedIn(browser)).toBe(false)
    expect(new URL((await allowOn(browser, consent)).location ?? '').searchParams.has('code')).toBe(true)
    expect(await isSignedIn(browser)).toBe(false)
  })
})

describe('a sign-in that waits for its second factor', () => {
  test('I133: opens no page, whatever address is opened meanwhile, and belongs to its browser', async () => {
    const account = await newPerson()
    const { seed } = await withApp(s, account)
    const browser = testBrowser(s.app)
    const asked = await signInOn(browser, await browser.follow(await browser.get(authorizeUrl(app))), account.username)
    for (const path of ['/account', totpPath, '/developer', '/account/security', '/login/password']) {
      expect((await browser.get(path)).location, path).toMatch(/^\/login/)
    }
    expect((await browser.follow(await browser.get(authorizeUrl(app)))).body).toContain('id="login-form"')
    const { request } = hiddenFields(asked)
    expect((await browser.get(`/consent?request=${request}`)).location).toMatch(/^\/login\?/)
    // Its address in another browser asks for the password again.
    const thief = testBrowser(s.app)
    await thief.get('/login')
    const step = hiddenFields(asked).step ?? ''
    expect((await thief.get(`/login/factor?step=${step}`)).location).toBe('/login')
    await enterCode(browser, asked, codeOf(seed, s.clock))
    // It ends in one session: the page behind it is worth nothing any more.
    s.clock.move(30_000)
    const again = await browser.post('/login/factor', { ...hiddenFields(asked), code: codeOf(seed, s.clock) })
    expect(again.status).toBe(400)
    expect(again.body).toContain('id="login-form"')
  })

  test('ends after ten minutes, with a change of password and with the account', async () => {
    const ends: ((account: Account) => Promise<unknown>)[] = [
      async () => s.clock.move(11 * minute),
      (account) => s.storage.accounts.update(account.id, { validAfter: s.clock.now() + 1 }),
      (account) => s.storage.accounts.update(account.id, { enabled: false }),
    ]
    for (const end of ends) {
      const account = await newPerson()
      const { seed } = await withApp(s, account)
      const browser = testBrowser(s.app)
      const asked = await signInOn(browser, await browser.get('/login'), account.username)
      await end(account)
      s.clock.move(5)
      const answer = await browser.post('/login/factor', { ...hiddenFields(asked), code: codeOf(seed, s.clock) })
      expect(answer.status).toBe(400)
      expect(await isSignedIn(browser)).toBe(false)
    }
  })
})

describe('an account with an app', () => {
  test('gets new recovery codes, and the former ones end', async () => {
    const account = await newPerson()
    const { browser, codes } = await withApp(s, account)
    const manage = await browser.get(totpPath)
    const fresh = codesOn(await browser.follow(await browser.post(`${totpPath}/codes`, hiddenFields(manage))))
    expect(fresh).toHaveLength(10)
    const again = testBrowser(s.app)
    const asked = await signInOn(again, await again.get('/login'), account.username)
    expect((await enterCode(again, asked, codes[0] ?? '')).status).toBe(401)
    await enterCode(again, asked, fresh[0] ?? '')
    expect(await isSignedIn(again)).toBe(true)
    expect(await eventsOf(account)).toContain('recovery_codes_made')
  })

  test('loses it after a question, and then its password is enough', async () => {
    const account = await newPerson()
    const { browser } = await withApp(s, account)
    expect((await browser.get('/account/security')).body).toContain('data-two-step="on"')
    const confirm = await browser.get(`${totpPath}/remove`)
    const done = await browser.follow(await browser.post(`${totpPath}/remove`, hiddenFields(confirm)))
    expect(done.body).toContain('Your authenticator app has been removed.')
    expect(done.body).toContain('data-two-step="off"')
    expect(await isSignedIn(await signedIn(account))).toBe(true)
    expect(await s.storage.factors.find(account.id)).toBeUndefined()
    expect(await eventsOf(account)).toEqual(expect.arrayContaining(['authenticator_removed', 'second_factor_off']))
  })

  test('stays signed in where its password is changed', async () => {
    const account = await newPerson()
    const { browser } = await withApp(s, account)
    const page = await browser.get('/account/security')
    const fields = { 'current-password': alicePassword, 'new-password': 'another long meadow word' }
    const changed = await browser.post('/account/security', { ...hiddenFields(page), ...fields })
    expect(changed.status).toBe(303)
    expect(await isSignedIn(browser)).toBe(true)
  })

  test.each(['/account/security', '/login/password'])(
    'is not signed in anew with both factors by a change of the password at %s',
    async (path) => {
      const account = await newPerson()
      const { browser } = await withApp(s, account)
      const [before] = await s.storage.sessions.listByUser(account.id)
      s.clock.move(11 * minute)
      const fields = { 'current-password': alicePassword, 'new-password': 'another long meadow word' }
      const changed = await browser.post(path, { ...hiddenFields(await browser.get(path)), ...fields })
      expect(changed.status).toBe(303)
      expect(await isSignedIn(browser)).toBe(true)
      expect(await s.storage.sessions.listByUser(account.id)).toMatchObject([
        { authTime: before?.authTime, createdAt: before?.createdAt, amr: before?.amr },
      ])
      const manage = await browser.get(totpPath)
      expect((await browser.post(`${totpPath}/remove`, hiddenFields(manage))).status).toBe(403)
      expect((await s.storage.accounts.find(account.id))?.secondFactor).toBe(true)
    },
  )

  test('gets no provider connected by its password alone', async () => {
    const account = await newPerson()
    await withApp(s, account)
    const { email, username } = account
    s.provider.persona = { sub: `other-${username}`, email, email_verified: true, preferred_username: username }
    const { browser, page } = await signInThrough(s)
    expect(page.body).toContain('>Connect<')
    const fields = { ...hiddenFields(page), username, password: alicePassword }
    const answer = await browser.post('/login/link', fields)
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('needs a second step')
    expect(answer.body).toContain('id="login-submit"')
    expect(await s.storage.identities.listByUser(account.id)).toEqual([])
    expect(await isSignedIn(browser)).toBe(false)
  })
})
