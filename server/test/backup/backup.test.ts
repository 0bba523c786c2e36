/** Backups of a database that is worked on, what lives in the one that is made of them, and what of it goes out. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadDatabase } from '../../src/storage/sqlite/database.ts'
import { isActive, newCode, newTokens, type Tokens } from '../support/answers.ts'
import {
  apiStatus,
  exchangeCode,
  hiddenFields,
  post,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  doJobs,
  type Harness,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout_receiver.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { type Kind, kinds, type Place } from './place.ts'

const all = await kinds()
/** Out of each database, and into each. */
const ways = all.map((from, at) => {
  const to = all[(at + 1) % all.length] ?? from
  return { name: `from ${from.name} to ${to.name}`, from, to }
})

describe.each(ways)('a backup $name', ({ from, to }: { readonly from: Kind; readonly to: Kind }) => {
  let place: Place
  let h: Harness
  let app: TestClient
  let other: TestClient
  let mailbox: Mailbox
  let receiver: LogoutReceiver
  let file: string
  let printed: string
  /** Refresh tokens of grants that were refreshed all the time, in the order in which they came. */
  const chains: string[][] = []
  const people: Record<string, { readonly browser: TestBrowser; readonly tokens: Tokens }> = {}
  let endedBefore: Tokens
  let openCode: string
  const places: Place[] = []

  beforeAll(async () => {
    mailbox = await openMailbox()
    receiver = await startLogoutReceiver()
    place = await from.full()
    h = await place.serve(outward())
    const back = { backchannel_logout_uri: `${receiver.origin}/logout` }
    app = await addClient(h, back, { id: 'meadow' })
    other = await addClient(h, {}, { id: 'other' })
    for (const name of ['alice', 'bob', 'carol', 'dora', 'erin']) {
      await addAccount(h, name)
      const browser = await signedIn(h, name)
      people[name] = { browser, tokens: await newTokens(h, app, { scope: 'openid offline_access basic' }, browser) }
    }
    endedBefore = await newTokens(h, other, {}, people.alice?.browser)
    await post(h.app, '/oauth/revoke', other, { token: endedBefore.refresh })
    for (let i = 0; i < 6; i++) chains.push([(await newTokens(h, app, {}, people.alice?.browser)).refresh])
    openCode = await newCode(h, other, {}, people.alice?.browser)
    file = join(place.data, 'night.backup')
    let working = true
    const work = chains.map(async (chain) => {
      while (working) {
        const answer = await refresh(h.app, app, chain.at(-1) ?? '')
        expect(answer.status, JSON.stringify(answer.body)).toBe(200)
        chain.push(answer.body.refresh_token ?? '')
      }
    })
    const made = await place.run('backup', file)
    printed = made.stdout + made.stderr
    working = false
    await Promise.all(work)
    expect(made.code, printed).toBe(0)
    await afterwards()
    expect((await place.run('audit', 'export', `${file}.jsonl`, '--since', '1h')).code).toBe(0)
  }, 120_000)

  afterAll(async () => {
    await h?.close()
    for (const one of [place, ...places]) await one?.close()
    await mailbox?.close()
    receiver?.close()
  })

  function outward() {
    return { settings: { outboundAllowed: new Set([receiver.origin]) }, mailer: mailbox.mailer() }
  }

  async function signedIn(of: Harness, name: string, password = alicePassword): Promise<TestBrowser> {
    const browser = testBrowser(of.app)
    await signInOn(browser, await browser.get('/login'), name, password)
    return browser
  }

  const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).status === 200

  /** What is ended after the backup. */
  async function afterwards(): Promise<void> {
    expect((await place.run('user', 'disable', 'bob')).code).toBe(0)
    expect((await place.run('user', 'set-password', 'carol', '--password', 'another long password')).code).toBe(0)
    const dora = people.dora?.browser ?? testBrowser(h.app)
    await dora.post('/account/apps/remove', { ...hiddenFields(await dora.get('/logout')), client_id: app.id })
    await post(h.app, '/oauth/revoke', app, { token: people.erin?.tokens.refresh ?? '' })
  }

  async function restored(
    ...argv: string[]
  ): Promise<{ readonly place: Place; readonly said: Record<string, unknown> }> {
    const fresh = await to.empty()
    places.push(fresh)
    const { code, stdout, stderr } = await fresh.run('restore', file, '--json', ...argv)
    expect(code, stderr).toBe(0)
    return { place: fresh, said: JSON.parse(stdout) as Record<string, unknown> }
  }

  const listed = async (of: Place, type: string) =>
    (JSON.parse((await of.run('audit', 'list', '--json', '--type', type)).stdout) as { events: unknown[] }).events

  const readiness = async (of: Harness) => (await of.app.inject('/readyz')).json() as Record<string, unknown>

  test('K170: is one file for its owner alone that says what it holds, without the root secret', async () => {
    expect(await listed(place, 'backup_made')).toHaveLength(1)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(place.data).filter((name) => name.includes('unfinished'))).toEqual([])
    expect(readFileSync(file).includes(rootSecret)).toBe(false)
    expect(printed).toContain('It holds password hashes and sealed keys, and never the root secret.')
    expect(printed).toMatch(/Backup: \d+ of \d+ rows\n/)
    expect(printed).toContain('audit export')
  })

  test('leaves out sessions, jobs, mailed links and the request log', async () => {
    const Database = await loadDatabase()
    const database = new Database(file, { readOnly: true })
    const count = (table: string) =>
      Number(Object.values(database.prepare(`select count(*) from ${table}`).get() ?? {})[0])
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all() as { name: string }[]
    expect(count('users')).toBe(5)
    for (const table of ['sessions', 'jobs', 'mailed_links', 'nodes', 'failures']) expect(count(table), table).toBe(0)
    if (tables.some(({ name }) => name === 'request_log')) expect(count('request_log')).toBe(0)
    database.close()
  })

  test('is refused where something is there, and a restore into a place that is not empty', async () => {
    const again = await place.run('backup', file)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('A backup overwrites nothing.')])
    const onto = await place.run('restore', file)
    expect([onto.code, onto.stderr]).toEqual([1, expect.stringContaining('A restore overwrites nothing')])
    expect((await place.run('check')).code).toBe(0)
  })

  test('brings back what lived, and nothing that had ended; what ended since is told until it is acknowledged', async () => {
    const { place: there, said } = await restored()
    expect(said).toMatchObject({ clone: false, paused: true, reapplied: null, unprotected: expect.any(Object) })
    expect((await there.run('check')).stdout).toContain('is as it should be')
    const b = await there.serve(outward())
    expect(await isActive(b, app, people.alice?.tokens.access)).toBe(true)
    expect((await refresh(b.app, app, people.alice?.tokens.refresh ?? '')).status).toBe(200)
    expect(await isActive(b, other, endedBefore.access)).toBe(false)
    expect((await refresh(b.app, other, endedBefore.refresh)).status).toBe(400)
    expect((await exchangeCode(b.app, other, openCode)).status).toBe(200)
    // Nobody knows of what came later; nothing ends by that.
    expect((await refresh(b.app, app, people.erin?.tokens.refresh ?? '')).status).toBe(200)
    for (const chain of chains) {
      const found = await currentOf(b, chain)
      expect(found).toBe(200)
    }
    const old = testBrowser(b.app)
    for (const [name, value] of people.alice?.browser.cookies ?? []) old.cookies.set(name, value)
    expect(await isSignedIn(old)).toBe(false)
    expect(await readiness(b)).toMatchObject({ status: 'not ready', paused: true })
    expect((await readiness(b)).problems).toContain('restored_from_backup')
    expect((await there.run('doctor')).stdout).toContain('recover --acknowledge')
    expect((await there.run('recover', '--acknowledge')).stdout).toContain('Nothing is to be acknowledged.')
    expect((await readiness(b)).problems ?? []).not.toContain('restored_from_backup')
    expect(await listed(there, 'recovery_acknowledged')).toHaveLength(1)
    await b.close()
  }, 60_000)

  /** The newest tokens may be ahead of the backup, which answers 503 and ends nothing; the one behind them goes on. */
  async function currentOf(of: Harness, chain: readonly string[]): Promise<number> {
    for (const one of [...chain].reverse()) {
      const { status } = await refresh(of.app, app, one)
      if (status !== 503) return status
    }
    return 503
  }

  test('lets nothing out before the operator says so', async () => {
    const { place: there } = await restored()
    const b = await there.serve(outward())
    const [mails, bodies] = [mailbox.mails.length, receiver.bodies.length]
    const browser = await signedIn(b, 'alice')
    await newTokens(b, app, { scope: 'openid' }, browser)
    await browser.post('/logout', { ...hiddenFields(await browser.get('/logout')), action: 'confirm' })
    await doJobs(b)
    expect([mailbox.mails.length, receiver.bodies.length]).toEqual([mails, bodies])
    expect((await there.run('recover', '--resume')).stdout).toContain('go out.')
    expect(await listed(there, 'recovery_resumed')).toHaveLength(1)
    b.clock.move(6000)
    await doJobs(b)
    expect(receiver.bodies.length).toBeGreaterThan(bodies)
    await b.close()
  }, 60_000)

  test('ends again with --reapply what was ended after it, and nothing of anybody else', async () => {
    const { place: there, said } = await restored('--reapply', `${file}.jsonl`)
    expect(said).toMatchObject({ unprotected: null, reapplied: { gapless: true } })
    const told = (said.reapplied as { told: string[] }).told.join('\n')
    expect(told).toMatch(/^carol got another password after the backup\./m)
    const b = await there.serve(outward())
    for (const name of ['bob', 'carol', 'dora', 'erin']) {
      expect(await isActive(b, app, people[name]?.tokens.access), name).toBe(false)
      expect((await refresh(b.app, app, people[name]?.tokens.refresh ?? '')).status, name).toBe(400)
    }
    expect(await isSignedIn(await signedIn(b, 'bob'))).toBe(false)
    expect(await isSignedIn(await signedIn(b, 'carol'))).toBe(false)
    expect(await isSignedIn(await signedIn(b, 'erin'))).toBe(true)
    expect(await isActive(b, app, people.alice?.tokens.access)).toBe(true)
    expect((await refresh(b.app, app, people.alice?.tokens.refresh ?? '')).status).toBe(200)
    expect((await readiness(b)).problems ?? []).not.toContain('restored_from_backup')
    expect(await listed(there, 'user_disabled')).toHaveLength(1)
    expect(await listed(there, 'backup_restored')).toMatchObject([{ detail: { clone: false } }])
    expect((await there.run('check')).code).toBe(0)
    await b.close()
  }, 60_000)

  test('becomes with --clone an installation that honours nothing of the other, and keeps what one signs in with', async () => {
    const { place: there, said } = await restored('--clone')
    expect(said).toMatchObject({ clone: true, paused: true })
    const b = await there.serve(outward())
    const [mails, bodies] = [mailbox.mails.length, receiver.bodies.length]
    const { access = '', refresh: refreshToken = '', id = '' } = people.alice?.tokens ?? {}
    expect(await isActive(b, app, access)).toBe(false)
    expect(await apiStatus(b.app, access)).toBe(401)
    expect((await refresh(b.app, app, refreshToken)).status).toBe(400)
    expect((await exchangeCode(b.app, other, openCode)).status).toBe(400)
    const keys = (await b.app.inject('/oauth/jwks')).json() as { keys: { kid: string }[] }
    const { kid } = JSON.parse(Buffer.from(id.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }
    expect(keys.keys.map((key) => key.kid)).not.toContain(kid)
    const old = testBrowser(b.app)
    for (const [name, value] of people.alice?.browser.cookies ?? []) old.cookies.set(name, value)
    expect(await isSignedIn(old)).toBe(false)
    const browser = await signedIn(b, 'alice')
    expect(await isSignedIn(browser)).toBe(true)
    await newTokens(b, app, { scope: 'openid' }, browser)
    const own = await token(b.app, other, { grant_type: 'client_credentials', scope: 'basic' })
    expect(own.status).toBe(200)
    await browser.post('/logout', { ...hiddenFields(await browser.get('/logout')), action: 'confirm' })
    await doJobs(b)
    expect([mailbox.mails.length, receiver.bodies.length]).toEqual([mails, bodies])
    expect((await there.run('check')).stdout).toContain('is as it should be')
    await b.close()
  }, 60_000)
})
