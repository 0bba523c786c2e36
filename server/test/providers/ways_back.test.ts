/** Coming back from a provider with a sign-in that is not this browser's, or no longer: begun anew, and never finished. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { named, read, textOf } from '../pages/markup.ts'
import { allowOn, authorizeUrl, exchangeCode, hiddenFields, type Page, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, callback, issuer, type TestClient } from '../support/harness.ts'
import {
  googleEntry,
  openSetting,
  ownPath,
  postSigned,
  pressProvider,
  type Setting,
  setProviders,
  signInThrough,
  wentOn,
  whoIsSignedIn,
} from './setting.ts'

let s: Setting
let client: TestClient
beforeAll(async () => {
  s = await openSetting()
  client = await addClient(s, { client_name: 'Meadow <i>Journal' })
})
afterAll(() => s.close())

function heading(page: Page): string {
  return textOf(named(read(page.body), 'h1')[0] ?? read(page.body))
}

function hrefOf(page: Page, id: string): string {
  const link = named(read(page.body), 'a').find(({ attributes }) => attributes.id === id)
  return link?.attributes.href ?? ''
}

/** A browser that is at the provider, and the address by which it comes back. */
async function setOut(path: string, browser = testBrowser(s.app)) {
  const { sent } = await pressProvider(browser, path)
  return { browser, back: ownPath(s.provider.answer(sent.location ?? '')) }
}

const attemptLife = 600_000

describe('a sign-in for an app', () => {
  test.each(['in another browser', 'in a browser without cookies', 'too late', 'a second time'] as const)(
    'that comes back %s signs nobody in, and is begun anew on a click, to its end',
    async (how) => {
      s.provider.persona = { sub: `lost ${how}`, preferred_username: 'lost' }
      const { browser: first, back } = await setOut(authorizeUrl(client, { state: 'ä%20&+' }))
      const other = how === 'in another browser' || how === 'in a browser without cookies'
      const browser = other ? testBrowser(s.app) : first
      if (how === 'in another browser') await browser.get('/login')
      if (how === 'too late') s.clock.move(attemptLife + 1)
      if (how === 'a second time') await browser.get(back)
      const before = browser.cookies.size
      const lost = await browser.get(back)
      expect([lost.status, lost.location, lost.response.headers.refresh]).toEqual([400, undefined, undefined])
      expect(heading(lost)).toBe(
        how === 'in a browser without cookies' ? 'Your browser did not send our cookie' : 'This sign-in has ended',
      )
      if (how !== 'a second time') {
        expect(await s.storage.identities.find(s.provider.issuer, `lost ${how}`)).toBeUndefined()
        expect(await whoIsSignedIn(browser)).toBeUndefined()
      }
      expect(browser.cookies.size - before).toBeLessThanOrEqual(1)
      const toApp = new URL(hrefOf(lost, 'back-to-app'))
      expect(toApp.href.split('?')[0]).toBe(callback)
      expect(Object.fromEntries(toApp.searchParams)).toMatchObject({
        error: 'access_denied',
        state: 'ä%20&+',
        iss: issuer,
      })
      expect(lost.body).toContain('Meadow &lt;i&gt;Journal')

      const again = hrefOf(lost, 'start-again')
      expect(again).toMatch(/^\/oauth\/authorize\?again=[A-Za-z0-9_-]+$/)
      let page = await browser.follow(await browser.get(again))
      if (how !== 'a second time') page = (await signInThrough(s, again, { browser })).page
      const answer = new URL((await allowOn(browser, page)).location ?? '')
      expect(answer.searchParams.get('state')).toBe('ä%20&+')
      const code = answer.searchParams.get('code') ?? ''
      expect((await exchangeCode(s.app, client, code)).status).toBe(200)
    },
  )

  test('whose provider the operator has taken out meanwhile has the same ways on', async () => {
    const { browser, back } = await setOut(authorizeUrl(client))
    await setProviders(s, [{ ...googleEntry(s.provider), id: 'hub' }])
    const lost = await browser.get(back)
    const nothing = await browser.get('/login/return/google')
    await setProviders(s, [googleEntry(s.provider)])
    expect([lost.status, nothing.status]).toEqual([400, 404])
    expect(hrefOf(lost, 'start-again')).toContain('/oauth/authorize?again=')
  })

  test('of an app that is gone, and a state that is not of our making, have none', async () => {
    const gone = await addClient(s)
    const { back } = await setOut(authorizeUrl(gone))
    await s.storage.clients.amend(gone.id, () => ({ status: 'disabled' }))
    s.clock.move(5001)
    for (const path of [back, '/login/return/google?code=x&state=y', '/login/return/google?state=a&state=b']) {
      const lost = await testBrowser(s.app).get(path)
      expect([lost.status, heading(lost)], path).toEqual([400, 'This sign-in has ended'])
      expect(hrefOf(lost, 'start-again'), path).toBe('')
      expect(hrefOf(lost, 'back-to-app'), path).toBe('')
    }
  })

  test('comes back with the largest request that is permitted', async () => {
    s.provider.persona = { sub: 'large', preferred_username: 'large' }
    const state = Array.from({ length: 4096 }, (_, n) => String.fromCharCode(33 + ((n * 7919) % 90))).join('')
    const { browser, page } = await signInThrough(s, authorizeUrl(client, { state }))
    const answer = new URL((await allowOn(browser, page)).location ?? issuer)
    expect(answer.searchParams.get('state')).toBe(state)
  })
})

