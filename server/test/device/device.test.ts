/** Signing in on a device that cannot show a browser (RFC 8628): asking, typing the code, deciding, fetching the tokens. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deviceGrantType } from '../../src/protocol/names.ts'
import { expectRefusal, isActive, liveGrants } from '../support/answers.ts'
import {
  apiStatus,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { newSenderKey, type SenderKey } from '../support/dpop.ts'
import { addAccount, addClient, type Harness, harness, issuer } from '../support/harness.ts'
import { addDevice, allow, ask, asked, type Device, decide, pathOf, poll, signedIn, type } from './steps.ts'

let h: Harness
let device: { readonly id: string }
let browser: TestBrowser
let aliceId: Awaited<ReturnType<typeof addAccount>>['id']

beforeEach(async () => {
  h = await harness()
  aliceId = (await addAccount(h)).id
  device = await addDevice(h)
  browser = await signedIn(h)
})
afterEach(() => h.close())

/** The reasons in the app's log, oldest first. */
async function logged(of: Device = device): Promise<string[]> {
  await h.context.requests.flush()
  return (await h.storage.requests.list(of.id, 100)).map(({ endpoint, reason }) => `${endpoint} ${reason}`).reverse()
}

describe('what a device is told', () => {
  test('it gets a code for itself, a code for people, and where to type it', async () => {
    const { status, headers, body } = await ask(h, device, { scope: 'basic' })
    expect([status, headers['cache-control']]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      device_code: expect.stringMatching(/^dc[A-Za-z0-9]{60,}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${issuer}/device`,
      verification_uri_complete: `${issuer}/device/${body.user_code}`,
      expires_in: 600,
      interval: 5,
    })
    const metadata = (await h.app.inject('/.well-known/openid-configuration')).json()
    expect(metadata.device_authorization_endpoint).toBe(`${issuer}/oauth/device_authorization`)
    expect(metadata.grant_types_supported).toContain(deviceGrantType)
  })

  test('an app asks for what it is registered for, and authenticates as registered', async () => {
    expectRefusal(await ask(h, device, { scope: 'basic email' }), 'invalid_scope')
    expectRefusal(await ask(h, device, { resource: 'https://nowhere.example/' }), 'invalid_target')
    expectRefusal(await ask(h, { id: 'nobody' }), 'invalid_client', 401)
    expectRefusal(await ask(h, await addClient(h)), 'unauthorized_client')
    expectRefusal(await ask(h, device, 'scope=basic&scope=basic'), 'invalid_request')
    const confidential = await addClient(h, { grant_types: [deviceGrantType, 'refresh_token'] })
    expectRefusal(await ask(h, { id: confidential.id }), 'invalid_client', 401)
    expect((await ask(h, confidential)).status).toBe(200)
    const admin = await addDevice(h, { admin_api: true, scope: 'basic admin.read' })
    const wanted = { scope: 'admin.read', resource: `${issuer}/admin/api` }
    expectRefusal(await ask(h, admin, wanted), 'invalid_scope')
  })

  test('K162: one network cannot fill the store with requests of an app that keeps no secret', async () => {
    for (let i = 0; i < 100; i++) await asked(h, device)
    const full = await ask(h, device)
    expectRefusal(full, 'temporarily_unavailable', 429)
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0)
    h.clock.move(600_000)
    await asked(h, device)
  })

  test('K162: what nobody decides is gone afterwards', async () => {
    const { code } = await asked(h, device)
    h.clock.move(11 * 60_000)
    expect(await h.storage.sweep({ rows: 86_400_000, audit: 86_400_000 })).toBeGreaterThan(0)
    expectRefusal(await poll(h, device, code), 'expired_token')
  })
})

describe('the page', () => {
  test('names the app, the code, what is asked for, when and from where, and nothing is given without its button', async () => {
    const request = await h.app.inject({
      method: 'POST',
      url: '/oauth/device_authorization',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `client_id=${device.id}&scope=basic+writemeasurements`,
      remoteAddress: '203.0.113.77',
    })
    const { user_code: userCode, device_code: code, verification_uri_complete: complete } = request.json()
    const filled = await browser.get(pathOf(complete))
    expect(filled.body).toContain(`value="${userCode}"`)
    expectRefusal(await poll(h, device, code), 'authorization_pending')
    const page = await browser.follow(await browser.post('/device', { ...hiddenFields(filled), user_code: userCode }))
    expect(page.body).toContain('<span id="client-name" dir="auto">Meadow on TV</span>')
    expect(page.body).toContain(`id="device-code">${userCode}<`)
    expect(page.body).toContain('203.0.113.*')
    expect(page.body).not.toContain('203.0.113.77')
    expect(page.body).toContain('data-scope="writemeasurements"')
    expect(page.body).toMatch(/<time datetime="[^"]+">/)
    h.clock.move(5000)
    expectRefusal(await poll(h, device, code), 'authorization_pending')
    expect((await decide(browser, page, 'allow')).body).toContain('id="device-allowed"')
    h.clock.move(5000)
    expect((await poll(h, device, code)).body.scope).toBe('basic writemeasurements')
  })

  test('says where the device asked from the network that the person is in', async () => {
    const { userCode } = await asked(h, device)
    expect((await type(browser, userCode)).body).toContain('the network that you are in now')
  })

  test('a code counts however it is typed', async () => {
    for (const spell of [
      (code: string) => code.toLowerCase(),
      (code: string) => code.replace('-', ''),
      (code: string) => ` ${code.replace('-', ' – ')} `,
    ]) {
      const { userCode } = await asked(h, device)
      expect((await type(browser, spell(userCode))).body).toContain('id="consent-allow"')
    }
  })

  test('somebody who is not signed in does that first, and the code of the address is kept', async () => {
    const { body, code, userCode } = await asked(h, device)
    const fresh = testBrowser(h.app)
    const signIn = await fresh.follow(await fresh.get(pathOf(body.verification_uri_complete)))
    expect(signIn.body).toContain('id="login-form"')
    const page = await signInOn(fresh, signIn)
    expect(page.body).toContain(`value="${userCode}"`)
    await allow(fresh, userCode)
    h.clock.move(5000)
    expect((await poll(h, device, code)).status).toBe(200)
  })

  test('an app of the operator asks as well', async () => {
    const own = await addDevice(h, { first_party: true })
    const { code, userCode } = await asked(h, own)
    expect((await type(browser, userCode)).body).toContain('id="consent-allow"')
    expectRefusal(await poll(h, own, code), 'authorization_pending')
  })

  test('the request is decided once, whatever is clicked after', async () => {
    const { code, userCode } = await asked(h, device)
    const page = await type(browser, userCode)
    const second = await type(browser, userCode)
    await decide(browser, page, 'deny')
    for (const late of [await decide(browser, second, 'allow'), await type(browser, userCode)]) {
      expect(late.body).toContain('id="device-form"')
      expect(late.body).toContain('class="problem"')
    }
    expectRefusal(await poll(h, device, code), 'access_denied')
    expect(await liveGrants(h, aliceId)).toBe(0)
  })

  test('of many that allow at once one counts, and one grant is stored', async () => {
    const { userCode } = await asked(h, device)
    const page = await type(browser, userCode)
    const ends = await Promise.all([1, 2, 3, 4].map(() => decide(browser, page, 'allow')))
    expect(ends.filter(({ body }) => body.includes('id="device-allowed"'))).toHaveLength(1)
    expect(await liveGrants(h, aliceId)).toBe(1)
  })

  test('only who has typed the code decides, in that browser', async () => {
    await addAccount(h, 'bob')
    const { code, userCode } = await asked(h, device)
    const { path } = await type(browser, userCode)
    const other = await signedIn(h, 'bob')
    expect((await other.get(path)).status).toBe(403)
    const own = hiddenFields(await other.get('/device'))
    const request = new URL(path, issuer).searchParams.get('request') ?? ''
    const posted = await other.post('/device/decision', { ...own, request, decision: 'allow' })
    expect(posted.status).toBe(403)
    expect((await (await signedIn(h)).get(path)).status).toBe(403)
    expectRefusal(await poll(h, device, code), 'authorization_pending')
  })

  test('a form of another site or without its token decides nothing', async () => {
    const { code, userCode } = await asked(h, device)
    const page = await type(browser, userCode)
    const fields = { ...hiddenFields(page), decision: 'allow' }
    expect((await browser.post('/device/decision', fields, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await browser.post('/device/decision', { ...fields, csrf: 'x' })).status).toBe(403)
    expect((await browser.post('/device/decision', { ...fields, decision: 'maybe' })).status).toBe(400)
    expect((await browser.get('/device/decision')).location).toBe('/device')
    expectRefusal(await poll(h, device, code), 'authorization_pending')
  })

  test('five wrong codes of a session are enough, and the right one is not taken after them', async () => {
    const { userCode } = await asked(h, device)
    for (let i = 0; i < 5; i++) expect((await type(browser, 'BBBB-BBBB')).status).toBe(400)
    const refused = await type(browser, userCode)
    expect(refused.status).toBe(429)
    expect(Number(refused.response.headers['retry-after'])).toBeGreaterThan(0)
    // Another person in the same network goes on.
    await addAccount(h, 'bob')
    expect((await type(await signedIn(h, 'bob'), userCode)).body).toContain('id="consent-allow"')
  })

  test('fifty wrong codes of a network are enough, whoever types them', async () => {
    const { userCode } = await asked(h, device)
    for (let i = 0; i < 10; i++) {
      const one = await signedIn(h)
      for (let j = 0; j < 5; j++) await type(one, 'no code at all')
    }
    expect((await type(await signedIn(h), userCode)).status).toBe(429)
    h.clock.move(2 * 3_600_000)
    const later = await asked(h, device)
    expect((await type(await signedIn(h), later.userCode)).body).toContain('id="consent-allow"')
  })

  test('what comes too late is not allowed any more', async () => {
    const { code, userCode } = await asked(h, device)
    const page = await type(browser, userCode)
    h.clock.move(10 * 60_000)
    expect((await decide(browser, page, 'allow')).body).toContain('id="device-form"')
    expectRefusal(await poll(h, device, code), 'expired_token')
    expect(await liveGrants(h, aliceId)).toBe(0)
  })

  test('an app that was switched off meanwhile, or is in development for others, is not let in', async () => {
    const { userCode } = await asked(h, device)
    const page = await type(browser, userCode)
    await h.storage.clients.amend(device.id, () => ({ status: 'disabled' }))
    h.clock.move(10_000)
    const ended = await decide(browser, page, 'allow')
    expect(ended.body).not.toContain('id="device-allowed"')
    const pending = await addDevice(h)
    await h.storage.clients.amend(pending.id, () => ({ status: 'pending' }))
    h.clock.move(10_000)
    const other = await asked(h, pending)
    expect((await type(browser, other.userCode)).body).not.toContain('id="consent-allow"')
    expect(await liveGrants(h, aliceId)).toBe(0)
  })

  test('the yes is remembered, with a receipt, and can be taken back, by which the device loses its access', async () => {
    const { code, userCode } = await asked(h, device)
    await allow(browser, userCode)
    const { body } = await poll(h, device, code)
    const apps = await browser.get(`/account/apps/${device.id}`)
    expect(apps.body).toContain('Meadow on TV')
    const [receipt] = await h.storage.receipts.listByUser(aliceId, { limit: 5, offset: 0 })
    expect(receipt?.read).toMatchObject({ destination: 'another device', scope: ['basic', 'readmeasurements'] })
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(200)
    await browser.post('/account/apps/remove', {
      ...hiddenFields(await browser.get(`/account/apps/${device.id}/remove`)),
      client_id: device.id,
    })
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(401)
  })
})

describe('asking for the tokens', () => {
  test('a device waits, gets its tokens after the yes, and refreshes them as any app', async () => {
    const { code, userCode } = await asked(h, device, { scope: 'openid basic offline_access' })
    expectRefusal(await poll(h, device, code), 'authorization_pending')
    await allow(browser, userCode)
    h.clock.move(5000)
    const { status, body } = await poll(h, device, code)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid basic offline_access' })
    expect(body.id_token).toBeTypeOf('string')
    expect((await refresh(h.app, device, body.refresh_token ?? '')).status).toBe(200)
    const [view] = await h.storage.grants.listByUser(aliceId, 5)
    expect(view?.grant).toMatchObject({ authMethod: 'none', context: { grantType: deviceGrantType } })
  })

  test('a device signs in for itself: signing out in the browser leaves it be', async () => {
    const { code, userCode } = await asked(h, device, { scope: 'openid basic' })
    await allow(browser, userCode)
    const { body } = await poll(h, device, code)
    await browser.post('/logout', { ...hiddenFields(await browser.get('/logout')), action: 'confirm' })
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(200)
  })

  test('an answer that is bound to a key is given again to that key alone', async () => {
    const [key, other] = [await newSenderKey(), await newSenderKey()]
    const { code, userCode } = await asked(h, device, { scope: 'basic offline_access' })
    await allow(browser, userCode)
    const proved = async (by: SenderKey | undefined) => {
      h.clock.move(6000)
      const form = { grant_type: deviceGrantType, device_code: code }
      return token(h.app, device, form, by === undefined ? {} : { ...(await by.proof(h, 'POST /oauth/token')) })
    }
    const first = await proved(key)
    expect(first.body.token_type, JSON.stringify(first.body)).toBe('DPoP')
    expectRefusal(await proved(other), 'invalid_grant')
    expectRefusal(await proved(undefined), 'invalid_dpop_proof')
    expect((await proved(key)).body.refresh_token).toBe(first.body.refresh_token)
  })

  test('an answer that was lost is given again, letter by letter, until its tokens were seen', async () => {
    const { code, userCode } = await asked(h, device)
    await allow(browser, userCode)
    const first = await poll(h, device, code)
    h.clock.move(5000)
    const again = await poll(h, device, code)
    expect(again.body).toEqual(first.body)
    h.clock.move(40_000)
    expect((await poll(h, device, code)).body.refresh_token).toBe(first.body.refresh_token)
    expect(await apiStatus(h.app, first.body.access_token ?? '')).toBe(200)
    h.clock.move(5000)
    expectRefusal(await poll(h, device, code), 'invalid_grant')
    // A device that asks on is no thief.
    expect(await apiStatus(h.app, first.body.access_token ?? '')).toBe(200)
    expect((await refresh(h.app, device, first.body.refresh_token ?? '')).status).toBe(200)
    h.clock.move(5000)
    expectRefusal(await poll(h, device, code), 'invalid_grant')
    const reused = await h.storage.audit.search(10, { type: 'credential_reused' })
    expect(reused.events).toEqual([])
    expect(await liveGrants(h, aliceId)).toBe(1)
  })

  test('of many that ask at once all get the same tokens, and one grant is live', async () => {
    const { code, userCode } = await asked(h, device)
    await allow(browser, userCode)
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => poll(h, device, code)))
    const got = answers.filter(({ status }) => status === 200)
    expect(got.length).toBeGreaterThan(0)
    expect(new Set(got.map(({ body }) => body.access_token)).size).toBe(1)
    expect(await liveGrants(h, aliceId)).toBe(1)
  })

  test('who asks too often is told to slow down, by five seconds each time, and is answered all the same', async () => {
    const { code, userCode } = await asked(h, device)
    expectRefusal(await poll(h, device, code), 'authorization_pending')
    h.clock.move(2000)
    expectRefusal(await poll(h, device, code), 'slow_down')
    h.clock.move(6000)
    expectRefusal(await poll(h, device, code), 'slow_down')
    h.clock.move(15_000)
    expectRefusal(await poll(h, device, code), 'authorization_pending')
    await allow(browser, userCode)
    h.clock.move(2000)
    expect((await poll(h, device, code)).status).toBe(200)
  })

  test('a code that comes twice in a second is answered without a look at the database', async () => {
    const { code } = await asked(h, device)
    await poll(h, device, code)
    const { find } = h.storage.deviceRequests
    let reads = 0
    Object.assign(h.storage.deviceRequests, {
      find: (id: Buffer) => {
        reads++
        return find(id)
      },
    })
    expectRefusal(await poll(h, device, code), 'slow_down')
    expect(reads).toBe(0)
    h.clock.move(5000)
    expectRefusal(await poll(h, device, code), 'authorization_pending')
    expect(reads).toBe(1)
    Object.assign(h.storage.deviceRequests, { find })
  })

  test('the log of the app tells that the device asks once, what was decided, and what went wrong', async () => {
    const { code, userCode } = await asked(h, device)
    for (let i = 0; i < 4; i++) {
      await poll(h, device, code)
      h.clock.move(5000)
    }
    await decide(browser, await type(browser, userCode), 'deny')
    await poll(h, device, code)
    expect(await logged()).toEqual([
      '/oauth/device_authorization ',
      '/oauth/token authorization_pending',
      '/device/decision consent_denied',
      '/oauth/token device_denied',
    ])
  })

  test('a code is good for the app that asked alone, and for nothing else', async () => {
    const { code, userCode } = await asked(h, device)
    const other = await addDevice(h)
    expectRefusal(await poll(h, other, code), 'invalid_grant')
    expectRefusal(await token(h.app, device, { grant_type: 'refresh_token', refresh_token: code }), 'invalid_grant')
    const web = await addClient(h)
    expectRefusal(await exchangeCode(h.app, web, code), 'invalid_grant')
    expectRefusal(await poll(h, web, code), 'unauthorized_client')
    const forged = `${code.slice(0, -1)}${code.endsWith('a') ? 'b' : 'a'}`
    expectRefusal(await poll(h, device, forged), 'invalid_grant')
    expectRefusal(await poll(h, device, 'dc'), 'invalid_grant')
    expectRefusal(await poll(h, device, userCode), 'invalid_grant')
    const missing = await token(h.app, device, { grant_type: deviceGrantType })
    expectRefusal(missing, 'invalid_request')
    await allow(browser, userCode)
    h.clock.move(5000)
    expectRefusal(await poll(h, other, code), 'invalid_grant')
    expectRefusal(await exchangeCode(h.app, web, code), 'invalid_grant')
    expect((await poll(h, device, code)).status).toBe(200)
  })

  test('no other credential is a device code', async () => {
    const both = await addClient(h, { grant_types: ['authorization_code', 'refresh_token', deviceGrantType] })
    const page = await browser.follow(await browser.get(authorizeUrl(both)))
    const { location } = await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })
    const code = new URL(location ?? '').searchParams.get('code') ?? ''
    expectRefusal(await poll(h, both, code), 'invalid_grant')
    const { body } = await exchangeCode(h.app, both, code)
    expectRefusal(await poll(h, both, body.refresh_token ?? ''), 'invalid_grant')
    expect(await isActive(h, both, body.access_token)).toBe(true)
  })

  test('a resource that was asked for is what the token is for, and no other can be named later', async () => {
    const uri = 'https://tide.example/'
    await h.storage.resources.put({ resource: uri, scope: ['basic'] } as never)
    h.clock.move(10_000)
    const { code, userCode } = await asked(h, device, { scope: 'basic', resource: uri })
    await allow(browser, userCode)
    expectRefusal(await poll(h, device, code, { resource: 'https://other.example/' }), 'invalid_target')
    h.clock.move(5000)
    expect((await poll(h, device, code, { resource: uri })).status).toBe(200)
  })

  test('an account that was closed after the yes, or a consent taken back, leaves nothing to fetch', async () => {
    const { code, userCode } = await asked(h, device)
    await allow(browser, userCode)
    await h.storage.consents.withdraw(aliceId, device.id)
    expectRefusal(await poll(h, device, code), 'invalid_grant')
    const later = await asked(h, device)
    await allow(browser, later.userCode)
    await h.storage.accounts.update(aliceId, { enabled: false })
    expectRefusal(await poll(h, device, later.code), 'invalid_grant')
  })

  test('tokens that nobody fetches in time are gone', async () => {
    const { code, userCode } = await asked(h, device)
    await allow(browser, userCode)
    h.clock.move(11 * 60_000)
    expectRefusal(await poll(h, device, code), 'expired_token')
    h.clock.move(3_600_000)
    expectRefusal(await poll(h, device, code), 'expired_token')
  })
})
