/** Whatever arrives at the token endpoint or in a token parameter of the API, it is a refusal and never a fault. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenPaths } from './every_path.ts'
import { addApp, newTokens, offerCode, openQuantimodo, type QuantimodoServer } from './quantimodo.ts'

let h: QuantimodoServer
let known: readonly string[]
beforeAll(async () => {
  h = await openQuantimodo()
  const app = await addApp(h)
  const { access, refresh } = await newTokens(h, app)
  // Pieces that lead past the first checks; the secret is not among them, so that nothing succeeds.
  known = [
    app.id,
    await offerCode(h, app),
    access,
    refresh,
    'authorization_code',
    'refresh_token',
    'none',
    '',
    '\0',
    '�',
  ]
})
afterAll(() => h.close())

const name = fc.oneof(
  fc.constantFrom('grant_type', 'code', 'clientId', 'client_id', 'client_secret', 'refreshToken', 'scope', 'resource'),
  fc.constantFrom('access_token', 'accessToken', 'sessionToken', 'token', 'client_assertion', '__proto__', 'toString'),
  fc.string(),
)
const value = fc.oneof(
  fc.nat(20).map((n) => known[n % known.length] ?? ''),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^(ac|rt|at|eyJ)[A-Za-z0-9._-]{0,200}$/),
)
const header = fc.oneof(
  fc.constantFrom('Bearer', 'Basic', 'Basic Og==', 'Bearer a b', 'Token x', 'Basic YTpi'),
  value.map((text) => `Bearer ${Buffer.from(text).toString('base64')}`),
)
const request = fc.record(
  {
    query: fc.dictionary(name, value),
    authorization: header,
    type: fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'multipart/form-data',
      'text/plain',
      'nonsense;;',
    ),
    body: fc.oneof(
      fc.dictionary(name, fc.oneof(value, fc.anything())).map((members) => JSON.stringify(members) ?? ''),
      fc.array(fc.tuple(name, value)).map((pairs) => new URLSearchParams(pairs.map(([n, v]) => [n, v])).toString()),
      fc
        .array(fc.tuple(name, value))
        .map((pairs) =>
          pairs.map(([n, v]) => `--b\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n`).join(''),
        ),
      fc.string({ unit: 'binary' }),
    ),
  },
  { requiredKeys: [] },
)

const post = async (
  url: string,
  { query, authorization, type, body }: typeof request extends fc.Arbitrary<infer R> ? R : never,
) =>
  h.app.inject({
    method: 'POST',
    url: `${url}?${new URLSearchParams(Object.entries(query ?? {}).map(([n, v]) => [n.toWellFormed(), v.toWellFormed()]))}`,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { payload: body }),
  })

test('at the token endpoint', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...tokenPaths), request, async (url, sent) => {
      const response = await post(url, sent)
      expect([400, 401, 429]).toContain(response.statusCode)
      expect(response.json()).toMatchObject({ success: false, error: expect.any(String), message: expect.any(String) })
    }),
    { numRuns: 300 },
  )
})

test('at the resource API', async () => {
  const urls = ['/api/v3/measurements/delete', '/api/v3/measurements/post', '/api/measurements/v2']
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), request, async (url, sent) => {
      const response = await post(url, sent)
      expect(response.statusCode, response.body).toBeLessThan(500)
    }),
    { numRuns: 300 },
  )
})
