/** /developer/keys through the front door: making, rotating, sharing and ending subscription keys, and who may. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createKey, keyLimit, listDeveloperKeys } from '../../src/engine/developer/developer_keys.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { day, hour, minute } from '../../src/lib/clock.ts'
import { maySignIn } from '../../src/runtime/kept/subscription_keys.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { hiddenFields, type Page, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword, byCommand, type Harness, harness } from '../support/harness.ts'
import { all, byId, named, read, textOf } from './markup.ts'

const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const

describe('the pages for subscription keys', () => {
  let h: Harness
  let dev: TestBrowser
  beforeEach(async () => {
    h = await harness()
    for (const username of ['alice', 'bob', 'mallory']) await addAccount(h, username)
    dev = await signedIn('alice')
  })
  afterEach(() => h.close())

  async function signedIn(username: string, at = h): Promise<TestBrowser> {
    const browser = testBrowser(at.app)
    const login = await browser.get('/login?next=/developer')
    const fields = { ...hiddenFields(login), username, password: alicePassword }
    await browser.follow(await browser.post('/login?next=/developer', fields))
    return browser
  }

  async function submit(page: Page, to: string, fields: Record<string, string> = {}, browser = dev): Promise<Page> {
    const { csrf = '' } = hiddenFields(page)
    return browser.follow(await browser.post(to, { csrf, ...fields }))
  }

  /** Makes a key by the form; answers its text and the path of its page. */
  async function create(name = 'Meter app', browser = dev): Promise<{ key: string; path: string; shown: Page }> {
    const shown = await submit(await browser.get('/developer/keys'), '/developer/keys', { name }, browser)
    const key = /id="subscription-key"[^>]*>\s*([A-Za-z0-9]+)\s*</.exec(shown.body)?.[1] ?? ''
    const row = rowOf(await browser.get('/developer/keys'), name)
    return { key, path: `/developer/keys/${row?.handle}`, shown }
  }

  interface Row {
    readonly handle: string | undefined
    readonly text: string
  }

  function rowOf(page: Page, name: string): Row | undefined {
    const rows = named(read(page.body), 'tr').map((tr) => ({ handle: tr.attributes['data-key'], text: textOf(tr) }))
    return rows.find((row) => row.handle !== undefined && row.text.includes(name))
  }

  function hasId(page: Page, id: string): boolean {
    return all(read(page.body)).some((element) => element.attributes.id === id)
  }

  async function outcome(key: string): Promise<string> {
    return (await h.context.subscriptionKeys.find(key)).outcome
  }

  async function auditTypes(): Promise<string[]> {
    await h.context.audit.flush()
    return (await h.storage.audit.list(100)).map((event) => event.type)
  }

  test('the page of a key says which plan it has and how much of it is used', async () => {
    const { key, path } = await create()
    expect(hasId(await dev.get(path), 'plan')).toBe(false)
    const id = (await h.storage.subscriptionKeys.list())[0]?.id ?? ''
    await h.storage.plans.put({ name: 'partner', per_month: 2_000 })
    await h.storage.planHolders.put({ holder: `key:${id}`, plan: 'partner' })
    await h.context.quotas.refresh()
    const login = await h.app.inject({
      method: 'POST',
      url: '/auth/v2/login',
      headers: { 'content-type': 'application/json', 'subscription-key': key },
      payload: { username: 'alice', password: alicePassword },
    })
    expect(login.statusCode).toBe(201)
    const page = read((await dev.get(path)).body)
    expect(textOf(page)).toContain('The plan partner allows so many requests.')
    expect(textOf(byId(page, 'plan-month')).trim()).toBe('1 of 2,000 requests')
  })

  test('a key is made by its name, shown once with 32 characters, and works at once for its owner alone', async () => {
    const list = await dev.get('/developer/keys')
    expect(list.status).toBe(200)
    for (const id of ['key-form', 'key-name', 'key-submit']) expect(hasId(list, id), id).toBe(true)
    const { key, shown } = await create()
    expect(shown.status).toBe(200)
    expect(shown.response.headers['cache-control']).toBe('no-store')
    expect(key).toMatch(/^[A-Za-z0-9]{32}$/)
    const found = await h.context.subscriptionKeys.find(key)
    if (found.outcome !== 'ok') throw new Error(found.outcome)
    const people = await Promise.all(['alice', 'bob'].map((name) => h.storage.accounts.findByLogin(name)))
    expect(people.map((one) => one !== undefined && maySignIn(found.key, one.id))).toEqual([true, false])
    const later = await dev.get('/developer/keys')
    expect(hasId(later, 'subscription-keys')).toBe(true)
    const row = rowOf(later, 'Meter app')
    expect(row?.text).toContain(key.slice(0, 4))
    expect(row?.text).toMatch(/Not yet.*Active/s)
    expect(later.body).not.toContain(key)
    expect((await dev.get(`/developer/keys/${row?.handle}`)).body).not.toContain(key)
    expect(await auditTypes()).toContain('subscription_key_created')
  })

  test('the database holds digests of keys and no key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
    const filed = await harness({ open: (clock) => openSqlite({ path: join(folder, 'consentry.db'), clock }) })
    try {
      const account = await addAccount(filed)
      const made = await createKey(filed.context, { account, caller }, 'Meter app')
      if (made.problem !== undefined) throw new Error(JSON.stringify(made.problem))
      const found = await filed.context.subscriptionKeys.find(made.key)
      if (found.outcome !== 'ok') throw new Error(found.outcome)
      filed.context.subscriptionKeys.countUse(found.key)
      await filed.context.subscriptionKeys.flush()
      await filed.context.audit.flush()
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
      expect(files.some((file) => file.includes(found.key.id))).toBe(true)
      expect(files.some((file) => file.includes(made.key))).toBe(false)
      expect(filed.logged.join('')).not.toContain(made.key)
    } finally {
      await filed.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('a name that cannot be taken is said beside the field, with what was filled in', async () => {
    for (const [name, problem] of [
      ['', 'Give it a name.'],
      ['x'.repeat(101), 'A name has at most 100 characters.'],
      ['a\u202eb', 'The name holds a character that cannot be seen.'],
    ] as const) {
      const page = await submit(await dev.get('/developer/keys'), '/developer/keys', { name })
      expect(page.status).toBe(400)
      expect(textOf(byId(read(page.body), 'key-name-problem'))).toContain(problem)
    }
    expect(rowOf(await dev.get('/developer/keys'), 'Unnamed')).toBeUndefined()
  })

  test('nobody has more than twenty, however many are asked for at once', async () => {
    const before = await dev.get('/developer/keys')
    const account = (await h.storage.accounts.findByLogin('alice')) ?? (await addAccount(h))
    const made = await Promise.all(
      Array.from({ length: keyLimit + 5 }, (_, i) => createKey(h.context, { account, caller }, `key ${i}`)),
    )
    expect(made.filter((one) => one.problem === undefined)).toHaveLength(keyLimit)
    expect(await listDeveloperKeys(h.context, account)).toHaveLength(keyLimit)
    const page = await dev.get('/developer/keys')
    expect(hasId(page, 'key-form')).toBe(false)
    const refused = await submit(before, '/developer/keys', { name: 'one more' })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain(`You have ${keyLimit} keys`)
  })

  test('a key is renamed, switched off and on; off counts at once', async () => {
    const { key, path } = await create()
    const renamed = await submit(await dev.get(path), path, { name: 'Stall climate' })
    expect(renamed.body).toContain('The name is saved.')
    expect(rowOf(await dev.get('/developer/keys'), 'Stall climate')).toBeDefined()
    const wrong = await submit(renamed, path, { name: ' ' })
    expect([wrong.status, textOf(byId(read(wrong.body), 'key-name-problem'))]).toEqual([
      400,
      expect.stringContaining('Give it a name.'),
    ])
    expect(await outcome(key)).toBe('ok')
    const off = await submit(await dev.get(path), `${path}/disable`)
    expect(off.body).toContain('The key is switched off.')
    expect(await outcome(key)).toBe('disabled')
    await submit(off, `${path}/enable`)
    expect(await outcome(key)).toBe('ok')
    expect(await auditTypes()).toEqual(
      expect.arrayContaining(['subscription_key_renamed', 'subscription_key_disabled', 'subscription_key_enabled']),
    )
  })

  test('what the operator has switched off the developer cannot switch on', async () => {
    const { key, path } = await create()
    const document = parseDocument(JSON.stringify({ subscription_keys: [{ key, owner: 'alice', disabled: true }] }))
    await executeApply(h.context, byCommand, await planApply(h.context, document))
    const page = await dev.get(path)
    expect(hasId(page, 'key-state-form')).toBe(false)
    const refused = await submit(page, `${path}/enable`)
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('The operator of this server has switched it off.')
    const rotated = await submit(page, `${path}/rotate`, { overlap: 'none' })
    const next = /id="subscription-key"[^>]*>\s*([A-Za-z0-9]+)/.exec(rotated.body)?.[1] ?? ''
    expect([await outcome(key), await outcome(next)]).toEqual(['unknown', 'disabled'])
  })

  test('after a rotation the old key works for the overlap that was chosen, then it is refused', async () => {
    const { key, path } = await create()
    async function rotate(overlap: string): Promise<string> {
      const shown = await submit(await dev.get(path), `${path}/rotate`, { overlap })
      expect(shown.status).toBe(200)
      return /id="subscription-key"[^>]*>\s*([A-Za-z0-9]+)/.exec(shown.body)?.[1] ?? ''
    }
    const second = await rotate('week')
    expect(second).toMatch(/^[A-Za-z0-9]{32}$/)
    expect(second).not.toBe(key)
    expect([await outcome(key), await outcome(second)]).toEqual(['ok', 'ok'])
    expect(rowOf(await dev.get('/developer/keys'), 'Meter app')?.text).toContain(second.slice(0, 4))
    h.clock.move(7 * day - minute)
    dev = await signedIn('alice')
    expect([await outcome(key), await outcome(second)]).toEqual(['ok', 'ok'])
    h.clock.move(2 * minute)
    expect([await outcome(key), await outcome(second)]).toEqual(['unknown', 'ok'])
    // Rotated again within an overlap: the one before the last stops, the last works on.
    const third = await rotate('day')
    const fourth = await rotate('day')
    expect([await outcome(second), await outcome(third), await outcome(fourth)]).toEqual(['unknown', 'ok', 'ok'])
    const fifth = await rotate('none')
    expect(await Promise.all([key, second, third, fourth, fifth].map(outcome))).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'unknown',
      'ok',
    ])
    expect((await submit(await dev.get(path), `${path}/rotate`, { overlap: 'forever' })).status).toBe(400)
    expect(await auditTypes()).toContain('subscription_key_rotated')
  })

  test('switching off reaches both keys of an overlap, and so does deleting', async () => {
    const { key, path } = await create()
    const shown = await submit(await dev.get(path), `${path}/rotate`, { overlap: 'month' })
    const next = /id="subscription-key"[^>]*>\s*([A-Za-z0-9]+)/.exec(shown.body)?.[1] ?? ''
    await submit(await dev.get(path), `${path}/disable`)
    expect([await outcome(key), await outcome(next)]).toEqual(['disabled', 'disabled'])
    await submit(await dev.get(path), `${path}/enable`)
    const asked = await dev.get(`${path}/delete`)
    expect(hasId(asked, 'key-delete-confirm')).toBe(true)
    expect(await outcome(key)).toBe('ok')
    const deleted = await submit(asked, `${path}/delete`)
    expect(deleted.body).toContain('The key is deleted.')
    expect([await outcome(key), await outcome(next)]).toEqual(['unknown', 'unknown'])
    expect(await h.storage.subscriptionKeys.list()).toEqual([])
    expect((await dev.get(path)).status).toBe(404)
    expect(await auditTypes()).toContain('subscription_key_deleted')
  })

  const share = async (path: string, username: string) =>
    submit(await dev.get(path), `${path}/collaborators`, { username })

  test('people are invited to a key by username or address; who accepts may use it and leave it, and change nothing', async () => {
    const { key, path } = await create()
    const bob = await h.storage.accounts.findByLogin('bob')
    if (bob === undefined) throw new Error('no bob')
    const mayUse = async () => {
      const found = await h.context.subscriptionKeys.find(key)
      return found.outcome === 'ok' && maySignIn(found.key, bob.id)
    }
    const invited = await share(path, 'Bob')
    expect(invited.body).toContain('The invitation is on its way.')
    expect(textOf(byId(read(invited.body), 'key-invited'))).toContain('Bob')
    expect(await mayUse()).toBe(false)
    const other = await signedIn('bob')
    const offered = await other.get('/developer/keys')
    expect(textOf(byId(read(offered.body), 'key-offers'))).toMatch(/Meter app.*alice/s)
    expect(hasId(offered, 'shared-keys')).toBe(false)
    const mallory = await signedIn('mallory')
    const mallorys = await mallory.get('/developer/keys')
    expect((await submit(mallorys, `${path}/answer`, { answer: 'accepted' }, mallory)).status).toBe(404)
    const accepted = await submit(offered, `${path}/answer`, { answer: 'accepted' }, other)
    expect(textOf(byId(read(accepted.body), 'shared-keys'))).toMatch(/Meter app.*alice/s)
    expect(await mayUse()).toBe(true)
    expect(hasId(await dev.get(path), 'key-invited')).toBe(false)
    expect((await share(path, 'bob')).body).toContain('This person shares it already.')
    expect((await other.get(path)).status).toBe(404)
    expect((await submit(accepted, `${path}/rotate`, { overlap: 'none' }, other)).status).toBe(404)
    const left = await submit(accepted, `${path}/leave`, {}, other)
    expect(left.body).toContain('no longer shared with you')
    expect(await mayUse()).toBe(false)

    await h.storage.accounts.update(bob.id, { email: 'bob@example.com', emailVerified: true })
    await share(path, 'Bob@example.com')
    await submit(await other.get('/developer/keys'), `${path}/answer`, { answer: 'accepted' }, other)
    const removed = await submit(await dev.get(path), `${path}/collaborators/remove`, { person: bob.id })
    expect(removed.body).toContain('no longer shared with that person')
    expect(hasId(await other.get('/developer/keys'), 'shared-keys')).toBe(false)
  })

  test('who declines, and an invitation that is taken back, share nothing; the owner sees no difference', async () => {
    const { path } = await create()
    await share(path, 'bob')
    const before = textOf(byId(read((await dev.get(path)).body), 'key-invited'))
    const other = await signedIn('bob')
    const offered = await other.get('/developer/keys')
    const declined = await submit(offered, `${path}/answer`, { answer: 'declined' }, other)
    expect(hasId(declined, 'key-offers')).toBe(false)
    expect(textOf(byId(read((await dev.get(path)).body), 'key-invited'))).toBe(before)
    expect((await submit(offered, `${path}/answer`, { answer: 'accepted' }, other)).status).toBe(404)
    expect((await share(path, 'bob')).body).toContain('has been invited already.')
    const back = await submit(await dev.get(path), `${path}/invitations/remove`, { username: 'bob' })
    expect(back.body).toContain('The invitation is taken back.')
    await share(path, 'bob')
    const again = await other.get('/developer/keys')
    await submit(await dev.get(path), `${path}/invitations/remove`, { username: 'bob' })
    expect((await submit(again, `${path}/answer`, { answer: 'accepted' }, other)).status).toBe(404)
  })

  test('inviting tells nothing about who has an account here', async () => {
    const { path } = await create()
    const answers = new Set<string>()
    for (const username of ['bob', 'nobody-here', 'bob@example.com', 'nobody@example.com']) {
      const page = await share(path, username)
      answers.add(page.body.replaceAll(username, 'NAME').replaceAll(/name="csrf" value="[^"]*"/g, ''))
      await submit(page, `${path}/invitations/remove`, { username })
    }
    expect([...answers]).toHaveLength(1)
    for (const [username, problem] of [
      ['', 'Give a username or an e-mail address.'],
      ['alice', 'It is yours already.'],
      ['bob@', 'That is not an e-mail address.'],
    ] as const) {
      const page = await share(path, username)
      expect(page.status).toBe(400)
      expect(textOf(byId(read(page.body), 'collaborator-username-problem'))).toContain(problem)
    }
  })

  test('a key that is replaced at once, or deleted, ends the logins that were made with it, and no others', async () => {
    const { key, path } = await create()
    const login = (version: string, headers: Record<string, string>) =>
      h.app.inject({
        method: 'POST',
        url: `/auth/${version}/login`,
        headers: { 'content-type': 'application/json', ...headers },
        payload: { username: 'alice', password: alicePassword },
      })
    const alice = await h.storage.accounts.findByLogin('alice')
    if (alice === undefined) throw new Error('no alice')
    const live = async () => (await h.storage.grants.listByUser(alice.id, 100, { state: 'live' })).length
    const before = await live()
    expect((await login('v2', { 'subscription-key': key })).statusCode).toBe(201)
    expect((await login('v1', {})).statusCode).toBe(201)
    expect(await live()).toBe(before + 2)
    await submit(await dev.get(path), `${path}/rotate`, { overlap: 'week' })
    expect(await live()).toBe(before + 2)
    await submit(await dev.get(path), `${path}/rotate`, { overlap: 'none' })
    expect(await live()).toBe(before + 1)
    expect((await dev.get(path)).body).toContain('Version 1 of the JWT login asks for no key')
  })

  test("another developer's key is not there, whatever is asked of it", async () => {
    const { key, path } = await create()
    const mallory = await signedIn('mallory')
    const own = await mallory.get('/developer/keys')
    expect((await mallory.get(path)).status).toBe(404)
    expect((await mallory.get(`${path}/delete`)).status).toBe(404)
    for (const [rest, fields] of [
      ['', { name: 'mine' }],
      ['/rotate', { overlap: 'none' }],
      ['/disable', {}],
      ['/enable', {}],
      ['/delete', {}],
      ['/leave', {}],
      ['/collaborators', { username: 'mallory' }],
      ['/collaborators/remove', { person: 'usr_x' }],
      ['/invitations/remove', { username: 'bob' }],
      ['/answer', { answer: 'accepted' }],
    ] as const) {
      expect((await submit(own, `${path}${rest}`, fields, mallory)).status, rest).toBe(404)
    }
    expect(await outcome(key)).toBe('ok')
    expect(rowOf(await dev.get('/developer/keys'), 'Meter app')).toBeDefined()
    expect((await testBrowser(h.app).get(path)).location).toMatch(/^\/login\?next=/)
  })

  test('usernames cannot be tried without end through the form that shares a key', async () => {
    const { path } = await create()
    h.clock.move(5 * minute - (h.clock.now() % (5 * minute)))
    const page = await dev.get(path)
    const name = async (username: string) => dev.post(`${path}/collaborators`, { ...hiddenFields(page), username })
    for (let i = 0; i < 30; i++) await name(`nobody${i}`)
    const closed = await name('bob')
    expect(closed.status).toBe(429)
    expect(Number(closed.response.headers['retry-after'])).toBeGreaterThan(0)
    expect(closed.body).toContain('Too many invitations came from your network.')
    h.clock.move(10 * minute)
  })

  test('takes no form without its token', async () => {
    const { key, path } = await create()
    for (const to of ['/developer/keys', path, `${path}/rotate`, `${path}/disable`, `${path}/delete`]) {
      expect((await dev.post(to, { name: 'x', overlap: 'none' })).status, to).toBe(403)
    }
    expect((await dev.post(`${path}/collaborators`, { username: 'bob' })).status).toBe(403)
    expect(await outcome(key)).toBe('ok')
  })

  test('uses are counted off the hot path and shown by day', async () => {
    const { key, path } = await create()
    const found = await h.context.subscriptionKeys.find(key)
    if (found.outcome !== 'ok') throw new Error(found.outcome)
    for (let i = 0; i < 3; i++) h.context.subscriptionKeys.countUse(found.key)
    expect(rowOf(await dev.get('/developer/keys'), 'Meter app')?.text).toContain('3 uses today')
    h.context.subscriptionKeys.countUse(found.key)
    expect(textOf(byId(read((await dev.get(path)).body), 'content'))).toMatch(/Uses today\s*4/)
    h.clock.move(25 * hour)
    h.context.subscriptionKeys.countUse(found.key)
    const row = rowOf(await dev.get('/developer/keys'), 'Meter app')
    expect(row?.text).toContain('1 use today')
  })

  test('nobody but the operator makes keys where registration is closed, and no page where the protocol is shut', async () => {
    const closed = await harness({ settings: { appRegistration: 'closed' } })
    const shut = await harness({ settings: { dialects: new Set(['oauth']) } })
    try {
      await addAccount(closed)
      const browser = await signedIn('alice', closed)
      const page = await browser.get('/developer/keys')
      expect(hasId(page, 'key-form')).toBe(false)
      expect((await submit(page, '/developer/keys', { name: 'x' }, browser)).status).toBe(403)
      await addAccount(shut)
      const other = await signedIn('alice', shut)
      expect((await other.get('/developer')).body).not.toContain('/developer/keys')
      expect((await other.get('/developer/keys')).status).toBe(404)
    } finally {
      await closed.close()
      await shut.close()
    }
    const links = all(read((await dev.get('/developer')).body)).map((element) => element.attributes.href)
    expect(links).toContain('/developer/keys')
  })
})

describe('subscription keys in a second process', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('switching one off there counts here without waiting for the clock', async () => {
    const path = join(folder, 'consentry.db')
    const here = await harness({ open: (clock) => openSqlite({ path, clock }) })
    const there = await harness({ clock: here.clock, open: (clock) => openSqlite({ path, clock }) })
    try {
      const account = await addAccount(here)
      const made = await createKey(here.context, { account, caller }, 'Meter app')
      if (made.problem !== undefined) throw new Error(JSON.stringify(made.problem))
      expect((await here.context.subscriptionKeys.find(made.key)).outcome).toBe('ok')
      const entry = { key: made.key, owner: 'alice', disabled: true }
      const document = parseDocument(JSON.stringify({ subscription_keys: [entry] }))
      await executeApply(there.context, byCommand, await planApply(there.context, document))
      // Both processes share one event loop here; a request comes in a turn of its own.
      await nextTurn()
      expect((await here.context.subscriptionKeys.find(made.key)).outcome).toBe('disabled')
    } finally {
      await there.close()
      await here.close()
    }
  })
})
