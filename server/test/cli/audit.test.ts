/** `consentry audit` as an operator runs it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

test('people read a table with the names of accounts and times in UTC', async () => {
  await run('user', 'disable', 'bob')
  await run('client', 'verify', 'meadow', '--by', 'Dana')
  const { stdout } = await run('audit', 'list', '--limit', '2')
  const [heading, verified, disabled] = stdout.split('\n')
  expect(heading).toMatch(/^time +type +by +account +app +detail$/)
  expect(verified).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}client_verified .* - +meadow {2}by="Dana"$/)
  expect(disabled).toMatch(/UTC {2}user_disabled .* bob +-$/)
  expect((await run('audit', 'list', '--since', '2099-01-01')).stdout).toBe('no events\n')
})

test('a wrong option is one line', async () => {
  const wrong = async (...argv: string[]) => {
    const { code, stderr } = await run('audit', 'list', ...argv)
    expect(code).toBe(2)
    return stderr
  }
  expect(await wrong('--type', 'user_disable')).toBe(
    'consentry: Unknown type user_disable. Did you mean user_disabled?\n',
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
    type: 'consent_given',
    title: 'Somebody allowed an app.',
    seen_by: ['operator', 'account_holder'],
  })
  for (const { title } of types) expect(title).toMatch(/^[A-Z].*\.$/)
  expect((await run('audit', 'types')).stdout).toMatch(/^client_deleted +An app was deleted by the operator\. /m)
})
