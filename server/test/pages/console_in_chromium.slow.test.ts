/** An administrator at one of two servers, in a real browser: what they decide there holds at once at the other one too. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isActive } from '../support/answers.ts'
import {
  apiStatus,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, type Harness, type TestClient } from '../support/harness.ts'
import { byId, read, textOf } from './markup.ts'

// `drivers` says where there is no PostgreSQL.
const postgres = (await drivers()).find(({ name }) => name === 'PostgreSQL')

/** What somebody is signed in with. */
interface Held {
  /** What apps have got: an access token that is a handle, and one that is a JWT. */
  readonly tokens: readonly { readonly client: TestClient; readonly access: string; readonly refresh: string }[]
  readonly personalToken: string
  readonly appPassword: string
  readonly jwtLogin: { readonly jwt: string; readonly refresh: string }
  /** The same session at each server. */
  readonly sessions: readonly TestBrowser[]
}

describe.skipIf(postgres === undefined)('over PostgreSQL', () => {
  inChromium('in Chromium', () => {
    let servers: Servers
    let here: Harness
    let there: Harness
    let chromium: TestChromium
    let page: Page
    let issuer: string

    beforeAll(async () => {
      const probe = createServer().listen(0, '127.0.0.1')
      await once(probe, 'listening')
      const { port } = probe.address() as AddressInfo
      probe.close()
      issuer = `http://localhost:${port}`
      servers = (await postgres?.servers({ settings: { issuer } })) as Servers
      ;[here, there] = servers.nodes as unknown as readonly [Harness, Harness]
      await here.app.listen({ port, host: '127.0.0.1' })
      await addAccount(here, 'olga', { roles: ['admin'] })
      for (const name of ['mallory', 'mallow', 'stranger']) await addAccount(here, name)
      chromium = await launchChromium()
      page = await (await chromium.newContext()).newPage()
      await page.goto(`${issuer}/admin/people`)
      await page.fill('#username', 'olga')
      await page.fill('#password', alicePassword)
      await page.click('#login-submit')
      await page.waitForSelector('#people-search')
    })
    afterAll(async () => {
      await chromium?.close()
      await servers?.close()
    })

    const call = async (at: Harness, url: string, payload: object) => {
      const { statusCode, body } = await at.app.inject({ method: 'POST', url, payload })
      return { status: statusCode, body: JSON.parse(body) }
    }
    const enter = (at: Harness, username: string, password: string) =>
      call(at, '/auth/v1/login', { username, password })

    async function sessionAt(at: Harness, username: string): Promise<TestBrowser> {
      const browser = testBrowser(at.app, issuer)
      await signInOn(browser, await browser.get('/login'), username)
      return browser
    }

    /** Signs somebody in, at one server and the other, in every way that there is. */
    async function signInEverywhere(username: string): Promise<Held> {
      const browser = await sessionAt(here, username)
      const tokens = await Promise.all(
        (
          [
            ['opaque', here],
            ['jwt', there],
          ] as const
        ).map(async ([token_format, at]) => {
          const client = await addClient(here, { token_format })
          const { code } = await authorize(at.app, authorizeUrl(client), { browser: await sessionAt(at, username) })
          const { body } = await exchangeCode(at.app, client, code)
          return { client, access: body.access_token ?? '', refresh: body.refresh_token ?? '' }
        }),
      )
      const make = async (thing: string, fields: Record<string, string>) => {
        const path = `/account/security/${thing}s`
        const filled = { ...hiddenFields(await browser.get(path)), name: 'Scale', ...fields }
        return textOf(byId(read((await browser.follow(await browser.post(path, filled))).body), thing))
      }
      const personalToken = await make('personal-token', { scope: 'basic', expires: '30', until: '' })
      const appPassword = await make('app-password', {})
      const { body } = await enter(there, username, appPassword)
      const same = testBrowser(there.app, issuer)
      for (const [name, value] of browser.cookies) same.cookies.set(name, value)
      return {
        tokens,
        personalToken,
        appPassword,
        jwtLogin: { jwt: body.authorization.token, refresh: body.refresh.token },
        sessions: [browser, same],
      }
    }

    /** How each server answers to what does not change it. */
    function standing({ tokens, personalToken, jwtLogin, sessions }: Held) {
      return Promise.all(
        servers.nodes.map(async (node, i) => ({
          api: await Promise.all(
            [...tokens.map(({ access }) => access), personalToken, jwtLogin.jwt].map((one) => apiStatus(node.app, one)),
          ),
          introspection: await Promise.all(
            tokens.flatMap(({ client, access, refresh: other }) =>
              [access, other].map((one) => isActive(node, client, one)),
            ),
          ),
          validation: (await call(node, '/auth/v1/validate-token', { token: jwtLogin.jwt })).status,
          session: (await sessions[i]?.get('/account'))?.status,
        })),
      )
    }

    test('whoever is disabled is refused by both servers at once, whatever they come with', async () => {
      const held = await signInEverywhere('mallory')
      const good = { api: [200, 200, 200, 200], introspection: [true, true, true, true], validation: 200, session: 200 }
      expect(await standing(held)).toEqual([good, good])

      await page.goto(`${issuer}/admin/people`)
      await page.fill('#people-search', 'Mallo')
      await page.press('#people-search', 'Enter')
      await page.waitForURL(/q=Mallo/)
      expect(await page.locator('#people tr[data-user]').count()).toBe(2)
      await page.fill('#people-search', 'mallory')
      await page.press('#people-search', 'Enter')
      await page.waitForURL(/q=mallory/)
      expect(await page.locator('#people tr[data-user]').count()).toBe(1)
      await page.click('#people tr[data-user] a')
      await page.click('#disable-user button')
      await page.click('#confirm-submit')
      await page.waitForSelector('#enable-user')

      const shut = {
        api: [401, 401, 401, 401],
        introspection: [false, false, false, false],
        validation: 401,
        session: 303,
      }
      expect(await standing(held)).toEqual([shut, shut])
      for (const node of servers.nodes) {
        for (const { client, refresh: text } of held.tokens) {
          expect((await refresh(node.app, client, text)).body.error).toBe('invalid_grant')
        }
        expect((await call(node, '/auth/v1/refresh-token', { refresh_token: held.jwtLogin.refresh })).status).toBe(401)
        for (const password of [alicePassword, held.appPassword]) {
          expect((await enter(node, 'mallory', password)).status).toBe(401)
        }
        const browser = await sessionAt(node, 'mallory')
        expect((await browser.get('/account')).status).toBe(303)
      }
    })

    test('an app that is approved works at once for a stranger at the other server', async () => {
      const { id: ownerId } = await addAccount(here, 'dora')
      const { id, secret } = await addClient(here, { client_name: 'Tide Table' }, { ownerId })
      await here.storage.clients.amend(id, () => ({ status: 'pending' }))
      for (const node of servers.nodes) node.context.clients.forget()
      const strangers = await sessionAt(there, 'stranger')
      const ask = async () => strangers.follow(await strangers.get(authorizeUrl(id)))
      expect((await ask()).body).not.toContain('id="consent-allow"')

      await page.goto(`${issuer}/admin/apps`)
      await page.click(`tr[data-client="${id}"][data-status="pending"] #approve-${id}`)
      await page.waitForSelector('.note.good')

      expect((await ask()).body).toContain('id="consent-allow"')
      const { code } = await authorize(there.app, authorizeUrl(id), { browser: strangers })
      const { body } = await exchangeCode(there.app, { id, secret }, code)
      for (const node of servers.nodes) expect(await apiStatus(node.app, body.access_token ?? '')).toBe(200)
    })

    test('the audit log tells who did both', async () => {
      for (const [type, whom] of [
        ['account.disabled', 'mallory'],
        ['client.approved', 'Tide Table'],
      ] as const) {
        await page.goto(`${issuer}/admin/audit`)
        await page.selectOption('#audit-type', type)
        await page.click('#audit-submit')
        await page.waitForURL(new RegExp(`type=${type}`))
        expect(await page.locator(`#audit tr[data-type="${type}"]`).allTextContents()).toEqual([
          expect.stringMatching(new RegExp(`olga.*${whom}`)),
        ])
      }
    })
  })
})