test('a stranger’s way back, opened by somebody else, begins at the sign-in page and not in the stranger’s account', async () => {
  s.provider.persona = { sub: 'stranger', preferred_username: 'stranger' }
  const { back } = await setOut(authorizeUrl(client))
  const victim = testBrowser(s.app)
  const lost = await victim.get(back)
  const page = await victim.follow(await victim.get(hrefOf(lost, 'start-again')))
  expect(page.body).toContain('id="login-form"')
  expect(await whoIsSignedIn(victim)).toBeUndefined()
})

test('a sign-in for a page of ours begins anew at that page', async () => {
  s.provider.persona = { sub: 'page', preferred_username: 'page' }
  for (const [path, expected] of [
    ['/account/apps', '/account/apps'],
    ['/login', '/login'],
  ] as const) {
    const { browser, back } = await setOut(path)
    s.clock.move(attemptLife + 1)
    const lost = await browser.get(back)
    expect([heading(lost), hrefOf(lost, 'start-again')]).toEqual(['This sign-in has ended', expected])
    expect(hrefOf(lost, 'back-to-app')).toBe('')
  }
})

test('connecting a provider begins anew at the page about security', async () => {
  const account = await addAccount(s, 'kim')
  const kim = testBrowser(s.app)
  const login = await kim.get('/login')
  await kim.post('/login', { ...hiddenFields(login), username: 'kim', password: alicePassword })
  const sent = wentOn(await postSigned(kim, '/account/security/connect/google'))
  const back = ownPath(s.provider.answer(sent.location ?? ''))
  s.clock.move(attemptLife + 1)
  for (const one of [kim, testBrowser(s.app)]) {
    expect(hrefOf(await one.get(back), 'start-again')).toBe('/account/security')
  }
  expect(await s.storage.identities.listByUser(account.id)).toEqual([])
})

test('a sign-in at the social endpoints begins anew there, and leads back to the app with the error', async () => {
  const page = 'https://app.example/social'
  const app = await addClient(s, { client_name: 'Older', dialects: ['quantimodo'], redirect_uris: [page] })
  const url = `/api/v2/auth/social/login?provider=google&redirectUrl=${page}&client_id=${app.id}`
  const sent = await testBrowser(s.app).get(url)
  const lost = await testBrowser(s.app).get(ownPath(s.provider.answer(sent.location ?? '')))
  expect(lost.status).toBe(400)
  expect(hrefOf(lost, 'back-to-app')).toMatch(/^https:\/\/app\.example\/social\?error=access_denied/)
  const again = await testBrowser(s.app).get(hrefOf(lost, 'start-again'))
  expect(again.location).toContain(`${s.provider.issuer}/`)
})

test('the page that asks for the password of an account with the same address has the ways on where it has expired', async () => {
  await addAccount(s, 'nora')
  s.provider.persona = { sub: 'nora at google', email: 'nora@example.com' }
  const { browser, page } = await signInThrough(s, authorizeUrl(client))
  expect(page.body).toContain('nora@example.com')
  s.clock.move(attemptLife + 1)
  const fields = { ...hiddenFields(page), username: 'nora', password: alicePassword }
  const lost = await browser.post('/login/link', fields)
  expect([lost.status, heading(lost)]).toEqual([400, 'This sign-in has ended'])
  const begun = await browser.follow(await browser.get(hrefOf(lost, 'start-again')))
  expect(begun.body).toContain('id="login-form"')
})
