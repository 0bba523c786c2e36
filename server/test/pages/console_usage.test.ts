/** What the server was used for, in the console. */
import { expect, test } from 'vitest'
import { dayOf } from '../../src/lib/clock.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, harness } from '../support/harness.ts'

test('it counts sign-ins and token requests by day, and legacy protocols by app, of thirty days', async () => {
  const h = await harness()
  try {
    const { id } = await addAccount(h, 'olga', { roles: ['support'] })
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'olga')
    await h.context.audit.flush()
    const [today, before] = [h.clock.now(), h.clock.now() - 40 * 86_400_000]
    await h.storage.usage.add(dayOf(today), [{ userId: id, count: 1234 }])
    await h.storage.usage.add(dayOf(before), [{ userId: id, count: 99 }])
    await h.storage.dialectUses.add([
      { day: dayOf(today), dialect: 'jwt_login', clientId: 'old_journal', count: 5, lastAt: today },
      { day: dayOf(before), dialect: 'jwt_login', clientId: 'gone', count: 5, lastAt: before },
    ])
    const { body } = await browser.get('/admin/usage')
    const rows = [...body.matchAll(/<tr data-day="([^"]+)">(.*?)<\/tr>/gs)]
    expect(rows).toHaveLength(30)
    const figures = [...(rows[0]?.[2] ?? '').matchAll(/class="figure"><div>([^<]*)</g)].map(([, figure]) => figure)
    expect([rows[0]?.[1], ...figures]).toEqual([dayOf(today), '1', '0', '1,234'])
    expect(body).toContain('data-client="old_journal"')
    expect(body).not.toContain('data-client="gone"')
    expect(body).toContain('<svg viewBox="0 0 30 100"')
  } finally {
    await h.close()
  }
})
