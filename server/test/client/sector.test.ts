/** The sector of an app that registers itself (OIDC Core §8.1): its host has to name the addresses of the app. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newTokens } from '../support/answers.ts'
import { signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer } from '../support/harness.ts'

let h: Harness
let browser: TestBrowser
let closing: () => void
/** The sector's host: what it answers, and how often it was asked. */
const host = { status: 200, type: 'application/json', body: '', asked: 0, uri: '' }

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-sector-'))
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  execFileSync('openssl', [...made, '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')], { stdio: 'ignore' })
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'))
  rmSync(folder, { recursive: true })
  const server = createServer({ key: String(key), cert: String(cert) }, (_request, response) => {
    host.asked++
    response.writeHead(host.status, { 'content-type': host.type }).end(host.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  host.uri = `${origin}/redirect_uris.json`
  // The certificate is trusted by nobody else.
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  h = await harness({
    settings: { dynamicRegistration: 'open', development: true, outboundAllowed: new Set([origin]) },
  })
  const alice = await addAccount(h)
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), alice.username)
  closing = () => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    server.close()
  }
})
afterAll(async () => {
  closing()
  await h.close()
})

const [one, other] = ['https://one.example/cb', 'https://other.example/cb']
const lists = (...uris: unknown[]) => JSON.stringify(uris)
beforeEach(() => Object.assign(host, { status: 200, type: 'application/json', body: lists(one, other), asked: 0 }))

async function send(method: 'POST' | 'PUT', url: string, said: object, token?: string) {
  const response = await h.app.inject({
    method,
    url,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    payload: JSON.stringify(said),
  })
  return { status: response.statusCode, body: response.json() }
}
const app = (more: object = {}) => ({
  client_name: 'Diary',
  redirect_uris: [one, other],
  subject_type: 'pairwise',
  sector_identifier_uri: host.uri,
  ...more,
})
const register = (more: object = {}) => send('POST', '/oauth/register', app(more))
const subAt = async (client: { readonly id: string; readonly secret: string }, redirect_uri: string) =>
  decodeJwt((await newTokens(h, client, { scope: 'openid', redirect_uri }, browser)).id).sub

async function registered(more: object = {}) {
  const { status, body } = await register(more)
  expect(status, JSON.stringify(body)).toBe(201)
  return { id: body.client_id as string, secret: body.client_secret as string, body }
}

test('E99: apps of one sector know a person by one ID, whichever host people return to', async () => {
  const [both, alone] = [await registered(), await registered({ redirect_uris: [other] })]
  expect(both.body).toMatchObject({ subject_type: 'pairwise', sector_identifier_uri: host.uri })
  const sub = await subAt(both, one)
  expect(await subAt(both, other)).toBe(sub)
  expect(await subAt(alone, other)).toBe(sub)
  const own = await registered({ redirect_uris: [other], sector_identifier_uri: undefined })
  expect(await subAt(own, other)).not.toBe(sub)
})

test.each<[string, () => void]>([
  ['names another address', () => (host.body = lists(one, 'https://other.example/cb2'))],
  ['names one of two', () => (host.body = lists(one))],
  ['names none', () => (host.body = '[]')],
  ['is no list', () => (host.body = JSON.stringify({ [one]: 1, [other]: 1 }))],
  ['is a text with the addresses in it', () => (host.body = JSON.stringify(`${one} ${other}`))],
  ['is no JSON', () => (host.body = 'x')],
  ['is of another type', () => (host.type = 'text/html')],
  ['is not there', () => (host.status = 404)],
  ['leads elsewhere', () => (host.status = 302)],
])('E99: an app whose document %s is refused, at registration and at a change', async (_, break_) => {
  const { id, body } = await registered()
  break_()
  const path = body.registration_client_uri.slice(issuer.length)
  for (const answer of [
    await register(),
    await register({ subject_type: undefined }),
    await send('PUT', path, app({ client_id: id }), body.registration_access_token),
  ]) {
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } })
    expect(answer.body.error_description).toMatch(/^sector_identifier_uri: /)
  }
  expect(host.asked).toBe(4)
})

test('without a sector there is one host or no pairwise subject', async () => {
  const answer = await register({ sector_identifier_uri: undefined })
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } })
  expect(answer.body.error_description).toMatch(/^subject_type: /)
})

test('H118: what the operator allows is for the operator: a server in use does not call the host that a stranger names', async () => {
  const use = await harness({ settings: { ...h.context.settings, development: false } })
  const answer = await use.app.inject({
    method: 'POST',
    url: '/oauth/register',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(app()),
  })
  expect(answer.statusCode).toBe(400)
  expect(host.asked).toBe(0)
  await use.close()
})

test('each registration that makes us call counts: of sixty in an hour from one network the next is refused uncalled', async () => {
  const busy = await harness({ settings: h.context.settings })
  host.body = '[]'
  const ask = () =>
    busy.app.inject({
      method: 'POST',
      url: '/oauth/register',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(app()),
    })
  for (let at = 0; at < 60; at++) expect((await ask()).statusCode).toBe(400)
  expect((await ask()).statusCode).toBe(429)
  expect(host.asked).toBe(60)
  await busy.close()
})

test('the operator’s word needs no document', async () => {
  const sector = { subject_type: 'pairwise', sector_identifier_uri: 'https://family.example/apps' }
  const [first, second] = [
    await addClient(h, { ...sector, redirect_uris: [one] }),
    await addClient(h, { ...sector, redirect_uris: [one, other] }),
  ]
  const sub = await subAt(first, one)
  expect(await subAt(second, other)).toBe(sub)
  expect(host.asked).toBe(0)
})
