/** Webhooks of servers that are killed while events flow: whatever is in the audit log arrives, and nothing else. */
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { addAuditWebhook } from '../../src/engine/operator/webhooks.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { byCommand, issuer, rootSecret, testSettings } from '../support/harness.ts'
import { endServer, killedDatabases, killServers, startServer, storedEvents } from '../support/killed_servers.ts'
import { rounds } from '../support/rounds.ts'
import { startWebhookReceiver } from '../support/webhook_receiver.ts'

const kills = rounds(20)

describe.each(await killedDatabases())('webhooks on %s', (_name, create) => {
  test('lose nothing and tell nothing that was undone, however often servers are killed', async () => {
    const database = await create()
    const receiver = await startWebhookReceiver()
    // While servers are killed, many a message is not taken at once and has to come again.
    let patient = true
    Object.defineProperty(receiver, 'status', { get: () => (patient && Math.random() < 0.3 ? 503 : 204) })
    const more = { CONSENTRY_OUTBOUND_ALLOW: receiver.origin }
    await endServer(await startServer(database, { offset: 0, more }), 'ask')
    const storage = await database.open()
    const settings = { ...testSettings, outboundAllowed: new Set([receiver.origin]) }
    const keyring = createKeyring([rootSecret], issuer, storage.installation)
    const context = { storage, settings, keyring, clock: systemClock() }
    const webhook = { uri: `${receiver.origin}/audit`, events: ['audit.client_enabled'] }
    const added = await addAuditWebhook(context, byCommand, webhook)
    expect(added).toMatchObject({ secret: expect.any(String) })
    await storage.close()

    // What a killed server had taken is due again when its lease is over.
    // Each server first sends what those before it have written, and is killed over that.
    const came: number[] = []
    const ripe = (round: number) => {
      came[round] ??= receiver.received.length
      return round === 0 || receiver.received.length > came[round]
    }
    const acknowledged = await killServers(database, { times: kills, step: 120, more, ripe })
    expect(acknowledged.length).toBeGreaterThan(kills)
    patient = false
    const last = await startServer(database, { offset: 120 * kills, more })
    const reading = await database.open()
    const stored = await storedEvents(reading)
    expect(stored).toEqual(expect.arrayContaining([...acknowledged]))
    const idsByEvent = () => {
      const ids = new Map<string, Set<string>>()
      for (const { body, headers } of receiver.received) {
        const { client_id: name } = (JSON.parse(body) as { data: { client_id: string } }).data
        ids.set(name, (ids.get(name) ?? new Set()).add(String(headers['webhook-id'])))
      }
      return ids
    }
    const waits = async () => {
      const jobs = await reading.jobs.count()
      return idsByEvent().size < stored.length || jobs.some((job) => job.kind === 'webhooks.deliver' && job.waiting > 0)
    }
    while (await waits()) await wait(100)
    const ids = idsByEvent()
    expect([...ids.keys()].sort()).toEqual([...stored].sort())
    expect([...ids].filter(([, of]) => of.size !== 1)).toEqual([])
    expect([...ids.keys()].filter((name) => name.includes('undone'))).toEqual([])
    expect(receiver.received.length).toBeGreaterThan(stored.length)
    await reading.close()
    await endServer(last, 'ask')
    receiver.close()
    await database.close()
  }, 300_000)
})
