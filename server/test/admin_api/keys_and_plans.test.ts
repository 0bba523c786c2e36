/** Plans, subscription keys and identity providers over the admin API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient } from '../support/harness.ts'
import { call, machineToken } from './calls.ts'

describe.each(await drivers())('on $name', ({ servers }) => {
  let s: Servers
  let token: string
  beforeAll(async () => {
    s = await servers()
    token = await machineToken(s.h)
  })
  afterAll(() => s.close())

  const ask = (...of: Parameters<typeof call> extends [unknown, unknown, ...infer Rest] ? Rest : never) =>
    call(s.h, token, ...of)
  const at = (etag: unknown) => ({ 'if-match': String(etag) })

  it('a plan is made, given to an app, changed, and removed once nobody has it', async () => {
    const made = await ask('POST', '/plans', { body: { name: 'partner', per_minute: 60 } })
    expect([made.statusCode, made.json()]).toEqual([
      201,
      { name: 'partner', per_minute: 60, per_day: null, per_month: null },
    ])
    expect((await ask('POST', '/plans', { body: { name: 'partner', per_day: 5 } })).statusCode).toBe(409)
    expect((await ask('POST', '/plans', { body: { name: 'endless' } })).statusCode).toBe(400)
    const changed = await ask('PATCH', '/plans/partner', {
      body: { per_day: 1000, per_minute: null },
      headers: at(made.headers.etag),
    })
    expect(changed.json()).toEqual({ name: 'partner', per_minute: null, per_day: 1000, per_month: null })
    const late = await ask('PATCH', '/plans/partner', { body: { per_day: 1 }, headers: at(made.headers.etag) })
    expect(late.statusCode).toBe(412)
    const { id } = await addClient(s.h)
    const path = `/apps/${id}/plan`
    const before = await ask('GET', path)
    expect(before.json()).toEqual({ plan: null, periods: [] })
    const unknown = await ask('PUT', path, { body: { plan: 'nothing' }, headers: at(before.headers.etag) })
    expect(unknown.json().errors).toEqual([{ pointer: '#/plan', detail: 'There is no such plan.' }])
    const given = await ask('PUT', path, { body: { plan: 'partner' }, headers: at(before.headers.etag) })
    expect(given.json()).toEqual({ plan: 'partner', periods: [{ name: 'day', quota: 1000, used: 0 }] })
    const lateApp = await ask('PUT', path, { body: { plan: null }, headers: at(before.headers.etag) })
    expect(lateApp.statusCode).toBe(412)
    const held = await ask('DELETE', '/plans/partner', { headers: at('*') })
    expect(held.statusCode).toBe(409)
    const taken = await ask('PUT', path, { body: { plan: null }, headers: at(given.headers.etag) })
    expect(taken.json().plan).toBeNull()
    expect((await ask('DELETE', '/plans/partner', { headers: at(changed.headers.etag) })).statusCode).toBe(204)
    expect((await ask('GET', '/plans/partner')).statusCode).toBe(404)
  })

  it('a subscription key is made with a text that is told once, changed, given a plan and removed', async () => {
    const owner = await addAccount(s.h, 'keeper')
    const headers = { 'idempotency-key': 'key' }
    const body = { owner: owner.id, name: 'Till 4' }
    const made = await ask('POST', '/subscription-keys', { body, headers })
    expect(made.statusCode).toBe(201)
    const { key: text, ...key } = made.json()
    expect(text).toMatch(/^[A-Za-z0-9]{32}$/)
    expect(key).toMatchObject({ owner: owner.id, name: 'Till 4', enabled: true, open_to: 'team', last_used_at: null })
    expect((await ask('POST', '/subscription-keys', { body, headers })).json()).toEqual(key)
    expect((await s.h.context.subscriptionKeys.find(text)).outcome).toBe('ok')
    const path = `/subscription-keys/${key.id}`
    const { etag } = (await ask('GET', path)).headers
    // A use is no change of what was read.
    await s.h.storage.subscriptionKeys.addUses([{ id: key.id, day: '2030-01-01', count: 3, lastUsed: s.h.clock.now() }])
    const off = await ask('PATCH', path, { body: { enabled: false, name: 'Till 5' }, headers: at(etag) })
    expect(off.json()).toMatchObject({ enabled: false, disabled_by: 'operator', name: 'Till 5' })
    expect(off.json().last_used_at).not.toBeNull()
    await ask('POST', '/plans', { body: { name: 'tills', per_day: 10 } })
    const given = await ask('PUT', `${path}/plan`, { body: { plan: 'tills' }, headers: at(off.headers.etag) })
    expect(given.json()).toEqual({ plan: 'tills', periods: [{ name: 'day', quota: 10, used: 0 }] })
    expect((await ask('DELETE', path, { headers: at(off.headers.etag) })).statusCode).toBe(412)
    expect((await ask('DELETE', path, { headers: at(given.headers.etag) })).statusCode).toBe(204)
    expect((await ask('GET', path)).statusCode).toBe(404)
    const { events } = await s.h.storage.audit.search(10, { account: owner.id })
    expect(events.map(({ type }) => type)).toEqual(['subscription_key_deleted', 'subscription_key_created'])
  })

  it('subscription keys come in pages, of everybody or of one person', async () => {
    const [one, other] = [await addAccount(s.h, 'one'), await addAccount(s.h, 'other')]
    for (let i = 0; i < 5; i++) {
      await ask('POST', '/subscription-keys', { body: { owner: (i === 0 ? other : one).id, name: `Key ${i}` } })
    }
    const walk = async (query: string) => {
      const seen: string[] = []
      for (let cursor = ''; ; ) {
        const page = (await ask('GET', `/subscription-keys?limit=2${query}${cursor}`)).json()
        seen.push(...page.items.map(({ name }: { name: string }) => name))
        if (page.next === null) return seen.sort()
        cursor = `&cursor=${page.next}`
      }
    }
    expect(await walk('')).toEqual(['Key 0', 'Key 1', 'Key 2', 'Key 3', 'Key 4'])
    expect(await walk(`&owner=${one.id}`)).toEqual(['Key 1', 'Key 2', 'Key 3', 'Key 4'])
    expect(await walk('&owner=nobody')).toEqual([])
  })

  it('a provider is shown without its secret', async () => {
    await s.h.storage.providers.put({
      id: 'google',
      kind: 'oidc',
      issuer: 'https://accounts.google.com',
      client_id: 'ours',
      client_secret: { generation: 1, sealed: 'sealed text' },
    })
    const one = await ask('GET', '/providers/google')
    expect(one.json()).toMatchObject({ id: 'google', client_id: 'ours', has_secret: true })
    const all = await ask('GET', '/providers')
    expect(all.json().items).toEqual([one.json()])
    expect(one.body + all.body).not.toContain('sealed text')
  })

  it('apps are found by how a name, an ID or an owner begins, by status, and in pages', async () => {
    const owner = await addAccount(s.h, 'finder')
    for (const name of ['Zebra one', 'Zebra two', 'Zebra three']) await addClient(s.h, { client_name: name })
    const owned = await addClient(s.h, { client_name: 'Owned' }, { ownerId: owner.id })
    const names = async (query: string) =>
      (await ask('GET', `/apps?${query}`)).json().items.map((one: { metadata: { client_name?: string } }) => {
        return one.metadata.client_name
      })
    expect((await names('q=zebra')).sort()).toEqual(['Zebra one', 'Zebra three', 'Zebra two'])
    expect(await names('q=finder')).toEqual(['Owned'])
    expect(await names(`owner=${owner.id}`)).toEqual(['Owned'])
    expect(await names(`q=${owned.id}&status=disabled`)).toEqual([])
    const first = (await ask('GET', '/apps?q=zebra&limit=2')).json()
    const second = (await ask('GET', `/apps?q=zebra&limit=2&cursor=${first.next}`)).json()
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null])
  })

  it('requests for access come in pages, those that wait before those that were approved', async () => {
    const now = s.h.clock.now()
    for (let i = 0; i < 5; i++) {
      const of = { id: `ask${i}`, email: `ask${i}@example.com`, appName: `App ${i}`, purpose: 'Try', website: null }
      await s.h.storage.accessRequests.put({ ...of, language: 'en', askedAt: now + (i % 3), expiresAt: now + 1e9 })
    }
    for (const id of ['ask0', 'ask4']) await s.h.storage.accessRequests.approve(id, `app-${id}`, now + 1e9)
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = (await ask('GET', `/access-requests?limit=2${cursor}`)).json()
      seen.push(...page.items.map(({ id }: { id: string }) => id))
      if (page.next === null) break
      cursor = `&cursor=${page.next}`
    }
    expect(seen).toEqual(['ask3', 'ask1', 'ask2', 'ask0', 'ask4'])
  })
})
