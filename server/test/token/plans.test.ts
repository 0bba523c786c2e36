/** Plans: how many requests an app or a subscription key may make, what answers say of that, and what comes at the end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { deleteUser } from '../../src/engine/operator/people.ts'
import { expectRefusal, newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, token } from '../support/browser.ts'
import { type Driver, drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, type TestClient } from '../support/harness.ts'

const minute = 60_000

async function apply({ context }: Harness, document: Record<string, unknown>, prune = false): Promise<string[]> {
  const changes = await planApply(context, parseDocument(JSON.stringify(document)), { prune })
  await executeApply(context, byCommand, changes)
  await context.quotas.refresh()
  return changes.map(({ action, kind, name, members }) => [action, kind, name, ...members].join(' '))
}

describe.each(await drivers())('plans on $name', (driver: Driver) => {
  let servers: Servers
  let h: Harness
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
  })
  afterAll(() => servers.close())

  /** Entry of a machine client as apply takes it, and the client. */
  async function machine(plan: string | null) {
    const client = await addClient(h, { grant_types: ['client_credentials'], redirect_uris: [], scope: 'basic' })
    const give = (wanted: string | null) => ({
      clients: [
        {
          client_id: client.id,
          client_name: 'Meadow Journal',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          scope: 'basic',
          plan: wanted,
        },
      ],
    })
    if (plan !== null) await apply(h, give(plan))
    return { client, give }
  }
  const ask = (client: TestClient, on = h) =>
    token(on.app, client, { grant_type: 'client_credentials', scope: 'basic' })
  /** The next minute begins, so that the ones asked for fall into one. */
  const nextMinute = () => h.clock.move(minute - (h.clock.now() % minute))

  test('an app hears what is left of its plan, is told to wait at its end, and goes on in the next period', async () => {
    await apply(h, { plans: [{ name: 'free', per_minute: 3, per_day: 1000 }] })
    const { client } = await machine('free')
    nextMinute()
    const day = 86_400 - Math.floor((h.clock.now() % 86_400_000) / 1000)
    for (const left of [2, 1, 0]) {
      const answer = await ask(client)
      expect(answer.status).toBe(200)
      expect(answer.headers['ratelimit-policy']).toBe('"minute";q=3;w=60, "day";q=1000;w=86400')
      expect(answer.headers.ratelimit).toBe(`"minute";r=${left};t=60, "day";r=${997 + left};t=${day}`)
    }
    const refused = await ask(client)
    expectRefusal(refused, 'temporarily_unavailable', 429)
    expect(refused.headers['retry-after']).toBe('60')
    expect(refused.headers.ratelimit).toBe(`"minute";r=0;t=60, "day";r=997;t=${day}`)
    await h.context.requests.flush()
    const [logged] = await h.storage.requests.list(client.id, 1)
    expect(logged).toMatchObject({ reason: 'plan_used_up', rule: 'plan', status: 429 })
    expect(logged?.cause).toContain('The plan free allows 3 requests a minute')
    nextMinute()
    expect((await ask(client)).status).toBe(200)
  })

  test('who has no plan hears nothing of one, and a plan taken away or removed sets no limit', async () => {
    await apply(h, { plans: [{ name: 'one', per_day: 1 }] })
    const { client, give } = await machine('one')
    const { client: other } = await machine(null)
    expect((await ask(other)).headers.ratelimit).toBeUndefined()
    expect((await ask(client)).status).toBe(200)
    expect((await ask(client)).status).toBe(429)
    expect(await apply(h, give(null))).toContain(`update client ${client.id} plan`)
    const free = await ask(client)
    expect(free.status).toBe(200)
    expect(free.headers.ratelimit).toBeUndefined()
    await apply(h, give('one'))
    expect((await ask(client)).status).toBe(429)
    expect(await apply(h, { plans: [{ name: 'free', per_minute: 3 }] }, true)).toContain('remove plan one')
    expect((await ask(client)).status).toBe(200)
  })

  test('only who proves to be the app is counted', async () => {
    await apply(h, { plans: [{ name: 'two', per_day: 2 }] })
    const { client } = await machine('two')
    for (let i = 0; i < 5; i++) {
      const guess = await ask({ ...client, secret: 'x'.repeat(40) })
      expect(guess.status).toBe(401)
      expect(guess.headers.ratelimit).toBeUndefined()
    }
    expect((await ask(client)).headers.ratelimit).toContain('"day";r=1;')
  })

  test('a request that is refused for another reason costs nothing, and says nothing of the plan', async () => {
    await apply(h, { plans: [{ name: 'once', per_day: 1 }] })
    const { client } = await machine('once')
    const wrong = () => token(h.app, client, { grant_type: 'client_credentials', scope: 'no.such' })
    const unused = await wrong()
    expect((await ask(client)).headers.ratelimit).toContain('"day";r=0;')
    const full = await wrong()
    for (const { status, headers } of [unused, full]) expect([status, headers.ratelimit]).toEqual([400, undefined])
    expect((await ask(client)).status).toBe(429)
  })

  test('requests of people’s apps to the API count as well, and burn nothing at the end', async () => {
    await apply(h, { plans: [{ name: 'three', per_month: 3 }] })
    await addAccount(h, `reader${driver.name}`)
    const app = await addClient(h, { scope: 'openid offline_access basic readmeasurements' })
    await h.storage.planHolders.put({ holder: `client:${app.id}`, plan: 'three' })
    await h.context.quotas.refresh()
    const url = authorizeUrl(app, { scope: 'offline_access basic readmeasurements' })
    const { browser } = await authorize(h.app, url, { username: `reader${driver.name}` })
    const { access, body } = await newTokens(h, app, { scope: 'offline_access basic readmeasurements' }, browser)
    const call = () => h.app.inject({ url: '/api/v3/measurements', headers: { authorization: `Bearer ${access}` } })
    expect((await call()).headers.ratelimit).toMatch(/^"month";r=1;t=\d+$/)
    const last = await call()
    expect([last.statusCode, last.headers['ratelimit-policy']]).toEqual([
      200,
      expect.stringMatching(/^"month";q=3;w=(?:2419200|2505600|2592000|2678400)$/),
    ])
    const refused = await call()
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.headers.ratelimit).toMatch(/^"month";r=0;/)
    const kept = await token(h.app, app, { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' })
    expect(kept.status).toBe(429)
    await h.storage.planHolders.delete(`client:${app.id}`)
    await h.context.quotas.refresh()
    const again = await token(h.app, app, { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' })
    expect(again.status).toBe(200)
  })

  test('a subscription key has a plan of its own', async () => {
    const owner = await addAccount(h, `meter${driver.name}`)
    const key = driver.name.padEnd(32, 'K')
    const document = {
      plans: [{ name: 'key', per_day: 1 }],
      subscription_keys: [{ key, owner: owner.username, plan: 'key' }],
    }
    expect(await apply(h, document)).toHaveLength(3)
    expect(await apply(h, document)).toEqual([])
    const login = () =>
      h.app.inject({
        method: 'POST',
        url: '/auth/v2/login',
        headers: { 'content-type': 'application/json', 'subscription-key': key },
        payload: { username: owner.username, password: alicePassword },
      })
    const first = await login()
    expect([first.statusCode, first.headers.ratelimit]).toEqual([201, expect.stringContaining('"day";r=0;')])
    const second = await login()
    expect([second.statusCode, Number(second.headers['retry-after']) > 0]).toEqual([429, true])
  })

  test('a plan goes with the app or the key that has it, and with the account whose key it is', async () => {
    const { storage } = h
    await apply(h, { plans: [{ name: 'free', per_minute: 3 }] })
    const before = (await storage.planHolders.list()).length
    const owner = await addAccount(h, `leaver${driver.name}`)
    const { client } = await machine('free')
    const [first, second] = ['1', '2'].map((end) => `${driver.name}${end}`.padEnd(32, 'G'))
    const entry = (key: string | undefined) => ({ key, owner: owner.username, plan: 'free' })
    await apply(h, { subscription_keys: [entry(first), entry(second)] })
    expect(await storage.planHolders.list()).toHaveLength(before + 3)
    const keys = await storage.subscriptionKeys.listByUser(owner.id)
    await storage.subscriptionKeys.delete(keys[0]?.id ?? '')
    expect(await storage.planHolders.list()).toHaveLength(before + 2)
    await storage.clients.delete(client.id)
    expect(await storage.planHolders.list()).toHaveLength(before + 1)
    await deleteUser(h.context, byCommand, owner.id)
    expect(await storage.planHolders.list()).toHaveLength(before)
    expect((await storage.findFaults()).filter(({ check }) => check === 'plans')).toEqual([])
  })

  test('nodes share what was counted', async () => {
    await apply(h, { plans: [{ name: 'shared', per_day: 4 }] })
    const { client } = await machine('shared')
    for (const node of servers.nodes) await node.context.quotas.refresh()
    for (const node of servers.nodes) {
      for (let i = 0; i < 4 / servers.nodes.length; i++) expect((await ask(client, node)).status).toBe(200)
      await node.context.quotas.flush()
    }
    expect((await ask(client, servers.nodes.at(-1))).status).toBe(429)
    expect(await h.context.quotas.find(`client:${client.id}`)).toEqual({
      plan: 'shared',
      periods: [{ name: 'day', quota: 4, used: 4 }],
    })
    const restarted = await servers.another()
    await restarted.context.quotas.refresh()
    expect(await restarted.context.quotas.find(`client:${client.id}`)).toMatchObject({ periods: [{ used: 4 }] })
    await restarted.close()
  })

  test('a month begins anew for every node at its first moment (UTC), and no earlier', async () => {
    await apply(h, { plans: [{ name: 'edge', per_day: 100, per_month: 2 }] })
    const { client } = await machine('edge')
    for (const node of servers.nodes) await node.context.quotas.refresh()
    const today = new Date(h.clock.now())
    const next = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1)
    h.clock.move(next - h.clock.now() - 2000)
    for (const left of [1, 0]) {
      const answer = await ask(client)
      // The last two seconds of the day, too.
      expect(answer.headers.ratelimit).toBe(`"day";r=${98 + left};t=2, "month";r=${left};t=2`)
    }
    await h.context.quotas.flush()
    const late = await ask(client)
    expect([late.status, late.headers['retry-after']]).toEqual([429, '2'])
    h.clock.move(1999)
    expect((await ask(client)).status).toBe(429)
    h.clock.move(1)
    for (const node of [...servers.nodes].reverse()) {
      const answer = await ask(client, node)
      expect([answer.status, answer.headers.ratelimit]).toEqual([200, expect.stringContaining('"day";r=')])
      await node.context.quotas.flush()
    }
    const state = await h.context.quotas.find(`client:${client.id}`)
    expect(state?.periods).toMatchObject([{ used: servers.nodes.length }, { used: servers.nodes.length }])
    h.clock.move(today.getTime() - h.clock.now())
  })

  test('what was counted goes when its period is over', async () => {
    const { client } = await machine('shared')
    const used = async () => (await h.context.quotas.find(`client:${client.id}`))?.periods[0]?.used
    expect((await ask(client)).status).toBe(200)
    expect(await used()).toBe(1)
    h.clock.move(86_400_000)
    await h.storage.sweep({ rows: 1e12, audit: 1e12, markDrop: () => '' })
    h.clock.move(-86_400_000)
    expect(await used()).toBe(0)
  })

  test('a document that names no plan, no limit or an unknown plan is refused', async () => {
    const problems = async (document: Record<string, unknown>) =>
      apply(h, document).then(
        () => [],
        (error) => error.problems,
      )
    expect(await problems({ plans: [{ name: 'void' }] })).toEqual([expect.stringContaining('sets no limit')])
    expect(await problems({ plans: [{ name: 'void', per_day: 0 }] })).toHaveLength(1)
    expect(
      await problems({ clients: [{ client_id: 'm1', redirect_uris: ['https://a.example/cb'], plan: 'nowhere' }] }),
    ).toEqual(['clients[0].plan: is no plan: name it in plans'])
  })

  test('counters that cannot be read let everybody pass', async () => {
    await apply(h, { plans: [{ name: 'lost', per_day: 2 }] })
    const { client } = await machine('lost')
    await servers.execute('drop table plan_uses')
    expect((await ask(client)).status).toBe(200)
    await h.context.quotas.flush()
    expect((await ask(client)).status).toBe(200)
    expect(h.logged.join('')).toContain('uses of plans could not be added')
  })
})
