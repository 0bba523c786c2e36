/** An app that is registered for pairwise subjects has an ID of its own for a person (OIDC Core §8), wherever it reads of them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { createSubjects } from '../../src/runtime/keys/subjects.ts'
import type { Account } from '../../src/storage/contract.ts'
import { newTokens } from '../support/answers.ts'
import { authorizeUrl, hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  doJobs,
  type Harness,
  harness,
  issuer,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'

let h: Harness
let alice: Account
let browser: TestBrowser
const told: string[] = []
const receiver = createServer((request, response) => {
  request.on('data', (chunk) => told.push(String(chunk)))
  request.on('end', () => response.end())
})
let origin: string
beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  h = await harness({ settings: { outboundAllowed: new Set([origin]) } })
  alice = await addAccount(h)
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), alice.username)
})
afterAll(async () => {
  await h.close()
  receiver.close()
})

const pairwise = (host: string, more: Record<string, unknown> = {}) =>
  addClient(h, { subject_type: 'pairwise', redirect_uris: [`https://${host}/cb`], ...more })
const at = (host: string) => ({ redirect_uri: `https://${host}/cb` })
const tokensOf = (client: TestClient, host: string, scope = 'openid') =>
  newTokens(h, client, { scope, ...at(host) }, browser)
const subOf = async (client: TestClient, host: string) => decodeJwt((await tokensOf(client, host)).id).sub

test('apps of one host know a person by one ID, apps of another host by another, and it is not that of the account', async () => {
  const [one, two, other] = [await pairwise('a.example'), await pairwise('a.example'), await pairwise('b.example')]
  const sub = await subOf(one, 'a.example')
  expect(sub).toMatch(/^[\w-]{43}$/)
  expect(sub).not.toContain(alice.id)
  expect(await subOf(two, 'a.example')).toBe(sub)
  expect(await subOf(other, 'b.example')).not.toBe(sub)
  const native = { redirect_uris: ['http://127.0.0.1/cb'] }
  const own = [
    await addClient(h, { subject_type: 'pairwise', ...native }),
    await addClient(h, { subject_type: 'pairwise', ...native }),
  ]
  const subs = await Promise.all(
    own.map(
      async (client) =>
        decodeJwt((await newTokens(h, client, { scope: 'openid', redirect_uri: 'http://127.0.0.1/cb' }, browser)).id)
          .sub,
    ),
  )
  expect(new Set([sub, ...subs]).size).toBe(3)
})

test('ID token, userinfo, introspection, JWT access token and logout token agree', async () => {
  const app = await pairwise('c.example', { backchannel_logout_uri: `${origin}/out`, token_format: 'jwt' })
  const { id, access, refresh } = await tokensOf(app, 'c.example', 'openid offline_access')
  const { sub } = decodeJwt(id)
  const info = await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
  expect(info.json().sub).toBe(sub)
  expect(decodeJwt(access).sub).toBe(sub)
  for (const token of [access, refresh]) {
    const answer = await h.app.inject({
      method: 'POST',
      url: '/oauth/introspect',
      headers: {
        authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ token }).toString(),
    })
    expect(answer.json()).toMatchObject({ active: true, sub })
  }
  const other = testBrowser(h.app)
  await signInOn(other, await other.get('/login'), alice.username)
  const before = browser
  browser = other
  await tokensOf(app, 'c.example')
  browser = before
  await other.post('/logout', { ...hiddenFields(await other.get('/logout')), action: 'confirm' })
  await doJobs(h)
  expect(decodeJwt(told[0]?.split('logout_token=')[1] ?? '').sub).toBe(sub)
})

test('it is a hint of whom the app means, at authorization and at sign-out', async () => {
  const app = await pairwise('d.example')
  const { id } = await tokensOf(app, 'd.example')
  const silent = { prompt: 'none', scope: 'openid', id_token_hint: id, ...at('d.example') }
  expect((await browser.get(authorizeUrl(app, silent))).location).toContain('code=')
  await addAccount(h, 'bob')
  const bob = testBrowser(h.app)
  await signInOn(bob, await bob.get('/login'), 'bob')
  expect((await bob.get(authorizeUrl(app, silent))).location).toContain('error=login_required')
  expect((await bob.get(`/oauth/logout?id_token_hint=${id}`)).location).toContain('request=')
  const out = testBrowser(h.app)
  await signInOn(out, await out.get('/login'), alice.username)
  const kept = browser
  browser = out
  const { id: own } = await tokensOf(app, 'd.example')
  browser = kept
  expect((await out.follow(await out.get(`/oauth/logout?id_token_hint=${own}`))).body).toContain('You are signed out')
})

test('neither another root secret nor another issuer moves it, and the salt lies in no row in clear', async () => {
  const before = h.context.subjects.in('a.example', alice.id)
  const next = 'another root secret of the tests, long enough'
  const keyring = (secrets: readonly string[], of = issuer) => createKeyring(secrets, of, h.storage.installation)
  const moved = await createSubjects(h.storage, keyring([rootSecret, next], 'https://elsewhere.example'))
  expect(moved.in('a.example', alice.id)).toBe(before)
  const turned = await createSubjects(h.storage, keyring(['-', next]))
  expect(turned.in('a.example', alice.id)).toBe(before)
  expect((await h.storage.subjectSalt.find())?.generation).toBe(2)
  await expect(createSubjects(h.storage, keyring([rootSecret]))).rejects.toThrow('sealed under another root secret')
})

test('an app whose people return to several hosts is refused, as nothing says which one it is called by', async () => {
  const app = await pairwise('e.example', { redirect_uris: ['https://e.example/cb', 'https://f.example/cb'] })
  const refused = await browser.get(authorizeUrl(app, { scope: 'openid', ...at('e.example') }))
  expect(refused.location).toContain('error=unauthorized_client')
  expect(refused.location).toContain('protection')
})

test('its developer is warned before another host gives everybody another ID, and a second host is refused', async () => {
  const app = await addClient(
    h,
    { subject_type: 'pairwise', redirect_uris: ['https://g.example/cb'] },
    { ownerId: alice.id },
  )
  const path = `/developer/apps/${app.id}/redirect-uris`
  const csrf = hiddenFields(await browser.get('/logout')).csrf ?? ''
  const uris = async () => (await h.storage.clients.find(app.id))?.metadata.redirect_uris
  const second = await browser.post(path, { csrf, uri: 'https://elsewhere.example/cb' })
  expect(second.status).toBe(400)
  expect(second.body).toContain('all its redirect URIs need the same host')
  expect((await browser.post(path, { csrf, uri: 'https://g.example/other' })).status).toBe(303)
  await browser.post(`${path}/remove`, { csrf, uri: 'https://g.example/other' })

  const before = await subOf(app, 'g.example')
  const move = { csrf, uri: 'https://g.example/cb', to: 'https://moved.example/cb' }
  const asked = await browser.post(`${path}/edit`, move)
  expect(asked.status).toBe(400)
  expect(asked.body).toContain('it gets another ID (sub) for everybody')
  expect(asked.body).toMatch(/<input id="move-subjects" type="checkbox" name="move_subjects"[^>]* required/)
  expect(await uris()).toEqual(['https://g.example/cb'])
  const within = { ...move, to: 'https://g.example/another' }
  expect((await browser.post(`${path}/edit`, within)).status).toBe(303)
  expect((await browser.post(`${path}/edit`, { ...within, uri: within.to, to: move.uri })).status).toBe(303)
  expect((await browser.post(`${path}/edit`, { ...move, move_subjects: 'yes' })).status).toBe(303)
  expect(await uris()).toEqual(['https://moved.example/cb'])
  h.context.clients.forget()
  expect(await subOf(app, 'moved.example')).not.toBe(before)

  // The operator may have given it two hosts; of which one is left is asked, too.
  await h.storage.clients.amend(app.id, ({ metadata }) => ({
    metadata: { ...metadata, redirect_uris: ['https://moved.example/cb', 'https://left.example/cb'] },
  }))
  const first = { csrf, uri: 'https://moved.example/cb' }
  expect((await browser.post(`${path}/remove`, first)).status).toBe(400)
  const question = await browser.get(`${path}/remove?${new URLSearchParams({ uri: first.uri })}`)
  expect(question.body).toContain('another ID (sub) for every person')
  expect((await browser.post(`${path}/remove`, hiddenFields(question))).status).toBe(303)
  expect(await uris()).toEqual(['https://left.example/cb'])
})

test('discovery announces it, and an app that did not ask for it reads the ID of the account', async () => {
  const { subject_types_supported: types } = (await h.app.inject('/.well-known/openid-configuration')).json()
  expect(types).toEqual(['public', 'pairwise'])
  expect(decodeJwt((await newTokens(h, await addClient(h), { scope: 'openid' }, browser)).id).sub).toBe(alice.id)
})
