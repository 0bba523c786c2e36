/** Requests sent on one connection before the answers to those before them (RFC 9112 §9.3.2). */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { overWire } from '../support/wire.ts'

let h: Harness
let address: string
let access: string
beforeAll(async () => {
  h = await harness()
  address = await h.app.listen({ port: 0, host: '127.0.0.1' })
  await addAccount(h)
  const client = await addClient(h)
  const scope = 'readmeasurements'
  const { browser } = await authorize(h.app, authorizeUrl(client, { scope }))
  access = (await newTokens(h, client, { scope }, browser)).access
})
afterAll(() => h.close())

const head = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: localhost:3000\r\n${more}\r\n`
const list = '/api/v3/measurements?sort=-value&variableName=%25a%25'
const bearer = () => `Authorization: Bearer ${access}\r\n`
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)

test('lists of one person, all sent at once, are read one after another instead of being refused', async () => {
  const more = bearer()
  const { text } = await overWire(address, `${head(list, more).repeat(9)}${head(list, `${more}Connection: close\r\n`)}`)
  expect(statuses(text)).toEqual(Array(10).fill('200'))
})

test('what waits on a connection that its client has ended is not begun', async () => {
  let begun = 0
  h.app.server.on('request', (_request, response) => {
    // Nobody reads its answer; that it was made shows that it was begun.
    const { writeHead } = response
    response.writeHead = ((...args: Parameters<typeof writeHead>) => {
      begun++
      return writeHead.apply(response, args)
    }) as typeof writeHead
  })
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  await new Promise<void>((resolve) => {
    socket.once('data', () => {
      socket.destroy()
      resolve()
    })
    socket.write(head(list, bearer()).repeat(50))
  })
  // Whatever would still run on that connection has run by the time that others have been served as often.
  for (let i = 0; i < 50; i++) {
    await overWire(address, head(list, `${bearer()}Connection: close\r\n`))
  }
  expect(begun).toBeGreaterThan(50)
  expect(begun).toBeLessThan(90)
})

describe('a connection on which a hundred wait is ended by one more', () => {
  test.each([
    '/healthz',
    '/login',
    '/oauth/authorize?client_id=unknown',
    '/oauth/userinfo',
    '/api/v1/oauth2/token?grant_type=refresh_token&client_id=x',
    '/v1/oauth/',
    '/auth/v2/login',
    '/api/v3/units',
    '/nowhere',
  ])('%s', async (path) => {
    const answered = statuses((await overWire(address, head(path).repeat(150))).text)
    expect(answered.length).toBeLessThanOrEqual(101)
    // Others are served as before.
    expect((await overWire(address, head('/healthz', 'Connection: close\r\n'))).text).toMatch(/^HTTP\/1\.1 200 /)
  })
})
