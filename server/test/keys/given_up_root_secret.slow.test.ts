/** Root secrets given up one after the other, with everything present that stands under one; on both databases. */
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTicket, openTicket } from '../../src/engine/authorize/ticket.ts'
import type { Context } from '../../src/runtime/context.ts'
import { createContext } from '../../src/runtime/lifecycle.ts'
import type { Account, Storage } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { googleEntry, openSetting, ownPath, type Setting, setProviders, wentOn } from '../providers/setting.ts'
import { newCode, newTokens } from '../support/answers.ts'
import {
  apiStatus,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  post,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  alicePassword,
  movableClock,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { postgresUrl } from '../support/postgres.ts'
import { type ServedApp, takeApp } from '../support/served_apps.ts'
import { copyDatabase } from '../support/template.ts'

const secondSecret = 'another root secret of the tests, as long as the first'
const thirdSecret = 'a third root secret of the tests, as long as the others'
const subscriptionKey = 'K'.repeat(32)

interface Node {
  readonly context: Context
  readonly app: FastifyInstance
}

/** What a server has handed out, as its holders keep it from one root secret to the next. */
interface Held {
  readonly alice: Account
  readonly web: TestClient
  /** A client that keeps its refresh token. */
  readonly keeping: TestClient
  /** Its tokens are its own. */
  readonly machine: TestClient
  readonly browser: TestBrowser
  readonly passwordToken: string
  rotating: string
  kept: string
  login: { jwt: string; refresh: string }
}

for (const driver of ['sqlite', 'postgres'] as const) {
  const missing = driver === 'postgres' && (await postgresUrl()) === undefined
  describe.skipIf(missing)(`a root secret that is given up, on ${driver}`, () => {
    let s: Setting
    let dropped: (() => Promise<void>) | undefined
    const taken: ServedApp[] = []

    beforeEach(async () => {
      const clock = movableClock()
      const database = driver === 'postgres' ? await copyDatabase(clock, rootSecret) : undefined
      dropped = database?.drop
      const open = database && ((): Promise<Storage> => openPostgres({ url: database.url, clock }))
      s = await openSetting({}, { clock, ...(open && { open }) })
    })
    afterEach(async () => {
      await Promise.all(taken.splice(0).map((served) => served.giveBack()))
      await s.close()
      await dropped?.()
    })

    async function node(...secrets: string[]): Promise<Node> {
      const { settings, passwords } = s.context
      const served = takeApp(settings, undefined)
      taken.push(served)
      return served.serve(await createContext({ settings, storage: s.storage, secrets, log: served.log, passwords }))
    }

    /** Everything that stands under a root secret, made by a node. */
    async function handOut({ app }: Node): Promise<Held> {
      const alice = await addAccount(s)
      const web = await addClient(s)
      const keeping = await addClient(s, { refresh_rotation: 'never' })
      const machine = await addClient(s)
      await addSubscriptionKey(s, subscriptionKey, alice.id)
      const browser = testBrowser(app)
      await signInOn(browser, await browser.get('/login'))
      const asked = { scope: 'openid offline_access basic' }
      const login = await send(app, '/auth/v2/login', { username: alice.username, password: alicePassword })
      const older = await app.inject({
        method: 'POST',
        url: '/v1/oauth/',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ username: alice.username, password: alicePassword }).toString(),
      })
      return {
        alice,
        web,
        keeping,
        machine,
        browser,
        passwordToken: older.json().data.access_token,
        rotating: (await newTokens({ ...s, app }, web, asked)).refresh,
        kept: (await newTokens({ ...s, app }, keeping, asked)).refresh,
        login: pairOf(login),
      }
    }

    function send(app: FastifyInstance, url: string, payload: object) {
      return app.inject({ method: 'POST', url, headers: { 'subscription-key': subscriptionKey }, payload })
    }

    function pairOf(answer: { json(): { authorization: { token: string }; refresh: { token: string } } }) {
      const { authorization, refresh: next } = answer.json()
      return { jwt: authorization.token, refresh: next.token }
    }

    /** The browser's cookies at another node. */
    function at(app: FastifyInstance, browser: TestBrowser): TestBrowser {
      const moved = testBrowser(app)
      for (const [name, value] of browser.cookies) moved.cookies.set(name, value)
      return moved
    }

    async function signsInThroughProvider(app: FastifyInstance): Promise<URLSearchParams> {
      const browser = testBrowser(app)
      const page = await browser.get('/login')
      const sent = wentOn(await browser.post('/login/start/google', hiddenFields(page)))
      await browser.follow(await browser.get(ownPath(s.provider.answer(sent.location ?? ''))))
      expect((await browser.get('/account')).status).toBe(200)
      return s.provider.requests.at(-1) ?? new URLSearchParams()
    }

    /** Uses everything once at a node and keeps what came back. */
    async function use({ app, context }: Node, held: Held): Promise<void> {
      s.clock.move(5001)
      const own = await post(app, '/oauth/token', held.machine, { grant_type: 'client_credentials' })
      expect(own.status, 'client_credentials').toBe(200)
      const introspected = await post(app, '/oauth/introspect', held.machine, { token: own.body.access_token ?? '' })
      expect(introspected.body, 'machine token').toMatchObject({ active: true })

      const rotated = await refresh(app, held.web, held.rotating)
      expect(rotated.status, 'rotating refresh token').toBe(200)
      held.rotating = rotated.body.refresh_token ?? ''
      expect(await apiStatus(app, rotated.body.access_token ?? '')).toBe(200)
      expect(context.signer.verify(rotated.body.id_token ?? '', 'JWT')).toBeDefined()

      const kept = await refresh(app, held.keeping, held.kept)
      expect(kept.status, 'kept refresh token').toBe(200)
      held.kept = kept.body.refresh_token ?? ''
      expect(await apiStatus(app, kept.body.access_token ?? '')).toBe(200)

      expect((await send(app, '/auth/v2/validate', { token: held.login.jwt })).json().valid, 'JWT').toBe(true)
      const renewed = await send(app, '/auth/v2/refresh', { token: held.login.refresh })
      expect(renewed.statusCode, 'JWT login').toBe(201)
      held.login = pairOf(renewed)

      expect(await apiStatus(app, held.passwordToken), 'password token').toBe(200)
      expect((await at(app, held.browser).get('/account')).status, 'session').toBe(200)
      expect((await signsInThroughProvider(app)).get('client_secret'), 'provider').toBe(s.provider.clientSecret)

      await context.requests.flush()
      expect((await s.storage.requests.list(held.web.id, 10)).length, 'request log').toBeGreaterThan(0)
    }

    test('takes nothing with it that has been used under the next one (security 98, 170)', async () => {
      const first = await node(rootSecret)
      const held = await handOut(first)
      await use(first, held)
      const ticket = makeTicket(first.context, held.alice.id)
      const code = await newCode({ ...s, app: first.app }, held.web)
      const waiting = await at(first.app, held.browser).get(authorizeUrl(held.web, { scope: 'basic' }))

      const second = await node(rootSecret, secondSecret)
      // What is under way while the new secret comes is brought to its end.
      expect((await exchangeCode(second.app, held.web, code)).status).toBe(200)
      expect((await at(second.app, held.browser).follow(waiting)).status).not.toBe(400)
      await use(second, held)

      const without = await node('-', secondSecret)
      await use(without, held)
      const request = { clientId: held.web.id, redirectUri: 'https://app.example/cb' } as never
      expect(openTicket(without.context, ticket, request)).toBeDefined()

      await use(await node('-', secondSecret, thirdSecret), held)
      await use(await node('-', '-', thirdSecret), held)
    })

    test('ends nothing but what was not used meanwhile, and never with a fault', async () => {
      const held = await handOut(await node(rootSecret))
      await node(rootSecret, secondSecret)
      const { app } = await node('-', secondSecret)
      for (const [client, credential] of [
        [held.web, held.rotating],
        [held.keeping, held.kept],
      ] as const) {
        const answer = await refresh(app, client, credential)
        expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
      }
      const own = await post(app, '/oauth/token', held.machine, { grant_type: 'client_credentials' })
      expect(own.status).toBe(200)
    })

    test('stays given up: a node that still works under the older one seals and keys nothing back', async () => {
      const held = await handOut(await node(rootSecret))
      await use(await node(rootSecret, secondSecret), held)
      await use(await node(rootSecret, `+${secondSecret}`), held)
      // That node has taken steps of its own; what takes none lies under the newer secret still.
      const { app, context } = await node('-', secondSecret)
      expect((await refresh(app, held.keeping, held.kept)).status).toBe(200)
      expect((await signsInThroughProvider(app)).get('client_secret')).toBe(s.provider.clientSecret)
      expect(context.signer.jwks().keys.length).toBeGreaterThan(0)
    })

    test('under which a provider lies sealed closes that provider, and says so until it is given anew', async () => {
      const ready = async (app: FastifyInstance) => (await app.inject('/readyz')).json()
      const entry = googleEntry(s.provider)
      await node(rootSecret, secondSecret)
      const client_secret = { generation: 1, sealed: 'none of ours' }
      await s.storage.providers.amend('google', (present) => present && { ...present, client_secret })
      s.provider.calls.clear()
      const { app } = await node('-', secondSecret)
      expect(await ready(app)).toEqual({ status: 'not ready', problems: ['provider_secret_unreadable'] })
      const browser = testBrowser(app)
      const page = await browser.get('/login')
      expect(page.body).toMatch(/<button[^>]*id="login-with-google"[^>]*disabled/)
      const sent = await browser.post('/login/start/google', hiddenFields(page))
      expect(wentOn(sent).location).toBeUndefined()
      expect([...s.provider.calls]).toEqual([])

      await setProviders(
        { ...s, context: { ...s.context, keyring: (await node('-', secondSecret)).context.keyring } },
        [entry],
      )
      expect(await ready(app)).toEqual({ status: 'ready' })
      expect((await signsInThroughProvider(app)).get('client_secret')).toBe(s.provider.clientSecret)
    })
  })
}
