/** `consentry dialects` as an operator runs it beside a server. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLegacyDialects } from '../../src/runtime/kept/legacy_dialects.ts'
import { addClient, type Harness, harness, movableClock, openCopy } from '../support/harness.ts'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
let h: Harness
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: folder, CONSENTRY_LOG_LEVEL: 'silent' }
  h = await harness({ open: (clock) => openCopy(join(folder, 'consentry.db'), clock) })
})
afterEach(async () => {
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

const json = async (...argv: string[]) => {
  const { code, stdout, stderr } = await runCommand([...argv, '--json'], env)
  return { code, document: stdout === '' ? undefined : JSON.parse(stdout), stderr }
}

describe('consentry dialects', () => {
  test('tells which app came through which legacy protocol, how often, and when last', async () => {
    const app = await addClient(h, { client_name: 'Old Journal', dialects: ['quantimodo'] })
    h.context.legacyDialects.count('oauth', app.id)
    h.context.legacyDialects.count('quantimodo', app.id)
    h.context.legacyDialects.count('quantimodo', app.id)
    h.context.legacyDialects.count('password_token', 'nobody-any-more')
    await h.context.legacyDialects.flush()
    h.context.legacyDialects.count('quantimodo', app.id)
    await h.context.legacyDialects.flush()

    const { code, document } = await json('dialects')
    expect(code).toBe(0)
    const names: readonly string[] = document.dialects.map(({ dialect }: { dialect: string }) => dialect)
    expect(names.filter((name) => !name.includes('/'))).toEqual(['quantimodo', 'password_token', 'jwt_login'])
    expect(names).toEqual(
      expect.arrayContaining(['jwt_login/v1', 'jwt_login/v3', 'quantimodo/v6', 'quantimodo/social']),
    )
    expect(document.dialects[0]).toMatchObject({
      state: 'open',
      sunset: null,
      apps: [{ client_id: app.id, client_name: 'Old Journal', uses_30_days: 3 }],
    })
    expect(document.dialects[1].apps).toMatchObject([{ client_id: 'nobody-any-more', client_name: null }])
    const lines = (await runCommand(['dialects'], env)).stdout
    expect(lines).toMatch(/quantimodo: open\n {2}Old Journal \(.*\): 3 in 30 days, last on \d{4}-/)
    expect(lines).toContain('jwt_login: open\n  not used yet')
  })

  test('uses older than thirty days count no more, but the app is still listed', async () => {
    const clock = movableClock()
    clock.move(-31 * 86_400_000)
    const meters = createLegacyDialects(h.storage, clock, h.context.log)
    meters.count('jwt_login', 'app')
    await meters.flush()
    meters.close()
    const { document } = await json('dialects', 'list')
    expect(document.dialects[2].apps).toMatchObject([{ client_id: 'app', uses_30_days: 0 }])
  })

  test('a date is announced, a protocol closed and opened again beside the running server', async () => {
    const visit = async () => {
      // Command and server share one event loop here; a request comes in a turn of its own.
      await nextTurn()
      return h.app.inject({ method: 'POST', url: '/api/oauth2/token' })
    }
    expect((await visit()).headers).not.toHaveProperty('deprecation')

    const set = await json('dialects', 'sunset', 'quantimodo', '2027-06-30')
    expect(set.document).toMatchObject({ dialect: 'quantimodo', state: 'open', sunset: '2027-06-30' })
    const lines = (await runCommand(['dialects'], env)).stdout
    expect(lines).toMatch(/^quantimodo: open, announced to end on 2027-06-30/m)
    const announced = await visit()
    expect(announced.json().error).toBe('invalid_request')
    expect(announced.statusCode).toBe(400)
    expect(announced.headers.deprecation).toMatch(/^@\d{10}$/)
    expect(announced.headers.sunset).toBe('Wed, 30 Jun 2027 00:00:00 GMT')

    await json('dialects', 'close', 'quantimodo', '--link', 'https://example.com/moving')
    const closed = await visit()
    expect(closed.statusCode).toBe(410)
    expect(closed.headers.link).toBe(
      '<https://example.com/moving>; rel="deprecation", <https://example.com/moving>; rel="successor-version"',
    )
    expect(closed.body).toContain('https://example.com/moving')
    expect((await json('dialects')).document.dialects[0].state).toBe('closed')

    await json('dialects', 'open', 'quantimodo')
    expect((await visit()).statusCode).toBe(400)
    await json('dialects', 'sunset', 'quantimodo', 'none')
    expect((await visit()).headers).not.toHaveProperty('sunset')
  })

  test('a brown-out is scheduled, shown and taken back, and the whole plan is undone', async () => {
    const soon = new Date(h.clock.now() + 3_600_000).toISOString().slice(0, 16)
    const set = await json('dialects', 'brown-out', 'jwt_login/v1', `${soon}Z`, '--minutes', '20')
    expect(set.document).toMatchObject({ dialect: 'jwt_login/v1', state: 'open' })
    expect(set.document.brownouts).toMatchObject([{ from: `${soon}:00.000Z` }])
    expect((await json('dialects', 'brown-out', 'jwt_login/v1', `${soon}Z`)).code).toBe(2)
    const lines = (await runCommand(['dialects'], env)).stdout
    expect(lines).toContain(`jwt_login/v1: open, brown-out ${soon.replace('T', ' ')} UTC to`)
    expect((await json('dialects', 'brown-out', 'jwt_login/v1', 'none')).document.brownouts).toEqual([])
    await json('dialects', 'sunset', 'jwt_login/v1', '2027-06-30')
    await json('dialects', 'close', 'jwt_login/v1')
    const undone = await json('dialects', 'undo', 'jwt_login/v1')
    expect(undone.document).toEqual({ dialect: 'jwt_login/v1', state: 'open', sunset: null, link: null, brownouts: [] })
  })

  test.each([
    ['a time that is none', ['dialects', 'brown-out', 'quantimodo', 'tomorrow'], /2027-06-01T09:00Z/],
    ['a time that is over', ['dialects', 'brown-out', 'quantimodo', '2020-06-01T09:00Z'], /over/],
    ['a protocol that there is not', ['dialects', 'close', 'oauth'], /quantimodo/],
    ['a date that is none', ['dialects', 'sunset', 'quantimodo', '30.6.2027'], /2027-06-30/],
    ['a link that is none', ['dialects', 'close', 'quantimodo', '--link', 'javascript:1'], /http/],
  ])('%s is refused', async (_what, argv, words) => {
    const { code, stderr } = await runCommand(argv, env)
    expect(code).toBe(2)
    expect(stderr).toMatch(words)
  })
})
