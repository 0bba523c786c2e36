/** Apps hear that a person has signed out (OpenID Connect Back-Channel Logout 1.0), over a real connection. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deleteUser, disableUser } from '../../src/engine/operator/people.ts'
import type { Account } from '../../src/storage/contract.ts'
import { newTokens } from '../support/answers.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  byCommand,
  doJobs,
  type Harness,
  issuer,
  type TestClient,
} from '../support/harness.ts'
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout_receiver.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'

describe.each(await drivers())('back-channel logout over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let receiver: LogoutReceiver
  let app: TestClient
  let alice: Account
  let browser: TestBrowser
  let count = 0
  beforeAll(async () => {
    receiver = await startLogoutReceiver()
    servers = await driver.servers({ settings: { outboundAllowed: new Set([receiver.origin]) } })
    h = servers.h
    app = await listening()
  })
  afterAll(async () => {
    await servers?.close()
    receiver?.close()
  })
  beforeEach(async () => {
    receiver.bodies.length = 0
    receiver.status = 200
    alice = await addAccount(h, `alice${++count}`)
    browser = await enter()
  })

  const listening = (more: Record<string, unknown> = {}) =>
    addClient(h, { backchannel_logout_uri: `${receiver.origin}/logout`, ...more })

  async function enter(): Promise<TestBrowser> {
    const fresh = testBrowser(h.app)
    await signInOn(fresh, await fresh.get('/login'), alice.username)
    return fresh
  }
  const signOut = async (by = browser): Promise<Page> =>
    by.post('/logout', { ...hiddenFields(await by.get('/logout')), action: 'confirm' })
  const openid = (scope = 'openid', of = app, by = browser) => newTokens(h, of, { scope }, by)

  /** The logout tokens that came, proved as an app would prove them. */
  async function heard(of = app) {
    const keys = createLocalJWKSet((await h.app.inject('/oauth/jwks')).json())
    const checks = { issuer, audience: of.id, typ: 'logout+jwt', currentDate: new Date(h.clock.now()) }
    return Promise.all(
      receiver.bodies.map(async (line) => {
        const [, token = ''] = line.split('POST application/x-www-form-urlencoded logout_token=')
        return (await jwtVerify(token, keys, checks)).payload
      }),
    )
  }

  test('B41: who signs out is named by sub and sid, with an event, two minutes and no nonce', async () => {
    const { id } = await openid()
    await signOut()
    await doJobs(h)
    const [token, ...more] = await heard()
    expect(more).toEqual([])
    expect(token).toMatchObject({ sub: alice.id, sid: decodeJwt(id).sid, events: { [event]: {} } })
    expect((token?.exp ?? 0) - (token?.iat ?? 0)).toBe(120)
    expect(token).not.toHaveProperty('nonce')
    await doJobs(h)
    expect(receiver.bodies).toHaveLength(1)
  })

  test('the page that asks names the apps that are told, and no other', async () => {
    await openid()
    await openid('openid', await listening({ client_name: 'Harbor' }))
    await openid('openid', await addClient(h, { client_name: 'Silent' }))
    const { body } = await browser.get('/logout')
    expect(body).toContain('id="logout-told"')
    expect(body).toContain('<bdi>Harbor</bdi>')
    expect(body).not.toContain('Silent')
    expect((await (await enter()).get('/logout')).body).not.toContain('logout-told')
  })

  test('an app that stays connected hears of it too, by the sid of its ID token', async () => {
    const { id, access } = await openid('openid offline_access')
    expect(decodeJwt(id).sid).toMatch(/^[\w-]{22}$/)
    await signOut()
    await doJobs(h)
    expect(await heard()).toMatchObject([{ sid: decodeJwt(id).sid }])
    const info = await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
    expect(info.statusCode).toBe(200)
  })

  test('a receiver that is down for a minute hears of it later, by a token of its own that is not older', async () => {
    await openid()
    receiver.status = 503
    const signedOut = await signOut()
    expect(signedOut.body).toContain('You are signed out')
    await doJobs(h)
    h.clock.move(20_000)
    await doJobs(h)
    h.clock.move(20_000)
    await doJobs(h)
    expect(receiver.bodies).toEqual([])
    h.clock.move(20_000)
    receiver.status = 200
    h.clock.move(90_000)
    await doJobs(h)
    const [token] = await heard()
    expect(token?.sub).toBe(alice.id)
    expect(token?.iat).toBe(Math.floor(h.clock.now() / 1000))
    expect(receiver.bodies).toHaveLength(1)
  })

  test('each attempt has a jti of its own', async () => {
    await openid()
    await openid('openid', app, await enter())
    await signOut()
    const other = await enter()
    const csrf = hiddenFields(await other.get('/account/devices')).csrf ?? ''
    await other.post('/account/devices/end', { csrf, others: 'all' })
    await doJobs(h)
    const tokens = await heard()
    expect(tokens).toHaveLength(2)
    expect(new Set(tokens.map(({ jti }) => jti)).size).toBe(2)
    expect(new Set(tokens.map(({ sid }) => sid)).size).toBe(2)
  })

  test('a password change, being disabled and being deleted end all of it: one token without a sid', async () => {
    const acts: Record<string, () => Promise<unknown>> = {
      async changed() {
        const form = { 'current-password': alicePassword, 'new-password': 'another horse and its battery' }
        const fields = hiddenFields(await browser.get('/account/security'))
        expect((await browser.post('/account/security', { ...fields, ...form })).location).toContain('changed=1')
      },
      disabled: () => disableUser(h.context, byCommand, alice.id),
      deleted: () => deleteUser(h.context, byCommand, alice.id),
    }
    for (const [name, act] of Object.entries(acts)) {
      receiver.bodies.length = 0
      alice = await addAccount(h, `alice${++count}`)
      browser = await enter()
      await openid()
      await openid('openid offline_access', app, await enter())
      await act()
      await doJobs(h)
      const tokens = await heard()
      expect(tokens, name).toHaveLength(1)
      expect(tokens[0], name).toMatchObject({ sub: alice.id })
      expect(tokens[0], name).not.toHaveProperty('sid')
    }
  })

  test('an app that needs the session of each logout is told of each', async () => {
    const strict = await listening({ backchannel_logout_session_required: true })
    const first = await openid('openid', strict)
    const second = await openid('openid', strict, await enter())
    await disableUser(h.context, byCommand, alice.id)
    await doJobs(h)
    const sids = (await heard(strict)).map(({ sid }) => sid).sort()
    expect(sids).toEqual([first, second].map(({ id }) => decodeJwt(id).sid).sort())
  })

  test('nobody else is told: no other app, none that only has other scopes, none that was switched off or changed', async () => {
    await newTokens(h, app, { scope: 'basic' }, browser)
    await openid('openid', await addClient(h))
    const off = await listening()
    const changed = await listening()
    await openid('openid', off)
    await openid('openid', changed)
    await signOut()
    await h.storage.clients.amend(off.id, () => ({ status: 'disabled' }))
    await h.storage.clients.amend(changed.id, ({ metadata }) => ({
      metadata: { ...metadata, backchannel_logout_uri: undefined },
    }))
    h.context.clients.forget()
    await doJobs(h)
    expect(receiver.bodies).toEqual([])
  })

  test('H118: an address that is not public is not called, unless the operator allows it', async () => {
    const other = await startLogoutReceiver()
    const inside = await listening({ backchannel_logout_uri: `${other.origin}/logout` })
    await openid('openid', inside)
    await signOut()
    await doJobs(h)
    expect(other.bodies).toEqual([])
    expect(receiver.bodies).toEqual([])
    other.close()
  })

  test.each([
    ['a developer has written', { backchannel_logout_uri_by: 'developer' }],
    ['an app has that registered itself', { registered_by: 'registration' }],
  ])('nor is one that %s, whatever the operator allows, but on a server under development', async (_, written) => {
    const theirs = await listening(written)
    const hears = async (development: boolean) => {
      await openid('openid', theirs)
      await signOut()
      const more = { ...h.context, settings: { ...h.context.settings, development } }
      await doJobs({ context: more })
      browser = await enter()
      return receiver.bodies.length
    }
    expect(await hears(false)).toBe(0)
    expect(await hears(true)).toBe(1)
  })

  test('E86: a logout token is no ID token: as a hint it is an error', async () => {
    await openid()
    await signOut()
    await doJobs(h)
    const token = receiver.bodies[0]?.split('logout_token=')[1] ?? ''
    expect((await testBrowser(h.app).get(`/oauth/logout?id_token_hint=${token}`)).status).toBe(400)
  })
})
