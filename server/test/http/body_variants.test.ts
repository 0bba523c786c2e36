/**
 * Bodies and queries that no sound client sends, at every endpoint and in every kind of body: an answer in the surface's own
 * envelope, never a fault, never a changed state.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { costOf } from '../support/cost.ts'
import { drivers } from '../support/drivers.ts'
import { addAccount, addClient, type Harness, type TestClient } from '../support/harness.ts'

const databases = await drivers()
const all: { name: string; h: Harness; client: TestClient; close(): Promise<void> }[] = []
beforeAll(async () => {
  for (const { name, servers } of databases) {
    const { h, close } = await servers()
    await addAccount(h)
    all.push({ name, h, client: await addClient(h, { dialects: ['oauth', 'quantimodo'] }), close })
  }
})
afterAll(async () => {
  for (const { close } of all) await close()
})

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const multipart = 'multipart/form-data; boundary=part'

const paths = [
  '/oauth/token',
  '/oauth/introspect',
  '/oauth/revoke',
  '/oauth/userinfo',
  '/oauth/authorize',
  '/api/oauth2/token',
  '/oauth/access_token',
  '/api/v2/oauth/authorize',
  '/api/v2/auth/social/authorizeCode',
  '/api/v2/auth/social/authorizeToken',
  '/v1/oauth/',
  '/auth/v1/login',
  '/auth/v1/refresh',
  '/auth/v2/login',
  '/auth/v2/validate',
  '/auth/v3/login',
  '/api/v3/measurements',
  '/api/v1/user',
  '/login',
  '/signup',
  '/consent',
  '/logout',
  '/developer/apps/new',
]

const names = [
  ...['grant_type', 'code', 'refresh_token', 'client_id', 'client_secret', 'redirect_uri', 'scope', 'state', 'token'],
  ...['username', 'password', 'provider', 'access_token', 'request', 'csrf', 'value', 'variableName'],
]
const prototypes = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'length']

/** Values that break somebody's parser, as they stand in a form. */
const inForms: readonly (readonly [string, string])[] = [
  ['a NUL', 'a%00b'],
  ['a NUL alone', '%00'],
  ['half a surrogate', '%ED%A0%80'],
  ['UTF-8 that is cut', '%E2%82'],
  ['UTF-8 that is longer than it needs', '%C0%80'],
  ['no UTF-8', '%FF%FE'],
  ['a broken escape', '%zz'],
  ['an escape that is cut', '%'],
  ['a line break', 'a%0D%0AX-Evil%3A%201'],
  ['markup', '%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
  ['a change of direction', '%E2%80%AEabc'],
  ['a byte order mark', '%EF%BB%BFa'],
  ['sixteen thousand letters', 'a'.repeat(16_000)],
  ['a number beyond numbers', '1e309'],
  ['a bracket', 'a[]'],
  ['SQL', "'%20OR%201=1--"],
]

/** The same in JSON, with what only JSON can say. */
const inJson: readonly (readonly [string, string])[] = [
  ['a NUL', '"a\\u0000b"'],
  ['half a surrogate', '"\\ud800"'],
  ['the other half', '"\\udc00x"'],
  ['an object', '{"a":1}'],
  ['an object that poses as a text', '{"toString":"x","length":3}'],
  ['a list', '["a"]'],
  ['a list of lists', '[[["a"]]]'],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '12345678901234567890'],
  ['a number beyond numbers', '1e999'],
  ['a negative nought', '-0'],
  ['a prototype', '{"__proto__":{"admin":true}}'],
  ['forty thousand letters', `"${'a'.repeat(40_000)}"`],
]

