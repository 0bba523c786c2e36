/** Versions and keys of the admin API hold on both databases, and across the nodes of one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount } from '../support/harness.ts'
import { call, machineToken } from './calls.ts'

describe.each(await drivers())('on $name', ({ servers }) => {
  let s: Servers
  let token: string
  beforeAll(async () => {
    s = await servers()
    token = await machineToken(s.h)
  })
  afterAll(() => s.close())

  /** Sends to each node in turn, at once. */
  const everywhere = <T>(send: (node: Servers['h'], at: number) => Promise<T>, times = 6): Promise<readonly T[]> =>
    Promise.all(Array.from({ length: times }, (_, at) => send(s.nodes[at % s.nodes.length] ?? s.h, at)))

  it('one of several changes is made that were decided on the same version', async () => {
    const { id } = await addAccount(s.h, 'versioned')
    const { etag } = (await call(s.h, token, 'GET', `/people/${id}`)).headers
    const answers = await everywhere((node, at) =>
      call(node, token, 'PATCH', `/people/${id}`, {
        body: { roles: at % 2 === 0 ? ['support'] : ['admin'] },
        headers: { 'if-match': String(etag) },
      }),
    )
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412, 412, 412, 412])
  })

  it('one of several things of one name is made, and the others overwrite nothing', async () => {
    const bodies = {
      '/plans': (at: number) => ({ name: 'at-once', per_day: at + 1 }),
      '/resources': (at: number) => ({ resource: 'https://at-once.example/', name: `API ${at}` }),
      '/people': (at: number) => ({ username: 'at-once', email: `at-once-${at}@example.com` }),
      '/apps': (at: number) => ({
        client_id: 'at-once',
        metadata: { client_name: `App ${at}`, grant_types: ['client_credentials'] },
      }),
    }
    for (const [path, bodyOf] of Object.entries(bodies)) {
      const answers = await everywhere((node, at) => call(node, token, 'POST', path, { body: bodyOf(at) }))
      const statuses = answers.map(({ statusCode }) => statusCode).sort()
      expect([path, statuses]).toEqual([path, [201, 409, 409, 409, 409, 409]])
      const made = answers.find(({ statusCode }) => statusCode === 201)
      const place = new URL(String(made?.headers.location)).pathname.replace('/admin/api/v1', '')
      const { client_secret: _, ...shown } = made?.json() ?? {}
      expect((await call(s.h, token, 'GET', place)).json()).toEqual(shown)
    }
  })

  it('a request with an Idempotency-Key is carried out once', async () => {
    const send = (node: Servers['h']) =>
      call(node, token, 'POST', '/people', { body: { username: 'once' }, headers: { 'idempotency-key': 'k' } })
    const answers = await everywhere(send)
    const made = answers.filter(({ statusCode }) => statusCode === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(answers.filter(({ statusCode }) => statusCode !== 201 && statusCode !== 409)).toEqual([])
    const again = await everywhere(send, s.nodes.length)
    expect(new Set([...made, ...again].map(({ body }) => body)).size).toBe(1)
  })

  it('a key whose request was carried out and whose answer was lost is told so, and not done again', async () => {
    const send = () =>
      call(s.h, token, 'POST', '/people', { body: { username: 'lost' }, headers: { 'idempotency-key': 'l' } })
    expect((await send()).statusCode).toBe(201)
    await s.execute('update idempotency_keys set status = null, body = null, leased_until = 0')
    const again = await send()
    expect([again.statusCode, again.json().code]).toEqual([409, 'answer_lost'])
  })
})
