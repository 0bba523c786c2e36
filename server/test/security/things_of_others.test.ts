/** Whatever belongs to a person is not there for anybody else: each route with an ID in its path, with an ID of hers (K155). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerApp, signedIn } from '../pages/developer.ts'
import { newTokens } from '../support/answers.ts'
import { hiddenFields, type Page, type TestBrowser } from '../support/browser.ts'
import { addAccount, addClient, addSubscriptionKey, type Harness, harness, issuer } from '../support/harness.ts'
import { makePasskey, passkeyFormOf } from '../support/passkeys.ts'
import { routesOf } from '../support/routes.ts'

/** What stands in these places is nobody's: a provider, the name of a file. The link of a hand-over has tests of its own. */
const nobodys = [':provider', '/account/data/export/:file', '/account/take-over/:link']

let h: Harness
let alice: TestBrowser
beforeAll(async () => {
  h = await harness()
  const account = await addAccount(h)
  alice = await signedIn(h)
  const app = await registerApp(alice)
  await addSubscriptionKey(h, 'K'.repeat(32), account.id)
  const security = '/account/security'
  const fill = async (path: string, fields: Record<string, string> | ((page: Page) => Record<string, string>)) => {
    const page = await alice.get(path)
    const filled = typeof fields === 'function' ? fields(page) : fields
    const sent = await alice.post(path, { ...hiddenFields(page), ...filled })
    expect((await alice.follow(sent)).status, path).toBe(200)
  }
  await fill(`${security}/passkeys`, ({ body }) => {
    const { credential } = makePasskey(passkeyFormOf(body), issuer)
    return { name: 'Laptop', credential }
  })
  await fill(`/developer/apps/${app.id}/webhooks`, { uri: 'https://hooks.example/' })
  await fill(`${security}/app-passwords`, { name: 'Scale' })
  await fill(`${security}/personal-tokens`, { name: 'Script', scope: 'basic', expires: '30', until: '' })
  const scope = 'openid offline_access basic readmeasurements writemeasurements'
  const { access } = await newTokens(h, await addClient(h), { scope }, alice)
  const written = await h.app.inject({
    method: 'POST',
    url: '/api/v3/measurements',
    headers: { authorization: `Bearer ${access}` },
    payload: [{ variableName: 'Overall Mood', unitAbbreviatedName: '/5', value: 3, startTimeEpoch: 1_700_000_000 }],
  })
  expect(written.statusCode, written.body).toBeLessThan(300)
})
afterAll(() => h.close())

/** Every path that the pages of a person name, from her account and her apps on. */
async function pathsOf(browser: TestBrowser): Promise<readonly string[]> {
  const open = ['/account', '/developer', '/account/consents', '/developer/keys']
  const known = new Set(open)
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const { body } = await browser.get(path)
    for (const [, found = ''] of body.matchAll(/(?:href|action)="(\/(?:account|developer)[^"?#]*)/g)) {
      if (known.has(found)) continue
      known.add(found)
      open.push(found)
    }
  }
  return [...known]
}

/** What each answers her, one after another: lists that are asked for at once wait for each other. */
async function statusesOf(paths: readonly string[]): Promise<readonly number[]> {
  const statuses: number[] = []
  for (const path of paths) statuses.push((await alice.get(path)).status)
  return statuses
}

test('K155: what is another person’s answers 404 at every route, whatever is sent, and stays as it was', async () => {
  const hers = await pathsOf(alice)
  const routes = routesOf(h.app).filter(
    ({ path }) => /^\/(account|developer)\/.*:/.test(path) && !nobodys.some((place) => path.includes(place)),
  )
  expect(routes.length).toBeGreaterThan(30)
  await addAccount(h, 'mallory')
  const mallory = await signedIn(h, 'mallory')
  const sent = { name: 'Mine', username: 'mallory', answer: 'accepted' }
  const { csrf = '' } = hiddenFields(await mallory.get('/developer/apps/new'))
  const seen = await statusesOf(hers)
  await h.context.audit.flush()
  const before = await h.storage.audit.list(500)
  for (const { path, methods } of routes) {
    const place = /^.*:[^/]+/.exec(path)?.[0] ?? ''
    const pattern = new RegExp(`^${place.replaceAll(/:[^/]+/g, '[^/]+')}(?=/|$)`)
    // `new` is a page of its own beside the apps.
    const found = hers.flatMap((one) => pattern.exec(one)?.[0] ?? []).find((one) => !one.endsWith('/new'))
    expect(found, `nothing of hers at ${path}: make one above`).toBeDefined()
    const url = `${found}${path.slice(place.length)}`
    if (methods.includes('GET')) expect((await mallory.get(url)).status, `GET ${url}`).toBe(404)
    if (!methods.includes('POST')) continue
    expect((await mallory.post(url, { csrf, ...sent })).status, `POST ${url}`).toBe(404)
  }
  await h.context.audit.flush()
  expect(await h.storage.audit.list(500)).toEqual(before)
  expect(await statusesOf(hers)).toEqual(seen)
})
