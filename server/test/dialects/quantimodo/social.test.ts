/** The social endpoints of seed 002: a provider's sign-in in a popup, tokens of the providers' own SDKs, and the JWT. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { decideDialect } from '../../../src/runtime/kept/legacy_dialects.ts'
import { googleEntry, openSetting, ownPath, type Setting, setProviders } from '../../providers/setting.ts'
import { allowOn, hiddenFields, testBrowser } from '../../support/browser.ts'
import { addAccount, alicePassword } from '../../support/harness.ts'
import { addOlderClient, lastRecord, phoneCallback } from './visits.ts'

let s: Setting
beforeAll(async () => {
  s = await openSetting()
})
beforeEach(() => {
  s.provider.wrong = {}
  // Whatever was counted is forgotten.
  s.clock.move(600_001)
})
afterAll(() => s.close())

const base = '/api/v2/auth/social'
const page = 'https://web.example/social'

async function addApp(more: Record<string, unknown> = {}) {
  return addOlderClient(s, { redirect_uris: [page], ...more })
}

/** The popup: to the provider, and back to the app's page. */
async function popup(query: Record<string, string>, decision?: 'allow' | 'deny', browser = testBrowser(s.app)) {
  const sent = await browser.get(`${base}/login?${new URLSearchParams(query)}`)
  if (sent.location === undefined || !sent.location.startsWith(s.provider.issuer)) return { browser, page: sent }
  return { browser, page: await browser.get(ownPath(s.provider.answer(sent.location, decision))) }
}

async function newCode(query: Record<string, string> = {}): Promise<string> {
  const { page: back } = await popup({ provider: 'google', redirectUrl: page, ...query })
  const code = new URL(back.location ?? '').searchParams.get('code')
  if (code === null) throw new Error(`no code: ${back.status} ${back.location}`)
  return code
}

async function ask(name: string, query: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await s.app.inject({ url: `${base}/${name}?${new URLSearchParams(query)}`, headers })
  return { status: response.statusCode, headers: response.headers, body: response.json() }
}

describe('the popup', () => {
  test('goes to the provider and comes back to the app with a code that old apps can cut out of the address', async () => {
    await addApp()
    s.provider.persona = { sub: 'popup-1', preferred_username: 'popup' }
    const { browser, page: back } = await popup({ provider: 'google', redirectUrl: page })
    expect(back.status).toBe(303)
    expect(back.location).toMatch(/^https:\/\/web\.example\/social\?code=[A-Za-z0-9]+$/)
    expect((await browser.get('/account')).status, 'no session of ours comes of it').toBe(303)
  })

  test('comes back with an error where the person says no', async () => {
    await addApp()
    const { page: back } = await popup({ provider: 'google', redirectUrl: page }, 'deny')
    expect(back.location).toMatch(/^https:\/\/web\.example\/social\?error=access_denied&error_description=/)
  })

  test('comes back with an error where the provider fails or is not known', async () => {
    await addApp()
    s.provider.wrong = { tokenStatus: 500 }
    const failed = await popup({ provider: 'google', redirectUrl: page })
    expect(failed.page.location).toContain(`${page}?error=temporarily_unavailable`)
    const unknown = await popup({ provider: 'twitter', redirectUrl: page })
    expect(unknown.page.location).toContain(`${page}?error=invalid_request`)
  })

  test.each([
    ['of nobody', { redirectUrl: 'https://evil.example/social' }],
    ['that is longer than the registered one', { redirectUrl: `${page}/more` }],
    ['with another query', { redirectUrl: `${page}?x=1` }],
    ['that is missing', {}],
  ])('goes nowhere with a redirectUrl %s', async (_what, query) => {
    await addApp()
    const { page: answer } = await popup({ provider: 'google', ...query } as Record<string, string>)
    expect([answer.status, answer.location]).toEqual([400, undefined])
    expect(answer.body).toContain('OAuth error: invalid_request')
  })

  test('finds the app of a redirectUrl without reading every app', async () => {
    await addApp()
    s.clock.move(5001)
    const lists = vi.spyOn(s.storage.clients, 'list')
    const { page: back } = await popup({ provider: 'google', redirectUrl: page })
    expect(back.location).toMatch(/^https:\/\/web\.example\/social\?code=/)
    expect(lists).not.toHaveBeenCalled()
    lists.mockRestore()
  })

  test('holds the redirectUrl against the app that is named', async () => {
    const other = await addApp({ redirect_uris: ['https://other.example/'] })
    const named = await popup({ provider: 'google', redirectUrl: page, client_id: other.id })
    expect(named.page.status).toBe(400)
    expect((await lastRecord(s, other)).reason).toBe('social_redirect_not_registered')
    const nobody = await popup({ provider: 'google', redirectUrl: page, clientId: 'nobody' })
    expect(nobody.page.status).toBe(400)
  })

  test('is for apps of this protocol', async () => {
    const standard = await addOlderClient(s, { dialects: ['oauth'], redirect_uris: ['https://standard.example/'] })
    for (const query of [{}, { client_id: standard.id }]) {
      const { page: answer } = await popup({ provider: 'google', redirectUrl: 'https://standard.example/', ...query })
      expect(answer.status).toBe(400)
    }
  })

  test('asks somebody whose address is taken to prove it, and then goes on to the app', async () => {
    await addApp()
    const account = await addAccount(s, 'vasco')
    s.provider.persona = { sub: 'vasco-1', email: 'vasco@example.com', email_verified: true }
    const { browser, page: asked } = await popup({ provider: 'google', redirectUrl: page })
    expect(asked.response.headers['content-security-policy']).not.toContain('form-action')
    const fields = { ...hiddenFields(asked), username: 'vasco', password: alicePassword }
    const back = await browser.post('/login/link', fields)
    const code = new URL(back.location ?? '').searchParams.get('code') ?? ''
    const { body } = await ask('authorizeCode', { provider: 'google', code })
    expect(s.context.signer.verify(body.data.token, 'ticket+jwt')?.sub).toBe(account.id)
  })
})

