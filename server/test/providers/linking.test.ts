/**
 * When an identity of a provider joins an account that is here already (security 144 to 147): by issuer and subject, and
 * by an address only where both sides have proved it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizeUrl, hiddenFields, type Page, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword } from '../support/harness.ts'
import {
  googleEntry,
  openSetting,
  ownPath,
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

/** Somebody of the provider with the address of a person here. */
function comeAs(username: string, sub = `sub-of-${username}`): void {
  s.provider.persona = { sub, email: `${username}@example.com`, email_verified: true, preferred_username: username }
}

async function identitiesOf(username: string): Promise<readonly string[]> {
  const account = await s.storage.accounts.findByLogin(username)
  const found = await s.storage.identities.listByUser(account?.id ?? 'usr_')
  return found.map(({ subject }) => subject)
}

async function askedToProve(username: string) {
  await addAccount(s, username)
  comeAs(username)
  const { browser, page } = await signInThrough(s)
  expect(page.status).toBe(200)
  expect(page.body).toContain(`There is an account here with the address <strong>${username}@example.com</strong>`)
  expect(await whoIsSignedIn(browser)).toBeUndefined()
  return { browser, page }
}

const fields = (page: Page, username: string, password = alicePassword) => ({
  ...hiddenFields(page),
  username,
  password,
})

