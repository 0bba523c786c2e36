/** Ways on for a person whose request can go no further here: another sentence for each cause, and never by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { named, read, textOf } from '../pages/markup.ts'
import {
  allowOn,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  signInOn,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

let h: Harness
let client: TestClient
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  client = await addClient(h, { client_name: 'Meadow <i>Journal' })
})
afterAll(() => h.close())

function heading(page: Page): string {
  return textOf(named(read(page.body), 'h1')[0] ?? read(page.body))
}

function hrefOf(page: Page, id: string): string {
  const link = named(read(page.body), 'a').find(({ attributes }) => attributes.id === id)
  return link?.attributes.href ?? ''
}

const hostOfIssuer = new URL(issuer).host

describe('a page that was open for too long', () => {
  test('says so, and begins the request anew on a click, to its end', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.follow(await browser.get(authorizeUrl(client, { state: 'ä%20&+' })))
    h.clock.move(3_601_000)
    const lost = await signInOn(browser, login)
    expect([lost.status, lost.location]).toEqual([400, undefined])
    expect(heading(lost)).toBe('This page has expired')
    expect(lost.response.headers).not.toHaveProperty('refresh')
    expect(lost.body).toContain('Meadow &lt;i&gt;Journal')
    const again = hrefOf(lost, 'start-again')
    expect(again).toMatch(/^\/oauth\/authorize\?again=[A-Za-z0-9_-]+$/)
    const consent = await signInOn(browser, await browser.follow(await browser.get(again)))
    const back = new URL((await allowOn(browser, consent)).location ?? '')
    expect(back.searchParams.get('state')).toBe('ä%20&+')
    const code = back.searchParams.get('code') ?? ''
    expect((await exchangeCode(h.app, client, code)).status).toBe(200)
  })

  test('has a link back to the app that names its host and carries error, state and iss', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.get(authorizeUrl(client))
    h.clock.move(3_601_000)
    const lost = await browser.follow(login)
    const back = new URL(hrefOf(lost, 'back-to-app'))
    expect(back.href.split('?')[0]).toBe(callback)
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'xyz', iss: issuer })
    expect(back.searchParams.has('code')).toBe(false)
    expect(lost.body).toContain(`(<bdi>${back.host}</bdi>)`)
    expect(back.host).not.toBe(hostOfIssuer)
  })
})

test('a browser that sends no cookie is told so, and gets the same ways on', async () => {
  const login = await testBrowser(h.app).get(authorizeUrl(client))
  const sealed = (login.location ?? '').split('request=')[1] ?? ''
  for (const path of [`/login?request=${sealed}`, `/signup?request=${sealed}`, `/consent?request=${sealed}`]) {
    const page = await testBrowser(h.app).get(path)
    expect(page.status).toBe(400)
    expect(heading(page)).toBe('Your browser did not send our cookie')
    expect(hrefOf(page, 'start-again')).toContain('again=')
    expect(hrefOf(page, 'back-to-app')).toContain('error=access_denied')
  }
})

test('a fault of the app is told as one, without a way on', async () => {
  const page = await testBrowser(h.app).get(authorizeUrl('nobody'))
  expect(heading(page)).toBe('Something is wrong with this link')
  expect(hrefOf(page, 'start-again')).toBe('')
})

test('the copy has decided nothing: it is checked from the first rule on, and a sign-in is asked for as at first', async () => {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
  h.clock.move(1000)
  const login = await browser.get(authorizeUrl(client, { prompt: 'login' }))
  expect(login.location).toMatch(/^\/login\?/)
  h.clock.move(3_601_000)
  const again = hrefOf(await browser.follow(login), 'start-again')
  expect((await browser.get(again)).location).toMatch(/^\/login\?/)
  const { clients } = h.storage
  const record = await clients.find(client.id)
  if (record === undefined) throw new Error('no client')
  await clients.amend(record.clientId, () => ({
    metadata: { ...record.metadata, redirect_uris: ['https://app.example/other'] },
  }))
  h.context.clients.forget()
  const refused = await browser.get(again)
  expect([refused.status, refused.location]).toEqual([400, undefined])
  const lost = await testBrowser(h.app).get(login.location ?? '')
  expect(hrefOf(lost, 'back-to-app')).toBe('')
  await clients.amend(record.clientId, () => ({ metadata: record.metadata }))
  h.context.clients.forget()
})

test('a copy is taken only where the request came in, and a sealed request is none', async () => {
  const browser = testBrowser(h.app)
  const login = await browser.get(authorizeUrl(client))
  const sealed = (login.location ?? '').split('request=')[1] ?? ''
  const lost = await testBrowser(h.app).get(`/login?request=${sealed}`)
  const copy = hrefOf(lost, 'start-again').split('again=')[1] ?? ''
  expect(sealed).toContain(copy)
  const rest = sealed.slice(3 + copy.length)
  for (const text of [rest, `x${copy}`, 'x', '']) {
    const page = await browser.get(`/oauth/authorize?again=${text}`)
    expect([page.status, page.location], text).toEqual([400, undefined])
  }
  expect((await browser.get(`/api/oauth2/authorize?again=${copy}`)).status).toBe(400)
  expect(hiddenFields(await browser.get(`/login?request=${copy}`)).request).toBeUndefined()
})
