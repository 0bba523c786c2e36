/** Refresh tokens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { expectRefusal, isActive, newTokens, userinfoStatus } from '../support/answers.ts'
import { authorize, authorizeUrl, post, refresh, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const day = 86_400_000

describe('refresh tokens', () => {
  let h: Harness
  let alice: UserId
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness({ settings: { sessionIdleTtl: 10 * 365 * 86_400, sessionTtl: 10 * 365 * 86_400 } })
    alice = (await addAccount(h)).id
    client = await addClient(h)
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())

  const tokens = (more: Record<string, string | undefined> = {}, of: TestClient | { id: string } = client) =>
    newTokens(h, of, more, browser)

  test('E77: a used refresh token ends the whole family outside its replay window', async () => {
    const strict = await addClient(h, { replay_window: 0 })
    const first = await tokens({}, strict)
    const second = await refresh(h.app, strict, first.refresh)
    const answer = await refresh(h.app, strict, first.refresh)
    expectRefusal(answer, 'invalid_grant')
    expect(answer.body.error_description).toContain('revoked')
    for (const text of [first.access, second.body.access_token]) expect(await isActive(h, strict, text)).toBe(false)
    expectRefusal(await refresh(h.app, strict, second.body.refresh_token ?? ''), 'invalid_grant')
  })

  test('E77: a repeat does not move its window, and a public client has ten seconds', async () => {
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    const first = await tokens({}, { id: open.id })
    const second = await refresh(h.app, { id: open.id }, first.refresh)
    // One that was used is not a lost one, which may come again for longer.
    await userinfoStatus(h, second.body.access_token)
    for (const wait of [6000, 3999]) {
      h.clock.move(wait)
      expect((await refresh(h.app, { id: open.id }, first.refresh)).status, String(wait)).toBe(200)
    }
    h.clock.move(1)
    expectRefusal(await refresh(h.app, { id: open.id }, first.refresh), 'invalid_grant')
  })

  test('E77: a token two steps old ends the family even inside the window', async () => {
    const first = await tokens()
    const second = await refresh(h.app, client, first.refresh)
    const third = await refresh(h.app, client, second.body.refresh_token ?? '')
    expectRefusal(await refresh(h.app, client, first.refresh), 'invalid_grant')
    expect(await isActive(h, client, third.body.access_token)).toBe(false)
  })

  test('E78: 50 refreshes at once have one successor between them', async () => {
    const first = await tokens()
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(h.app, client, first.refresh)))
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1)
    expect((await refresh(h.app, client, answers[0]?.body.refresh_token ?? '')).status).toBe(200)
  })

  test('E78: in strict mode one of 50 succeeds, and the family is ended', async () => {
    const strict = await addClient(h, { replay_window: 0 })
    const first = await tokens({}, strict)
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(h.app, strict, first.refresh)))
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expectRefusal(await refresh(h.app, strict, winners[0]?.body.refresh_token ?? ''), 'invalid_grant')
  })

  test('E79: a refresh by another client is refused, and the family is untouched', async () => {
    const other = await addClient(h)
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    const first = await tokens()
    const second = await refresh(h.app, client, first.refresh)
    h.clock.move(60_000)
    for (const text of [first.refresh, second.body.refresh_token ?? '']) {
      expectRefusal(await refresh(h.app, other, text), 'invalid_grant')
      expectRefusal(await refresh(h.app, { id: open.id }, text), 'invalid_grant')
      expectRefusal(await refresh(h.app, { id: client.id }, text), 'invalid_client', 401)
      expectRefusal(await refresh(h.app, { id: client.id, secret: 'wrong' }, text), 'invalid_client', 401)
    }
    expect((await refresh(h.app, client, second.body.refresh_token ?? '')).status).toBe(200)
  })

  test('E79: a forged or altered refresh token has no effect whatever', async () => {
    const first = await tokens()
    for (const at of [2, 10, 30, 50, 64]) {
      const other = first.refresh[at] === 'A' ? 'B' : 'A'
      const text = first.refresh.slice(0, at) + other + first.refresh.slice(at + 1)
      expectRefusal(await refresh(h.app, client, text), 'invalid_grant', 400, String(at))
    }
    for (const text of [
      `${first.refresh} `,
      ` ${first.refresh}`,
      first.refresh.toLowerCase(),
      first.refresh.slice(1),
    ]) {
      expectRefusal(await refresh(h.app, client, text), 'invalid_grant', 400, text)
    }
    expect((await refresh(h.app, client, first.refresh)).status).toBe(200)
  })

  test('E80: a refresh cannot widen its scope, and narrowing is for that access token only', async () => {
    const first = await tokens({ scope: 'basic readmeasurements' })
    expectRefusal(await refresh(h.app, client, first.refresh, { scope: 'basic writemeasurements' }), 'invalid_scope')
    expectRefusal(await refresh(h.app, client, first.refresh, { scope: 'openid' }), 'invalid_scope')
    const narrow = await refresh(h.app, client, first.refresh, { scope: 'basic' })
    expect(narrow.body.scope).toBe('basic')
    const whole = await refresh(h.app, client, narrow.body.refresh_token ?? '')
    expect(whole.body.scope).toBe('basic readmeasurements')
  })

  test('E80: a repeat with another scope is another access token of the same step, and the same refresh token', async () => {
    const first = await tokens({ scope: 'basic readmeasurements' })
    const whole = await refresh(h.app, client, first.refresh)
    const narrow = await refresh(h.app, client, first.refresh, { scope: 'basic' })
    expect(narrow.body.refresh_token).toBe(whole.body.refresh_token)
    expect(narrow.body.access_token).not.toBe(whole.body.access_token)
    expect(narrow.body.scope).toBe('basic')
  })

  test('E80: a scope that the client has lost is lost at the next refresh; without offline_access there is none', async () => {
    const other = await addClient(h, { scope: 'openid offline_access basic readmeasurements' })
    const first = await tokens({ scope: 'basic readmeasurements' }, other)
    const offline = await tokens({ scope: 'openid offline_access basic' }, other)
    const record = await h.storage.clients.find(other.id)
    if (record === undefined) throw new Error('the client is gone')
    await h.storage.clients.amend(record.clientId, () => ({ metadata: { ...record.metadata, scope: 'openid basic' } }))
    h.context.clients.forget()
    expect((await refresh(h.app, other, first.refresh)).body.scope).toBe('basic')
    expectRefusal(await refresh(h.app, other, offline.refresh), 'invalid_grant')
  })

  test('E81: a family that is refreshed every month still ends after its year', async () => {
    let last = (await tokens()).refresh
    for (let month = 1; month <= 12; month++) {
      h.clock.move(30 * day)
      const answer = await refresh(h.app, client, last)
      expect(answer.status, `month ${month}`).toBe(200)
      last = answer.body.refresh_token ?? ''
    }
    h.clock.move(5 * day)
    const answer = await refresh(h.app, client, last)
    expectRefusal(answer, 'invalid_grant')
    expect(answer.body.error_description).toBe('The refresh token has expired.')
  })

  test('E81: a family that is not used for 90 days ends', async () => {
    const [kept, left] = [await tokens(), await tokens()]
    h.clock.move(90 * day)
    expect((await refresh(h.app, client, kept.refresh)).status).toBe(200)
    h.clock.move(1)
    const answer = await refresh(h.app, client, left.refresh)
    expectRefusal(answer, 'invalid_grant')
    expect(answer.body.error_description).toBe('The authorization was not used for too long.')
  })

  test('E81: a client may have shorter lives of its own', async () => {
    const brief = await addClient(h, { idle_ttl: 3600, refresh_token_ttl: 7200 })
    const idle = await tokens({}, brief)
    h.clock.move(3_600_001)
    expectRefusal(await refresh(h.app, brief, idle.refresh), 'invalid_grant')
    const busy = await tokens({}, brief)
    h.clock.move(3_000_000)
    const next = await refresh(h.app, brief, busy.refresh)
    h.clock.move(3_000_000)
    const last = await refresh(h.app, brief, next.body.refresh_token ?? '')
    expect(last.status).toBe(200)
    h.clock.move(1_200_000)
    expectRefusal(await refresh(h.app, brief, last.body.refresh_token ?? ''), 'invalid_grant')
  })

  test('E81: a client that keeps its refresh token stays in use by refreshing', async () => {
    const keeper = await addClient(h, { refresh_rotation: 'never' })
    const first = await tokens({}, keeper)
    const usedAt = async () => {
      const views = await h.storage.grants.listByUser(alice, 1000)
      return views.find(({ grant }) => grant.clientId === keeper.id)?.grant.usedAt
    }
    for (let i = 0; i < 4; i++) {
      h.clock.move(60 * day)
      const answer = await refresh(h.app, keeper, first.refresh)
      expect(answer.status, String(i)).toBe(200)
      expect(answer.body.refresh_token).toBe(first.refresh)
      expect(await isActive(h, keeper, answer.body.access_token)).toBe(true)
      // Use is written in a batch.
      await expect.poll(usedAt).toBe(h.clock.now())
    }
    h.clock.move(91 * day)
    expectRefusal(await refresh(h.app, keeper, first.refresh), 'invalid_grant')
  })

  test('E81: used 11.8 hours ago with 12 allowed is in time; what has lapsed is refused everywhere and stays so', async () => {
    const brief = await addClient(h, { idle_ttl: 12 * 3600, access_token_ttl: 30 * 86_400 })
    const used = await tokens({ scope: 'basic' }, brief)
    const bearer = { authorization: `Bearer ${used.access}` }
    const api = async () => {
      const { statusCode } = await h.app.inject({ url: '/api/v1/user', headers: bearer })
      // The list is read with what was gathered written, as it is within a quarter of a second.
      await h.storage.grants.listByUser(alice, 1)
      return statusCode
    }
    h.clock.move(6 * 3_600_000)
    expect(await api()).toBe(200)
    h.clock.move(11.8 * 3_600_000)
    expect(await api()).toBe(200)
    h.clock.move(11.8 * 3_600_000)
    const next = await refresh(h.app, brief, used.refresh)
    expect(next.status).toBe(200)
    h.clock.move(12 * 3_600_000 + 1)
    for (let i = 0; i < 2; i++) {
      expect(await api()).toBe(401)
      expect(await userinfoStatus(h, next.body.access_token)).toBe(401)
      expect(await isActive(h, brief, next.body.access_token)).toBe(false)
      expect(await isActive(h, brief, next.body.refresh_token)).toBe(false)
      const refused = await refresh(h.app, brief, next.body.refresh_token ?? '')
      expect(refused.body.error_description).toBe('The authorization was not used for too long.')
    }
  })

  test('E81: a client with a longer threshold than the server’s has it at the API as well', async () => {
    const patient = await addClient(h, { idle_ttl: 200 * 86_400, access_token_ttl: 300 * 86_400 })
    const left = await tokens({ scope: 'basic' }, patient)
    h.clock.move(150 * day)
    const headers = { authorization: `Bearer ${left.access}` }
    expect((await h.app.inject({ url: '/api/v1/user', headers })).statusCode).toBe(200)
  })

  test('E81: a refresh that came again counts as use', async () => {
    const brief = await addClient(h, { idle_ttl: 12 * 3600 })
    const first = await tokens({}, brief)
    const second = await refresh(h.app, brief, first.refresh)
    h.clock.move(6 * 3_600_000)
    expect((await refresh(h.app, brief, first.refresh)).status).toBe(200)
    await h.storage.grants.listByUser(alice, 1)
    h.clock.move(11 * 3_600_000)
    expect((await refresh(h.app, brief, second.body.refresh_token ?? '')).status).toBe(200)
  })

  test('E82: what cannot be refreshed lives as long as its longest token', async () => {
    const site = await addClient(h, { grant_types: ['authorization_code'], access_token_ttl: 600 })
    for (const [scope, life] of [
      ['basic', 600],
      ['openid basic', 3600],
    ] as const) {
      h.clock.move(1000)
      await tokens({ scope }, site)
      const [newest] = await h.storage.grants.listByUser(alice, 1)
      expect(newest?.grant.expiresAt).toBe((newest?.grant.steppedAt ?? 0) + life * 1000)
    }
  })

  test('E82: a refresh token is given where it was registered for, and to a sign-in only with offline_access', async () => {
    expect((await tokens({ scope: 'openid basic' })).refresh).toBe('')
    expect((await tokens({ scope: 'openid offline_access' })).refresh).not.toBe('')
    expect((await tokens({ scope: 'basic' })).refresh).not.toBe('')
    const site = await addClient(h, { grant_types: ['authorization_code'] })
    expect((await tokens({ scope: 'basic' }, site)).refresh).toBe('')
    expect((await tokens({ scope: 'openid offline_access' }, site)).body.scope).toBe('openid')
    const machine = await token(h.app, client, { grant_type: 'client_credentials' })
    expect(machine.body.refresh_token).toBeUndefined()
  })

  test('E82: a public client rotates; it cannot be registered out of it', async () => {
    await expect(addClient(h, { token_endpoint_auth_method: 'none', refresh_rotation: 'never' })).rejects.toThrow()
  })

  test('E83: revocation is quiet about what it does not know, and exact about whose it is', async () => {
    const first = await tokens()
    const other = await addClient(h)
    for (const text of ['x', 'rt', first.refresh.slice(0, -1), `${first.refresh.slice(0, -1)}!`, first.id || 'a.b.c']) {
      expect((await post(h.app, '/oauth/revoke', client, { token: text })).status, text).toBe(200)
    }
    for (const text of [first.refresh, first.access]) {
      expect((await post(h.app, '/oauth/revoke', other, { token: text })).status).toBe(200)
      expectRefusal(await post(h.app, '/oauth/revoke', { id: 'nobody' }, { token: text }), 'invalid_client', 401)
      expectRefusal(await post(h.app, '/oauth/revoke', { id: client.id }, { token: text }), 'invalid_client', 401)
    }
    expect(await isActive(h, client, first.access)).toBe(true)
    expect(await isActive(h, client, first.refresh)).toBe(true)
    expectRefusal(await post(h.app, '/oauth/revoke', client, {}), 'invalid_request')
    for (const hint of ['access_token', 'nonsense']) {
      const again = await tokens()
      const request = { token: again.refresh, token_type_hint: hint }
      expect((await post(h.app, '/oauth/revoke', client, request)).status).toBe(200)
      expect(await isActive(h, client, again.access)).toBe(false)
      expectRefusal(await refresh(h.app, client, again.refresh), 'invalid_grant')
    }
  })

  test('E83: a public client revokes its own tokens', async () => {
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    const first = await tokens({ scope: 'openid offline_access' }, { id: open.id })
    expect((await post(h.app, '/oauth/revoke', { id: open.id }, { token: first.refresh })).status).toBe(200)
    expect(await userinfoStatus(h, first.access)).toBe(401)
  })

  test('E77, K166: a credential that is later than its row is a fault: 503, an alarm, and nothing ends', async () => {
    const first = await tokens()
    const second = await refresh(h.app, client, first.refresh)
    const { advance } = h.storage.grants
    Object.assign(h.storage.grants, { advance: async () => ({ outcome: 'ahead' }) })
    const answer = await refresh(h.app, client, second.body.refresh_token ?? '')
    Object.assign(h.storage.grants, { advance })
    expect(answer.status).toBe(503)
    expect((await h.app.inject('/readyz')).json().problems).toContain('database_behind')
    expect((await refresh(h.app, client, second.body.refresh_token ?? '')).status).toBe(200)
  })
})

describe('everything of a client ended at once', () => {
  test('B42, D72: what was issued before is dead, and the client starts anew', async () => {
    const h = await harness()
    await addAccount(h)
    const client = await addClient(h)
    const before = await newTokens(h, client)
    const machine = await token(h.app, client, { grant_type: 'client_credentials' })
    h.clock.move(1000)
    await h.storage.clients.amend(client.id, () => ({ invalidate: true }))
    h.context.clients.forget()
    expect(await isActive(h, client, before.access)).toBe(false)
    expect(await isActive(h, client, machine.body.access_token)).toBe(false)
    expectRefusal(await refresh(h.app, client, before.refresh), 'invalid_grant')
    const anew = await token(h.app, client, { grant_type: 'client_credentials' })
    expect(anew.status).toBe(200)
    expect(await isActive(h, client, anew.body.access_token)).toBe(true)
    await h.storage.clients.amend(client.id, () => ({ status: 'disabled' }))
    h.context.clients.forget()
    expect((await token(h.app, client, { grant_type: 'client_credentials' })).status).toBe(401)
    await h.close()
  })
})
