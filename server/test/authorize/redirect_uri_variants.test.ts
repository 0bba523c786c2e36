/** Redirect URIs that are nearly a registered one, at authorize of both protocols (RFC 9700 §2.1, RFC 8252 §7.3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizeUrl, testBrowser } from '../support/browser.ts'
import { addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const web = 'https://rp.example/cb'
const loopback = 'http://127.0.0.1/cb'

let h: Harness
let confidential: TestClient
let native: TestClient
beforeAll(async () => {
  h = await harness()
  const both = { dialects: ['oauth', 'quantimodo'] }
  confidential = await addClient(h, { ...both, redirect_uris: [web, loopback] })
  native = await addClient(h, {
    ...both,
    redirect_uris: [loopback, 'com.example.app:/cb'],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
  })
})
afterAll(() => h.close())

/** Where authorize goes with a redirect URI: undefined for a page. */
async function leadsTo(client: TestClient, redirect_uri: string, at: string): Promise<string | undefined> {
  const url = authorizeUrl(client, { redirect_uri, scope: 'nonsense' }).replace('/oauth/authorize', at)
  return (await testBrowser(h.app).get(url)).location
}

const places = ['/oauth/authorize', '/api/v2/oauth/authorize', '/oauth2/authorize']

const nearWeb = [
  ...[
    '/',
    '/../cb',
    '/..;/cb',
    '/%2e%2e/cb',
    '/%252e',
    '?',
    '?x=1',
    '#',
    '#x',
    ' ',
    '%20',
    '%00',
    '%0a',
    '\t',
    '\n',
    '\u0000a',
  ],
].map((more) => web + more)
const otherWeb = [
  'https://rp.example/CB',
  'https://rp.example/%63b',
  'https://rp.example//cb',
  'https://rp.example/./cb',
  'https://rp.example\\cb',
  'https://RP.example/cb',
  'HTTPS://rp.example/cb',
  'https:/rp.example/cb',
  'https:///rp.example/cb',
  '//rp.example/cb',
  ' https://rp.example/cb',
  'http://rp.example/cb',
  'https://rp.example:443/cb',
  'https://rp.example./cb',
  'https://rp.example.evil.example/cb',
  'https://rp.example@evil.example/cb',
  'https://a@b@rp.example/cb',
  'https://rp.example\\@evil.example/cb',
  'https://evil.example/https://rp.example/cb',
  'https://rpXexample/cb',
  'https://rр.example/cb',
  'https://rp。example/cb',
  'https://rp.example/cb\u200b',
  'javascript:alert(1)//https://rp.example/cb',
  'https://rp.example/cb https://evil.example/',
]
const nearLoopback = [
  'http://127.0.0.1:9/other',
  'http://127.0.0.1:0/cb',
  'http://127.0.0.1:65536/cb',
  'http://127.0.0.1:/cb',
  'http://127.0.0.1:9@evil.example/cb',
  'http://127.0.0.1:9/cb?x=1',
  'http://127.0.0.1:9/cb#x',
  'http://127.0.0.1.evil.example/cb',
  'http://127.1:9/cb',
  'http://127.0.0.2:9/cb',
  'http://2130706433/cb',
  'http://0x7f.0.0.1/cb',
  'http://0.0.0.0:9/cb',
  'http://localhost:9/cb',
  'http://[::1]:9/cb',
  'http://[::ffff:127.0.0.1]:9/cb',
  'https://127.0.0.1:9/cb',
  'com.example.app:/cb/',
  'com.example.app://cb',
  'COM.example.app:/cb',
]

describe.each(places)('at %s', (at) => {
  test.each([...nearWeb, ...otherWeb].map((uri) => [JSON.stringify(uri), uri] as const))(
    '%s is not the registered address',
    async (_written, uri) => {
      expect(await leadsTo(confidential, uri, at)).toBeUndefined()
    },
  )

  test.each(nearLoopback)('%s is not a redirect URI of a phone app', async (uri) => {
    expect(await leadsTo(native, uri, at)).toBeUndefined()
  })

  test('another port is for public phone apps alone', async () => {
    expect(await leadsTo(confidential, web, at)).toMatch(/^https:\/\/rp\.example\/cb\?error=/)
    expect(await leadsTo(native, 'http://127.0.0.1:9/cb', at)).toMatch(/^http:\/\/127\.0\.0\.1:9\/cb\?error=/)
    expect(await leadsTo(confidential, 'http://127.0.0.1:9/cb', at)).toBeUndefined()
  })
})

describe('the built-in client of the API reference', () => {
  const page = '/docs/api/static/oauth2-redirect.html'
  const reference = { id: 'api-reference' } as TestClient
  const returnsTo = (uri: string) => leadsTo(reference, uri, '/oauth/authorize')

  test('returns to its page on this server', async () => {
    expect(await returnsTo(`${issuer}${page}`)).toContain(`${issuer}${page}?error=`)
  })

  test.each([
    `http://localhost:3001${page}`,
    `http://localhost${page}`,
    `http://127.0.0.1:3000${page}`,
    `http://[::1]:3000${page}`,
    `https://localhost:3000${page}`,
    `${issuer}${page.replace('.html', '%2Ehtml')}`,
    `${issuer}${page}?`,
    `${issuer}/docs/api`,
  ])('never to %s', async (uri) => {
    expect(await returnsTo(uri)).toBeUndefined()
  })
})