describe('an address that is somebody’s here', () => {
  test('signs nobody in; with the password the two become one', async () => {
    const { browser, page } = await askedToProve('pia')
    const answer = await browser.follow(await browser.post('/login/link', fields(page, 'pia')))
    expect(answer.path).toBe('/account')
    expect(await whoIsSignedIn(browser)).toBe('pia')
    expect(await identitiesOf('pia')).toEqual(['sub-of-pia'])
    const again = await signInThrough(s)
    expect(await whoIsSignedIn(again.browser)).toBe('pia')
  })

  test('and a wrong password connect nothing; guesses count as at sign-in', async () => {
    const { browser, page } = await askedToProve('quinn')
    for (let n = 0; n < 10; n++) {
      const answer = await browser.post('/login/link', fields(page, 'quinn', 'wrong'))
      expect(answer.status).toBe(401)
      expect(answer.body).toContain('>Connect<')
    }
    expect((await browser.post('/login/link', fields(page, 'quinn'))).status).toBe(429)
    expect(await identitiesOf('quinn')).toEqual([])
    s.clock.move(300_000)
  })

  test('joins no other account than the one that has it', async () => {
    await addAccount(s, 'mallory')
    const { browser, page } = await askedToProve('rosa')
    const answer = await browser.post('/login/link', fields(page, 'mallory'))
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('That is another account, so nothing was connected.')
    expect(await whoIsSignedIn(browser)).toBeUndefined()
    expect(await identitiesOf('mallory')).toEqual([])
  })

  test('may be left to that account: the person gets one of their own, without it', async () => {
    const { browser, page } = await askedToProve('sven')
    const answer = await browser.follow(await browser.post('/login/link', { ...hiddenFields(page), action: 'new' }))
    expect(answer.path).toBe('/account')
    expect(await whoIsSignedIn(browser)).toBe('sven2')
    expect(await s.storage.accounts.findByLogin('sven2')).toMatchObject({ email: null, passwordHash: null })
    expect(await identitiesOf('sven')).toEqual([])
  })

  test('waits where too many accounts were opened from the network, and can be used later', async () => {
    const { browser, page } = await askedToProve('ulla')
    while (await s.context.throttle.take('sign_up', '127.0.0.1')) {}
    const answer = await browser.post('/login/link', { ...hiddenFields(page), action: 'new' })
    expect(answer.status).toBe(429)
    expect(Number(answer.response.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.body).toContain('Too many accounts were opened from your network.')
    // What a page holds of it differs each time, so that its compressed length tells nothing.
    expect(hiddenFields(answer).link).not.toBe(hiddenFields(page).link)
    s.clock.move(550_000)
    const later = await browser.follow(await browser.post('/login/link', { ...hiddenFields(answer), action: 'new' }))
    expect(later.path).toBe('/account')
    expect(await whoIsSignedIn(browser)).toBe('ulla2')
  })

  test('keeps the app waiting, not forgotten', async () => {
    const client = await addClient(s)
    await addAccount(s, 'tara')
    comeAs('tara')
    const { browser, page } = await signInThrough(s, authorizeUrl(client))
    const answer = await browser.follow(await browser.post('/login/link', fields(page, 'tara')))
    expect(answer.body).toContain('id="consent-allow"')
  })

  test('lets go of who presses cancel: back to the app with access_denied', async () => {
    const client = await addClient(s)
    await addAccount(s, 'uma')
    comeAs('uma')
    const { browser, page } = await signInThrough(s, authorizeUrl(client))
    const answer = await browser.post('/login/link', { ...hiddenFields(page), action: 'cancel' })
    expect(answer.location).toContain('https://app.example/cb?error=access_denied')
  })
})

describe('what proves an address', () => {
  test('for a provider that runs no mailboxes, nothing does', async () => {
    // email_verified is true, and so is the account's: still the password is asked for.
    await askedToProve('vera')
  })

  test('for one that does, its word; then the account opens at once', async () => {
    await setProviders(s, [{ ...googleEntry(s.provider), email_authoritative: true }])
    await addAccount(s, 'wanda')
    comeAs('wanda')
    const { browser } = await signInThrough(s)
    expect(await whoIsSignedIn(browser)).toBe('wanda')
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('but not against an address that nobody here has proved: who opened that account first keeps out', async () => {
    await setProviders(s, [{ ...googleEntry(s.provider), email_authoritative: true }])
    const attacker = await addAccount(s, 'xenia')
    await s.storage.accounts.update(attacker.id, { emailVerified: false })
    comeAs('xenia')
    const { browser, page } = await signInThrough(s)
    expect(page.body).toContain('There is an account here with the address')
    await browser.post('/login/link', { ...hiddenFields(page), action: 'new' })
    expect(await whoIsSignedIn(browser)).toBe('xenia2')
    expect(await identitiesOf('xenia')).toEqual([])
    await setProviders(s, [googleEntry(s.provider)])
  })

  test.each([[false], ['false'], [1], [undefined]])('email_verified %j does not', async (claim) => {
    await setProviders(s, [{ ...googleEntry(s.provider), email_authoritative: true }])
    const name = `yan-${typeof claim}-${String(claim)}`
    await addAccount(s, name)
    comeAs(name)
    s.provider.persona = { ...s.provider.persona, email_verified: claim }
    const { browser } = await signInThrough(s)
    expect(await whoIsSignedIn(browser)).toBeUndefined()
    await setProviders(s, [googleEntry(s.provider)])
  })
})

describe('what waits to be connected', () => {
  test('is for the browser that brought it', async () => {
    const { page } = await askedToProve('zoe')
    const other = testBrowser(s.app)
    const own = await other.get('/login')
    const answer = await other.post('/login/link', {
      ...hiddenFields(own),
      link: hiddenFields(page).link ?? '',
      username: 'zoe',
      password: alicePassword,
    })
    expect(answer.status).toBe(400)
    expect(await identitiesOf('zoe')).toEqual([])
  })

  test('is used once', async () => {
    const { browser, page } = await askedToProve('abel')
    await browser.post('/login/link', { ...hiddenFields(page), action: 'new' })
    const answer = await browser.post('/login/link', fields(page, 'abel'))
    expect(answer.status).toBe(400)
    expect(await identitiesOf('abel')).toEqual([])
  })

  test('is gone after ten minutes', async () => {
    const { browser, page } = await askedToProve('bela')
    s.clock.move(601_000)
    expect((await browser.post('/login/link', fields(page, 'bela'))).status).toBe(400)
    expect(await identitiesOf('bela')).toEqual([])
  })
})

test('an identity stays with its account when its holder proves another one', async () => {
  await addAccount(s, 'cato')
  comeAs('cato')
  const first = await signInThrough(s)
  const second = await signInThrough(s)
  await first.browser.post('/login/link', { ...hiddenFields(first.page), action: 'new' })
  const answer = await second.browser.post('/login/link', fields(second.page, 'cato'))
  expect(answer.status).toBe(400)
  expect(await identitiesOf('cato')).toEqual([])
  expect(await identitiesOf('cato2')).toEqual(['sub-of-cato'])
})

test('fifty browsers that bring one new person at once open one account', async () => {
  s.provider.persona = { sub: 'crowd-1', preferred_username: 'crowd' }
  // All are at the provider before the first comes back, so that none waits for anything but the others' return.
  const all: { readonly browser: TestBrowser; readonly back: string }[] = []
  while (all.length < 50) {
    const browser = testBrowser(s.app)
    const { sent } = await pressProvider(browser, '/login')
    all.push({ browser, back: ownPath(s.provider.answer(sent.location ?? '')) })
  }
  await Promise.all(all.map(({ browser, back }) => browser.get(back)))
  const names = await Promise.all(all.map(({ browser }) => whoIsSignedIn(browser)))
  expect(new Set(names)).toEqual(new Set(['crowd']))
  expect(await s.storage.accounts.findByLogin('crowd2')).toBeUndefined()
})
