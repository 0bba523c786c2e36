/** I132: what guesses at a second factor cost, whom they are counted against, and what outlives the root secret. */
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { hour, minute } from '../../src/lib/clock.ts'
import { createContext } from '../../src/runtime/lifecycle.ts'
import type { Account } from '../../src/storage/contract.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { codeOf, type Enrolled, enterCode, withApp } from '../support/factors.ts'
import { addAccount, type Harness, rootSecret } from '../support/harness.ts'

for (const { name, servers } of await drivers()) {
  describe(`codes of a second factor on ${name}`, () => {
    let s: Servers
    let number = 0
    let account: Account
    let enrolled: Enrolled
    beforeAll(async () => {
      s = await servers()
    })
    afterAll(() => s.close())

    async function newPerson(): Promise<void> {
      account = await addAccount(s.h, `guessed${++number}`)
      enrolled = await withApp(s.h, account)
    }

    /** A browser whose password was right, at the page that asks for the code. */
    async function waiting(node: Harness = s.h): Promise<{ readonly browser: TestBrowser; readonly page: Page }> {
      const browser = testBrowser(node.app)
      return { browser, page: await signInOn(browser, await browser.get('/login'), account.username) }
    }

    const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).status === 200
    const right = (steps = 0) => codeOf(enrolled.seed, s.h.clock, steps)
    /** Six digits that are none of the codes that count now. */
    const wrong = () => {
      const codes = [right(-1), right(), right(1)]
      return ['111111', '222222', '333333', '444444'].find((code) => !codes.includes(code)) ?? ''
    }

    test('are tried five times in one sign-in, and ten times an hour for an account, from wherever', async () => {
      await newPerson()
      const first = await waiting()
      for (let i = 0; i < 5; i++) expect((await enterCode(first.browser, first.page, wrong())).status).toBe(401)
      const stopped = await enterCode(first.browser, first.page, right())
      expect(stopped.status).toBe(429)
      expect(Number(stopped.response.headers['retry-after'])).toBeGreaterThan(60)
      expect(stopped.body).toContain('Too many wrong codes.')
      const second = await waiting(s.nodes.at(-1))
      for (let i = 0; i < 5; i++) expect((await enterCode(second.browser, second.page, wrong())).status).toBe(401)
      const third = await waiting()
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:3000' }
      const cookie = [...third.browser.cookies].map((pair) => pair.join('=')).join('; ')
      const elsewhere = await s.h.app.inject({
        method: 'POST',
        url: '/login/factor',
        remoteAddress: '198.51.100.77',
        headers: { ...headers, cookie },
        payload: new URLSearchParams({ ...hiddenFields(third.page), code: right() }).toString(),
      })
      expect(elsewhere.statusCode).toBe(429)
      // The limit never locks the account for good.
      s.h.clock.move(2 * hour)
      const later = await waiting()
      await enterCode(later.browser, later.page, right())
      expect(await isSignedIn(later.browser)).toBe(true)
      await s.h.context.audit.flush()
      const types = (await s.h.storage.audit.list(1000)).filter(({ subject }) => subject === account.id)
      expect(types.filter(({ type }) => type === 'second_factor_failed')).toHaveLength(10)
      expect(types.filter(({ type }) => type === 'second_factor_limited').length).toBeGreaterThan(0)
    })

    test('sent in parallel by the dozen are judged no more often', async () => {
      await newPerson()
      const browsers = await Promise.all(Array.from({ length: 6 }, (_, i) => waiting(s.nodes[i % s.nodes.length])))
      const guess = wrong()
      const answers = await Promise.all(
        Array.from({ length: 36 }, (_, i) => {
          const { browser, page } = browsers[i % browsers.length] as (typeof browsers)[number]
          return enterCode(browser, page, guess)
        }),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]))
      expect((await s.h.storage.factors.find(account.id))?.totp?.failures).toBeLessThanOrEqual(10)
      s.h.clock.move(2 * hour)
    })

    test('of one step let one of two nodes in', async () => {
      await newPerson()
      const both = await Promise.all([waiting(s.nodes[0]), waiting(s.nodes.at(-1))])
      const code = right()
      await Promise.all(both.map(({ browser, page }) => enterCode(browser, page, code)))
      const signed = await Promise.all(both.map(({ browser }) => isSignedIn(browser)))
      expect(signed.filter((one) => one)).toHaveLength(1)
    })

    test('of an app stand still after a hundred wrong ones in a row, until a recovery code or a link frees it', async () => {
      const { factors } = s.h.storage
      for (const free of ['recovery code', 'link']) {
        await newPerson()
        for (let i = 0; i < 99; i++) await factors.countFailure(account.id, 'totp')
        const { browser, page } = await waiting()
        expect((await enterCode(browser, page, wrong())).status).toBe(401)
        const still = await enterCode(browser, page, right())
        expect(still.body).toContain('no longer accepted')
        expect(await isSignedIn(browser)).toBe(false)
        if (free === 'recovery code') await enterCode(browser, page, enrolled.codes[0] ?? '')
        else await factors.noteLink(account.id, s.h.clock.now())
        s.h.clock.move(2 * hour)
        const again = await waiting()
        await enterCode(again.browser, again.page, right())
        expect(await isSignedIn(again.browser), free).toBe(true)
      }
    })

    test('open the account under another root secret, once the first one was known beside it', async () => {
      await newPerson()
      const next = 'a root secret that comes after the first one of the tests'
      const { settings } = s.h.context
      const log = pino({ level: 'silent' })
      const node = (secrets: readonly string[]) => createContext({ settings, storage: s.h.storage, secrets, log })
      await node([rootSecret, next])
      const found = await s.h.storage.factors.find(account.id)
      expect([found?.totp?.seed.generation, found?.recovery?.key.generation]).toEqual([2, 2])
      const app = await createApp(await node(['-', next]))
      for (const code of [right(), enrolled.codes[0] ?? '']) {
        const browser = testBrowser(app)
        const page = await signInOn(browser, await browser.get('/login'), account.username)
        await enterCode(browser, page, code)
        expect(await isSignedIn(browser)).toBe(true)
      }
      s.h.clock.move(minute)
    })
  })
}
