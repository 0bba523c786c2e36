/** Apps in development: who can use one before the operator has approved it, and who is told what. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  allowOn,
  apiStatus,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, type Harness, harness } from '../support/harness.ts'
import { type RegisteredApp, registerApp, signedIn } from './developer.ts'

let h: Harness
let dev: TestBrowser
let app: RegisteredApp
beforeEach(async () => {
  h = await harness({ settings: { appRegistration: 'approval' } })
  for (const name of ['alice', 'bob', 'carol']) await addAccount(h, name)
  dev = await signedIn(h)
  app = await registerApp(dev, { scope: 'basic' })
})
afterEach(() => h.close())

const asked = () => authorizeUrl(app, { scope: 'basic' })

async function ask(username: string): Promise<{ browser: TestBrowser; page: Page }> {
  const browser = await signedIn(h, username)
  return { browser, page: await browser.follow(await browser.get(asked())) }
}

async function invite(username: string): Promise<Page> {
  const path = `/developer/apps/${app.id}/testers`
  return dev.post(path, { csrf: hiddenFields(await dev.get(path)).csrf ?? '', username })
}

async function answer(browser: TestBrowser, choice: 'accepted' | 'declined'): Promise<Page> {
  const page = await browser.get('/account/apps')
  const fields = { csrf: hiddenFields(page).csrf ?? '', client_id: app.id, answer: choice }
  return browser.follow(await browser.post('/account/apps/invitations', fields))
}

async function lastReason(): Promise<string | undefined> {
  await h.context.requests.flush()
  return (await h.storage.requests.list(app.id, 1))[0]?.reason
}

test('an app in development works at once for its owner, and consent says so', async () => {
  const page = await dev.follow(await dev.get(asked()))
  expect(page.body).toContain('in development')
  expect(page.body).toContain('Only continue if you know its developer')
  const code = new URL((await allowOn(dev, page)).location ?? '').searchParams.get('code') ?? ''
  const tokens = await exchangeCode(h.app, app, code)
  expect(await apiStatus(h.app, tokens.body.access_token ?? '')).toBe(200)
})

test('anybody else reads that it is not open yet, nothing is issued, and the log says why', async () => {
  const { page } = await ask('bob')
  expect([page.status, page.location]).toEqual([400, undefined])
  expect(page.body).toContain('This app is not open yet.')
  expect(await lastReason()).toBe('app_in_development')
  const log = (await dev.get(`/developer/apps/${app.id}/requests`)).body
  expect(log).toContain('data-reason="app_in_development"')
  expect(log).toContain('Invite the person under')
  const silent = await (await signedIn(h, 'bob')).get(`${asked()}&prompt=none`)
  expect(new URL(silent.location ?? '').searchParams.get('error')).toBe('consent_required')
})

test('a tester can use it once they have accepted, not before, and not after they stop', async () => {
  expect((await invite('bob')).status).toBe(303)
  const { browser, page } = await ask('bob')
  expect(page.body).toContain('This app is not open yet.')
  expect((await browser.get('/account/apps')).body).toContain('You are invited to test this app')
  await answer(browser, 'accepted')
  const { code } = await authorize(h.app, asked(), { browser })
  const tokens = await exchangeCode(h.app, app, code)
  expect(await apiStatus(h.app, tokens.body.access_token ?? '')).toBe(200)
  await answer(browser, 'declined')
  expect(await apiStatus(h.app, tokens.body.access_token ?? '')).toBe(401)
  expect((await refresh(h.app, app, tokens.body.refresh_token ?? '')).status).toBe(400)
  expect((await browser.follow(await browser.get(asked()))).body).toContain('This app is not open yet.')
})

test('a tester who is removed loses what the app holds, and a code that is out is refused', async () => {
  await invite('bob')
  const browser = await signedIn(h, 'bob')
  await answer(browser, 'accepted')
  const { code } = await authorize(h.app, asked(), { browser })
  const path = `/developer/apps/${app.id}/testers`
  const csrf = hiddenFields(await dev.get(path)).csrf ?? ''
  expect((await dev.post(`${path}/remove`, { csrf, username: 'bob' })).status).toBe(303)
  expect((await exchangeCode(h.app, app, code)).body.error).toBe('invalid_grant')
})

test('known and unknown usernames get the same answer, also after a no', async () => {
  const told = [await invite('bob'), await invite('nobody.here')].map(({ status, location }) => [status, location])
  expect(told[0]).toEqual(told[1])
  await answer(await signedIn(h, 'bob'), 'declined')
  const { body } = await dev.get(`/developer/apps/${app.id}/testers`)
  const row = (name: string) => new RegExp(`${name}</bdi>.{0,80}invited`, 's').test(body)
  expect([row('bob'), row('nobody.here')]).toEqual([true, true])
  expect((await signedIn(h, 'bob').then((bob) => bob.get('/account/apps'))).body).not.toContain('invited to test')
})

test('at most 25 people are invited to an app, and invitations have a budget per network', async () => {
  for (let n = 0; n < 25; n++) expect((await invite(`n${n}`)).status).toBe(303)
  expect((await invite('bob')).body).toContain('You can invite 25 people.')
  for (let n = 0; n < 4; n++) await invite('bob')
  expect((await invite('bob')).body).toContain('Too many invitations came from your network.')
})

test('only the app’s own people may invite, and only the invited person may answer', async () => {
  const bob = await signedIn(h, 'bob')
  const path = `/developer/apps/${app.id}/testers`
  expect((await bob.get(path)).status).toBe(404)
  const csrf = hiddenFields(await bob.get('/logout')).csrf ?? ''
  expect((await bob.post(path, { csrf, username: 'bob' })).status).toBe(404)
  const fields = { csrf, client_id: app.id, answer: 'accepted' }
  expect((await bob.post('/account/apps/invitations', fields)).status).toBe(404)
})

test('approval lifts the limit and nothing else', async () => {
  const before = await authorize(h.app, asked(), { browser: dev })
  const tokens = await exchangeCode(h.app, app, before.code)
  await h.storage.clients.amend(app.id, () => ({ status: 'enabled' }))
  expect(await apiStatus(h.app, tokens.body.access_token ?? '')).toBe(200)
  const { page } = await ask('bob')
  expect(page.body).toContain('id="consent-allow"')
  expect(page.body).not.toContain('id="in-development"')
})

test('an app in development is never first-party, and its own tokens are for this server alone and end with its owner', async () => {
  const record = await h.storage.clients.find(app.id)
  if (record === undefined) throw new Error('no app')
  await h.storage.clients.amend(record.clientId, () => ({ metadata: { ...record.metadata, first_party: true } }))
  h.context.clients.forget()
  const browser = testBrowser(h.app)
  const page = await signInOn(browser, await browser.follow(await browser.get(asked())))
  expect(page.body).toContain('id="consent-allow"')

  await h.storage.resources.put({ resource: 'https://data.example/api' })
  const machine = { grant_type: 'client_credentials' }
  expect((await token(h.app, app, machine)).status).toBe(200)
  const foreign = await token(h.app, app, { ...machine, resource: 'https://data.example/api' })
  expect(foreign.body.error).toBe('unauthorized_client')
  expect(await lastReason()).toBe('app_in_development')
  const owner = record.ownerId
  if (owner === null) throw new Error('no owner')
  await h.storage.accounts.update(owner, { enabled: false })
  expect((await token(h.app, app, machine)).body.error).toBe('unauthorized_client')
})
