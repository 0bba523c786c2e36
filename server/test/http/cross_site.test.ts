/**
 * Forms and fetches from other sites, at every place that is posted to: each combination of what a browser says of where a
 * request comes from (Fetch standard, W3C Fetch Metadata), with a right token as with none.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signedIn } from '../pages/developer.ts'
import { hiddenFields, type TestBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  type Harness,
  harness,
  issuer,
  type TestClient,
} from '../support/harness.ts'
import { routesOf } from '../support/routes.ts'

let h: Harness
let alice: TestBrowser
let app: TestClient
let csrf: string
const registered = 'https://app.example'
beforeAll(async () => {
  h = await harness()
  // The owner, who may come to every page: what is refused is refused because of where it comes from.
  const account = await addAccount(h, 'alice', { roles: ['owner'] })
  app = await addClient(h, {}, { ownerId: account.id })
  alice = await signedIn(h)
  csrf = hiddenFields(await alice.get('/logout')).csrf ?? ''
})
afterAll(() => h.close())

/** Paths with a POST, as the server itself lists them. */
const postedPaths = () => routesOf(h.app).flatMap(({ path, methods }) => (methods.includes('POST') ? path : []))

/** What answers by a page of ours, and so is posted to by our forms alone. */
/** The admin API takes no cookie: it is no page. */
const pages =
  /^\/(?!admin\/api\/)(?:login|signup|setup|consent|logout|account|developer|admin|forgot|reset|verify|invitation)(?:\/|$)/

const foreign: readonly Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: `${issuer}.evil.example` },
  { origin: 'http://localhost:3001' },
  { origin: 'https://localhost:3000' },
  { origin: 'http://LOCALHOST:3000' },
  { origin: `${issuer}/` },
  { origin: `${issuer}, ${issuer}` },
  { origin: registered },
  { origin: '' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'SAME-ORIGIN' },
  { 'sec-fetch-site': 'unheard-of' },
  { 'sec-fetch-site': '' },
  { origin: issuer, 'sec-fetch-site': 'cross-site' },
  { origin: issuer, 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  { origin: 'null', 'sec-fetch-site': 'none' },
]

/** What a form with a file is sent to, as multipart/form-data. */
const withFile = ['/account/data/import', '/account/profile/picture']

function asUpload(fields: string): string {
  const part = (name: string, text: string) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
  return `${part('csrf', new URLSearchParams(fields).get('csrf') ?? '')}${part('file"; filename="x.csv', 'a')}--x--\r\n`
}

