/** What the server was used for, in the console. */
import { expect, test } from 'vitest'
import { serverUsage } from '../../src/engine/operator/usage.ts'
import { dayOf } from '../../src/lib/clock.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { drivers } from '../support/drivers.ts'
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

test.each(await drivers())(
  'it counts the rows of a day that is over once, and those of today each time ($name)',
  async (driver) => {
    const servers = await driver.servers()
    const { h } = servers
    try {
      const { id } = await addAccount(h, 'olga')
      const day = 86_400_000
      const add = (ago: number, count: number) =>
        h.storage.usage.add(dayOf(h.clock.now() - ago * day), [{ userId: id, count }])
      const counts = async () => {
        const { days } = await serverUsage({ storage: h.storage, clock: h.clock })
        return days
          .filter(({ tokenRequests }) => tokenRequests > 0)
          .map(({ day, tokenRequests }) => [day, tokenRequests])
      }
      const on = (ago: number) => dayOf(h.clock.now() - ago * day)
      await add(0, 1)
      await add(1, 2)
      await add(2, 3)
      await add(29, 4)
      await add(30, 5)
      const all = [
        [on(29), 4],
        [on(2), 3],
        [on(1), 2],
        [on(0), 1],
      ]
      expect(await counts()).toEqual(all)
      // What was counted of these days is not read again.
      await servers.execute(`delete from usage where day in ('${on(2)}', '${on(29)}')`)
      await add(0, 10)
      await add(1, 10)
      expect(await counts()).toEqual([
        [on(29), 4],
        [on(2), 3],
        [on(1), 12],
        [on(0), 11],
      ])
      h.clock.move(day)
      expect(await counts()).toEqual([
        [on(3), 3],
        [on(2), 12],
        [on(1), 11],
      ])
      h.clock.move(-3 * day)
      expect(await counts()).toEqual([[on(28), 5]])
    } finally {
      await servers.close()
    }
  },
)