const wholes: readonly (readonly [string, string, string | Buffer])[] = [
  ['ten thousand parameters', form, Array.from({ length: 10_000 }, (_, i) => `a${i}=`).join('&')],
  ['one parameter ten thousand times', form, 'code=a&'.repeat(9000)],
  ['nothing but ampersands', form, '&'.repeat(60_000)],
  ['nothing but equals signs', form, '='.repeat(60_000)],
  ['names of prototypes', form, prototypes.map((name) => `${name}=x&${name}[${name}]=x`).join('&')],
  ['JSON as a form', form, '{"grant_type":"authorization_code"}'],
  ['a form as JSON', json, 'grant_type=authorization_code'],
  [
    'ten thousand members',
    json,
    JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`a${i}`, 1]))),
  ],
  ['JSON that is twenty thousand deep', json, '['.repeat(20_000) + ']'.repeat(20_000)],
  ['JSON objects that are ten thousand deep', json, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['JSON that is cut', json, '{"code":"a'],
  ['JSON in UTF-16', json, Buffer.from('{"code":"a"}', 'utf16le')],
  ['JSON that is no UTF-8', json, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['a JSON text', json, '"code"'],
  ['a JSON number', json, '1'],
  ['a JSON null', json, 'null'],
  ['a JSON list', json, '[]'],
  ['JSON with prototypes', json, '{"__proto__":{"grant_type":"password"},"constructor":{"prototype":{"x":1}}}'],
  ['JSON with one name twice', json, '{"grant_type":"a","grant_type":"b"}'],
  ['multipart that is cut', multipart, '--part\r\nContent-Disposition: form-data; name="code"\r\n\r\na'],
  ['multipart without a name', multipart, '--part\r\nContent-Disposition: form-data\r\n\r\na\r\n--part--\r\n'],
  [
    'multipart with a file',
    multipart,
    '--part\r\nContent-Disposition: form-data; name="code"; filename="a"\r\n\r\na\r\n--part--\r\n',
  ],
  [
    'multipart with a prototype',
    multipart,
    '--part\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\na\r\n--part--\r\n',
  ],
  ['multipart with ten thousand headers', multipart, `--part\r\n${'X: y\r\n'.repeat(9000)}\r\na\r\n--part--\r\n`],
  ['multipart of another boundary', 'multipart/form-data; boundary=other', '--part\r\n\r\na\r\n--part--\r\n'],
  ['multipart without a boundary', 'multipart/form-data', 'a'],
  ['multipart with an endless boundary', `multipart/form-data; boundary=${'a'.repeat(5000)}`, 'a'],
  ['a form in another charset', `${form}; charset=utf-16`, 'code=a'],
  ['XML', 'application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ['a type that is none', 'nonsense', 'a'],
  ['a type with a line of its own', 'a/b; c="\t"', 'a'],
  ['a body said to be compressed', form, Buffer.from([0x1f, 0x8b, 8, 0])],
]

async function state({ h }: { readonly h: Harness }) {
  const account = await h.storage.accounts.findByLogin('alice')
  if (account === undefined) throw new Error('the account is gone')
  const grants = await h.storage.grants.listByUser(account.id, 100)
  return JSON.stringify([account, grants.length, await h.storage.clients.listByUser(account.id)])
}

async function send({ h }: { readonly h: Harness }, url: string, type: string, payload: string | Buffer) {
  const answer = await h.app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost:3000', 'content-type': type },
    payload,
  })
  return answer
}

function expectRefused(answer: Awaited<ReturnType<typeof send>>, said: string): void {
  expect(answer.statusCode, `${said} ${answer.body.slice(0, 300)}`).toBeLessThan(500)
  // A password protocol of the oldest kind says no with 200.
  if (answer.statusCode < 300) expect(answer.body, said).toMatch(/"success": false|"active":false/)
  // Nothing of a token, nor of our insides.
  expect(answer.body, said).not.toMatch(/"access_token"|"refresh_token"|node_modules|\bat .*\.[jt]s:\d|SQLITE|select /)
  expect(answer.body, said).not.toContain('<script>alert')
  expect(answer.headers['x-evil'], said).toBeUndefined()
}

/** The ones that cannot be told from leaving something out, so that what they answer is a page or an empty success. */
const emptySuccess = new Set(['/oauth/revoke'])

describe.each(paths.flatMap((path) => databases.map((database, at) => ({ path, name: database.name, at }))))(
  '$path over $name',
  ({ path, at }) => {
    const there = () => all[at] as (typeof all)[number]

    test('refuses values that break parsers, in a form and in its query', async () => {
      const before = await state(there())
      for (const [what, value] of inForms) {
        const body = names
          .map((name) => `${name}=${value}`)
          .join('&')
          .slice(0, 60_000)
        const answer = await send(there(), path, form, body)
        if (!(emptySuccess.has(path) && answer.statusCode === 200)) expectRefused(answer, what)
        const query = await send(
          there(),
          `${path}?${names
            .slice(0, 3)
            .map((name) => `${name}=${value.slice(0, 2000)}`)
            .join('&')}`,
          form,
          '',
        )
        expectRefused(query, `${what} in the query`)
        const get = await there().h.app.inject({
          url: `${path}?client_id=${there().client.id}&x=${value.slice(0, 2000)}&state=${value.slice(0, 500)}`,
        })
        expect(get.statusCode, `${what} by GET`).toBeLessThan(500)
        expect(get.headers['x-evil'], what).toBeUndefined()
      }
      expect(await state(there())).toBe(before)
    })

    test('refuses values of other kinds in JSON', async () => {
      const before = await state(there())
      for (const [what, value] of inJson) {
        const body = `{${names
          .slice(0, 12)
          .map((name) => `"${name}":${value.length > 1000 && name !== 'code' ? '1' : value}`)
          .join(',')}}`
        expectRefused(await send(there(), path, json, body), what)
      }
      expect(await state(there())).toBe(before)
    })

    // What no parser takes reaches no database.
    if (at > 0) return
    test('refuses bodies that are nothing', async () => {
      const before = await state(there())
      for (const [what, type, body] of wholes) {
        const { value: answer, cost } = await costOf(() => send(there(), path, type, body))
        if (!(emptySuccess.has(path) && answer.statusCode === 200)) expectRefused(answer, what)
        expect(cost, what).toBeLessThan(2000)
      }
      expect(await state(there())).toBe(before)
      expect(Object.keys(Object.prototype), 'no prototype was written to').toEqual([])
      expect(({} as Record<string, unknown>).admin).toBeUndefined()
    })
  },
)
