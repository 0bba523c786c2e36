/** The frame of the admin API: problem details, versions, keys that make requests safe to repeat, pages. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, authorizeUrl, exchangeCode } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'
import { adminResource, call, machineToken } from './calls.ts'

let h: Harness
let token: string

beforeAll(async () => {
  h = await harness()
  token = await machineToken(h)
})
afterAll(() => h.close())

describe('Problem details (RFC 9457)', () => {
  it('answer an unknown path, an unknown method, an unknown member and a broken body', async () => {
    const nowhere = await h.app.inject('/admin/api/v1/nowhere')
    expect(nowhere.statusCode).toBe(404)
    const wrongMethod = await call(h, token, 'PUT', '/people')
    expect(wrongMethod.statusCode).toBe(405)
    expect(wrongMethod.headers.allow).toBe('GET, HEAD, POST')
    const unknownMember = await call(h, token, 'POST', '/people', { body: { username: 'zoe', role: 'owner' } })
    expect(unknownMember.statusCode).toBe(400)
    expect(unknownMember.json().errors).toEqual([{ pointer: '#/role', detail: 'Unknown member.' }])
    const broken = await call(h, token, 'POST', '/people', {
      body: 0,
      headers: { 'content-type': 'application/json' },
    })
    expect(broken.statusCode).toBe(400)
    const noJson = await call(h, token, 'POST', '/people', { body: 0, headers: { 'content-type': 'text/plain' } })
    expect(noJson.statusCode).toBe(415)
    for (const answer of [nowhere, wrongMethod, unknownMember, broken, noJson]) {
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
      expect(answer.headers['x-request-id']).toMatch(/./)
      expect(answer.json()).toMatchObject({ status: answer.statusCode, title: expect.any(String) })
    }
  })

  it('answer a path that no router can read', async () => {
    const answer = await h.app.inject('/admin/api/v1/people/%zz')
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  it('refuse a token outside of the Authorization header, and answer no page of another origin', async () => {
    const inQuery = await h.app.inject(`/admin/api/v1/people?access_token=${token}`)
    expect(inQuery.statusCode).toBe(400)
    const fromPage = await call(h, token, 'GET', '/people', { headers: { origin: 'https://app.example' } })
    expect(fromPage.statusCode).toBe(200)
    expect(fromPage.headers['access-control-allow-origin']).toBeUndefined()
    const preflight = await h.app.inject({
      method: 'OPTIONS',
      url: '/admin/api/v1/people',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
    })
    expect(preflight.statusCode).toBe(405)
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('A version', () => {
  it('is needed for a change, and an old one is refused', async () => {
    const { id } = await addAccount(h, 'versioned')
    const read = await call(h, token, 'GET', `/people/${id}`)
    const { etag } = read.headers
    expect(etag).toMatch(/^"[A-Za-z0-9_-]+"$/)
    const without = await call(h, token, 'PATCH', `/people/${id}`, { body: { enabled: false } })
    expect(without.statusCode).toBe(428)
    const off = await call(h, token, 'PATCH', `/people/${id}`, {
      body: { enabled: false },
      headers: { 'if-match': String(etag) },
    })
    expect([off.statusCode, off.json().enabled]).toEqual([200, false])
    const late = await call(h, token, 'PATCH', `/people/${id}`, {
      body: { enabled: true },
      headers: { 'if-match': String(etag) },
    })
    expect(late.statusCode).toBe(412)
    expect((await h.storage.accounts.find(id))?.enabled).toBe(false)
    const again = await call(h, token, 'DELETE', `/people/${id}`, { headers: { 'if-match': String(off.headers.etag) } })
    expect(again.statusCode).toBe(204)
    expect((await call(h, token, 'GET', `/people/${id}`)).statusCode).toBe(404)
  })

  it('is found among others, and a weak one is none', async () => {
    const { id } = await addAccount(h, 'weak')
    const change = async (match: (etag: string) => string) => {
      const { etag } = (await call(h, token, 'GET', `/people/${id}`)).headers
      const headers = { 'if-match': match(String(etag)) }
      return (await call(h, token, 'PATCH', `/people/${id}`, { body: { enabled: false }, headers })).statusCode
    }
    for (const wrong of [
      (etag: string) => `W/${etag}`,
      (etag: string) => `W/"x", W/${etag}`,
      () => '""',
      () => '"none"',
    ])
      expect(await change(wrong), String(wrong)).toBe(412)
    for (const broken of [(etag: string) => etag.slice(1, -1), (etag: string) => `${etag} ${etag}`, () => ''])
      expect(await change(broken), String(broken)).toBe(400)
    expect((await h.storage.accounts.find(id))?.enabled).toBe(true)
    expect(await change((etag) => `W/"x", ${etag}, "y"`)).toBe(200)
    expect(await change((etag) => `"y",${etag}`)).toBe(200)
  })

  it('lets one of two changes through that were decided on the same one', async () => {
    const { id } = await addClient(h)
    const { etag } = (await call(h, token, 'GET', `/apps/${id}`)).headers
    const change = (name: string) =>
      call(h, token, 'PATCH', `/apps/${id}`, {
        body: { metadata: { client_name: name } },
        headers: { 'if-match': String(etag) },
      })
    const answers = await Promise.all(['One', 'Two', 'Three'].map(change))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412])
  })
})

describe('An Idempotency-Key', () => {
  const create = (key: string, username: string) =>
    call(h, token, 'POST', '/people', { body: { username }, headers: { 'idempotency-key': key } })

  it('makes of many requests one account, and of another body a refusal', async () => {
    const first = await create('key-1', 'once')
    const second = await create('key-1', 'once')
    expect([first.statusCode, second.statusCode]).toEqual([201, 201])
    expect(second.json()).toEqual(first.json())
    expect(second.headers.location).toBe(first.headers.location)
    expect((await create('key-1', 'other')).statusCode).toBe(422)
    expect((await create('key-2', 'once')).statusCode).toBe(409)
  })

  it('carries a request out once that comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('key-3', 'parallel')))
    const statuses = answers.map(({ statusCode }) => statusCode)
    expect(statuses).toContain(201)
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([])
    expect(new Set(answers.filter(({ statusCode }) => statusCode === 201).map(({ body }) => body)).size).toBe(1)
  })

  it('belongs to who calls and to the address: another app, another person or another path has it anew', async () => {
    const headers = { 'idempotency-key': 'shared' }
    const body = { email: 'shared@example.com', username: 'shared' }
    expect((await call(h, token, 'POST', '/people', { body, headers })).statusCode).toBe(201)
    const other = await machineToken(h)
    const again = await call(h, other, 'POST', '/people', { body, headers })
    expect([again.statusCode, again.json().detail]).toEqual([409, 'The username is taken.'])
    const plan = await call(h, token, 'POST', '/plans', { body: { name: 'shared', per_day: 1 }, headers })
    expect(plan.statusCode).toBe(201)

    const olga = await addAccount(h, 'olga', { roles: ['owner'] })
    const tokenThrough = async (client: TestClient) => {
      const asked = { scope: 'admin.read admin.write', resource: adminResource }
      const { code } = await authorize(h.app, authorizeUrl(client, asked), { username: 'olga' })
      return (await exchangeCode(h.app, client, code)).body.access_token
    }
    const apps = [1, 2].map(() => addClient(h, { admin_api: true, scope: 'admin.read admin.write' }))
    const [one, two] = await Promise.all((await Promise.all(apps)).map(tokenThrough))
    const invite = (by: string | undefined, username: string) =>
      call(h, by, 'POST', '/people', { body: { username }, headers })
    expect((await invite(one, 'through-one')).statusCode).toBe(201)
    expect((await invite(two, 'through-two')).statusCode).toBe(201)
    // An answer is given again to who may have it now.
    expect((await invite(one, 'through-one')).statusCode).toBe(201)
    await h.storage.accounts.update(olga.id, { roles: ['support'] })
    expect((await invite(one, 'through-one')).statusCode).toBe(403)
  })

  it('shows a secret in the first answer alone', async () => {
    const ask = () =>
      call(h, token, 'POST', '/apps', {
        body: { metadata: { client_name: 'Nightly', grant_types: ['client_credentials'], scope: 'basic' } },
        headers: { 'idempotency-key': 'app-1' },
      })
    const first = (await ask()).json()
    const second = (await ask()).json()
    expect(first.client_secret).toMatch(/^[A-Za-z0-9]{40,}$/)
    expect(second.client_secret).toBeUndefined()
    expect(second.client_id).toBe(first.client_id)
  })

  it('belongs to one caller, and is forgotten after a day', async () => {
    const other = await machineToken(h)
    const asOther = await call(h, other, 'POST', '/people', {
      body: { username: 'elsewhere' },
      headers: { 'idempotency-key': 'key-1' },
    })
    expect(asOther.statusCode).toBe(201)
    expect((await create('key-4', 'daily')).statusCode).toBe(201)
    h.clock.move(24 * 3_600_000 + 1)
    token = await machineToken(h)
    expect((await create('key-4', 'daily-two')).statusCode).toBe(201)
  })
})

describe('A list', () => {
  it('comes in pages that hold everybody once', async () => {
    for (let i = 0; i < 5; i++) await addAccount(h, `paged${i}`)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const answer = await call(h, token, 'GET', `/people?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(answer.statusCode).toBe(200)
      const { items, next } = answer.json() as { items: { id: string }[]; next: string | null }
      expect(items.length).toBeLessThanOrEqual(2)
      if (next !== null) expect(answer.headers.link).toContain(`cursor=${next}`)
      seen.push(...items.map(({ id }) => id))
      cursor = next
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe((await h.storage.accounts.list(1000)).length)
  })

  it('refuses a cursor that is none, and a limit that is too large', async () => {
    for (const query of ['cursor=bm90', 'cursor=%27', 'limit=0', 'limit=201', 'limit=x', 'limit=2&limit=2', 'page=2']) {
      expect((await call(h, token, 'GET', `/people?${query}`)).statusCode, query).toBe(400)
    }
  })
})
