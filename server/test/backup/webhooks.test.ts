/** Webhooks behind a restore: paused until the operator says so, told of what no receiver has heard, and of nothing in a clone. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operate } from '../../src/engine/operator/operator.ts'
import { addAuditWebhook } from '../../src/engine/operator/webhooks.ts'
import { minute } from '../../src/lib/clock.ts'
import { ensureRecurringJobs } from '../../src/runtime/jobs/recurring.ts'
import { addClient, byCommand, doJobs, type Harness } from '../support/harness.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook_receiver.ts'
import { type Kind, kinds, type Place } from './place.ts'

const all = await kinds()
const ways = all.map((from, at) => ({ from, to: all[(at + 1) % all.length] ?? from }))

describe.each(ways)('webhooks restored from $from.name to $to.name', ({ from, to }: { from: Kind; to: Kind }) => {
  let receiver: WebhookReceiver
  let file: string
  const places: Place[] = []
  const servers: Harness[] = []

  beforeEach(async () => {
    receiver = await startWebhookReceiver()
    const place = await from.full()
    places.push(place)
    const h = await serve(place)
    await addClient(h, {}, { id: 'meadow' })
    const added = await addAuditWebhook(h.context, byCommand, {
      uri: `${receiver.origin}/audit`,
      events: ['audit.client_enabled'],
    })
    expect(added).toHaveProperty('secret')
    await write(h, 'told')
    await settle(h)
    expect(told()).toEqual(['told'])
    await write(h, 'waits')
    file = join(place.data, 'night.backup')
    expect((await place.run('backup', file)).code).toBe(0)
    receiver.received.length = 0
  }, 60_000)
  afterEach(async () => {
    for (const one of servers.splice(0)) await one.close()
    for (const one of places.splice(0)) await one.close()
    receiver.close()
  })

  async function serve(place: Place): Promise<Harness> {
    const h = await place.serve({ settings: { outboundAllowed: new Set([receiver.origin]), development: true } })
    servers.push(h)
    await ensureRecurringJobs(h.context)
    return h
  }

  const write = (h: Harness, name: string) =>
    operate(h.context, byCommand, (_acting, record) => record('client_enabled', { clientId: name }))

  async function settle(h: Harness): Promise<void> {
    for (let i = 0; i < 3; i++) {
      h.clock.move(minute)
      await doJobs(h)
    }
  }

  const told = () =>
    receiver.received.map(({ body }) => (JSON.parse(body) as { data: { client_id: string } }).data.client_id)

  async function restored(...argv: string[]): Promise<{ readonly place: Place; readonly h: Harness }> {
    const place = await to.empty()
    places.push(place)
    const { code, stderr } = await place.run('restore', file, ...argv)
    expect(code, stderr).toBe(0)
    return { place, h: await serve(place) }
  }

  test('send nothing before the operator says so, and then whatever no receiver has heard', async () => {
    const { place, h } = await restored()
    await write(h, 'behind')
    await settle(h)
    expect(told()).toEqual([])
    expect((await place.run('recover', '--resume')).code).toBe(0)
    await settle(h)
    expect(told().sort()).toEqual(['behind', 'waits'])
  }, 60_000)

  test('are gone in a clone, of which no receiver of the original hears, also when it may call others', async () => {
    const { place, h } = await restored('--clone')
    expect(await h.storage.webhooks.all()).toEqual([])
    await write(h, 'behind')
    await settle(h)
    expect((await place.run('recover', '--resume')).code).toBe(0)
    await write(h, 'resumed')
    await settle(h)
    expect(receiver.received).toEqual([])
  }, 60_000)
})
