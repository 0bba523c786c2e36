/** What an attacker sends to the admin API: nothing of it is a fault of the server, and nothing of it changes anything. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Operation } from '../../src/api/admin/operation.ts'
import { operations } from '../../src/api/admin/operations.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { call, machineToken } from './calls.ts'

type Schema = Readonly<Record<string, unknown>>

/** A body that fits a schema, with `bad` in place of one string after another. */
function spoiled(schema: Schema, example: unknown, bad: string): unknown[] {
  if (typeof example === 'string') return [bad]
  if (Array.isArray(example)) return example.flatMap((_, at) => spoiled({}, example[at], bad).map((one) => [one]))
  if (typeof example !== 'object' || example === null) return []
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>
  const members = { ...Object.fromEntries(Object.keys(properties).map((name) => [name, 'text'])), ...example }
  return Object.entries(members).flatMap(([name, value]) =>
    spoiled(properties[name] ?? {}, value, bad).map((one) => ({ ...example, [name]: one })),
  )
}

describe.each(await drivers())('on $name', ({ servers }) => {
  let s: Servers
  let token: string
  let ids: Readonly<Record<string, string>>
  beforeAll(async () => {
    s = await servers()
    token = await machineToken(s.h)
    const client = await addClient(s.h)
    const person = await addAccount(s.h, 'victim')
    ids = { id: person.id, client_id: client.id, protocol: 'jwt_login' }
  })
  afterAll(() => s.close())

  const pathOf = ({ path }: Operation) => path.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => ids[name] ?? 'none')

  it('text that cannot be stored is refused in every member of every body', async () => {
    const before = (await s.h.storage.audit.list(1000)).length
    const wrong: unknown[] = []
    for (const one of operations) {
      if (one.body === undefined) continue
      const schema = z.toJSONSchema(one.body, { io: 'input' }) as Schema
      for (const bad of ['a\0b', 'a\ud800b']) {
        for (const body of spoiled(schema, one.examples?.body ?? {}, bad)) {
          const answer = await call(s.h, token, one.method, pathOf(one), { body, headers: { 'if-match': '*' } })
          if (answer.statusCode < 400 || answer.statusCode >= 500) wrong.push([one.id, body, answer.statusCode])
        }
      }
    }
    expect(wrong).toEqual([])
    expect((await s.h.storage.audit.list(1000)).length).toBe(before)
  })

  it('text that cannot be stored, or is no text at all, is answered in every parameter and every part of a path', async () => {
    const wrong: unknown[] = []
    const bad = ['%00', '%ED%A0%80', '%FF', '%', '', encodeURIComponent('\u{10FFFF}'), '..%2F..', 'a'.repeat(4000)]
    for (const one of operations.filter(({ method }) => method === 'GET')) {
      for (const value of bad) {
        const queries = Object.keys(one.query.shape).map((name) => `${pathOf(one)}?${name}=${value}`)
        const paths = one.path.includes('{') ? [one.path.replaceAll(/\{[a-z_]+\}/g, value)] : []
        for (const path of [...queries, ...paths]) {
          const { statusCode, headers } = await call(s.h, token, 'GET', path)
          const known =
            statusCode < 500 && (statusCode === 200 || /problem\+json/.test(String(headers['content-type'])))
          if (!known) wrong.push([path.slice(0, 80), statusCode])
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it('cursors that were made up or are of another list are refused, whatever they hold', async () => {
    const made = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    const forged = [
      made(['a\0b']),
      made(['a\ud800b']),
      made([made(['a\0b', 'c'])]),
      made([made([1, 'c'])]),
      made([made([{}, 'c'])]),
      made([-1e300, 1e300]),
      made([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]),
      made([1, 'a\0b']),
      made([true, 1, '\0']),
      made({ __proto__: 1 }),
      made(null),
      made([]),
      '____',
    ]
    const wrong: unknown[] = []
    for (const one of operations.filter(({ query }) => 'cursor' in query.shape)) {
      for (const cursor of forged) {
        const { statusCode } = await call(s.h, token, 'GET', `${pathOf(one)}?cursor=${cursor}`)
        if (![200, 400, 404].includes(statusCode)) wrong.push([one.id, cursor, statusCode])
      }
    }
    expect(wrong).toEqual([])
  })

  it('numbers out of their range and values of another kind are refused', async () => {
    const wrong: unknown[] = []
    const values = ['1e400', '-1', '9007199254740993', '0.5', 'true', '[]', '{}', 'null', '"\\u0000"']
    for (const one of operations) {
      if (one.body === undefined) continue
      const example = (one.examples?.body ?? {}) as Readonly<Record<string, unknown>>
      for (const value of values) {
        for (const name of Object.keys(example)) {
          const rest = Object.entries(example).filter(([other]) => other !== name)
          const members = rest.map(([other, content]) => `${JSON.stringify(other)}:${JSON.stringify(content)}`)
          const answer = await s.h.app.inject({
            method: one.method,
            url: `/admin/api/v1${pathOf(one)}`,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'if-match': '"another"',
            },
            payload: `{${[...members, `${JSON.stringify(name)}:${value}`].join(',')}}`,
          })
          if (answer.statusCode >= 500) wrong.push([one.id, name, value, answer.statusCode])
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it('a change to a stale version is refused, also one that would change nothing', async () => {
    const changes = [
      ['PATCH', `/people/${ids.id}`, { enabled: true }],
      ['PATCH', `/apps/${ids.client_id}`, { metadata: {} }],
      ['PATCH', `/apps/${ids.client_id}`, { status: 'enabled' }],
      ['PUT', `/apps/${ids.client_id}/plan`, { plan: null }],
      ['PATCH', '/protocols/jwt_login', {}],
    ] as const
    for (const [method, path, body] of changes) {
      const { etag } = (await call(s.h, token, 'GET', path)).headers
      const stale = ['"another"', `W/${etag}`, '"another", "again"', '""']
      for (const header of stale) {
        const answer = await call(s.h, token, method, path, { body, headers: { 'if-match': header } })
        expect([path, header, answer.statusCode]).toEqual([path, header, 412])
      }
      for (const header of ['', 'another', '*, "x"', `${etag},,`, '"a"b"', '*x', '"unclosed']) {
        const answer = await call(s.h, token, method, path, { body, headers: { 'if-match': header } })
        expect([path, header, answer.statusCode]).toEqual([path, header, 400])
      }
      for (const header of [`"another", ${etag}`, '*']) {
        const answer = await call(s.h, token, method, path, { body, headers: { 'if-match': header } })
        expect([path, header, answer.statusCode]).toEqual([path, header, 200])
      }
    }
  })

  it('bodies that two readers could understand differently are refused', async () => {
    const send = (payload: string, headers: object = {}) =>
      s.h.app.inject({
        method: 'PATCH',
        url: `/admin/api/v1/apps/${ids.client_id}`,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*', ...headers },
        payload,
      })
    const bodies = [
      '{"status":"enabled","status":"disabled"}',
      '{"status":"enabled","st\\u0061tus":"disabled"}',
      '{"metadata":{"client_name":"a","client_name":"b"}}',
      '{"__proto__":{"status":"disabled"}}',
      '{"constructor":{"prototype":{"status":"disabled"}}}',
      '{"metadata":{"__proto__":{"admin_role":"owner"}}}',
      '{"metadata":{"client_name":"a\\u0000"}}',
      '{"metadata":{"a\\ud800":"b"}}',
      `{"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '{"status":"disabled"',
      '"disabled"',
      '[{"status":"disabled"}]',
      'null',
      '',
    ]
    for (const body of bodies) {
      const { statusCode } = await send(body)
      expect([body.slice(0, 80), statusCode]).toEqual([body.slice(0, 80), 400])
    }
    const large = await send(`{"status":"disabled","metadata":"${'x'.repeat(10_000_000)}"}`)
    expect([large.statusCode, large.json().code]).toEqual([413, 'content_too_large'])
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/merge-patch+json', '']) {
      expect((await send('{"status":"disabled"}', { 'content-type': type })).statusCode).toBe(415)
    }
    expect((await s.h.storage.clients.find(ids.client_id ?? ''))?.status).toBe('enabled')
  })
})

describe('An address', () => {
  let h: Harness
  let token: string
  beforeAll(async () => {
    h = await harness()
    token = await machineToken(h)
  })
  afterAll(() => h.close())

  it('is taken as it is spelled, by the methods that it has, whatever the caller would like to read', async () => {
    const { id } = await addClient(h, {}, {})
    const status = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await h.app.inject({
        method: method as 'GET',
        url: `/admin/api${path}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
      })
      const type = String(answer.headers['content-type'] ?? '')
      if (answer.statusCode >= 400 && method !== 'HEAD') expect(type, path).toMatch(/^application\/problem\+json/)
      return answer.statusCode
    }
    expect(await status('GET', `/v1/apps/${id}`)).toBe(200)
    expect(await status('GET', `/v1/apps/${id}`, { accept: 'text/html' })).toBe(200)
    expect(await status('HEAD', `/v1/apps/${id}`)).toBe(200)
    for (const path of [
      `/v1/apps/${id}/`,
      '/v1/apps/',
      '/v1//apps',
      `/v1/Apps/${id}`,
      '/v1',
      '/v1/',
      '/',
      '/v2/apps',
    ]) {
      expect([path, await status('GET', path)]).toEqual([path, 404])
    }
    for (const path of [
      `/v1/apps%2F${id}`,
      `/v1/apps/${id}%2Fplan`,
      `/v1/apps/..%2Fpeople`,
      '/v1/apps/%2e%2e',
      '/v1%2fapps',
    ]) {
      expect([path, await status('GET', path)]).toEqual([path, 404])
    }
    for (const method of ['POST', 'PUT', 'OPTIONS', 'TRACE']) {
      expect([method, await status(method, `/v1/apps/${id}`)]).toEqual([method, 405])
    }
    for (const method of ['PROPFIND', 'QUERY', 'LOCK']) {
      expect([method, (await status(method, `/v1/apps/${id}`)) < 500]).toEqual([method, true])
    }
    const overridden = await status('POST', `/v1/apps/${id}`, { 'x-http-method-override': 'DELETE', 'if-match': '*' })
    expect(overridden).toBe(405)
    expect(await h.storage.clients.find(id)).toBeDefined()
  })
})
