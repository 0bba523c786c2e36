/** The operator's webhooks over the admin API, with a receiver that checks what comes as its own library does. */
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minute } from '../../src/lib/clock.ts'
import { addClient, doJobs, type Harness, harness } from '../support/harness.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook_receiver.ts'
import { call, machineToken } from './calls.ts'

let h: Harness
let token: string
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  h = await harness({ settings: { outboundAllowed: new Set([receiver.origin]) } })
  token = await machineToken(h)
})
afterAll(async () => {
  await h.close()
  receiver.close()
})

async function send(): Promise<void> {
  h.clock.move(minute)
  await doJobs(h)
}

describe('A webhook of the operator', () => {
  it('is made with a secret that is told once, tried, switched off, given another secret and removed', async () => {
    const headers = { 'idempotency-key': 'one' }
    const body = { uri: `${receiver.origin}/hook` }
    const made = await call(h, token, 'POST', '/webhooks', { body, headers })
    expect(made.statusCode).toBe(201)
    const { secret, ...webhook } = made.json()
    expect(webhook).toMatchObject({ uri: body.uri, events: [], enabled: true, off_reason: null })
    expect((await call(h, token, 'POST', '/webhooks', { body, headers })).json()).toEqual(webhook)
    expect((await call(h, token, 'GET', '/webhooks')).json()).toEqual({ items: [webhook], next: null })

    const path = `/webhooks/${webhook.id}`
    expect((await call(h, token, 'POST', `${path}/test`)).statusCode).toBe(202)
    await send()
    const [first] = receiver.received
    expect(() => new Webhook(secret).verify(first?.body ?? '', first?.headers as Record<string, string>)).not.toThrow()

    const rotated = (await call(h, token, 'POST', `${path}/secret`)).json().secret
    expect(rotated).toMatch(/^whsec_/)
    expect(rotated).not.toBe(secret)

    const read = await call(h, token, 'GET', path)
    const off = await call(h, token, 'PATCH', path, {
      body: { enabled: false },
      headers: { 'if-match': String(read.headers.etag) },
    })
    expect(off.json()).toMatchObject({ enabled: false, off_reason: 'by_hand' })
    expect((await call(h, token, 'POST', `${path}/test`)).statusCode).toBe(409)
    const late = await call(h, token, 'DELETE', path, { headers: { 'if-match': String(read.headers.etag) } })
    expect(late.statusCode).toBe(412)
    const gone = await call(h, token, 'DELETE', path, { headers: { 'if-match': String(off.headers.etag) } })
    expect(gone.statusCode).toBe(204)
    expect((await call(h, token, 'GET', path)).statusCode).toBe(404)
  })

  it('gets another address and other events', async () => {
    const made = await call(h, token, 'POST', '/webhooks', { body: { uri: `${receiver.origin}/before` } })
    const path = `/webhooks/${made.json().id}`
    const change = (body: object, headers = { 'if-match': '*' }) => call(h, token, 'PATCH', path, { body, headers })
    const uri = `${receiver.origin}/after`
    const moved = await change({ uri }, { 'if-match': String(made.headers.etag) })
    expect(moved.json()).toMatchObject({ uri, events: [], enabled: true })
    expect((await change({ events: ['client_created'] }, { 'if-match': String(made.headers.etag) })).statusCode).toBe(
      412,
    )
    expect((await change({ events: ['nonsense'] })).json().errors[0].pointer).toBe('#/events')
    expect((await change({ uri: 'http://elsewhere.example/' })).json().errors[0].pointer).toBe('#/uri')
    expect((await change({ uri, enabled: false })).statusCode).toBe(400)
    const { events } = await h.storage.audit.search(1, { type: 'webhook_changed' })
    expect(events[0]?.detail).toEqual({ webhook: made.json().id, members: ['uri'] })
    await call(h, token, 'DELETE', path, { headers: { 'if-match': '*' } })
  })

  it('has an address and events that this server can send', async () => {
    const errorOf = async (body: object) =>
      (await call(h, token, 'POST', '/webhooks', { body })).json().errors[0].pointer
    expect(await errorOf({ uri: 'http://elsewhere.example/' })).toBe('#/uri')
    expect(await errorOf({ uri: 'https://elsewhere.example/', events: ['nonsense'] })).toBe('#/events')
  })

  it('shows what was sent in pages, and has it sent once more with its ID', async () => {
    // Of what happens beside this test it is told nothing.
    const body = { uri: `${receiver.origin}/again`, events: ['audit.sealed'] }
    const made = await call(h, token, 'POST', '/webhooks', { body })
    const path = `/webhooks/${made.json().id}`
    for (let times = 0; times < 3; times++) await call(h, token, 'POST', `${path}/test`)
    await send()
    const seen: { id: string; state: string }[] = []
    for (let cursor = ''; ; ) {
      const page = (await call(h, token, 'GET', `${path}/deliveries?limit=2${cursor}`)).json()
      seen.push(...page.items)
      if (page.next === null) break
      cursor = `&cursor=${page.next}`
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3)
    expect(seen.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
    const [{ id } = { id: '' }] = seen
    const again = await call(h, token, 'POST', `${path}/deliveries/${id}/replay`)
    expect(again.statusCode).toBe(202)
    expect(again.json()).toMatchObject({ id, state: 'waiting' })
    await send()
    expect(receiver.received.filter(({ headers }) => headers['webhook-id'] === id)).toHaveLength(2)
    const other = await call(h, token, 'POST', '/webhooks', { body: { uri: `${receiver.origin}/other` } })
    const foreign = await call(h, token, 'POST', `/webhooks/${other.json().id}/deliveries/${id}/replay`)
    expect(foreign.statusCode).toBe(404)
  })

  it('is none of an app', async () => {
    const client = await addClient(h)
    const id = 'whk_of_an_app'
    await h.storage.webhooks.insert({
      id,
      clientId: client.id,
      uri: 'https://app.example/',
      events: [],
      secrets: [],
      createdAt: h.clock.now(),
      failingSince: null,
      offAt: null,
      offReason: null,
    })
    const headers = { 'if-match': '*' }
    expect((await call(h, token, 'GET', `/webhooks/${id}`)).statusCode).toBe(404)
    expect((await call(h, token, 'DELETE', `/webhooks/${id}`, { headers })).statusCode).toBe(404)
    expect((await call(h, token, 'GET', '/webhooks')).body).not.toContain(id)
  })
})
