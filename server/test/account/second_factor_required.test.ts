/** Accounts that must have a second factor: they reach the page that adds one and nothing else (security 133). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { hour } from '../../src/lib/clock.ts'
import type { Account } from '../../src/storage/contract.ts'
import { allowOn, authorizeUrl, hiddenFields, type Page, signInOn, testBrowser } from '../support/browser.ts'
import { codeOf, codesOn, enrol, enterCode, textOf, totpPath } from '../support/factors.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  alicePassword,
  type Harness,
  harness,
  issuer,
  type TestClient,
} from '../support/harness.ts'
import { makePasskey, passkeyFormOf } from '../support/passkeys.ts'

const passkeysPath = '/account/security/passkeys'

const hrefs = (page: Page) => [...page.body.matchAll(/<a [^>]*href="([^"]*)"/g)].map((found) => found[1] ?? '')

describe('where every account needs a second factor', () => {
  let h: Harness
  let app: TestClient
  let number = 0
  beforeAll(async () => {
    h = await harness({ settings: { secondFactor: 'required' } })
    app = await addClient(h)
  })
  afterAll(() => h.close())

  const newPerson = (): Promise<Account> => addAccount(h, `required${++number}`)

  test('a sign-in leads to the page that adds one, and through it to the app', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    const login = await browser.follow(await browser.get(authorizeUrl(app)))
    const page = await signInOn(browser, login, account.username)
    expect(page.path).toMatch(/^\/account\/security\/totp\?request=/)
    expect(page.body).toContain(`You are signed in as <strong dir="auto">${account.username}</strong>`)
    const { page: saved } = await enrol(browser, h.clock, page)
    const onward = hrefs(saved).find((href) => href.includes('resume='))
    const consent = await browser.follow(await browser.get((onward ?? '').replaceAll('&amp;', '&')))
    expect(new URL((await allowOn(browser, consent)).location ?? '').searchParams.has('code')).toBe(true)
  })

  test('a passkey with its person verified does as well, brings recovery codes, and leads on to the app', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    const login = await browser.follow(await browser.get(authorizeUrl(app)))
    const page = await signInOn(browser, login, account.username)
    const offered = hrefs(page).find((href) => href.startsWith(`${passkeysPath}?request=`)) ?? ''
    const shown = await browser.get(offered.replaceAll('&amp;', '&'))
    expect(shown.body).toContain(`You are signed in as <strong dir="auto">${account.username}</strong>`)
    expect(hrefs(shown).some((href) => href.startsWith(`${totpPath}?request=`))).toBe(true)
    const post = async (on: Page, verified: boolean) => {
      const { credential } = makePasskey(passkeyFormOf(on.body), issuer, { verified })
      return browser.follow(await browser.post(passkeysPath, { ...hiddenFields(on), credential, name: 'Laptop' }))
    }
    const refused = await post(shown, false)
    expect(refused.status).toBe(400)
    expect((await browser.get('/account')).location).toMatch(/^\/account\/security\/totp/)
    const saved = await post(refused, true)
    expect(codesOn(saved)).toHaveLength(10)
    const onward = hrefs(saved).find((href) => href.includes('resume='))
    const consent = await browser.follow(await browser.get((onward ?? '').replaceAll('&amp;', '&')))
    expect(new URL((await allowOn(browser, consent)).location ?? '').searchParams.has('code')).toBe(true)
    expect((await h.storage.accounts.find(account.id))?.secondFactor).toBe(true)
  })

  test('a page of ours that was asked for is reached by way of a passkey too', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.get('/login?next=/developer'), account.username)
    const offered = hrefs(page).find((href) => href.startsWith(passkeysPath)) ?? ''
    const shown = await browser.get(offered)
    const { credential } = makePasskey(passkeyFormOf(shown.body), issuer)
    const made = await browser.post(passkeysPath, { ...hiddenFields(shown), credential, name: '' })
    expect(hrefs(await browser.follow(made))).toContain('/developer')
    expect((await browser.get('/developer')).status).toBe(200)
  })

  test('until then no page, app or change is reached, whatever address is opened', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.get('/login?next=/developer'), account.username)
    expect(page.path).toBe(`${totpPath}?next=%2Fdeveloper`)
    for (const path of ['/account', '/account/apps', '/account/security', '/account/devices', '/developer']) {
      const answer = await browser.get(path)
      expect([answer.status, answer.location], path).toEqual([303, `${totpPath}?next=${encodeURIComponent(path)}`])
    }
    const begun = await browser.get(authorizeUrl(app))
    expect(begun.location).toMatch(/^\/account\/security\/totp\?request=/)
    const request = new URL(begun.location ?? '', 'http://x').searchParams.get('request') ?? ''
    expect((await browser.get(`/consent?request=${request}`)).location).toMatch(/^\/login/)
    expect((await browser.get(authorizeUrl(app, { prompt: 'none' }))).location).toContain('error=login_required')
    const allow = await browser.post('/consent', { ...hiddenFields(page), request, decision: 'allow' })
    expect(allow.location).toMatch(/^\/login/)
    const fields = { 'current-password': alicePassword, 'new-password': 'another long meadow word' }
    const change = await browser.post('/account/security', { ...hiddenFields(page), ...fields })
    expect(change.status).toBe(403)
    expect((await h.storage.accounts.find(account.id))?.passwordHash).toBe(account.passwordHash)
    expect(await h.storage.grants.listByUser(account.id, 10)).toEqual([])
    // Signing out is always there.
    const out = await browser.get('/logout')
    expect(out.body).toContain(`${account.username}@example.com`)
    expect((await browser.post('/logout', { ...hiddenFields(out), action: 'confirm' })).body).toContain('signed out')
    expect((await browser.get(totpPath)).location).toMatch(/^\/login/)
  })

  test('the password protocols give nothing out', async () => {
    const account = await newPerson()
    const key = await addSubscriptionKey(h, 'k'.padEnd(32, 'y'), account.id)
    const login = await h.app.inject({
      method: 'POST',
      url: '/auth/v2/login',
      headers: { 'content-type': 'application/json', 'subscription-key': key },
      payload: { username: account.username, password: alicePassword },
    })
    expect(login.statusCode).toBe(401)
  })

  test('an app password that is there opens nothing while there is no second factor', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    await enrol(browser, h.clock, await signInOn(browser, await browser.get('/login'), account.username))
    const place = '/account/security/app-passwords'
    const made = await browser.post(place, { ...hiddenFields(await browser.get(place)), name: 'Scale' })
    const password = textOf(await browser.follow(made), 'app-password')
    const token = async () => {
      const payload = new URLSearchParams({ username: account.username, password }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return (await h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload })).json().success
    }
    expect(await token()).toBe(true)
    await browser.post(`${totpPath}/remove`, hiddenFields(await browser.get(`${totpPath}/remove`)))
    expect(await token()).toBe(false)
  })

  test('an app that signs a person out asks first, and their session ends', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), account.username)
    const asked = await browser.follow(await browser.get('/oauth/logout'))
    expect(asked.body).toContain(`${account.username}@example.com`)
    expect(await h.storage.sessions.listByUser(account.id)).toHaveLength(1)
    await browser.post('/logout', { ...hiddenFields(asked), action: 'confirm' })
    expect(await h.storage.sessions.listByUser(account.id)).toEqual([])
  })

  test('who takes their app away adds another one before anything else, in the same sign-in', async () => {
    const account = await newPerson()
    const browser = testBrowser(h.app)
    await enrol(browser, h.clock, await signInOn(browser, await browser.get('/login'), account.username))
    const confirm = await browser.get(`${totpPath}/remove`)
    const page = await browser.follow(await browser.post(`${totpPath}/remove`, hiddenFields(confirm)))
    expect(page.path).toMatch(/^\/account\/security\/totp/)
    await enrol(browser, h.clock, page)
    expect((await browser.get('/account')).status).toBe(200)
  })
})

describe('on an https issuer, whoever runs the server', () => {
  const at = 'https://id.example'
  let h: Harness
  let number = 0
  beforeAll(async () => {
    h = await harness({ settings: { issuer: at } })
  })
  afterAll(() => h.close())

  test('adds a second factor before setting up ends', async () => {
    const browser = testBrowser(h.app, at)
    const setUp = await browser.get(`/setup?token=${setupToken(h.context).token}`)
    const fields = { username: 'root', email: 'root@example.com', password: 'a meadow in the morning' }
    const page = await browser.follow(await browser.post('/setup', { ...hiddenFields(setUp), ...fields }))
    expect(page.path).toBe(`${totpPath}?next=%2Fadmin`)
    expect((await browser.get('/admin')).location).toMatch(/^\/account\/security\/totp/)
    const { page: saved } = await enrol(browser, h.clock, page)
    expect(hrefs(saved)).toContain('/admin')
    expect((await browser.get('/admin')).status).toBe(200)
  })

  test('adds the first one only within an hour of a link, not by a password alone', async () => {
    const owner = await addAccount(h, `owner${++number}`, { roles: ['admin'] })
    const browser = testBrowser(h.app, at)
    const page = await signInOn(browser, await browser.get('/login'), owner.username)
    expect(page.path).toBe(totpPath)
    expect(page.body).toContain('Open a setup, invitation or reset link first')
    expect(page.body).not.toContain('totp-secret')
    const passkeys = await browser.get(passkeysPath)
    expect(passkeys.body).toContain('Open a setup, invitation or reset link first')
    expect(passkeys.body).not.toContain('passkey-add')
    expect((await browser.get('/account')).location).toMatch(/^\/account\/security\/totp/)
    await h.storage.factors.noteLink(owner.id, h.clock.now() - hour - 1)
    expect((await browser.get(totpPath)).body).not.toContain('totp-secret')
    await h.storage.factors.noteLink(owner.id, h.clock.now())
    const { seed } = await enrol(browser, h.clock)
    const again = testBrowser(h.app, at)
    const asked = await signInOn(again, await again.get('/login'), owner.username)
    await enterCode(again, asked, codeOf(seed, h.clock))
    expect((await again.get('/account')).status).toBe(200)
  })

  test('and nobody else has to', async () => {
    const person = await addAccount(h, 'just-a-person', { roles: ['support'] })
    const browser = testBrowser(h.app, at)
    await signInOn(browser, await browser.get('/login'), person.username)
    expect((await browser.get('/account')).status).toBe(200)
  })
})

describe('where the operator offers no second factor', () => {
  test('none is added, and one that is there is still asked for', async () => {
    const h = await harness()
    const account = await addAccount(h)
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    const { seed } = await enrol(browser, h.clock)
    const off = await harness({
      settings: { secondFactor: 'off' },
      clock: h.clock,
      open: async () => h.storage,
    })
    const other = await addAccount(off, 'bob')
    const bob = testBrowser(off.app)
    await signInOn(bob, await bob.get('/login'), other.username)
    expect((await bob.get('/account/security')).body).not.toContain('data-two-step')
    expect((await bob.get(totpPath)).body).toContain('does not offer two-step verification')
    const again = testBrowser(off.app)
    const asked = await signInOn(again, await again.get('/login'), account.username)
    await enterCode(again, asked, codeOf(seed, h.clock))
    expect((await again.get('/account')).status).toBe(200)
    await off.app.close()
    await h.close()
  })
})
