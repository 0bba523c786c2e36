/**
 * The ways to sign in on the account's own page: connecting a provider and taking it away (security 146: a session that
 * has signed in lately, a state bound to it, one exact identity, once).
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { all, byId, type Element, read, textOf } from '../pages/markup.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword } from '../support/harness.ts'
import { startProvider, type TestProvider } from '../support/test_provider.ts'
import {
  auditedWays,
  csrfOf,
  googleEntry,
  openSetting,
  ownPath,
  pageWith,
  postSigned,
  type Setting,
  setProviders,
  signInThrough,
  signInWithoutPassword,
  wentOn,
  whoIsSignedIn,
} from './setting.ts'

const security = '/account/security'
const minutes = 60_000

let s: Setting
let campus: TestProvider
let both: Record<string, unknown>[]
beforeAll(async () => {
  campus = await startProvider()
  s = await openSetting({}, { settings: { outboundAllowed: new Set([campus.issuer]) } })
  both = [googleEntry(s.provider), { ...googleEntry(campus), id: 'campus', name: 'Campus' }]
})
afterAll(async () => {
  await s.close()
  await campus.close()
})

let number = 0
let alice: Account
let browser: TestBrowser
beforeEach(async () => {
  await setProviders(s, both)
  const name = `alice${++number}`
  alice = await addAccount(s, name)
  s.provider.persona = { sub: `google-${name}`, email: `${name}@gmail.example`, name: 'Alice' }
  campus.persona = { sub: `campus-${name}`, name: `Alice ${number}` }
  browser = await signedIn(name)
})

async function signedIn(name: string, one = testBrowser(s.app)): Promise<TestBrowser> {
  const page = await signInOn(one, await one.get('/login'), name)
  expect(page.path).toBe('/account')
  return one
}

const startConnect = async (one: TestBrowser, id = 'google') =>
  wentOn(await postSigned(one, `${security}/connect/${id}`))

/** Comes back from the provider that the page has sent the browser to. */
async function comeBack(
  one: TestBrowser,
  sent: Page,
  provider = s.provider,
  decision?: 'allow' | 'deny',
): Promise<Page> {
  if (sent.location === undefined) throw new Error(`not sent to the provider: ${sent.status} ${sent.body}`)
  return one.follow(await one.get(ownPath(provider.answer(sent.location, decision))))
}

async function connect(one: TestBrowser, id = 'google'): Promise<Page> {
  return comeBack(one, await startConnect(one, id), id === 'google' ? s.provider : campus)
}

function listed(page: Page): Element[] {
  return all(read(page.body)).filter(({ attributes }) => 'data-identity' in attributes)
}

/** The id by which the page names the identity whose entry holds the text. */
async function handle(one: TestBrowser, text: string): Promise<string> {
  const entries = listed(await one.get(security))
  return entries.find((entry) => textOf(entry).includes(text))?.attributes['data-identity'] ?? ''
}

async function disconnect(one: TestBrowser, text: string): Promise<Page> {
  return one.follow(await postSigned(one, `${security}/disconnect`, { identity: await handle(one, text) }))
}

async function subjects(account = alice): Promise<readonly string[]> {
  return (await s.storage.identities.listByUser(account.id)).map(({ subject }) => subject)
}

const audited = (account = alice) => auditedWays(s, account)

const words = (page: Page) => textOf(byId(read(page.body), 'content'))

