/** What names a browser, and what is bound to it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectPage } from '../support/answers.ts'
import { allowOn, authorizeUrl, hiddenFields, type Page, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
let client: TestClient
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  client = await addClient(h)
})
afterAll(() => h.close())

const isBrowserCookie = (name: string) => /^consentry-browser-[A-Za-z0-9_-]{8}$/.test(name)
const setBy = (page: Page) => [page.response.headers['set-cookie'] ?? []].flat().map((one) => one.split('=')[0] ?? '')

describe('B29: a browser that opens several tabs at once', () => {
  test('gets a name by each answer, and every tab goes on to its end', async () => {
    const [one, two] = [testBrowser(h.app), testBrowser(h.app)]
    const first = await one.get(authorizeUrl(client, { state: 'first' }))
    const second = await two.get(authorizeUrl(client, { state: 'second' }))
    expect([first, second].flatMap(setBy).filter(isBrowserCookie)).toHaveLength(2)
    // Both answers have reached the same browser.
    const browser = testBrowser(h.app)
    for (const [name, value] of [...two.cookies, ...one.cookies]) browser.cookies.set(name, value)
    expect([...browser.cookies.keys()].filter(isBrowserCookie)).toHaveLength(2)

    let page = await signInOn(browser, await browser.follow(first))
    expect(new URL((await allowOn(browser, page)).location ?? '').searchParams.get('state')).toBe('first')
    page = await browser.follow(second)
    if (page.body.includes('id="login-form"')) page = await signInOn(browser, page)
    const last = page.body.includes('id="consent-allow"') ? await allowOn(browser, page) : page
    expect(new URL(last.location ?? '').searchParams.get('state')).toBe('second')
  })

  test('has forms that are good under each of its names', async () => {
    const [one, two] = [testBrowser(h.app), testBrowser(h.app)]
    const forms = [hiddenFields(await one.get('/login')), hiddenFields(await two.get('/login'))]
    for (const fields of forms) {
      const browser = testBrowser(h.app)
      for (const [name, value] of [...one.cookies, ...two.cookies]) browser.cookies.set(name, value)
      const page = await browser.post('/login', { ...fields, username: 'alice', password: alicePassword })
      expect(page.location).toBe('/account')
    }
  })

  test('gets no further name once one has come', async () => {
    const browser = testBrowser(h.app)
    await browser.get('/login')
    for (const path of ['/login', '/signup', '/', authorizeUrl(client)]) {
      expect(setBy(await browser.get(path)), path).toEqual([])
    }
  })

  test('keeps the oldest for good and the others for an hour', async () => {
    const browser = testBrowser(h.app)
    await browser.get('/login')
    const [oldest = ''] = browser.cookies.keys()
    h.clock.move(60_000)
    const other = testBrowser(h.app)
    await other.get('/login')
    const [younger = ''] = other.cookies.keys()
    const value = other.cookies.get(younger) ?? ''
    browser.cookies.set(younger, value)
    h.clock.move(3_500_000)
    expect(setBy(await browser.get('/login'))).toEqual([])
    const late = hiddenFields(await other.get('/login'))
    h.clock.move(200_000)
    await browser.get('/login')
    expect([...browser.cookies.keys()]).toEqual([oldest])
    // Somebody who sends it all the same is not believed.
    browser.cookies.set(younger, value)
    const page = await browser.post('/login', { ...late, username: 'alice', password: alicePassword })
    expect(page.status).toBe(403)
  })

  test('is known by eight names at most, of which the oldest go', async () => {
    const browser = testBrowser(h.app)
    const names: string[] = []
    for (let i = 0; i < 10; i++) {
      const tab = testBrowser(h.app)
      await tab.get('/login')
      for (const [name, value] of tab.cookies) {
        browser.cookies.set(name, value)
        names.push(name)
      }
      h.clock.move(1000)
    }
    const page = await browser.get('/login')
    expect(setBy(page).sort()).toEqual(names.slice(0, 2).sort())
    expect([...browser.cookies.keys()].sort()).toEqual(names.slice(2).sort())
  })
})

describe('B29: what was begun in one browser', () => {
  test('is refused in another, whatever the browser says of the site it comes from', async () => {
    const login = await testBrowser(h.app).get(authorizeUrl(client))
    const sealed = (login.location ?? '').split('request=')[1] ?? ''
    for (const site of ['same-origin', 'same-site', 'cross-site', 'none', 'unheard-of', undefined]) {
      const headers: Record<string, string> = site === undefined ? {} : { 'sec-fetch-site': site }
      const other = testBrowser(h.app)
      await other.get('/login')
      for (const path of ['/login', '/signup', '/consent']) {
        expectPage(await other.get(`${path}?request=${sealed}`, headers), 'invalid_request', `${path} ${site}`)
      }
      expectPage(await other.get(`/oauth/authorize?resume=${sealed}`, headers), 'invalid_request', site)
    }
  })

  test('is not bound anew to a name that it was not made for', async () => {
    const [one, two] = [testBrowser(h.app), testBrowser(h.app)]
    await two.get('/login')
    h.clock.move(2000)
    const login = await one.get(authorizeUrl(client, { prompt: 'consent' }))
    // The browser has an older name than the one that the request was made for.
    const browser = testBrowser(h.app)
    for (const [name, value] of [...two.cookies, ...one.cookies]) browser.cookies.set(name, value)
    const consent = await signInOn(browser, await browser.follow(login))
    const { request = '' } = hiddenFields(consent)
    expect(request).not.toBe('')
    expect((await one.get(`/login?request=${request}`)).status).toBe(200)
    expectPage(await two.get(`/login?request=${request}`), 'invalid_request')
  })
})

test('B29: two cookies of one name count as none', async () => {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
  const session = browser.cookies.get('consentry-session') ?? ''
  const pairs = [...browser.cookies].map(([name, value]) => `${name}=${value}`)
  const answers = [
    [...pairs, `consentry-session=${session}`],
    [`consentry-session=${'A'.repeat(43)}`, ...pairs],
    [...pairs, 'consentry-session='],
  ]
  for (const cookies of answers) {
    const page = await testBrowser(h.app).get('/account', { cookie: cookies.join('; ') })
    expect(page.location, cookies.join('; ')).toMatch(/^\/login/)
  }
  const login = await browser.get('/login')
  const fields = { ...hiddenFields(login), username: 'alice', password: alicePassword }
  const browserPair = pairs.find((pair) => pair.startsWith('consentry-browser-')) ?? ''
  const twice = await testBrowser(h.app).post('/login', fields, { cookie: `${browserPair}; ${browserPair}` })
  expect(twice.status).toBe(403)
})