describe('authorizeCode', () => {
  test('answers with the JWT of the user, for the app and the page that had the code', async () => {
    const app = await addApp({ redirect_uris: ['https://one.example/'] })
    s.provider.persona = { sub: 'code-1', preferred_username: 'code1' }
    const code = await newCode({ redirectUrl: 'https://one.example/' })
    const answer = await ask('authorizeCode', { provider: 'google', code })
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.body).toEqual({
      success: true,
      data: { token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/), expiresIn: 600, expires_in: 600 },
    })
    expect(s.context.signer.verify(answer.body.data.token, 'ticket+jwt')).toMatchObject({
      sub: (await s.storage.accounts.findByLogin('code1'))?.id,
      client_id: app.id,
      redirect_uri: 'https://one.example/',
    })
  })

  test.each([
    ['is none', 'abc'],
    ['is cut off', undefined],
  ])('refuses a code that %s', async (_what, text) => {
    await addApp()
    const code = text ?? (await newCode()).slice(0, -7)
    const answer = await ask('authorizeCode', { provider: 'google', code })
    expect([answer.status, answer.body.success, answer.body.error]).toEqual([400, false, 'invalid_grant'])
  })

  test('refuses a code the second time, after a minute, and at another provider, which spends it not', async () => {
    await addApp()
    await setProviders(s, [googleEntry(s.provider), { ...googleEntry(s.provider), id: 'other' }])
    s.provider.persona = { sub: 'twice-1' }
    const code = await newCode()
    expect((await ask('authorizeCode', { provider: 'other', code })).status).toBe(400)
    expect((await ask('authorizeCode', { provider: 'google', code })).status).toBe(200)
    expect((await ask('authorizeCode', { provider: 'google', code })).status).toBe(400)
    const late = await newCode()
    s.clock.move(60_001)
    expect((await ask('authorizeCode', { provider: 'google', code: late })).status).toBe(400)
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('gives one ticket to twenty that ask at once with one code', async () => {
    await addApp()
    s.provider.persona = { sub: 'race-1' }
    const code = await newCode()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('authorizeCode', { provider: 'google', code })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('says what is missing', async () => {
    for (const query of [{ provider: 'google' }, { code: 'x' }, {}]) {
      const answer = await ask('authorizeCode', query as Record<string, string>)
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
      expect(answer.body.message).toMatch(/^The parameter (code|provider) is missing\.$/)
    }
  })

  test('gives no ticket for an account that was closed meanwhile', async () => {
    await addApp()
    s.provider.persona = { sub: 'shut', preferred_username: 'shut' }
    const code = await newCode()
    const account = await s.storage.accounts.findByLogin('shut')
    await s.storage.accounts.update(account?.id ?? 'usr_', { enabled: false })
    expect([401, 403]).toContain((await ask('authorizeCode', { provider: 'google', code })).status)
  })
})

describe('authorizeToken', () => {
  test('takes an access token that was issued to us, and an ID token for us or an app of the operator’s', async () => {
    const app = await addApp()
    await setProviders(s, [{ ...googleEntry(s.provider), native_client_ids: ['android.apps.example'] }])
    s.provider.persona = { sub: 'native-1', preferred_username: 'native' }
    const tokens = [
      s.provider.accessToken(s.provider.clientId),
      s.provider.accessToken('android.apps.example'),
      await s.provider.idToken(),
      await s.provider.idToken({ aud: 'android.apps.example' }),
    ]
    for (const accessToken of tokens) {
      const answer = await ask('authorizeToken', {
        provider: 'google',
        accessToken,
        refreshToken: 'x',
        client_id: app.id,
      })
      expect([answer.status, answer.body]).toEqual([200, { success: true, data: expect.anything() }])
      expect(s.context.signer.verify(answer.body.data.token, 'ticket+jwt')?.client_id).toBe(app.id)
    }
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('refuses what was issued to somebody else: an app with a token of its own users must not become them', async () => {
    s.provider.persona = { sub: 'confused-1', preferred_username: 'confused' }
    const tokens = [
      s.provider.accessToken('another-app'),
      await s.provider.idToken({ aud: 'another-app' }),
      await s.provider.idToken({ azp: 'another-app' }),
      await s.provider.idToken({ exp: 1_600_000_000 }),
      await s.provider.idToken({ iss: 'https://evil.example' }),
      'unknown',
      '...',
    ]
    for (const accessToken of tokens) {
      const answer = await ask('authorizeToken', { provider: 'google', accessToken })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_grant'])
    }
    for (const algorithm of ['none', 'HS256', 'other_key'] as const) {
      s.provider.wrong = { algorithm }
      const accessToken = await s.provider.idToken()
      expect((await ask('authorizeToken', { provider: 'google', accessToken })).status).toBe(401)
    }
    expect(await s.storage.accounts.findByLogin('confused')).toBeUndefined()
  })

  test('refuses a profile that is of somebody else than the token', async () => {
    s.provider.persona = { sub: 'mixed-1' }
    s.provider.wrong = { profile: { sub: 'mixed-2' } }
    const accessToken = s.provider.accessToken(s.provider.clientId)
    expect((await ask('authorizeToken', { provider: 'google', accessToken })).status).toBe(401)
  })

  test('asks Facebook, and Google where the operator names its address, whose a token is', async () => {
    const { issuer, clientId, clientSecret } = s.provider
    await setProviders(s, [
      { ...googleEntry(s.provider), token_info_endpoint: `${issuer}/tokeninfo` },
      { id: 'facebook', kind: 'facebook', issuer, client_id: clientId, client_secret: clientSecret },
    ])
    s.provider.persona = { sub: '4242', name: 'Face' }
    for (const provider of ['google', 'facebook']) {
      const good = s.provider.accessToken(clientId)
      expect((await ask('authorizeToken', { provider, accessToken: good })).status, provider).toBe(200)
      const foreign = s.provider.accessToken('another-app')
      expect((await ask('authorizeToken', { provider, accessToken: foreign })).status, provider).toBe(401)
    }
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('opens an account without the address that is somebody’s: nobody can be asked here', async () => {
    await addAccount(s, 'wim')
    s.provider.persona = { sub: 'wim-1', email: 'wim@example.com', email_verified: true, preferred_username: 'wim' }
    const accessToken = s.provider.accessToken(s.provider.clientId)
    const { body } = await ask('authorizeToken', { provider: 'google', accessToken })
    const subject = s.context.signer.verify(body.data.token, 'ticket+jwt')?.sub
    expect(await s.storage.accounts.find(subject as `usr_${string}`)).toMatchObject({ username: 'wim2', email: null })
  })

  test('says what is missing, and what is unknown', async () => {
    const missing = await ask('authorizeToken', { provider: 'google' })
    expect([missing.status, missing.body.message]).toEqual([400, 'The parameter accessToken is missing.'])
    const unknown = await ask('authorizeToken', { provider: 'twitter', accessToken: 'x' })
    expect([unknown.status, unknown.body.message]).toEqual([400, 'Unknown provider.'])
    const stranger = await ask('authorizeToken', { provider: 'google', accessToken: 'x', client_id: 'nobody' })
    expect([stranger.status, stranger.body.error]).toEqual([401, 'invalid_client'])
  })

  test('counts guesses', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 101; n++)
      statuses.push((await ask('authorizeToken', { provider: 'google', accessToken: `${n}` })).status)
    expect(new Set(statuses.slice(0, 100))).toEqual(new Set([401]))
    expect(statuses[100]).toBe(429)
  })

  test('never writes a token down', async () => {
    s.provider.persona = { sub: 'log-1' }
    const tokens = [s.provider.accessToken(s.provider.clientId), s.provider.accessToken('another-app')]
    for (const accessToken of tokens) await ask('authorizeToken', { provider: 'google', accessToken })
    for (const token of tokens) expect(s.logged.join('\n')).not.toContain(token)
  })
})

test('the flow of the documents, from the popup to the API', async () => {
  const app = await addOlderClient(s, { redirect_uris: [phoneCallback] }, 'social_flow')
  s.provider.persona = { sub: 'flow-1', preferred_username: 'flow' }
  const { browser, page: popped } = await popup({ provider: 'google', redirectUrl: phoneCallback })
  const code = new URL(popped.location ?? '').searchParams.get('code') ?? ''
  const { body } = await ask('authorizeCode', { provider: 'google', code })
  const query = `response_type=code&client_id=${app.id}&client_secret=${app.secret}&scope=basic`
  const consent = await browser.follow(await browser.get(`/api/v2/oauth/authorize?token=${body.data.token}&${query}`))
  expect(consent.body).toContain('id="consent-allow"')
  expect(consent.body).toContain('flow')
  const back = new URL((await allowOn(browser, consent)).location ?? '')
  const tokens = await s.app.inject({
    method: 'POST',
    url: '/api/v2/oauth/access_token',
    payload: { client_id: app.id, client_secret: app.secret, code: back.searchParams.get('code') },
  })
  const user = await s.app.inject({ url: `/api/v2/user?access_token=${tokens.json().access_token}` })
  expect(user.json()).toMatchObject({ displayName: 'flow' })
})

test('the addresses work without /api, by POST too, and across origins of apps alone', async () => {
  await addApp()
  s.provider.persona = { sub: 'origin-1' }
  for (const path of ['/v2/auth/social', base]) {
    const accessToken = s.provider.accessToken(s.provider.clientId)
    for (const [origin, allowed] of [
      ['https://web.example', 'https://web.example'],
      ['https://evil.example', undefined],
    ]) {
      const response = await s.app.inject({
        method: 'POST',
        url: `${path}/authorizeToken`,
        headers: { origin },
        payload: { provider: 'google', accessToken },
      })
      expect(response.statusCode).toBe(200)
      expect(response.headers['access-control-allow-origin']).toBe(allowed)
    }
    const login = await s.app.inject({
      url: `${path}/login?provider=google&redirectUrl=${page}`,
      headers: { origin: 'https://web.example' },
    })
    expect(login.statusCode).toBe(303)
    expect(login.headers['access-control-allow-origin']).toBeUndefined()
  }
})

test('a closed protocol closes them too', async () => {
  await decideDialect(s.storage, s.clock, 'quantimodo', { closed: true })
  s.clock.move(1001)
  expect((await ask('authorizeToken', { provider: 'google', accessToken: 'x' })).status).toBe(410)
  expect((await testBrowser(s.app).get(`${base}/login?provider=google&redirectUrl=${page}`)).status).toBe(410)
  await decideDialect(s.storage, s.clock, 'quantimodo', { closed: false })
})
