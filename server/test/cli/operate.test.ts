/** What the operator does with apps and accounts from the command line. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: join(folder, 'data') }
  await run('user', 'create', 'alice', '--email', 'alice@example.com', '--password', 'correct horse battery')
  const redirect = ['--redirect-uri', 'https://app.example/cb', '--client-id', 'meadow', '--owner', 'alice']
  await run('client', 'create', 'Meadow', ...redirect)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...argv: string[]) => runCommand(argv, env)
const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout)

async function inDatabase<T>(work: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openSqlite({ path: join(folder, 'data', 'consentry.db'), clock: systemClock(0) })
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}

const events = () => inDatabase(async (storage) => (await storage.audit.list(50)).map(({ type }) => type))

test('what was looked at is approved, and not what its developer has made of it since', async () => {
  const propose = (client_name: string) =>
    inDatabase((storage) => storage.clients.amend('meadow', () => ({ proposal: { members: { client_name }, at: 1 } })))
  expect((await json('client', 'show', 'meadow')).form).toBeNull()
  await propose('Meadow Notes')
  const { form } = await json('client', 'show', 'meadow')
  expect((await run('client', 'show', 'meadow')).stdout).toContain(`--form ${form}`)
  await propose('Meadow Bank')
  const refused = await run('client', 'approve', 'meadow', '--form', form)
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('meadow has changed since.')])
  const name = async () => (await json('client', 'show', 'meadow')).metadata.client_name
  expect(await name()).toBe('Meadow')
  await propose('Meadow Notes')
  expect((await run('client', 'approve', 'meadow', '--form', form)).code).toBe(0)
  expect(await name()).toBe('Meadow Notes')
  expect((await run('client', 'approve', 'meadow', '--form', form)).code).toBe(1)
})

test('apps that wait are listed, shown with what is in force and what would be, and approved', async () => {
  await inDatabase((storage) =>
    storage.clients.amend('meadow', () => ({
      status: 'pending',
      proposal: { members: { client_name: 'Bigger' }, at: 1 },
    })),
  )
  expect((await run('client', 'list', '--waiting')).stdout).toBe('meadow  pending, a change waits  Meadow  (alice)\n')
  const shown = await json('client', 'show', 'meadow')
  expect(shown).toMatchObject({
    status: 'pending',
    metadata: { client_name: 'Meadow' },
    waiting: { client_name: 'Bigger' },
  })
  expect((await run('doctor')).stdout).toContain('warning  apps: 1 app waits for approval')
  expect((await run('client', 'approve', 'meadow')).stdout).toBe('meadow is approved\n')
  expect(await json('client', 'show', 'meadow')).toMatchObject({
    status: 'enabled',
    metadata: { client_name: 'Bigger' },
    waiting: null,
  })
  expect((await run('client', 'approve', 'meadow')).code).toBe(1)
  expect(await json('client', 'list', '--waiting')).toEqual({ clients: [], next: null })
})

test('a waiting change is refused, and an app verified, by whom, until that is taken back', async () => {
  await inDatabase((storage) =>
    storage.clients.amend('meadow', () => ({ proposal: { members: { client_name: 'Bigger' }, at: 1 } })),
  )
  expect((await run('client', 'refuse', 'meadow')).code).toBe(0)
  expect((await run('client', 'refuse', 'meadow')).code).toBe(1)
  expect((await run('client', 'verify', 'meadow', '--by', 'Dana')).stdout).toBe('meadow is verified by Dana\n')
  expect(await json('client', 'show', 'meadow')).toMatchObject({ verified_by: 'Dana', waiting: null })
  expect((await run('client', 'verify', 'meadow', '--remove')).stdout).toBe('meadow is no longer verified\n')
  expect(await json('client', 'show', 'meadow')).toMatchObject({ verified_by: null })
})

test('every act is in the audit log, and an unknown app or account is one line', async () => {
  await run('client', 'disable', 'meadow')
  await run('client', 'delete', 'meadow')
  await run('user', 'disable', 'alice')
  await run('user', 'enable', 'alice')
  await run('user', 'delete', 'alice')
  expect(await events()).toEqual([
    ...['user_deleted', 'user_enabled', 'user_disabled', 'client_deleted', 'client_disabled'],
    ...['client_created', 'user_created'],
  ])
  for (const act of ['show', 'enable', 'disable', 'approve', 'refuse', 'verify', 'delete']) {
    expect(await run('client', act, 'nobody')).toMatchObject({
      code: 1,
      stderr: 'consentry: No client nobody.\n',
    })
  }
  for (const act of ['show', 'enable', 'disable', 'delete']) {
    expect(await run('user', act, 'nobody')).toMatchObject({
      code: 1,
      stderr: 'consentry: No user nobody.\n',
    })
  }
})

test('accounts are listed, shown, switched off and deleted, but not while they own apps', async () => {
  expect((await run('user', 'list')).stdout).toBe('1  alice  alice@example.com\n')
  expect(await json('user', 'show', 'alice@example.com')).toMatchObject({ username: 'alice', apps: ['meadow'] })
  expect((await run('user', 'disable', 'alice')).stdout).toBe('user alice disabled\n')
  expect((await run('user', 'list')).stdout).toContain('disabled')
  expect((await run('user', 'delete', 'alice')).stderr).toContain('alice owns apps')
  await run('client', 'delete', 'meadow')
  expect((await run('user', 'delete', 'alice')).stdout).toBe('user alice deleted\n')
  expect((await run('user', 'list')).stdout).toBe('no accounts\n')
  expect((await run('client', 'list')).stdout).toBe('no apps\n')
})

test('accounts are found by filters and by how a name begins, page after page', async () => {
  await inDatabase(async ({ accounts }) => {
    for (const [name, role] of [
      ['alan', 'admin'],
      ['alec', 'support'],
      ['zoe', 'admin'],
    ] as const) {
      await accounts.insert({
        ...{ id: `usr_${name}`, username: name, email: null, emailVerified: false, passwordHash: null, claims: {} },
        roles: [role],
      })
    }
    await accounts.update('usr_alec', { enabled: false })
  })
  const listed = async (...options: string[]) => {
    const { users, next } = await json('user', 'list', ...options)
    return { names: users.map(({ username }: { username: string }) => username), next }
  }
  expect(await listed()).toEqual({ names: ['alice', 'alan', 'alec', 'zoe'], next: null })
  expect(await listed('--limit', '2')).toEqual({ names: ['alice', 'alan'], next: '2' })
  expect(await listed('--after', '2', '--limit', '2')).toEqual({ names: ['alec', 'zoe'], next: null })
  expect(await listed('--role', 'any')).toEqual({ names: ['zoe', 'alec', 'alan'], next: null })
  expect(await listed('--role', 'admin', '--without-factor')).toEqual({ names: ['zoe', 'alan'], next: null })
  expect(await listed('--disabled')).toEqual({ names: ['alec'], next: null })
  const first = await listed('--search', 'AL', '--limit', '2')
  expect(first).toEqual({ names: ['alan', 'alec'], next: expect.any(String) })
  expect(await listed('--search', 'AL', '--limit', '2', '--after', first.next)).toEqual({
    names: ['alice'],
    next: null,
  })
  expect((await run('user', 'list', '--search', 'al', '--limit', '2')).stdout).toContain(`--after ${first.next}\n`)
  for (const wrong of [
    ['--role', 'any', '--after', '2'],
    ['--after', first.next],
    ['--limit', 'x'],
    ['--role', 'root'],
  ]) {
    expect((await run('user', 'list', ...wrong)).code, wrong.join(' ')).toBe(2)
  }
})

test('apps are found by filters and by how a name begins, page after page', async () => {
  await run('client', 'create', 'Meadow Bank', '--redirect-uri', 'https://bank.example/cb', '--client-id', 'bank')
  await run('client', 'create', 'Lamp', '--redirect-uri', 'https://lamp.example/cb', '--client-id', 'lamp')
  await run('client', 'verify', 'bank')
  await run('client', 'disable', 'lamp')
  const listed = async (...options: string[]) => {
    const { clients, next } = await json('client', 'list', ...options)
    return { ids: clients.map(({ client_id }: { client_id: string }) => client_id), next }
  }
  const all = await listed()
  expect({ ...all, ids: all.ids.toSorted() }).toEqual({ ids: ['bank', 'lamp', 'meadow'], next: null })
  expect(await listed('--verified')).toEqual({ ids: ['bank'], next: null })
  expect(await listed('--status', 'disabled')).toEqual({ ids: ['lamp'], next: null })
  expect(await listed('--search', 'alic')).toEqual({ ids: ['meadow'], next: null })
  const first = await listed('--search', 'Mead', '--limit', '1')
  expect(first).toEqual({ ids: ['meadow'], next: expect.any(String) })
  expect(await listed('--search', 'Mead', '--after', first.next)).toEqual({ ids: ['bank'], next: null })
  for (const wrong of [
    ['--after', 'x'],
    ['--limit', 'x'],
    ['--status', 'gone'],
  ]) {
    expect((await run('client', 'list', ...wrong)).code, wrong.join(' ')).toBe(2)
  }
})

test('everything issued to an app ends by one command, which the audit log tells', async () => {
  const before = await inDatabase((storage) => storage.clients.find('meadow'))
  expect((await run('client', 'end-tokens', 'meadow')).stdout).toBe('All tokens of meadow have ended.\n')
  const after = await inDatabase((storage) => storage.clients.find('meadow'))
  expect(after?.validAfter).toBeGreaterThan(before?.validAfter ?? 0)
  expect(after).toMatchObject({ status: 'enabled', secrets: before?.secrets })
  expect(await events()).toContain('client_tokens_ended')
  expect(await run('client', 'end-tokens', 'nobody')).toMatchObject({ code: 1, stdout: '' })
})

test('the second factor of somebody who has lost it is removed, and with it what they cannot use any more', async () => {
  expect((await run('user', 'remove-factor', 'alice')).stderr).toContain('alice has no second factor.')
  await inDatabase(async ({ accounts, factors }) => {
    const { id } = (await accounts.findByLogin('alice')) ?? { id: 'usr_' }
    await factors.addTotp(id, { generation: 1, sealed: 'sealed' }, 1)
    await accounts.update(id, { secondFactor: true })
  })
  expect((await json('user', 'show', 'alice')).second_factor).toBe(true)
  expect((await run('user', 'remove-factor', 'alice')).stdout).toContain('second factor of user alice removed')
  expect((await json('user', 'show', 'alice')).second_factor).toBe(false)
  await inDatabase(async ({ accounts, factors }) => {
    expect(await factors.find((await accounts.findByLogin('alice'))?.id ?? 'usr_')).toBeUndefined()
  })
  expect(await events()).toContain('second_factor_off')
  expect((await run('user', 'remove-factor', 'nobody')).stderr).toContain('No user nobody.')
})

test('a reset link is printed for an account that is there and enabled, and works under the issuer', async () => {
  const { id } = await json('user', 'show', 'alice')
  const first = await run('user', 'reset-link', 'alice')
  expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/^http:\/\/\S+\/reset\?token=[\w-]{44}\n$/)])
  const again = await json('user', 'reset-link', 'ALICE@example.com')
  expect(again).toEqual({ id, username: 'alice', link: expect.stringContaining('/reset?token=') })
  expect(`${again.link}\n`).not.toBe(first.stdout)
  // A newer link ends the older one.
  const linkId = (link: string) => new URL(link).searchParams.get('token')?.slice(0, 22) ?? ''
  expect(await inDatabase(({ mailedLinks }) => mailedLinks.find(linkId(first.stdout.trim())))).toBeUndefined()
  expect(await inDatabase(({ mailedLinks }) => mailedLinks.find(linkId(again.link)))).toMatchObject({ kind: 'reset' })
  expect((await events()).filter((type) => type === 'reset_link_made')).toHaveLength(2)

  expect((await run('user', 'reset-link', 'nobody')).stderr).toContain('No user nobody.')
  await run('user', 'disable', 'alice')
  const refused = await run('user', 'reset-link', 'alice')
  expect([refused.code, refused.stdout, refused.stderr]).toEqual([1, '', expect.stringContaining('alice is disabled.')])
})

test('an invitation is printed where no mail can be sent, and left to the server where it can', async () => {
  const printed = await run('user', 'invite', 'carol@example.com')
  const href = /^http:\/\/\S+\/invitation\?token=[\w-]{44}\n$/
  expect([printed.code, printed.stdout]).toEqual([0, expect.stringMatching(href)])
  const jobs = () => inDatabase((storage) => storage.jobs.list({ state: 'waiting', limit: 10 }))
  expect(await jobs()).toEqual([])
  env = { ...env, SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'no-reply@example.com' }
  expect(await json('user', 'invite', 'carol@example.com', '--print')).toMatchObject({
    email: 'carol@example.com',
    link: expect.stringContaining('/invitation?token='),
  })
  expect(await jobs()).toEqual([])
  const mailed = await run('user', 'invite', 'carol@example.com')
  expect([mailed.code, mailed.stdout]).toEqual([0, 'an invitation to carol@example.com is on its way\n'])
  expect((await jobs()).map(({ kind }) => kind)).toEqual(['mail.invitation'])
  expect((await events()).filter((type) => type === 'user_invited')).toHaveLength(3)
})

test.each(['two@at@example.com', 'carol@example.com\nBcc: x@example.com', `${'c'.repeat(300)}@example.com`, 'carol'])(
  'nobody is invited at %j, which is no address',
  async (text) => {
    const refused = await run('user', 'invite', text)
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(await events()).not.toContain('user_invited')
  },
)

test('nobody is invited at an address of a blocked domain, who could not open the account', async () => {
  env = { ...env, CONSENTRY_SIGNUP_BLOCKED_DOMAINS: 'bücher.example' }
  const refused = await run('user', 'invite', 'carol@mail.bücher.example')
  expect([refused.code, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toContain('Addresses of that domain cannot be used here.')
  expect(await events()).not.toContain('user_invited')
})

test('nobody is invited at an address that an account has', async () => {
  const refused = await run('user', 'invite', 'Alice@Example.com')
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toContain('An account with that e-mail address already exists.')
})

test('requests for access are listed, approved, invited again, and refused with a reason', async () => {
  const put = (id: string, appName: string) =>
    inDatabase(({ accessRequests, clock }) =>
      accessRequests.put({
        id,
        email: `${id}@example.com`,
        appName,
        purpose: 'Shows the tides.\nAnd more.',
        website: null,
        language: 'en',
        askedAt: clock.now(),
        expiresAt: clock.now() + 1_000_000,
      }),
    )
  expect((await run('access', 'list')).stdout).toBe('no requests\n')
  await put('acc_tides', 'Tide Table')
  await put('acc_moon', 'Moon Table')
  expect((await json('access', 'list')).requests).toMatchObject([
    { id: 'acc_tides', email: 'acc_tides@example.com', app_name: 'Tide Table', client_id: null, waits: true },
    { id: 'acc_moon', purpose: 'Shows the tides.\nAnd more.' },
  ])
  expect((await run('access', 'list')).stdout).toContain('acc_tides  Tide Table  acc_tides@example.com')
  // No mail leaves here, so that the operator hands the link over.
  const approved = await json('access', 'approve', 'acc_tides')
  expect(approved).toMatchObject({
    id: 'acc_tides',
    invited_again: false,
    link: expect.stringContaining('/invitation?'),
  })
  expect((await json('client', 'show', approved.client_id)).secrets).toEqual([])
  const again = await json('access', 'approve', 'acc_tides')
  expect([again.client_id, again.invited_again]).toEqual([approved.client_id, true])
  expect((await run('access', 'refuse', 'acc_tides', '--reason', 'No')).code).toBe(1)
  const unsaid = await run('access', 'refuse', 'acc_moon', '--reason', ' ')
  expect([unsaid.code, unsaid.stderr]).toEqual([2, expect.stringContaining('--reason: Give a reason.')])
  expect((await run('access', 'refuse', 'acc_moon')).code).toBe(2)
  expect(await json('access', 'refuse', 'acc_moon', '--reason', 'No moon')).toMatchObject({
    refused: true,
    mailed: false,
  })
  const unknown = await run('access', 'approve', 'acc_moon', '--json')
  expect([unknown.code, JSON.parse(unknown.stderr).error.code]).toEqual([1, 'unknown_request'])
  expect(await events()).toEqual(expect.arrayContaining(['access_approved', 'access_refused']))
})
