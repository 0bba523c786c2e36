/** New passwords looked up at a breach service: what leaves the server, and what becomes of one that does not answer. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { hiddenFields, type Page, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword, type Harness, harness } from '../support/harness.ts'

const fresh = 'seven green kettles whisper'
const digest = createHash('sha1').update(fresh).digest('hex').toUpperCase()

let h: Harness
const servers: Server[] = []
afterEach(async () => {
  await h.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A server with a breach service on this machine, and what that was asked. */
async function withService(answer: RequestListener): Promise<readonly IncomingMessage[]> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  h = await harness({ settings: { breachService: `${origin}/range/`, outboundAllowed: new Set([origin]) } })
  await addAccount(h)
  return asked
}

async function choose(password: string): Promise<Page> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
  const page = await browser.get('/account/security')
  const fields = { ...hiddenFields(page), 'current-password': alicePassword, 'new-password': password }
  return browser.follow(await browser.post('/account/security', fields))
}

const changed = 'Your password has been changed.'

test('a password that the service knows is refused, and five characters of its digest are all that left', async () => {
  const asked = await withService((_request, response) => {
    response.end(`${'0'.repeat(35)}:3\r\n${digest.slice(5)}:12\r\n`)
  })
  const page = await choose(fresh)
  expect(page.status).toBe(400)
  expect(page.body).toContain('This password has been found in a data breach')
  expect(asked.map(({ url, method }) => `${method} ${url}`)).toEqual([`GET /range/${digest.slice(0, 5)}`])
  const sent = JSON.stringify([asked[0]?.url, asked[0]?.rawHeaders])
  for (const secret of [digest.slice(5), digest.slice(0, 6), fresh, 'alice']) expect(sent).not.toContain(secret)
  expect(asked[0]?.headers).toMatchObject({ 'add-padding': 'true' })
})

test('a password that it does not know is taken, and padding is no breach', async () => {
  await withService((_request, response) => response.end(`${digest.slice(5)}:0\r\n${'F'.repeat(35)}:9\r\n`))
  expect((await choose(fresh)).body).toContain(changed)
})

test('it is asked at no sign-in, and of no password that is refused without it', async () => {
  const asked = await withService((_request, response) => response.end(''))
  expect((await choose('password')).status).toBe(400)
  expect(asked).toEqual([])
})

test.each<[string, RequestListener]>([
  ['fails', (_request, response) => response.writeHead(503).end()],
  ['sends elsewhere', (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['breaks off', (request) => request.socket.destroy()],
  ['does not answer in time', () => undefined],
])('where it %s, the password is taken and counted', async (_, answer) => {
  const asked = await withService(answer)
  expect((await choose(fresh)).body).toContain(changed)
  expect(asked).toHaveLength(1)
  expect(h.context.breachedPasswords?.unanswered).toBe(1)
  const { payload } = await h.app.inject({ url: '/readyz', headers: { host: 'localhost:3000' } })
  expect(JSON.parse(payload)).toEqual({ status: 'ready', breachChecksUnanswered: 1 })
  expect(h.logged.join()).toContain('the breach service did not answer')
})
