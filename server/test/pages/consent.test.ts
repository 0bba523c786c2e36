/** The consent page through the front door: what it says of an app that a person has allowed before. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apply } from '../providers/setting.ts'
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

describe('the APIs of others', () => {
  const tide = 'https://tide.example/api'
  const moor = 'https://moor.example/api'
  beforeAll(() =>
    apply(h, {
      resources: [
        {
          resource: tide,
          name: 'Tide <i>Data',
          publisher: 'Northfield Labs',
          website: 'https://tide.example/',
          terms: 'https://tide.example/terms',
          scopes: [{ name: 'tides', title: { en: 'See your tides' } }, 'basic'],
        },
        { resource: moor, scopes: ['tides', 'moor'] },
      ],
    }),
  )

  const servicesOn = (page: Page) =>
    named(read(page.body), 'section')
      .filter((one) => one.attributes['aria-labelledby'] === 'services')
      .flatMap((one) => named(one, 'ul').filter((list) => list.attributes.class === 'services'))
      .map(textOf)
      .join()

  test('are named where their own scopes are asked for, with who runs them and what is asked for there', async () => {
    const client = await addClient(h, { scope: 'basic openid tides moor' })
    const page = await ask(client, { scope: 'openid basic tides' })
    const services = servicesOn(page)
    expect(services).toMatch(/Tide <i>Data by Northfield Labs\s*See your tides\s*tide\.exampleTerms/)
    expect(services).toContain('moor.example')
    const hrefs = named(read(page.body), 'a').map((link) => link.attributes.href)
    expect(hrefs).toEqual(expect.arrayContaining(['https://tide.example/', 'https://tide.example/terms']))
    expect(servicesOn(await ask(client, { scope: 'moor' }))).not.toContain('Tide')
    expect(servicesOn(await ask(client, { scope: 'openid basic' }))).toBe('')
  })

  test('are those alone that the request has named, and stand on the page of the connected app', async () => {
    const client = await addClient(h, { scope: 'basic tides' })
    const page = await ask(client, { scope: 'basic tides', resource: tide })
    expect(servicesOn(page)).toContain('See your account details · See your tides')
    expect(servicesOn(page)).not.toContain('moor.example')
    await allowOn(browser, page)
    expect(servicesOn(await browser.get(`/account/apps/${client.id}`))).toContain('Northfield Labs')
  })
})
