/** Reading parameters at the QuantiModo endpoints: every place, every spelling, and bodies that nobody should send. */
import fc from 'fast-check'
import { type FastifyInstance, fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readParameters } from '../../../src/dialects/quantimodo/parameters.ts'
import { takeBodies } from '../../../src/http/bodies/bodies.ts'
import { defaultBodyLimit } from '../../../src/http/bodies/body_limit.ts'
import { Refusal } from '../../../src/protocol/refusal.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = fastify({ bodyLimit: defaultBodyLimit })
  await takeBodies(app)
  app.all('/read', async (request, reply) => {
    try {
      const form = await readParameters(request, { once: ['max_age'] })
      return { values: Object.fromEntries(form.names.map((name) => [name, form.all(name)])), repeated: form.repeated }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return reply.code(error.status).send({ reason: error.reason, cause: error.detail.cause })
    }
  })
  await app.ready()
})
afterAll(() => app.close())

interface Read {
  readonly status: number
  readonly values: Record<string, string[]>
  readonly repeated: string[]
  readonly reason?: string
  readonly cause?: string
}

async function read(sent: {
  readonly query?: string
  readonly headers?: Record<string, string>
  readonly type?: string
  readonly body?: string | Buffer
}): Promise<Read> {
  const response = await app.inject({
    method: 'POST',
    url: `/read${sent.query === undefined ? '' : `?${sent.query}`}`,
    headers: { ...(sent.type === undefined ? {} : { 'content-type': sent.type }), ...sent.headers },
    ...(sent.body === undefined ? {} : { payload: sent.body }),
  })
  return { status: response.statusCode, values: {}, repeated: [], ...response.json() }
}

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const multi = 'multipart/form-data; boundary=frontier'

