/** `consentry audit` as an operator runs it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: join(folder, 'data') }
  await run('user', 'create', 'alice', '--password', 'correct horse battery')
  await run('user', 'create', 'bob', '--password', 'correct horse battery')
  await run('client', 'create', 'Meadow', '--redirect-uri', 'https://app.example/cb', '--client-id', 'meadow')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...argv: string[]) => runCommand(argv, env)
const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout)
const listed = async (...argv: string[]): Promise<string[]> => {
  const { events, complete } = await json('audit', 'list', ...argv)
  expect(complete).toBe(true)
  return events.map(({ type }: { type: string }) => type)
}

test('events are listed newest first, and by type, account, app, time and number', async () => {
  const { id } = await json('user', 'show', 'alice')
  await run('user', 'disable', 'alice')
  await run('client', 'verify', 'meadow', '--by', 'Dana')
  await run('user', 'disable', 'bob')
  await run('user', 'enable', 'bob')
  expect((await listed()).slice(0, 4)).toEqual(['user_enabled', 'user_disabled', 'client_verified', 'user_disabled'])
  expect(await listed('--type', 'user_disabled')).toHaveLength(2)
  expect((await listed('--subject', 'alice'))[0]).toBe('user_disabled')
  expect(await listed('--subject', 'alice', '--type', 'user_enabled')).toEqual([])
  expect((await listed('--client', 'meadow'))[0]).toBe('client_verified')
  expect(await listed('--limit', '1')).toEqual(['user_enabled'])
  expect((await listed('--since', '1h')).length).toBeGreaterThan(3)
  expect(await listed('--until', '1h')).toEqual([])
  expect(await listed('--since', '2099-01-01')).toEqual([])
  const [event] = (await json('audit', 'list', '--type', 'client_verified')).events
  expect(event).toMatchObject({ client_id: 'meadow', subject: null, detail: { by: 'Dana' } })
  expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  // An account that has been deleted has its ID left.
  await run('user', 'delete', 'alice')
  expect((await listed('--subject', id))[0]).toBe('user_deleted')
  expect((await run('audit', 'list', '--subject', 'alice')).stderr).toBe('consentry: No user alice.\n')
})

/** The events of a type, without their times. */
async function eventsOf(type: string) {
  const { events } = await json('audit', 'list', '--type', type)
  return events.map(({ at, name, ...event }: { at: string; name: string }) => event)
}

const nowhere = { address: null, request_id: null }
const operator = `command:${userInfo().username}`

test('every act with an account is in the audit log, with who did it', async () => {
  const password = 'another horse battery'
  const { id } = await json('user', 'create', 'carol', '--role', 'admin', '--password', 'correct horse battery')
  const done = { actor: null, operator, subject: id, client_id: null, ...nowhere, detail: {} }
  expect((await eventsOf('user_created'))[0]).toEqual({ ...done, type: 'user_created', detail: { roles: ['admin'] } })
  await run('user', 'set-password', 'carol', '--password', password)
  expect(await eventsOf('user_password_set')).toEqual([{ ...done, type: 'user_password_set' }])
  for (const [act, type] of [
    ['disable', 'user_disabled'],
    ['enable', 'user_enabled'],
    ['delete', 'user_deleted'],
  ] as const) {
    expect((await run('user', act, 'carol')).code).toBe(0)
    expect(await eventsOf(type)).toEqual([{ ...done, type }])
  }
  expect((await run('audit', 'list', '--json')).stdout).not.toContain(password)
})

test('what could not be done leaves no event', async () => {
  const before = await json('audit', 'list')
  const rotation = ['keys', 'rotate', '--alg', 'ES256']
  for (const argv of [
    ['user', 'create', 'alice', '--password', 'correct horse battery'],
    ['user', 'create', 'carol', '--password', 'short'],
    ['user', 'set-password', 'alice', '--password', 'short'],
    ['client', 'create', 'Meadow', '--redirect-uri', 'https://app.example/cb', '--client-id', 'meadow'],
    ['client', 'approve', 'meadow'],
    ['dialects', 'close', 'no_such_dialect'],
    rotation,
  ]) {
    expect([argv, (await run(...argv)).code]).toEqual([argv, expect.toSatisfy((code) => code > 0)])
  }
  expect(await json('audit', 'list')).toEqual(before)
})

