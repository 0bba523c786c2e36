/** The pages for what went wrong, through the front door: who is shown which way on. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { authorize, authorizeUrl, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { byId, read, textOf } from './markup.ts'

let h: Harness
let alice: Account
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h)
  browser = (await authorize(h.app, authorizeUrl(await addClient(h)))).browser
})
afterAll(() => h.close())

const wrong = { redirect_uri: 'https://app.example/other' }
const asPage = { accept: 'text/html' }

test('whoever works on the app is led from its OAuth error to the entry in its request log', async () => {
  const own = await addClient(h, {}, { ownerId: alice.id })
  const { body } = await browser.get(authorizeUrl(own, wrong))
  const page = read(body)
  expect(textOf(byId(page, 'oauth-error'))).toContain('OAuth error: invalid_request')
  const entry = await browser.get(byId(page, 'log-entry').attributes.href ?? '')
  expect(entry.status).toBe(200)
  expect(entry.body).toContain('data-reason="redirect_uri_not_registered"')
})

test('nobody else is, whether signed in or not', async () => {
  const others = await addClient(h)
  for (const one of [browser, testBrowser(h.app)]) {
    const { body } = await one.get(authorizeUrl(others, wrong))
    expect(body).toContain('OAuth error: invalid_request')
    expect(body).not.toContain('/developer/apps/')
  }
})

test('where the client ID is unknown or switched off, the page sends nobody to a log that need not exist', async () => {
  const off = await addClient(h)
  await h.storage.clients.amend(off.id, () => ({ status: 'disabled' }))
  for (const id of ['nobody', off.id]) {
    const { body } = await browser.get(authorizeUrl(id))
    expect(textOf(byId(read(body), 'oauth-error'))).toContain('Check the client ID.')
  }
  const { body } = await browser.get(authorizeUrl(await addClient(h), wrong))
  expect(body).not.toContain('Check the client ID.')
})

test('the page of an app with a site of its own leads back to it, and never to what the request named', async () => {
  const client = await addClient(h, { client_uri: 'https://meadow.example/' })
  const { body } = await browser.get(authorizeUrl(client, { redirect_uri: 'https://evil.example/' }))
  expect(byId(read(body), 'back-to-app').attributes).toMatchObject({
    href: 'https://meadow.example/',
    rel: 'noreferrer',
  })
  expect(body).not.toContain('evil.example')
})

test('an address at which nothing stands keeps the header for who is signed in, and names no browser', async () => {
  const page = await browser.get('/nowhere', asPage)
  expect(page.status).toBe(404)
  expect(page.body).toContain('Page not found')
  expect(page.body).toContain('href="/account"')
  const stranger = await h.app.inject({ url: '/nowhere', headers: asPage })
  expect(stranger.body).not.toContain('href="/account"')
  expect(stranger.headers['set-cookie']).toBeUndefined()
})
