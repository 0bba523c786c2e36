/** Ten thousand hostile requests over every route: no 5xx, no crash, and the server answers as before (K160). */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newTokens } from './support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, testBrowser } from './support/browser.ts'
import { costOf, median } from './support/cost.ts'
import { addAccount, addClient, callback, harness, type TestClient } from './support/harness.ts'
import { rounds } from './support/rounds.ts'
import { routesOf } from './support/routes.ts'

const requests = rounds(10_000)
/** Sent at once, as a crowd would. */
const together = 25

interface Hostile {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD' | 'OPTIONS'
  readonly url: string
  readonly headers: Record<string, string>
  readonly payload: string | undefined
  /** The last number of the address it comes from. */
  readonly host: number
}

test('K160, K163: ten thousand hostile requests over every route bring no 5xx and no crash', async () => {
  const h = await harness()
  await addAccount(h)
  const client = await addClient(h)
  const open = await addClient(h, { token_endpoint_auth_method: 'none' })
  const browser = testBrowser(h.app)
  const { code } = await authorize(h.app, authorizeUrl(client), { browser })
  const tokens = await newTokens(
    h,
    client,
    { scope: 'openid offline_access basic writemeasurements readmeasurements' },
    browser,
  )
  const known = routesOf(h.app).map(({ path }) => path)
  for (const path of ['/oauth/token', '/oauth/authorize', '/login', '/developer/apps/:id/requests', '/healthz']) {
    expect(known).toContain(path)
  }
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const vocabulary = words(client, open, [code, tokens.access, tokens.refresh, tokens.id])
  const request = hostile(known, vocabulary, cookie)
  const bad: string[] = []
  const costs: number[] = []

  const send = async ({ method, url, headers, payload, host }: Hostile) => {
    const response = await h.app.inject({
      method,
      url,
      headers,
      remoteAddress: `10.1.1.${host}`,
      ...(payload === undefined ? {} : { payload }),
    })
    if (response.statusCode >= 500) {
      bad.push(`${response.statusCode} ${method} ${url} ${JSON.stringify(headers)} ${String(payload).slice(0, 300)}`)
    }
    expect(response.headers['x-request-id']).toBeDefined()
  }
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: together, maxLength: together }), async (batch) => {
      const { cost } = await costOf(() => Promise.all(batch.map(send)))
      costs.push(cost)
    }),
    { numRuns: requests / together, endOnFailure: true },
  )
  expect(bad).toEqual([])
  // No batch holds up what comes after it.
  expect(Math.max(...costs)).toBeLessThan(median(costs) * 100)
  const again = await authorize(h.app, authorizeUrl(client))
  expect((await exchangeCode(h.app, client, again.code)).status).toBe(200)
  await h.close()
}, 120_000)

/** What a request of ours is made of, so that the fuzz gets past the first check. */
function words(client: TestClient, open: TestClient, credentials: readonly string[]) {
  const names = [
    ...['client_id', 'redirect_uri', 'scope', 'state', 'response_type', 'response_mode', 'prompt', 'max_age', 'nonce'],
    ...['code_challenge', 'code_challenge_method', 'resource', 'resume', 'request', 'request_uri', 'id_token_hint'],
    ...['grant_type', 'code', 'code_verifier', 'refresh_token', 'client_secret', 'token', 'token_type_hint', 'csrf'],
    ...['decision', 'action', 'email', 'next', 'before', 'removed', 'access_token', 'login_hint', 'client_assertion'],
    ...['limit', 'offset', 'sort', 'variableName', 'value', 'startTime', 'id', 'unitName', 'lastUpdated'],
    ...['__proto__', 'constructor', 'toString', '', 'a[]', 'a[b]'],
  ]
  const values = [
    ...[client.id, client.secret, open.id, callback, ...credentials],
    ...['openid basic', 'code', 'S256', 'none', 'login', 'authorization_code', 'refresh_token', 'client_credentials'],
    ...[
      '0',
      '-1',
      '1e309',
      'NaN',
      '99999999999999999999',
      'true',
      'null',
      '[]',
      '{}',
      'allow',
      'cancel',
      'x'.repeat(43),
    ],
    ...[
      "' or 1=1 --",
      '../../etc/passwd',
      '<script>',
      '%00',
      '\u0000',
      '\ud800',
      '\u202e',
      '😀',
      '\r\nX: y',
      '(gt)5',
      '%',
    ],
  ]
  return { names, values }
}

function hostile(
  known: readonly string[],
  { names, values }: ReturnType<typeof words>,
  cookie: string,
): fc.Arbitrary<Hostile> {
  const anything = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...values) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.string({ minLength: 200, maxLength: 1000 }) },
  )
  const encoded = (text: string) => {
    try {
      return encodeURIComponent(text)
    } catch {
      return '%ed%a0%80'
    }
  }
  const raw = fc.stringMatching(/^[!-~]{0,60}$/)
  const form = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...names), anything), { maxLength: 12 })
        .map((pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')),
    },
    { weight: 1, arbitrary: raw },
  )
  const segment = fc.oneof(fc.constantFrom('x', '%2e%2e', '%00', '%ff', ';a', '%25', 'v3', '1'), raw.map(encoded))
  const path = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom(...known), segment)
        .map(([route, part]) => route.replace(/:[A-Za-z]+/g, part).replace(/\*/g, part)),
    },
    { weight: 1, arbitrary: fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`) },
  )
  const basic = fc
    .tuple(anything, anything)
    .map(([id, secret]) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`)
  const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?')
  const headers = fc.record(
    {
      authorization: fc.oneof(
        basic,
        anything.map((text) => printable(`Bearer ${text}`)),
        raw,
      ),
      cookie: fc.oneof(
        fc.constant(cookie),
        raw,
        raw.map(
          (text) =>
            `consentry-session=${text}; consentry-browser-AAAAAAAA=${text}; consentry-browser-BBBBBBBB=${text.repeat(3)}`,
        ),
      ),
      origin: fc.constantFrom('http://localhost:3000', 'null', 'https://evil.example', 'https://app.example', '', 'x'),
      accept: fc.constantFrom('text/html', '*/*', 'application/json', ''),
      'content-type': fc.constantFrom(
        'application/x-www-form-urlencoded',
        'application/x-www-form-urlencoded; charset=utf-16',
        'application/json',
        'multipart/form-data; boundary=x',
        'text/plain',
        ';;;',
        'application/json; charset="',
      ),
      host: fc.constantFrom('localhost:3000', 'evil.example', '', '[::1', 'x y'),
      'user-agent': raw,
      'x-forwarded-for': raw,
      'if-none-match': raw,
      range: fc.constant('bytes=0-0'),
      'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site', 'none'),
    },
    { requiredKeys: [] },
  )
  const json = fc.oneof(fc.json(), fc.constant('{"a":'), fc.constant('[{"variableName":"x","value":1e999}]'))
  // Passwords are left out: each would cost a hash, and the throttle is tested elsewhere.
  return fc.record({
    method: fc.constantFrom<Hostile['method']>(
      'GET',
      'POST',
      'POST',
      'GET',
      'PUT',
      'DELETE',
      'PATCH',
      'HEAD',
      'OPTIONS',
    ),
    url: fc.tuple(path, form).map(([to, query]) => (query === '' ? to : `${to}?${query.replaceAll('#', '')}`)),
    headers: headers as fc.Arbitrary<Record<string, string>>,
    host: fc.nat(250),
    payload: fc.option(fc.oneof({ weight: 3, arbitrary: form }, { weight: 2, arbitrary: json }), { nil: undefined }),
  })
}