test('every act with an app, a signing key and a legacy protocol is in the audit log, with who did it', async () => {
  const redirect = ['--redirect-uri', 'https://app.example/cb', '--client-id', 'journal']
  const { client_secret } = await json('client', 'create', 'Journal', ...redirect)
  const app = { actor: null, operator, subject: null, client_id: 'journal', ...nowhere, detail: {} }
  const name = { name: 'Journal' }
  expect((await eventsOf('client_created'))[0]).toEqual({ ...app, type: 'client_created', detail: name })
  for (const [act, type] of [
    ['disable', 'client_disabled'],
    ['enable', 'client_enabled'],
    ['end-tokens', 'client_tokens_ended'],
    ['delete', 'client_deleted'],
  ] as const) {
    expect((await run('client', act, 'journal')).code).toBe(0)
    expect(await eventsOf(type)).toEqual([{ ...app, type }])
  }
  const { rotations } = await json('keys', 'rotate', '--now', '--alg', 'ES256')
  const server = { ...app, client_id: null }
  const key = { alg: 'ES256', kid: rotations[0].kid }
  expect(await eventsOf('signing_key_rotated')).toEqual([{ ...server, type: 'signing_key_rotated', detail: key }])
  await run('dialects', 'sunset', 'quantimodo', '2027-06-30', '--link', 'https://example.com/moving')
  await run('dialects', 'close', 'jwt_login/v1')
  await run('dialects', 'open', 'jwt_login/v1')
  const told = {
    link: 'https://example.com/moving',
    sunset: '2027-06-30',
    closed: false,
    protocol: 'quantimodo',
  }
  const version = { link: null, sunset: null, protocol: 'jwt_login/v1' }
  expect(await eventsOf('legacy_protocol_decided')).toEqual(
    [{ ...version, closed: false }, { ...version, closed: true }, told].map((detail) => {
      return { ...server, type: 'legacy_protocol_decided', detail }
    }),
  )
  expect((await run('audit', 'list', '--json')).stdout).not.toContain(client_secret)
})

test('what a document changes is in the audit log, with who applied it', async () => {
  const document = join(folder, 'operator.json')
  const write = (password: string) =>
    writeFileSync(document, JSON.stringify({ users: [{ username: 'carol', password, roles: ['support'] }] }))
  const types = async () => (await json('audit', 'list', '--limit', '2')).events
  const by = { actor: null, operator: `apply:${userInfo().username}` }
  const user = { kind: 'user', name: 'carol' }
  write('correct horse battery')
  await run('apply', document)
  const { id } = await json('user', 'show', 'carol')
  expect(await types()).toMatchObject([
    { type: 'applied', ...by, detail: { ...user, action: 'create', members: [] } },
    { type: 'user_created', ...by, subject: id, detail: { roles: ['support'] } },
  ])
  write('another horse battery')
  await run('apply', document)
  expect(await types()).toMatchObject([
    { type: 'applied', ...by, detail: { ...user, action: 'update', members: ['password'] } },
    { type: 'user_password_set', ...by, subject: id },
  ])
})

test('people read a table with the names of accounts and times in UTC', async () => {
  await run('user', 'disable', 'bob')
  await run('client', 'verify', 'meadow', '--by', 'Dana')
  const { stdout } = await run('audit', 'list', '--limit', '2')
  const [heading, verified, disabled] = stdout.split('\n')
  expect(heading).toMatch(/^time +type +by +account +app +detail$/)
  expect(verified).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}client\.verified +command:\S+ +- +meadow {2}by="Dana"$/,
  )
  expect(disabled).toMatch(/UTC {2}account\.disabled +command:\S+ +bob +-$/)
  expect((await run('audit', 'list', '--since', '2099-01-01')).stdout).toBe('no events\n')
})

test('a wrong option is one line', async () => {
  const wrong = async (...argv: string[]) => {
    const { code, stderr } = await run('audit', 'list', ...argv)
    expect(code).toBe(2)
    return stderr
  }
  expect(await wrong('--type', 'account.disable')).toBe(
    'consentry: Unknown type account.disable. Did you mean account.disabled?\n',
  )
  expect(await wrong('--type', 'constructor')).toContain('Unknown type constructor.')
  for (const time of ['yesterday', '2026-13-40', '2026-01-01T08:00', '7', '-1d']) {
    expect(await wrong('--since', time)).toContain('Write it as 2027-06-30')
  }
  for (const limit of ['0', '10001', '1e3', 'all']) expect(await wrong('--limit', limit)).toContain('from 1 to 10000')
})

test('the types of events are told with what they mean and who sees them', async () => {
  const { types } = await json('audit', 'types')
  expect(types).toContainEqual({
    name: 'consent.given',
    type: 'consent_given',
    title: 'Somebody allowed an app.',
    seen_by: ['operator', 'account_holder'],
  })
  for (const { title } of types) expect(title).toMatch(/^[A-Z].*\.$/)
  const names: readonly string[] = types.map(({ name }: { name: string }) => name)
  for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
  expect(new Set(names).size).toBe(names.length)
  await run('user', 'disable', 'bob')
  const [event] = (await json('audit', 'list', '--type', 'account.disabled')).events
  expect(event).toMatchObject({ type: 'user_disabled', name: 'account.disabled' })
  expect((await run('audit', 'types')).stdout).toMatch(/^client\.deleted +An app was deleted by the operator\. /m)
})