function multipart(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--frontier\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}--frontier--\r\n`
}

describe('where parameters may stand', () => {
  const sent = { grant_type: 'authorization_code', code: 'ac1', client_id: 'an app & more' }
  const expected = { grant_type: ['authorization_code'], code: ['ac1'], client_id: ['an app & more'] }

  test.each([
    ['the query string', { query: new URLSearchParams(sent).toString() }],
    ['an urlencoded body', { type: form, body: new URLSearchParams(sent).toString() }],
    ['a JSON body', { type: 'application/json;charset=utf-8', body: JSON.stringify(sent) }],
    ['a multipart body', { type: multi, body: multipart(sent) }],
    ['both, with equal values', { query: 'code=ac1&client_id=an+app+%26+more', type: multi, body: multipart(sent) }],
  ])('%s', async (_where, request) => {
    expect(await read(request)).toEqual({ status: 200, values: expected, repeated: [] })
  })

  test.each([
    ['client_id', 'client_id'],
    ['client_secret', 'client_secret'],
    ['X-Client-Id', 'client_id'],
  ])('the header %s', async (header, name) => {
    expect((await read({ headers: { [header]: 'value' } })).values).toEqual({ [name]: ['value'] })
  })
})

describe('spellings', () => {
  const spellings: Record<string, readonly string[]> = {
    client_id: ['client_id', 'clientId', 'clientid', 'quantimodo_client_id'],
    client_secret: ['client_secret', 'clientSecret', 'quantimodo_client_secret'],
    redirect_uri: ['redirect_uri', 'redirectUri', 'redirectUrl'],
    refresh_token: ['refresh_token', 'refreshToken'],
    grant_type: ['grant_type', 'grantType'],
    response_type: ['response_type', 'responseType'],
    response_mode: ['response_mode', 'responseMode'],
    code_verifier: ['code_verifier', 'codeVerifier'],
    code_challenge: ['code_challenge', 'codeChallenge'],
    code_challenge_method: ['code_challenge_method', 'codeChallengeMethod'],
    client_assertion: ['client_assertion', 'clientAssertion'],
    client_assertion_type: ['client_assertion_type', 'clientAssertionType'],
    max_age: ['max_age', 'maxAge'],
    login_hint: ['login_hint', 'loginHint'],
    id_token_hint: ['id_token_hint', 'idTokenHint'],
    request_uri: ['request_uri', 'requestUri'],
  }

  test.each(Object.entries(spellings).flatMap(([name, list]) => list.map((spelling) => [spelling, name])))(
    '%s is %s, in every kind of body',
    async (spelling, name) => {
      for (const request of [
        { query: `${spelling}=x` },
        { type: form, body: `${spelling}=x` },
        { type: json, body: JSON.stringify({ [spelling]: 'x' }) },
        { type: multi, body: multipart({ [spelling]: 'x' }) },
      ]) {
        expect((await read(request)).values).toEqual({ [name]: ['x'] })
      }
    },
  )

  test('mixed in one request, equal values are one value', async () => {
    const answer = await read({
      query: 'clientId=a&client_secret=s',
      headers: { 'x-client-id': 'a' },
      type: json,
      body: JSON.stringify({ client_id: 'a', clientSecret: 's' }),
    })
    expect(answer).toEqual({ status: 200, values: { client_id: ['a'], client_secret: ['s'] }, repeated: [] })
  })

  test('different values under two spellings are a repetition', async () => {
    expect((await read({ query: 'clientId=a&client_id=b' })).repeated).toEqual(['client_id'])
    expect((await read({ query: 'code=a', type: json, body: '{"code":"b"}' })).repeated).toEqual(['code'])
    expect((await read({ query: 'client_id=a', headers: { 'X-Client-Id': 'b' } })).repeated).toEqual(['client_id'])
  })
})

test.each([
  ['maxAge=1&max_age=2', 'maxAge and max_age are one parameter and came with different values.'],
  ['max_age=1&max_age=2', 'max_age was sent more than once.'],
])('what must come once is refused where its values differ: %s', async (query, cause) => {
  expect(await read({ query })).toMatchObject({ status: 400, reason: 'parameter_repeated', cause })
})

describe('what is forgiven', () => {
  test('unknown parameters, whatever they hold, and however often they come', async () => {
    const body = JSON.stringify({ appName: { deep: [1] }, code: 'c', __proto__x: 1, constructor: [], toString: {} })
    expect((await read({ query: 'platform=a&platform=b', type: json, body })).values).toEqual({ code: ['c'] })
  })

  test('an empty body under a JSON type', async () => {
    expect(await read({ query: 'code=c', type: json })).toMatchObject({ status: 200, values: { code: ['c'] } })
    expect(await read({ query: 'code=c', type: json, body: ' ' })).toMatchObject({ status: 200 })
    expect(await read({ query: 'code=c', type: json, body: 'null' })).toMatchObject({ status: 200 })
  })

  test('an empty or missing value is a parameter that was left out', async () => {
    expect(await read({ query: 'code=&state=', type: json, body: '{"code":"c","state":null}' })).toEqual({
      status: 200,
      values: { code: ['c'] },
      repeated: [],
    })
  })

  test('numbers are text', async () => {
    expect((await read({ type: json, body: '{"client_id":12}' })).values).toEqual({ client_id: ['12'] })
  })
})

describe('what is refused', () => {
  const file = [
    '--frontier',
    'Content-Disposition: form-data; name="code"; filename="c.txt"',
    'Content-Type: text/plain',
    '',
    'c',
    '--frontier--',
    '',
  ].join('\r\n')

  test.each([
    ['broken JSON', { type: json, body: '{"code":' }, 'parameter_malformed'],
    ['JSON that is no object', { type: json, body: '["code"]' }, 'parameter_malformed'],
    ['a text as JSON', { type: json, body: '"code"' }, 'parameter_malformed'],
    ['an object as a parameter', { type: json, body: '{"code":{"$ne":1}}' }, 'parameter_malformed'],
    ['a list as a parameter', { type: json, body: '{"clientId":["a"]}' }, 'parameter_malformed'],
    ['NUL in JSON', { type: json, body: '{"code":"a\\u0000"}' }, 'parameter_malformed'],
    ['half a character in JSON', { type: json, body: '{"code":"\\ud800"}' }, 'parameter_malformed'],
    ['NUL in multipart', { type: multi, body: multipart({ code: 'a\0' }) }, 'parameter_malformed'],
    ['NUL in the query', { query: 'code=%00' }, 'parameter_malformed'],
    ['broken percent-encoding in the query', { query: 'code=%zz' }, 'parameter_malformed'],
    ['broken percent-encoding in the body', { type: form, body: 'a=%zz' }, 'parameter_malformed'],
    ['broken UTF-8', { type: form, body: 'a=%ff' }, 'parameter_malformed'],
    [
      'a multipart body that is cut off',
      { type: multi, body: multipart({ code: 'x' }).slice(0, 70) },
      'parameter_malformed',
    ],
    [
      'multipart without a boundary',
      { type: 'multipart/form-data', body: multipart({ a: 'x' }) },
      'parameter_malformed',
    ],
    ['a file', { type: multi, body: file }, 'parameter_malformed'],
    ['too many parameters in the query', { query: 'a=1&'.repeat(300) }, 'parameter_malformed'],
    [
      'too many parts',
      { type: multi, body: multipart(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`n${i}`, 'x']))) },
      'parameter_malformed',
    ],
    ['a long value', { type: form, body: `code=${'x'.repeat(9000)}` }, 'parameter_too_long'],
    ['a long value in multipart', { type: multi, body: multipart({ code: 'x'.repeat(20_000) }) }, 'parameter_too_long'],
  ])('%s', async (_what, request, reason) => {
    expect(await read(request)).toMatchObject({ status: 400, reason })
  })

  test('a long multipart body of unknown length', async () => {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`n${i}`, 'x'.repeat(8000)]))
    const answer = await app.inject({
      method: 'POST',
      url: '/read',
      headers: { 'content-type': multi, 'transfer-encoding': 'chunked', 'content-length': '' },
      payload: multipart(fields),
    })
    expect(answer.statusCode).toBe(413)
  })
})

describe('properties', () => {
  const name = fc.oneof(fc.constantFrom('code', 'clientId', 'client_id', 'scope', 'x', '__proto__'), fc.string())

  test('whatever is sent, the answer is what was read or a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            query: fc.oneof(fc.webQueryParameters(), fc.string().map(encodeURI)),
            type: fc.constantFrom(form, json, multi, 'multipart/form-data; boundary='),
            body: fc.oneof(
              fc.string(),
              fc.json(),
              fc.dictionary(name, fc.anything()).map((value) => JSON.stringify(value) ?? ''),
              fc.dictionary(name, fc.string()).map(multipart),
              fc.uint8Array().map((bytes) => Buffer.from(bytes)),
            ),
          },
          { requiredKeys: [] },
        ),
        async (request) => {
          const { status } = await read(request)
          expect(request.type === undefined ? [200, 400, 415] : [200, 400]).toContain(status)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('the kind of body makes no difference', async () => {
    const value = fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom(...'aZ9-._~ +%&=é🌱') })
    const sent = fc.dictionary(fc.constantFrom('code', 'clientId', 'client_secret', 'redirectUrl', 'scope'), value)
    await fc.assert(
      fc.asyncProperty(sent, async (fields) => {
        const text = new URLSearchParams(fields).toString()
        const [query, ...bodies] = await Promise.all([
          read({ query: text }),
          read({ type: form, body: text }),
          read({ type: json, body: JSON.stringify(fields) }),
          read({ type: multi, body: multipart(fields) }),
          read({ query: text, type: multi, body: multipart(fields) }),
        ])
        expect(query.status).toBe(200)
        for (const body of bodies) expect(body).toEqual(query)
      }),
      { numRuns: 100 },
    )
  })
})