describe('connecting', () => {
  test('adds a way to sign in, which the page lists from then on', async () => {
    const before = await browser.get(security)
    expect(listed(before)).toEqual([])
    expect(textOf(byId(read(before.body), 'connect-google'))).toBe('Connect Google')
    const page = await connect(browser)
    expect(page.path).toBe(`${security}?done=connected`)
    expect(words(page)).toContain('Connected. You can now sign in with it.')
    expect(await subjects()).toEqual([`google-${alice.username}`])
    const [entry] = listed(page)
    expect(entry === undefined ? '' : textOf(entry)).toMatch(/Google alice\d+@gmail\.example\s*since \d+ \w+ \d{4}/)
    expect(page.body).not.toContain('id="connect-google"')
    expect(page.body).toContain('id="connect-campus"')
    expect(await whoIsSignedIn((await signInThrough(s)).browser)).toBe(alice.username)
    expect(await audited()).toEqual([['identity_linked', 'google']])
  })

  test('lets no form end at a provider: nobody knows through which houses one sends people on', async () => {
    const policy = String((await browser.get(security)).response.headers['content-security-policy'])
    expect(policy).toContain("form-action 'self';")
  })

  test('is for what sends the form’s own token', async () => {
    const other = await signedIn(alice.username)
    for (const fields of [{}, { csrf: '' }, { csrf: 'x' }, await csrfOf(other)]) {
      expect((await browser.post(`${security}/connect/google`, fields)).status).toBe(403)
      expect((await browser.post(`${security}/disconnect`, { ...fields, identity: 'x' })).status).toBe(403)
    }
    const hostile = { origin: 'https://evil.example' }
    expect((await browser.post(`${security}/connect/google`, await csrfOf(browser), hostile)).status).toBe(403)
    expect((await testBrowser(s.app).post(`${security}/connect/google`, await csrfOf(browser))).status).toBe(403)
  })

  test('knows no other provider than those of the operator', async () => {
    expect((await startConnect(browser, 'nobody')).status).toBe(404)
  })

  test('says that it is connected already where it is', async () => {
    const sent = await startConnect(browser)
    await connect(browser)
    s.provider.persona = { ...s.provider.persona, email: 'renamed@gmail.example' }
    const page = await comeBack(browser, sent)
    expect(words(page)).toContain('It was already connected.')
    expect(words(page)).toContain('renamed@gmail.example')
    expect(await subjects()).toHaveLength(1)
    expect(await audited()).toHaveLength(1)
  })

  test('moves nothing that opens another account', async () => {
    const { account: bob } = await signInWithoutPassword(s, `bob${number}`)
    const page = await connect(browser)
    expect(words(page)).toContain('That opens another account here, so nothing was connected.')
    expect(await subjects()).toEqual([])
    expect(await subjects(bob)).toEqual([`bob${number}`])
    expect(await whoIsSignedIn(browser)).toBe(alice.username)
    expect(await audited()).toEqual([])
  })

  test('of two accounts that connect one identity at once, one has it', async () => {
    const rival = await addAccount(s, `rival${number}`)
    const browsers = [browser, await signedIn(rival.username)]
    const sent = await Promise.all(browsers.map((one) => startConnect(one)))
    const pages = await Promise.all(browsers.map((one, i) => comeBack(one, sent[i] as Page)))
    const connected = pages.map((page) => page.path.includes('done=connected'))
    expect(connected.filter((one) => one)).toHaveLength(1)
    const winner = connected[0] ? alice : rival
    expect(await subjects(winner)).toHaveLength(1)
    expect(await subjects(winner === alice ? rival : alice)).toEqual([])
  })

  test('needs a sign-in of the last ten minutes, and says where', async () => {
    s.clock.move(10 * minutes + 1000)
    const shown = await browser.get(security)
    expect(words(shown)).toContain('For your security, please sign in again to make changes here.')
    const page = await startConnect(browser)
    expect(page.status).toBe(403)
    expect(words(page)).toContain('Nothing was changed. For your security, please sign in again to make changes here.')
    const again = '/login?next=%2Faccount%2Fsecurity'
    expect(page.body).toContain(`href="${again}"`)
    const login = await browser.get(again)
    const fields = { ...hiddenFields(login), username: alice.username, password: alicePassword }
    expect((await browser.post(again, fields)).location).toBe(security)
    expect((await connect(browser)).path).toContain('done=connected')
  })

  test('needs it still when the provider has answered', async () => {
    s.clock.move(9 * minutes)
    const sent = await startConnect(browser)
    s.clock.move(2 * minutes)
    const page = await comeBack(browser, sent)
    expect(words(page)).toContain('Nothing was changed. For your security, please sign in again')
    expect(await subjects()).toEqual([])
  })

  test('is for the session that set out: not for the next one in the same browser, whosever it is', async () => {
    const mallory = await addAccount(s, `mallory${number}`)
    for (const name of [mallory.username, alice.username]) {
      const sent = await startConnect(browser)
      await signedIn(name, browser)
      const page = await comeBack(browser, sent)
      expect(words(page)).toContain('That was started in another sign-in, so nothing was connected.')
    }
    expect(await subjects()).toEqual([])
    expect(await subjects(mallory)).toEqual([])
  })

  test('is for the browser that set out, and for nobody once it is signed out', async () => {
    const sent = await startConnect(browser)
    const other = await signedIn(alice.username)
    expect((await comeBack(other, sent)).status).toBe(400)
    await postSigned(browser, '/logout')
    expect((await comeBack(browser, sent)).path).toBe('/login?next=%2Faccount%2Fsecurity')
    expect(await whoIsSignedIn(browser)).toBeUndefined()
    expect(await subjects()).toEqual([])
    expect(await s.storage.identities.find(s.provider.issuer, s.provider.persona.sub)).toBeUndefined()
  })

  test('takes an answer once', async () => {
    const sent = await startConnect(browser)
    const back = ownPath(s.provider.answer(sent.location ?? ''))
    await browser.get(back)
    await connect(browser, 'campus')
    await disconnect(browser, 'Google')
    expect((await browser.get(back)).status).toBe(400)
    expect(await subjects()).toEqual([`campus-${alice.username}`])
  })

  test('does nothing where the person or the provider says no', async () => {
    const denied = await comeBack(browser, await startConnect(browser), s.provider, 'deny')
    expect(words(denied)).toContain('The provider did not get your permission, so nothing was connected.')
    s.provider.wrong = { tokenStatus: 500 }
    const failed = await comeBack(browser, await startConnect(browser))
    s.provider.wrong = {}
    expect(words(failed)).toContain('The provider did not tell us who you are, so nothing was connected.')
    expect(await subjects()).toEqual([])
  })

  test('shows a provider that is out of reach with a disabled button, and says so where it went meanwhile', async () => {
    const gone = { ...googleEntry(campus), id: 'away', issuer: 'http://127.0.0.1:9' }
    await setProviders(s, [googleEntry(s.provider), gone])
    await pageWith(/id="connect-away"[^>]* disabled/, () => browser.get(security))
    const page = await startConnect(browser, 'away')
    expect(page.status).toBe(503)
    expect(words(page)).toContain('The provider did not tell us who you are')
  })
})

