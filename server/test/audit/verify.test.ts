/** `audit verify`: what somebody who can write to the database does to the audit log, and what shows of it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { jobHandlers } from '../../src/engine/job_handlers.ts'
import { verifyAuditLog } from '../../src/engine/operator/audit_log/verify.ts'
import { day } from '../../src/lib/clock.ts'
import { type ChainedText, erasedProof } from '../../src/protocol/audit/chain.ts'
import { isUserId, type UserId } from '../../src/protocol/names.ts'
import { ensureRecurringJobs } from '../../src/runtime/jobs/recurring.ts'
import { resealAuditLog } from '../../src/runtime/keys/audit_seals.ts'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { kinds, type Place } from '../backup/place.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, doJobs, type Harness, issuer, rootSecret } from '../support/harness.ts'

interface Verdict {
  readonly intact: boolean
  readonly problems: readonly {
    readonly kind: string
    readonly from: number | null
    readonly to: number | null
    readonly text: string
  }[]
  readonly chains: number
  readonly events: number
  readonly erased: number
  readonly dropped_by_retention: number
  readonly before_the_chain: number
  readonly seals: number
  readonly unsealed: number
}

describe.each(await kinds())('the audit log on $name', (kind) => {
  let place: Place
  let h: Harness
  beforeEach(async () => {
    place = await kind.full()
    h = await place.serve()
    await ensureRecurringJobs(h.context)
  })
  afterEach(async () => {
    await h.close()
    await place.close()
  })

  async function verify(...more: string[]): Promise<Verdict> {
    const { code, stdout } = await place.run('audit', 'verify', '--json', ...more)
    const verdict = JSON.parse(stdout) as Verdict
    expect(code).toBe(verdict.intact ? 0 : 1)
    return verdict
  }
  const sql = (statement: string) => place.execute(statement)
  const found = async (...more: string[]) => (await verify(...more)).problems.map(({ kind: what }) => what)

  /** Some events of two kinds: acts, and guesses that are written behind. */
  async function someEvents(names = ['alice', 'bob', 'carol']): Promise<void> {
    for (const name of names) {
      const account = await addAccount(h, name)
      await signIn(h, name)
      await h.context.audit.record('sign_in_failed', { subject: account.id, caller: caller(name), detail: {} })
    }
    await h.context.audit.flush()
  }
  async function signIn(node: Harness, name: string): Promise<void> {
    const browser = testBrowser(node.app)
    await signInOn(browser, await browser.get('/login'), name)
  }
  const caller = (name: string) => ({
    address: '192.0.2.7',
    userAgent: `Browser of ${name}`,
    requestId: `req-${name}`,
  })

  test('a log that nobody has touched is whole, sealed or not', async () => {
    await someEvents()
    expect(await verify()).toMatchObject({ intact: true, chains: 1, seals: 0, before_the_chain: 0 })
    await doJobs(h)
    expect(await verify()).toMatchObject({ intact: true, seals: 1, unsealed: 0 })
    await place.run('user', 'create', 'dora', '--password', 'correct horse battery')
    const { events, chains, unsealed } = await verify()
    expect({ chains, unsealed }).toEqual({ chains: 2, unsealed: 1 })
    expect(events).toBeGreaterThan(6)
    expect((await place.run('audit', 'verify')).stdout).toContain('The audit log is as it was written')
  })

  /** What somebody may write into a row. */
  const alterations = [
    ['another type', `type = 'signed_out'`],
    ['another time', 'at = at - 1000'],
    ['another person', `subject = 'usr_other'`],
    ['another app', `client_id = 'other'`],
    ['another actor', `actor = 'usr_other'`],
    ['another request', `request_id = 'other'`],
    ['another browser', `user_agent = 'Other/1'`],
    ['no operator', `operator = 'none'`],
    ['another detail', `detail = '{"provider":"other"}'`],
    ['another address', `address = '198.51.100.1'`],
    ['no address', 'address = null'],
    ['another operator', `operator = 'command:nobody'`],
    ['another digest', `digest = (select digest from audit_log where number = 1)`],
  ] as const
  test('a row with anything else in it is found', async () => {
    await someEvents()
    await sql('create table kept as select * from audit_log')
    for (const [what, set] of alterations) {
      await sql(`update audit_log set ${set} where number = 4`)
      expect((await verify()).problems[0], what).toMatchObject({ kind: 'changed', from: 4, to: 4 })
      const column = set.slice(0, set.indexOf(' '))
      await sql(`update audit_log set ${column} = (select ${column} from kept where number = 4) where number = 4`)
    }
    expect(await verify()).toMatchObject({ intact: true })
  })

  test('rows that were taken away are found, in the middle, at the beginning and at the end', async () => {
    await someEvents()
    const { events } = await verify()
    await sql('delete from audit_log where number in (3, 4)')
    expect((await verify()).problems).toMatchObject([{ kind: 'missing', from: 3, to: 4 }])
    await sql('delete from audit_log where number = 1')
    expect((await verify()).problems[0]).toMatchObject({ kind: 'missing', from: 1, to: 1 })
    await sql(`delete from audit_log where number = ${events}`)
    expect((await verify()).problems.at(-1)).toMatchObject({ kind: 'cut_off', from: events, to: events })
  })

  test('rows that were added are found, with a place in a chain or without', async () => {
    await someEvents()
    const add = (columns: string, values: string) =>
      sql(`insert into audit_log (at, type, detail${columns}) values (1, 'signed_in', '{}'${values})`)
    await add('', '')
    expect(await found()).toEqual(['added'])
    await sql('delete from audit_log where at = 1')
    await add(
      ', node, number, digest, origin_proof, detail_proof',
      `, 'made-up', 1, ${await hex('11')}, ${await hex('11')}, ${await hex('11')}`,
    )
    expect(await found()).toContain('added')
    await sql('delete from audit_log where at = 1')
    const { events } = await verify()
    const columns = 'at, type, actor, operator, subject, client_id, address, user_agent, request_id, detail, node'
    const proofs = 'digest, origin_proof, detail_proof'
    await sql(`insert into audit_log (${columns}, number, ${proofs})
      select ${columns}, number + 1, ${proofs} from audit_log where number = ${events}`)
    expect(await found()).toContain('added')
  })

  /** A byte string as the database writes it. */
  const hex = async (text: string) => (kind.name === 'SQLite' ? `x'${text}'` : `'\\x${text}'`)

  test('who writes the end of a chain anew as well is found by the seal, and by a seal kept elsewhere', async () => {
    await someEvents(['alice'])
    await doJobs(h)
    const sealed = (await verify()).events
    h.clock.move(day)
    await someEvents(['bob'])
    await doJobs(h)
    expect(await verify()).toMatchObject({ intact: true, seals: 2 })
    const kept = join(place.data, 'seals.jsonl')
    writeFileSync(kept, (await place.run('audit', 'seals')).stdout)
    expect(readFileSync(kept, 'utf8').trim().split('\n')).toHaveLength(2)
    // A whole day goes, and with it whatever says that it was there.
    const head = `(select digest from audit_log where number = ${sealed})`
    await sql(`update audit_chains set number = ${sealed}, digest = ${head}`)
    await sql(`delete from audit_log where number > ${sealed}`)
    expect(await found()).toEqual(['cut_off'])
    await sql('delete from audit_seals where number = 2')
    expect(await found()).toEqual([])
    expect(await found('--seals', kept)).toEqual(['seal', 'cut_off'])
    await sql('delete from audit_seals')
    expect(await found('--seals', kept)).toEqual(['seal', 'seal', 'cut_off'])
  })

  test('a seal that was changed, or one that is missing, is found', async () => {
    await someEvents(['alice'])
    for (let days = 0; days < 3; days++) {
      await doJobs(h)
      h.clock.move(day)
    }
    expect(await verify()).toMatchObject({ intact: true, seals: 3 })
    await sql(`update audit_seals set body = replace(body, '"events":0', '"events":7') where number = 2`)
    expect((await verify()).problems).toMatchObject([
      { kind: 'seal', from: 2 },
      { kind: 'seal', from: 3 },
    ])
    await sql('delete from audit_seals where number = 2')
    expect((await verify()).problems).toMatchObject([{ kind: 'seal', from: 2 }])
  })

  test('a row that is made to look erased is found where nobody was, and what is never erased counts also then', async () => {
    const events = async () => h.storage.audit.list(100)
    await someEvents()
    const [last] = await h.storage.auditChain.heads()
    const chained = await h.storage.auditChain.rows(last?.node ?? '', 0, 100)
    const row = chained.find(({ address, subject }) => address !== null && subject !== null)
    const origin = erasedProof(row?.origin_proof ?? null, row as ChainedText, 'origin')?.toString('hex') ?? ''
    await sql(`update audit_log set address = null, user_agent = null, origin_proof = ${await hex(origin)}
      where number = ${row?.number}`)
    expect((await verify()).problems).toMatchObject([{ kind: 'changed', from: row?.number }])
    expect((await place.run('user', 'delete', ((await accountOf(row?.subject)) ?? '').toString())).code).toBe(0)
    expect(await found()).toEqual([])
    const made = (await events()).find(({ type }) => type === 'user_deleted')
    expect(made?.operator).toMatch(/^command:/)
    await sql(`update audit_log set operator = 'client:nobody' where subject = '${row?.subject}'`)
    expect(new Set(await found())).toEqual(new Set(['changed']))
  })
  const accountOf = async (id: string | null | undefined) =>
    isUserId(id ?? null) ? (await h.storage.accounts.find(id as UserId))?.username : undefined

  test('erasing an account breaks nothing, and what stands in an erased place is found', async () => {
    await someEvents()
    await doJobs(h)
    expect((await place.run('user', 'delete', 'bob')).code).toBe(0)
    const after = await verify()
    expect(after).toMatchObject({ intact: true })
    expect(after.erased).toBeGreaterThan(0)
    const id = await h.storage.accounts.findByLogin('alice').then((account) => account?.id)
    await sql(`update audit_log set address = '198.51.100.1' where address is null and user_agent is null
      and subject is not null and subject <> '${id}' and length(origin_proof) = 32`)
    expect(new Set(await found())).toEqual(new Set(['changed']))
  })

  test('what retention has dropped is told apart from what is missing', async () => {
    await someEvents(['alice'])
    await doJobs(h)
    const { events } = await verify()
    h.clock.move(401 * day)
    await someEvents(['bob'])
    await doJobs(h)
    const swept = await verify()
    expect(swept).toMatchObject({ intact: true, dropped_by_retention: events, seals: 2 })
    await sql('update audit_drops set number = number + 1')
    await sql(`delete from audit_log where number = ${events + 1}`)
    expect((await verify()).problems[0]).toMatchObject({ kind: 'missing', from: 1, to: events + 1 })
  })

  test('each process has a chain of its own, and acts at once are in it without a gap', async () => {
    const other = await place.serve()
    const nodes = kind.name === 'SQLite' ? [h] : [h, other]
    await Promise.all(
      nodes.flatMap((node, at) =>
        Array.from({ length: 20 }, async (_, i) => {
          await addAccount(node, `person${at}x${i}`)
          await signIn(node, `person${at}x${i}`)
        }),
      ),
    )
    await other.close()
    const verdict = await verify()
    expect(verdict).toMatchObject({ intact: true, chains: nodes.length })
    expect(verdict.events).toBeGreaterThanOrEqual(20 * nodes.length)
  })

  test('seals and marks go on to count after the root secret was replaced', async () => {
    await someEvents(['alice'])
    await doJobs(h)
    h.clock.move(401 * day)
    await jobHandlers.sweep(h.context, undefined as unknown as Parameters<typeof jobHandlers.sweep>[1])
    const of = (...secrets: string[]) => createKeyring(secrets, issuer, h.storage.installation)
    const next = 'another root secret, as long as the first one was'
    await resealAuditLog(h.storage, of(rootSecret, next))
    const after = await verifyAuditLog(h.storage, of('-', next))
    expect(after).toMatchObject({ problems: [], seals: 1, dropped: 2 })
    const wrong = await verifyAuditLog(h.storage, of('-', 'a root secret that has never been used here'))
    expect(wrong.problems.map((problem) => problem.kind)).toEqual(['seal', 'missing'])
  })

  test('a seal is in the log of the server, and counts from there', async () => {
    await someEvents(['alice'])
    await doJobs(h)
    expect(h.logged.filter((line) => line.includes('auditSeal'))).toHaveLength(1)
    const log = join(place.data, 'server.log')
    writeFileSync(log, h.logged.join('\n'))
    expect(await found('--seals', log)).toEqual([])
    await sql('delete from audit_seals')
    expect(await found('--seals', log)).toEqual(['seal'])
  })

  test('an export holds the place of each event in its chain', async () => {
    await someEvents(['alice'])
    const { stdout } = await place.run('audit', 'export')
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({ chain }) => chain.number)).toEqual(events.map((_, at) => at + 1))
    expect(events[0].chain).toMatchObject({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      origin: expect.stringMatching(/^[0-9a-f]{64}$/),
      detail: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })
})
