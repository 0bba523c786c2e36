/** The consent page through the front door: what it says of an app that a person has allowed before. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allowOn, authorize, authorizeUrl, type Page, type TestBrowser } from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, type TestClient } from '../support/harness.ts'
import { named, read, textOf } from './markup.ts'

let h: Harness
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  browser = (await authorize(h.app, authorizeUrl(await addClient(h)))).browser
})
afterAll(() => h.close())

async function ask(client: TestClient, more: Record<string, string>): Promise<Page> {
  const page = await browser.follow(await browser.get(authorizeUrl(client, more)))
  expect(page.body, page.location).toContain('id="consent-allow"')
  return page
}

async function rename({ id }: TestClient, client_name: string): Promise<void> {
  await h.storage.clients.amend(id, ({ metadata }) => ({ metadata: { ...metadata, client_name } }))
}

test('more than was allowed is marked as new, and what was allowed is folded', async () => {
  const client = await addClient(h)
  const first = await ask(client, { scope: 'basic email' })
  expect(first.body).not.toMatch(/>New<|<details/)
  await allowOn(browser, first)
  const more = read((await ask(client, { scope: 'basic email writemeasurements' })).body)
  const [folded] = named(more, 'details')
  expect(folded && named(folded, 'li').map((item) => item.attributes['data-scope'])).toEqual(['basic', 'email'])
  const fresh = named(more, 'li').filter((item) => textOf(item).endsWith('New'))
  expect(fresh.map((item) => item.attributes['data-scope'])).toEqual(['writemeasurements'])
})

test('what was removed counts as never allowed', async () => {
  const client = await addClient(h)
  await allowOn(browser, await ask(client, { scope: 'basic' }))
  const { id } = (await h.storage.accounts.findByLogin('alice')) ?? {}
  if (id === undefined) throw new Error('no alice')
  await h.storage.consents.withdraw(id, client.id)
  await rename(client, 'Orchard')
  expect((await ask(client, { scope: 'basic' })).body).not.toMatch(/allowed all of this|name-changed/)
})

test('a name that has changed since the last yes is said until the next one', async () => {
  const client = await addClient(h)
  await allowOn(browser, await ask(client, { scope: 'basic' }))
  await rename(client, 'Orchard Planner')
  const changed = await ask(client, { scope: 'basic email' })
  expect(changed.body).toMatch(/id="name-changed">[^<]*<strong dir="auto">Meadow Journal</)
  expect(changed.body).not.toContain('id="destination-changed"')
  await allowOn(browser, changed)
  expect((await ask(client, { scope: 'basic', prompt: 'consent' })).body).not.toContain('id="name-changed"')
})

test('a destination that has changed is said, with the former one', async () => {
  const elsewhere = 'https://elsewhere.example/callback'
  const client = await addClient(h, { redirect_uris: [callback, elsewhere] })
  await allowOn(browser, await ask(client, { scope: 'basic' }))
  const page = textOf(read((await ask(client, { scope: 'basic email', redirect_uri: elsewhere })).body))
  expect(page).toContain('When you allowed it, that was app.example; now it is elsewhere.example.')
})

test('another port of a program on this computer is no change of destination', async () => {
  const client = await addClient(h, {
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/callback'],
  })
  for (const port of [4001, 4002]) {
    const page = await ask(client, { scope: 'basic', redirect_uri: `http://127.0.0.1:${port}/callback` })
    expect(page.body).not.toContain('id="destination-changed"')
    expect(textOf(read(page.body))).toContain(`You will be sent to a program on this computer (127.0.0.1:${port})`)
    await allowOn(browser, page)
  }
})
