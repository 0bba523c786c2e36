/** Credentials that are good once, brought many times at once: one wins, on one server and on two over one PostgreSQL. */
import { describe, expect, test } from 'vitest'
import { openPostgres } from '../../../src/storage/postgres.ts'
import { addApp, callback, type Door, offerCode, openDoor, verifier, withPkce } from '../../dialects/quantimodo/door.ts'
import { exchangeCode } from '../../support/browser.ts'
import { type Harness, harness } from '../../support/harness.ts'
import { createDatabase, postgresUrl } from '../../support/postgres.ts'

const racers = 20

async function raceCode(h: Door, nodes: readonly Pick<Harness, 'app'>[]): Promise<void> {
  const client = await addApp(h, { dialects: ['oauth', 'quantimodo'], replay_window: 0 })
  const code = await offerCode(h, client, { dialect: 'oauth', redirectUriSent: true, ...withPkce })
  const legacy = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
  const form = new URLSearchParams({ ...legacy, client_id: client.id, client_secret: client.secret }).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const statuses = await Promise.all(
    Array.from({ length: racers }, async (_, i) => {
      const app = nodes[i % nodes.length]?.app ?? h.app
      // Every third comes in by the legacy protocol.
      if (i % 3 > 0) return (await exchangeCode(app, client, code)).status
      return (await app.inject({ method: 'POST', url: '/api/oauth2/token', headers: type, payload: form })).statusCode
    }),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status === 400)).toHaveLength(racers - 1)
}

test('a code, on one server over SQLite, by both protocols', async () => {
  const h = await openDoor()
  await raceCode(h, [h])
  await h.close()
})

describe.skipIf((await postgresUrl()) === undefined)('over PostgreSQL', () => {
  test('a code, on two servers, by both protocols', async () => {
    const database = await createDatabase()
    const one = await openDoor({ open: (clock) => openPostgres({ url: database.url, clock }) })
    const two = await harness({ clock: one.clock, open: (clock) => openPostgres({ url: database.url, clock }) })
    await raceCode(one, [one, two])
    await two.close()
    await one.close()
    await database.drop()
  })
})
