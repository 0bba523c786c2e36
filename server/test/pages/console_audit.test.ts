/** The audit log in the console: who did what, by each filter, page after page. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disableUser, enableUser } from '../../src/engine/operator/people.ts'
import { signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, byCommand, type Harness, harness } from '../support/harness.ts'

let h: Harness
let browser: TestBrowser
const ids: Record<string, `usr_${string}`> = {}
beforeAll(async () => {
  h = await harness()
  for (const name of ['olga', 'alice', 'bob']) {
    ids[name] = (await addAccount(h, name, { roles: name === 'olga' ? ['owner'] : [] })).id
  }
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), 'olga')
  const olga = { via: 'account', id: ids.olga ?? 'usr_', caller } as const
  await disableUser(h.context, olga, ids.alice ?? 'usr_')
  h.clock.move(120_000)
  await disableUser(h.context, byCommand, ids.bob ?? 'usr_')
  await h.context.audit.flush()
})
afterAll(() => h.close())

const caller = { requestId: 'r1', address: '127.0.0.1', userAgent: null }

/** The types of the lines, with the usernames beside them. */
async function shown(query: Record<string, string> = {}): Promise<{ status: number; lines: string[] }> {
  const { status, body } = await browser.get(`/admin/audit?${new URLSearchParams(query)}`)
  const table = /<table id="audit">([\s\S]*)<\/table>/.exec(body)?.[1] ?? ''
  const lines = [...table.matchAll(/<tr data-type="([^"]+)"[^>]*>([\s\S]*?)<\/tr>/g)].map(
    ([, type, cells = '']) =>
      `${type}: ${[...cells.matchAll(/<bdi[^>]*>([^<]*)</g)].map(([, name]) => name).join(' ')}`,
  )
  return { status, lines }
}

test('it says who disabled whom, and finds it by each filter', async () => {
  const [byRoot, byOlga] = ['account.disabled: command:tester bob', 'account.disabled: olga alice']
  expect((await shown()).lines.slice(0, 2)).toEqual([byRoot, byOlga])
  expect((await shown({ type: 'account.disabled' })).lines).toEqual([byRoot, byOlga])
  expect((await shown({ type: 'user_disabled', who: 'olga' })).lines).toEqual([byOlga])
  expect((await shown({ who: 'command:tester' })).lines).toEqual([byRoot])
  expect((await shown({ whom: 'alice@example.com' })).lines).toEqual([byOlga])
  expect((await shown({ whom: ids.bob ?? '' })).lines).toEqual([byRoot])
  expect((await shown({ app: 'nothing' })).lines).toEqual([])
  const between = new Date(h.clock.now() - 60_000).toISOString().slice(0, 19)
  expect((await shown({ from: between })).lines).toEqual([byRoot])
  expect((await shown({ type: 'account.disabled', to: between })).lines).toEqual([byOlga])
})

test.each([
  ['type', 'nothing.happened'],
  ['who', 'nobody'],
  ['whom', 'nobody'],
  ['from', 'yesterday'],
  ['to', '2026-13-45'],
  ['after', "1-2'; drop table audit_log; --"],
])('what is no %s is said, and finds nothing', async (name, value) => {
  expect(await shown({ [name]: value })).toEqual({ status: 400, lines: [] })
})

test('a long log is walked page after page, each event once', async () => {
  for (let i = 0; i < 30; i++) {
    await enableUser(h.context, byCommand, ids.bob ?? 'usr_')
    await disableUser(h.context, byCommand, ids.bob ?? 'usr_')
  }
  let [path, count] = ['/admin/audit?who=command%3Atester', 0]
  while (path !== '') {
    const { body } = await browser.get(path)
    count += [...body.matchAll(/<tr data-type="account\.(?:enabled|disabled)"/g)].length
    path = (/<a href="([^"]+)" rel="next"/.exec(body)?.[1] ?? '').replaceAll('&amp;', '&')
  }
  expect(count).toBe(61)
})
