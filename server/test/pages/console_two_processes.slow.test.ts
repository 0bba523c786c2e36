/** An administrator in a real browser at one server process: whoever they disable is refused at once by another process. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { authorize, authorizeUrl, exchangeCode, signInOn, testBrowser } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { buildCommand, type CommandLine, commandLine, freePort } from '../support/command.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  harness,
  movableClock,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

const there = (await postgresUrl()) !== undefined

interface Held {
  readonly client: TestClient
  readonly access: string
  refresh: string
}

describe.skipIf(!there)('two processes on one PostgreSQL', () => {
  inChromium('in Chromium', () => {
    let cli: CommandLine
    let database: TestDatabase
    let chromium: TestChromium
    let here: string
    let other: string
    let cookies: string
    /** An access token that is a handle, and one that is a JWT, with what refreshes them. */
    const held: Held[] = []

    beforeAll(async () => {
      await buildCommand()
      cli = commandLine()
      const ports = [await freePort(), await freePort()] as const
      ;[here, other] = ports.map((port) => `http://localhost:${port}`) as [string, string]
      const clock = movableClock()
      database = await copyDatabase(clock, rootSecret)
      const open = () => openPostgres({ url: database.url, clock })
      const h = await harness({ clock, open, settings: { issuer: here } })
      await addAccount(h, 'olga', { roles: ['admin'] })
      await addAccount(h, 'mallory')
      const browser = testBrowser(h.app, here)
      await signInOn(browser, await browser.get('/login'), 'mallory')
      for (const token_format of ['opaque', 'jwt'] as const) {
        const client = await addClient(h, { token_format })
        const { code } = await authorize(h.app, authorizeUrl(client), { browser })
        const { body } = await exchangeCode(h.app, client, code)
        held.push({ client, access: body.access_token ?? '', refresh: body.refresh_token ?? '' })
      }
      cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      await h.close()
      for (const port of ports) {
        await cli.serve(port, { DATABASE_URL: database.url, CONSENTRY_SECRET: rootSecret, CONSENTRY_ISSUER: here })
      }
      chromium = await launchChromium()
    }, 120_000)
    afterAll(async () => {
      await chromium?.close()
      await cli.close()
      await database.drop()
    })

    const authorization = ({ id, secret }: TestClient) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

    function send(at: string, path: string, client: TestClient, fields: Record<string, string>) {
      const headers = { authorization: authorization(client) }
      return fetch(`${at}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) })
    }

    /** How a process answers what changes nothing. */
    async function standing(at: string) {
      const api = async (token: string) =>
        (await fetch(`${at}/api/v3/user`, { headers: { authorization: `Bearer ${token}` } })).status
      const active = async (client: TestClient, token: string) => {
        const answer = await send(at, '/oauth/introspect', client, { token })
        return ((await answer.json()) as { active: boolean }).active
      }
      return {
        api: await Promise.all(held.map(({ access }) => api(access))),
        active: await Promise.all(
          held.flatMap(({ client, access, refresh }) => [active(client, access), active(client, refresh)]),
        ),
        session: (await fetch(`${at}/account`, { headers: { cookie: cookies }, redirect: 'manual' })).status,
      }
    }

    async function refresh(at: string, one: Held): Promise<string | undefined> {
      const answer = await send(at, '/oauth/token', one.client, {
        grant_type: 'refresh_token',
        refresh_token: one.refresh,
      })
      const body = (await answer.json()) as { error?: string; refresh_token?: string }
      one.refresh = body.refresh_token ?? one.refresh
      return body.error
    }

    test('whoever is disabled at one is refused by the other at once, whatever they come with', async () => {
      for (const one of held) for (const at of [other, here]) expect(await refresh(at, one)).toBeUndefined()
      const good = { api: [200, 200], active: [true, true, true, true], session: 200 }
      for (const at of [here, other]) expect(await standing(at)).toEqual(good)

      const page = await (await chromium.newContext()).newPage()
      await page.goto(`${here}/admin/people?q=mallory`)
      await page.fill('#username', 'olga')
      await page.fill('#password', alicePassword)
      await page.click('#login-submit')
      await page.click('#people tr[data-user] a')
      await page.click('#disable-user button')
      await page.click('#confirm-submit')
      await page.waitForSelector('#enable-user')

      const shut = { api: [401, 401], active: [false, false, false, false], session: 303 }
      for (const at of [other, here]) expect(await standing(at)).toEqual(shut)
      for (const one of held) for (const at of [other, here]) expect(await refresh(at, one)).toBe('invalid_grant')

      // What is allowed again at one works at the other, and nothing that was ended comes back.
      await page.click('#enable-user button')
      await page.waitForSelector('#disable-user')
      for (const at of [other, here]) expect(await standing(at)).toEqual(shut)
    }, 120_000)
  })
})
