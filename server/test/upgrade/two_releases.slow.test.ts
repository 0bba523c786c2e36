/** Two releases that know one schema, at work on one PostgreSQL database at once, as during a rolling upgrade. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hour, minute } from '../../src/lib/clock.ts'
import { olderNodes } from '../../src/runtime/jobs/nodes.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl } from '../support/browser.ts'
import { programOf } from '../support/command.ts'
import {
  addAccount,
  addClient,
  type Harness,
  harness,
  issuer,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'

const program = programOf('server_child')
const scope = 'openid offline_access basic'
const grants = 16
const refreshes = 10

interface Running {
  readonly address: string
  stop(): Promise<void>
}

describe.skipIf((await postgresUrl()) === undefined)('a server beside one of the release before', () => {
  let database: TestDatabase
  let folder: string
  let h: Harness
  let client: TestClient
  const held: string[] = []
  beforeAll(async () => {
    database = await createDatabase()
    folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
    h = await harness({ open: (clock) => openPostgres({ url: database.url, clock }) })
    await addAccount(h)
    client = await addClient(h)
    const { browser } = await authorize(h.app, authorizeUrl(client, { scope }))
    for (let i = 0; i < grants; i++) held.push((await newTokens(h, client, { scope }, browser)).refresh)
  })
  afterAll(async () => {
    await h.close()
    await database.drop()
    rmSync(folder, { recursive: true })
  })

  async function start(release: string): Promise<Running> {
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      CONSENTRY_SECRET: rootSecret,
      CONSENTRY_ISSUER: issuer,
      CONSENTRY_DATA: folder,
    }
    const child = spawn(process.execPath, [program, release], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
    return {
      address: String(first.value),
      async stop() {
        child.stdin.end()
        expect(await ended).toEqual([0, null])
      },
    }
  }

  /** Where the machine is too busy (503) the same is sent again, as any client may. */
  async function ask(url: string, init: RequestInit): Promise<Response> {
    for (;;) {
      const response = await fetch(url, init)
      if (response.status !== 503) return response
    }
  }

  async function refreshAt({ address }: Running, refreshToken: string) {
    const response = await ask(`${address}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    })
    const body = (await response.json()) as Record<string, string>
    expect(response.status, JSON.stringify(body)).toBe(200)
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }

  test('loses no refresh and ends no grant, and knows of the other until an hour after it was last seen', async () => {
    const [before, after] = [await start('0.2.0'), await start('0.3.0')]
    const nodes = async () => (await olderNodes(h.storage, '0.3.0')).map(({ release }) => release)
    expect(await nodes()).toEqual(['0.2.0'])
    expect(await olderNodes(h.storage, '0.2.0')).toEqual([])

    const last = await Promise.all(
      held.map(async (first, i) => {
        let refresh = first
        let access = ''
        for (let step = 0; step < refreshes; step++) {
          const [here, there] = (i + step) % 2 ? [before, after] : [after, before]
          // Every third answer is asked for at both at once: it is one answer.
          const answers = await Promise.all([here, ...(step % 3 ? [] : [there])].map((at) => refreshAt(at, refresh)))
          expect(new Set(answers.map((answer) => answer.refresh)).size).toBe(1)
          ;({ access = '', refresh = '' } = answers[0] ?? {})
          const asked = await ask(`${there.address}/oauth/userinfo`, {
            headers: { authorization: `Bearer ${access}` },
          })
          expect(asked.status).toBe(200)
        }
        return refresh
      }),
    )
    expect(new Set(last).size).toBe(grants)
    const { id } = (await h.storage.accounts.findByLogin('alice')) ?? {}
    const live = await h.storage.grants.listByUser(id ?? 'usr_', 100, { state: 'live', clientId: client.id })
    expect(live.map(({ grant: { state, step } }) => [state, step])).toEqual(
      Array.from({ length: grants }, () => ['live', refreshes + 1]),
    )

    await before.stop()
    for (const refresh of last) await refreshAt(after, refresh)
    expect(await nodes()).toEqual(['0.2.0'])
    h.clock.move(hour + 5 * minute)
    expect(await nodes()).toEqual([])
    await after.stop()
  })
})
