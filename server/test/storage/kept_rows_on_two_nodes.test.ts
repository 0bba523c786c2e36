/** What a node keeps in memory of the database: a change at another node counts here at once, and not only when it is old. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { switchApp } from '../../src/engine/operator/apps.ts'
import { rotateSigningKeys } from '../../src/engine/operator/keys.ts'
import { disableUser } from '../../src/engine/operator/people.ts'
import type { UserId } from '../../src/protocol/names.ts'
import { decideDialect } from '../../src/runtime/kept/legacy_dialects.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { apply } from '../providers/setting.ts'
import {
  addAccount,
  addClient,
  byCommand,
  type Harness,
  harness,
  movableClock,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

interface Nodes {
  /** Where the change is made. */
  readonly there: Harness
  /** Where it counts. */
  readonly here: Harness
  readonly app: TestClient
  readonly owner: UserId
}

/** A change to kept rows: what this node says of them before and after, and who makes it. */
interface Kept {
  readonly asked: (nodes: Nodes) => Promise<unknown>
  readonly change: (nodes: Nodes) => Promise<unknown>
  readonly before: unknown
  readonly after: unknown
}

const uri = 'https://api.example.com'
const origin = 'https://new.example.com'
const key = '0123456789abcdef0123456789abcdef'

/** By the file below `server/src` that keeps the rows, one entry for each time that it does. */
const kept: Readonly<Record<string, readonly Kept[]>> = {
  'runtime/kept/clients.ts': [
    {
      asked: async ({ here, app }) => (await here.context.clients.find(app.id))?.status,
      change: ({ there, app }) => switchApp(there.context, byCommand, app.id, false),
      before: 'enabled',
      after: 'disabled',
    },
    {
      asked: ({ here }) => here.context.clients.hasOrigin(origin, 'enabled'),
      change: ({ there }) => addClient(there, { redirect_uris: [`${origin}/callback`] }),
      before: false,
      after: true,
    },
  ],
  'runtime/kept/known_resources.ts': [
    {
      asked: async ({ here }) => (await here.context.resources.find(uri))?.uri,
      change: ({ there }) => apply(there, { resources: [{ resource: uri, scopes: ['orders'] }] }),
      before: undefined,
      after: uri,
    },
  ],
  'runtime/kept/legacy_dialects.ts': [
    {
      asked: async ({ here }) => (await here.context.legacyDialects.notice('jwt_login')).closed,
      change: ({ there }) => decideDialect(there.storage, there.clock, 'jwt_login', { closed: true }),
      before: false,
      after: true,
    },
  ],
  'runtime/kept/pause.ts': [
    {
      asked: ({ here }) => here.context.outbound.paused(),
      change: ({ there }) => there.storage.recovery.resume(),
      before: true,
      after: false,
    },
  ],
  'runtime/kept/subscription_keys.ts': [
    {
      asked: async ({ here }) => (await here.context.subscriptionKeys.find(key)).outcome,
      change: ({ there, owner }) => disableUser(there.context, byCommand, owner),
      before: 'ok',
      after: 'disabled',
    },
  ],
  'runtime/keys/signer.ts': [
    {
      asked: async ({ here }) => here.context.signer.keys().filter(({ state }) => state === 'retired').length,
      change: ({ there }) => rotateSigningKeys(there.context, byCommand, { algorithms: ['ES256'], hurry: true }),
      before: 0,
      after: 1,
    },
  ],
  'runtime/limits/quotas.ts': [
    {
      asked: async ({ here, app }) => here.context.quotas.take('client', app.id) !== undefined,
      change: ({ there, app }) =>
        there.storage.act(async ({ plans, planHolders }) => {
          await plans.put({ name: 'free', per_day: 10 })
          await planHolders.put({ holder: `client:${app.id}`, plan: 'free' })
        }),
      before: false,
      after: true,
    },
  ],
  'runtime/providers/providers.ts': [
    {
      asked: async ({ here }) => (await here.context.providers.list()).map(({ provider }) => provider.id),
      change: ({ there }) => apply(there, { providers: [provider] }),
      before: [],
      after: ['workplace'],
    },
  ],
}

const provider = {
  id: 'workplace',
  kind: 'oidc',
  issuer: 'https://workplace.example.com',
  client_id: 'us',
  client_secret: 'a secret that the provider gave us',
}

/** What makes the guesses of a password cost alike may be five seconds old: it decides nothing. */
const mayBeOld = { 'runtime/kept/other_hashes.ts': 1 }

const source = join(import.meta.dirname, '..', '..', 'src')

test('every row that is kept has a line here', () => {
  const found: Record<string, number> = {}
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || file.startsWith('storage/') || file === 'runtime/kept/rows.ts') continue
    const text = readFileSync(join(source, file), 'utf8')
    const times = text.match(/\bkeep(?:Rows|All)(?:<[^(]*>)?\(|\.onClientsChanged\(/g)?.length ?? 0
    if (times > 0) found[file] = times
  }
  const tested = Object.fromEntries(Object.entries(kept).map(([file, entries]) => [file, entries.length]))
  expect({ ...tested, ...mayBeOld }).toEqual(found)
})

describe.skipIf((await postgresUrl()) === undefined)('on two nodes of one PostgreSQL', () => {
  let database: TestDatabase
  let nodes: Nodes
  beforeAll(async () => {
    // It stands still, so that nothing is read again because it is old.
    const clock = movableClock()
    database = await copyDatabase(clock, rootSecret)
    const node = () => harness({ clock, open: () => openPostgres({ url: database.url, clock }) })
    const there = await node()
    const here = await node()
    await addAccount(there)
    const owner = (await there.storage.accounts.findByLogin('alice'))?.id ?? 'usr_'
    await apply(there, { subscription_keys: [{ key, owner: 'alice' }] })
    await there.storage.recovery.note({
      backupAt: clock.now(),
      restoredAt: clock.now(),
      clone: false,
      reappliedUntil: null,
      paused: true,
      unacknowledged: false,
    })
    nodes = { there, here, app: await addClient(there), owner }
  })
  afterAll(async () => {
    await nodes.there.close()
    await nodes.here.close()
    await database.drop()
  })

  for (const [file, entries] of Object.entries(kept)) {
    for (const [index, { asked, change, before, after }] of entries.entries()) {
      test(`${file} ${index + 1}`, async () => {
        // Whatever was announced before may still be on its way here.
        await expect.poll(() => asked(nodes)).toEqual(before)
        await change(nodes)
        await expect.poll(() => asked(nodes)).toEqual(after)
      })
    }
  }
})
