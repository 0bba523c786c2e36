/** In which language a page is drawn: the app's wish, the account's, the browser's, else English; and in which zone. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { de } from '../../src/words/de/index.ts'
import { findLanguage, wordsOfAccount } from '../../src/words/index.ts'
import { allowOn, authorizeUrl, hiddenFields, type Page, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { all, read } from './markup.ts'

let mailbox: Mailbox
let h: Harness
let client: TestClient
beforeAll(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer() })
  client = await addClient(h)
  await addAccount(h, 'alice')
  await addAccount(h, 'dora', { claims: { locale: 'de_AT', zoneinfo: 'Europe/Berlin' } })
  await addAccount(h, 'odd', { claims: { locale: 7, zoneinfo: 'Mars/Olympus' } })
})
afterAll(async () => {
  await h.close()
  await mailbox.close()
})

function languageOf({ body, response }: Page): string | undefined {
  const lang = /<html lang="([^"]*)" dir="(?:ltr|rtl)">/.exec(body)?.[1]
  expect(response.headers['content-language']).toBe(lang)
  return lang
}

async function signInPageFor(header: string): Promise<string | undefined> {
  return languageOf(await testBrowser(h.app).get('/login', { 'accept-language': header }))
}

describe('somebody of whom nothing is known reads', () => {
  test.each([
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en;q=0.8, DE-ch;Q=0.9', 'de'],
    ['fr, de;q=0.1', 'de'],
    ['de;q=0, en', 'en'],
    ['de;q=0', 'en'],
    ['de;q=2, en;q=0.1', 'en'],
    ['fr', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [';;,;q=1,,-,_', 'en'],
    ['en-XA, ar-XB', 'en'],
    ['deutsch', 'en'],
    [`${'x-y,'.repeat(1000)}de`, 'en'],
  ])('with Accept-Language "%.30s" the language %s', async (header, language) => {
    expect(await signInPageFor(header)).toBe(language)
  })

  test('English where the browser names none', async () => {
    expect(languageOf(await testBrowser(h.app).get('/login'))).toBe('en')
  })
})

describe('an app’s ui_locales', () => {
  test('hold on every page of the sign-in, also for a form that is not taken, and no further', async () => {
    const browser = testBrowser(h.app)
    const signIn = await browser.follow(await browser.get(authorizeUrl(client, { ui_locales: 'tlh de en' })))
    expect(signIn.body).toContain(de.signIn.login)
    expect(languageOf(signIn)).toBe('de')
    const wrong = await browser.post('/login', { ...hiddenFields(signIn), username: 'alice', password: 'no' })
    expect(languageOf(wrong)).toBe('de')
    const consent = await signInOn(browser, signIn, 'alice')
    expect(consent.path).toContain('/consent')
    expect(languageOf(consent)).toBe('de')
    const answered = await allowOn(browser, consent)
    expect(answered.location).toContain('code=')
    expect(languageOf(await browser.get('/account'))).toBe('en')
  })

  test('hold before the language of the account', async () => {
    const browser = testBrowser(h.app)
    const signIn = await browser.follow(await browser.get(authorizeUrl(client, { ui_locales: 'en' })))
    const consent = await signInOn(browser, signIn, 'dora')
    expect(languageOf(consent)).toBe('en')
    expect(languageOf(await browser.get('/account'))).toBe('de')
  })

  test('hold where the request comes by POST, and on the page that says why it goes no further', async () => {
    const browser = testBrowser(h.app)
    const [path, query = ''] = authorizeUrl(client, { ui_locales: 'de' }).split('?')
    expect(languageOf(await browser.follow(await browser.post(path ?? '', query)))).toBe('de')
    const unknown = await browser.get(authorizeUrl('nobody', { ui_locales: 'de' }))
    expect(unknown.status).toBe(400)
    expect(languageOf(unknown)).toBe('de')
    const lost = await browser.follow(await browser.get(authorizeUrl(client, { ui_locales: 'de' })))
    expect(languageOf(await testBrowser(h.app).get(lost.path))).toBe('de')
  })

  test('of a length that nobody means are no reason to refuse, and choose nothing', async () => {
    const browser = testBrowser(h.app)
    const long = `${'x-klingon '.repeat(300)}de`
    expect(languageOf(await browser.follow(await browser.get(authorizeUrl(client, { ui_locales: long }))))).toBe('en')
  })

  test('hold on the pages of a sign-out that an app asks for', async () => {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'alice')
    const asked = await browser.follow(await browser.get('/oauth/logout?ui_locales=de'))
    expect(asked.body).toContain('id="logout-confirm"')
    expect(languageOf(asked)).toBe('de')
    const done = await browser.post('/logout', { ...hiddenFields(asked), action: 'confirm' })
    expect(done.body).toContain(de.signOut.done)
    expect(languageOf(done)).toBe('de')
  })

  test('are announced', async () => {
    const { body } = await testBrowser(h.app).get('/.well-known/openid-configuration')
    expect(JSON.parse(body).ui_locales_supported).toEqual(['en', 'de'])
  })
})

describe('the account’s', () => {
  async function activityOf(username: string): Promise<Page> {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), username)
    return browser.get('/account/activity', { 'accept-language': 'en' })
  }

  test('language and zone hold on its pages, problems included', async () => {
    const page = await activityOf('dora')
    expect(languageOf(page)).toBe('de')
    const now = h.clock.now()
    const local = new Intl.DateTimeFormat('de', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' })
    expect(page.body).toContain(`">${local.format(now)}</time>`)
    expect(page.body).not.toContain('UTC')
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'dora')
    const missing = await browser.get('/nothing-here')
    expect(missing.status).toBe(404)
    expect(languageOf(missing)).toBe('de')
  })

  test('language or zone that is none leaves English, and UTC by name', async () => {
    const page = await activityOf('odd')
    expect(languageOf(page)).toBe('en')
    expect(page.body).toContain(`">${new Date(h.clock.now()).toISOString().slice(11, 16)}\u00a0UTC</time>`)
  })
})

describe('a language that is chosen at the foot of a page', () => {
  const links = (page: Page) =>
    all(read(page.body)).flatMap(({ name, attributes }) =>
      name === 'a' && attributes.hreflang !== undefined ? [attributes.href ?? ''] : [],
    )

  test('leads back to that page, with the app’s request, and is remembered in a cookie that holds its tag alone', async () => {
    const browser = testBrowser(h.app)
    const signIn = await browser.follow(await browser.get(authorizeUrl(client, { prompt: 'consent' })))
    expect(languageOf(signIn)).toBe('en')
    const [german = '', ...others] = links(signIn)
    expect(others).toEqual([])
    const chosen = await browser.get(german)
    expect(chosen.status).toBe(303)
    expect([chosen.response.headers['set-cookie']].flat()).toEqual([
      'consentry-language=de; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000',
    ])
    const back = await browser.follow(chosen)
    expect(back.path).toBe(signIn.path)
    expect(languageOf(back)).toBe('de')
    const consent = await signInOn(browser, back, 'alice')
    expect(consent.path).toContain('/consent')
    expect(languageOf(consent)).toBe('de')
    expect(languageOf(await browser.get('/nothing-here', { 'accept-language': 'en' }))).toBe('de')
    // Whoever is signed in chooses in their profile.
    expect(links(await browser.get('/account'))).toEqual([])
  })

  test('leads back to the form that was not taken, with what belongs to it', async () => {
    const browser = testBrowser(h.app)
    const signIn = await browser.follow(await browser.get(authorizeUrl(client, { prompt: 'consent' })))
    const wrong = await browser.post('/login', { ...hiddenFields(signIn), username: 'alice', password: 'no' })
    const back = await browser.follow(await browser.get(links(wrong)[0] ?? ''))
    expect(languageOf(back)).toBe('de')
    expect((await signInOn(browser, back, 'alice')).path).toContain('/consent')
  })

  test('gives way to what the app asks for and to what the account says, and is not offered where the app asks', async () => {
    const browser = testBrowser(h.app)
    await browser.get('/language/de')
    const asked = await browser.follow(await browser.get(authorizeUrl(client, { ui_locales: 'en' })))
    expect(languageOf(asked)).toBe('en')
    expect(links(asked)).toEqual([])
    const dora = testBrowser(h.app)
    await dora.get('/language/en')
    await signInOn(dora, await dora.get('/login'), 'dora')
    expect(languageOf(await dora.get('/account'))).toBe('de')
  })

  test('leads to no other site, is chosen by no other site, and is one that there is', async () => {
    for (const back of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'login',
      '/%zz\n',
    ]) {
      const gone = await testBrowser(h.app).get(`/language/de?${new URLSearchParams({ back })}`)
      expect(gone.location, back).toBe('/')
    }
    for (const site of ['cross-site', 'same-site']) {
      const browser = testBrowser(h.app)
      expect((await browser.get('/language/de?back=/login', { 'sec-fetch-site': site })).location).toBe('/login')
      expect(languageOf(await browser.get('/login'))).toBe('en')
    }
    const browser = testBrowser(h.app)
    for (const tag of ['fr', 'en-XA', 'DE']) expect((await browser.get(`/language/${tag}`)).status).toBe(404)
    browser.cookies.set('consentry-language', 'xx"><script>')
    expect(languageOf(await browser.get('/login', { 'accept-language': 'de' }))).toBe('de')
  })

  test('is not offered on a page whose address is a secret or good for once', async () => {
    for (const path of [
      '/setup?token=secret',
      '/login/return/google?state=x&code=y',
      '/oauth/authorize?client_id=nobody',
    ]) {
      const page = await testBrowser(h.app).get(path)
      expect(page.body, path).toContain('<html lang="en"')
      expect(links(page), path).toEqual([])
    }
  })
})

test('a mail to the holder of an account is in the account’s language and zone', async () => {
  const browser = testBrowser(h.app)
  const signIn = await browser.follow(await browser.get(authorizeUrl(client, { ui_locales: 'en' })))
  await allowOn(browser, await signInOn(browser, signIn, 'dora'))
  const mail = await mailbox.next(h, 'dora@example.com')
  const of = { username: 'dora', app: 'Meadow Journal', at: '', href: '' }
  expect(mail.subject).toBe(de.mail.appAuthorized(of).subject)
  expect(mail.html).toContain('lang="de"')
  expect(mail.text).not.toContain('UTC')
})

test('a mail to an address without an account is in the language of the page that asked, and so is what it leads to', async () => {
  const browser = testBrowser(h.app)
  const wish = { 'accept-language': 'de' }
  const form = { email: 'new@example.com', username: 'new', password: 'a horse, a field and a battery' }
  const asked = await browser.post('/signup', { ...hiddenFields(await browser.get('/signup')), ...form }, wish)
  const mail = await mailbox.next(h, form.email)
  expect(mail.subject).toBe(de.linkMails.signUp({ code: '', href: '' }).subject)
  expect(languageOf(await browser.get(asked.location ?? ''))).toBe('de')
  const elsewhere = testBrowser(h.app)
  const link = mail.links.find((href) => href.includes('/verify?token=')) ?? ''
  expect(languageOf(await elsewhere.follow(await elsewhere.get(link.slice(issuer.length))))).toBe('de')
  const waiting = await browser.get('/verify', { 'accept-language': 'en' })
  await browser.post('/verify', { ...hiddenFields(waiting), code: mail.code ?? '' })
  expect((await h.storage.accounts.findByLogin(form.email))?.claims).toEqual({ locale: 'de' })
})

test('ten thousand languages and zones that strangers make up leave nothing behind', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const use = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const made = `${i}-${'y'.repeat(2000)}`
      expect(findLanguage([made])).toBeUndefined()
      wordsOfAccount({ claims: { locale: made, zoneinfo: made.slice(0, i % 70) } })
    }
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = use(0, 500)
  // What is kept of each would be 20 MB; what else lives in the process comes and goes meanwhile.
  expect(use(500, 10_500) - before).toBeLessThan(5_000_000)
})

describe('in development', () => {
  test('the languages that are none can be read, and nowhere are they offered', async () => {
    const dev = await harness({ settings: { development: true } })
    const browser = testBrowser(dev.app)
    const wide = await browser.get('/login', { 'accept-language': 'en-XA' })
    expect(languageOf(wide)).toBe('en-XA')
    const turned = await browser.get('/login?ui_locales=ar-XB')
    expect(turned.body).toContain('<html lang="ar-XB" dir="rtl">')
    expect((await browser.get('/.well-known/openid-configuration')).body).not.toMatch(/XA|XB/)
    await dev.close()
  })
})