async function post(path: string, headers: Record<string, string>, fields: string) {
  return h.app.inject({
    method: 'POST',
    url: path,
    headers: {
      host: new URL(issuer).host,
      cookie: [...alice.cookies].map((pair) => pair.join('=')).join('; '),
      'content-type': withFile.includes(path) ? 'multipart/form-data; boundary=x' : 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: withFile.includes(path) ? asUpload(fields) : fields,
  })
}

async function state() {
  const account = await h.storage.accounts.findByLogin('alice')
  if (account === undefined) throw new Error('the account is gone')
  const apps = await h.storage.clients.listByUser(account.id)
  return JSON.stringify([account, apps, await h.storage.sessions.listByUser(account.id)])
}

describe('the pages', () => {
  const filled = (token: string) =>
    new URLSearchParams({
      csrf: token,
      username: 'alice',
      email: 'new@example.com',
      password: alicePassword,
      current: alicePassword,
      name: 'Renamed',
      decision: 'allow',
      kind: 'web',
      redirect_uris: 'https://evil.example/',
      redirect_uri: 'https://evil.example/',
      scope: 'basic',
      client_id: app.id,
      confirm: 'yes',
    }).toString()

  test('take no form that another site has sent, even with a right token, and change nothing', async () => {
    const paths = postedPaths().filter((path) => pages.test(path))
    expect(paths.length).toBeGreaterThan(25)
    const before = await state()
    for (const route of paths) {
      const path = route.replace(':id', app.id).replace(/:[a-z]+/g, 'x')
      for (const headers of foreign) {
        const answer = await post(path, headers, filled(csrf))
        const said = `${path} ${JSON.stringify(headers)}`
        expect([answer.statusCode, answer.headers.location], said).toEqual([403, undefined])
        expect(answer.headers['access-control-allow-origin'], said).toBeUndefined()
        // Nothing is drawn from the request.
        expect(answer.body, said).not.toContain('evil.example')
      }
    }
    expect(await state()).toBe(before)
  })

  test('take no form of this site without a right token, and change nothing', async () => {
    const before = await state()
    for (const route of postedPaths().filter((path) => pages.test(path))) {
      const path = route.replace(':id', app.id).replace(/:[a-z]+/g, 'x')
      for (const headers of [
        {},
        { origin: issuer },
        { 'sec-fetch-site': 'same-origin' },
        { 'sec-fetch-site': 'none' },
      ]) {
        for (const token of ['', 'x', csrf.slice(0, -1)]) {
          const answer = await post(path, headers as Record<string, string>, filled(token))
          expect(answer.statusCode, `${path} ${JSON.stringify(headers)} ${token}`).toBe(403)
        }
      }
    }
    expect(await state()).toBe(before)
  })

  test.each(['text/plain', 'application/json', 'multipart/form-data; boundary=x', ''])(
    'take no body as %s, which a page elsewhere can send',
    async (type) => {
      const before = await state()
      for (const path of ['/logout', '/account/security', '/developer/apps/new', '/login']) {
        const answer = await post(path, { 'content-type': type, origin: issuer }, `csrf=${csrf}`)
        expect(answer.statusCode, path).toBeGreaterThanOrEqual(400)
        expect(answer.statusCode, path).toBeLessThan(500)
      }
      expect(await state()).toBe(before)
    },
  )

  test('answer no fetch of another site, not even a preflight', async () => {
    for (const path of ['/login', '/consent', '/logout', '/account', '/oauth/authorize', '/api/v3/oauth2/authorize']) {
      const answer = await h.app.inject({
        method: 'OPTIONS',
        url: path,
        headers: { origin: registered, 'access-control-request-method': 'POST' },
      })
      const names = Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))
      expect(names, path).toEqual([])
    }
  })
})

describe('the password protocols', () => {
  const paths = ['v1', 'v2', 'v3'].flatMap((version) => [`/auth/${version}/login`, `/auth/${version}/refresh`])
  const elsewhere = foreign.filter(({ origin }) => origin !== undefined && origin !== registered && origin !== '')

  test.each(['/v1/oauth/', '/v1/oauth', '/v1/oauth/index.php', '/v1/add/index.php', ...paths])(
    '%s refuses what a page of no app has sent',
    async (path) => {
      const wrong = new URLSearchParams({ username: 'alice', password: 'wrong', token: 'rt' }).toString()
      for (const headers of [
        ...elsewhere,
        { 'sec-fetch-mode': 'navigate' },
        { origin: registered, 'sec-fetch-mode': 'navigate' },
      ]) {
        const answer = await post(path, headers as Record<string, string>, wrong)
        expect([200, 400, 403], `${path} ${JSON.stringify(headers)}`).toContain(answer.statusCode)
        expect(answer.body, path).not.toMatch(/"(access_)?token":/)
      }
    },
  )

  test('nothing of that was counted against the account', async () => {
    const right = new URLSearchParams({ username: 'alice', password: alicePassword }).toString()
    expect((await post('/v1/oauth/', {}, right)).json().success).toBe(true)
  })

  test.each(paths)('a page of an app may read what %s answers', async (path) => {
    const preflight = await h.app.inject({
      method: 'OPTIONS',
      url: path,
      headers: { origin: registered, 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers['access-control-allow-origin']).toBe(registered)
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined()
  })
})

describe('no endpoint that apps call lets a page of nobody read its answer', () => {
  test.each(['/oauth/token', '/oauth/revoke', '/oauth/userinfo', '/api/v3/user', '/api/v3/oauth2/token', '/v1/oauth/'])(
    '%s',
    async (path) => {
      for (const { origin } of foreign) {
        if (origin === undefined || origin === registered) continue
        for (const method of ['OPTIONS', 'POST'] as const) {
          const answer = await h.app.inject({ method, url: path, headers: { origin } })
          expect(answer.headers['access-control-allow-origin'], `${method} ${origin}`).toBeUndefined()
        }
      }
    },
  )
})