describe('disconnecting', () => {
  test('takes the way away and leaves the session', async () => {
    await connect(browser)
    const page = await disconnect(browser, 'Google')
    expect(page.path).toBe(`${security}?done=disconnected`)
    expect(words(page)).toContain('It is disconnected.')
    expect(await subjects()).toEqual([])
    expect(page.body).toContain('id="connect-google"')
    expect(await whoIsSignedIn(browser)).toBe(alice.username)
    expect(await whoIsSignedIn((await signInThrough(s)).browser)).not.toBe(alice.username)
    expect(await audited()).toEqual([
      ['identity_linked', 'google'],
      ['identity_unlinked', 'google'],
    ])
  })

  test('names an identity by nothing that a form could make up', async () => {
    await connect(browser)
    const page = await browser.get(security)
    for (const known of [s.provider.issuer, s.provider.persona.sub, alice.id]) {
      expect(page.body.replaceAll(`${alice.username}@gmail.example`, '')).not.toContain(known)
    }
    const id = await handle(browser, 'Google')
    expect(page.body).toContain(`id="disconnect-${id}"`)
    const fields = { issuer: s.provider.issuer, subject: s.provider.persona.sub, user: alice.id }
    for (const identity of ['', 'x', id.slice(1), s.provider.persona.sub]) {
      expect((await postSigned(browser, `${security}/disconnect`, { ...fields, identity })).status).toBe(404)
    }
    const mallory = await signedIn((await addAccount(s, `eve${number}`)).username)
    expect((await postSigned(mallory, `${security}/disconnect`, { ...fields, identity: id })).status).toBe(404)
    expect(await subjects()).toHaveLength(1)
  })

  test('needs a recent sign-in too', async () => {
    await connect(browser)
    s.clock.move(10 * minutes + 1000)
    const page = await disconnect(browser, 'Google')
    expect(page.status).toBe(403)
    expect(words(page)).toContain('Nothing was changed. For your security, please sign in again')
    expect(await subjects()).toHaveLength(1)
  })

  test('is refused where it is the last way in', async () => {
    const { browser: one, account } = await signInWithoutPassword(s, `sole${number}`)
    const page = await disconnect(one, 'Google')
    expect(page.status).toBe(409)
    expect(words(page)).toContain('This is your only way to sign in, so it cannot be disconnected.')
    expect(await subjects(account)).toHaveLength(1)
    await connect(one, 'campus')
    expect((await disconnect(one, 'Google')).path).toContain('done=disconnected')
    expect((await disconnect(one, 'Campus')).status).toBe(409)
    expect(await audited(account)).toHaveLength(2)
  })

  test('does not count a provider that is gone as a way in; it is listed by its id and can be taken away', async () => {
    const { browser: one, account } = await signInWithoutPassword(s, `past${number}`)
    await connect(one, 'campus')
    await setProviders(s, [googleEntry(s.provider)])
    const entry = listed(await one.get(security)).find((item) => textOf(item).includes('campus'))
    expect(entry === undefined ? '' : textOf(entry)).toContain('not offered')
    expect((await disconnect(one, 'Google')).status).toBe(409)
    expect((await disconnect(one, 'campus')).path).toContain('done=disconnected')
    expect(await subjects(account)).toEqual([`past${number}`])
  })

  test('of two that go at once, from two browsers, one stays', async () => {
    for (let round = 0; round < 5; round++) {
      const { browser: one, account } = await signInWithoutPassword(s, `pair${number}x${round}`)
      await connect(one, 'campus')
      const browsers = [one, (await signInThrough(s)).browser]
      const forms = await Promise.all(
        browsers.map(async (at, i) => ({ ...(await csrfOf(at)), identity: await handle(at, i ? 'Campus' : 'Google') })),
      )
      const pages = await Promise.all(browsers.map((at, i) => at.post(`${security}/disconnect`, forms[i] ?? {})))
      expect(pages.map(({ status }) => status).sort()).toEqual([303, 409])
      expect(await subjects(account)).toHaveLength(1)
      campus.persona = { ...campus.persona, sub: `campus-${number}-${round}` }
    }
  })

  test('voids what was under way to connect it again', async () => {
    await connect(browser)
    const sent = await startConnect(browser)
    await disconnect(browser, 'Google')
    const page = await comeBack(browser, sent)
    expect(words(page)).toContain('Your account has changed meanwhile, so nothing was done.')
    expect(await subjects()).toEqual([])
  })

  test('voids what waits on the sign-in page for the account’s password', async () => {
    s.provider.persona = { ...s.provider.persona, email: alice.email ?? '' }
    const pending = await signInThrough(s)
    expect(pending.page.body).toContain('There is an account here with the address')
    await connect(browser)
    await disconnect(browser, 'Google')
    const fields = { ...hiddenFields(pending.page), username: alice.username, password: alicePassword }
    const answer = await pending.browser.post('/login/link', fields)
    expect(answer.status).toBe(400)
    expect(await whoIsSignedIn(pending.browser)).toBeUndefined()
    expect(await subjects()).toEqual([])
  })
})
