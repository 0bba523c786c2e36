/** Authorization codes and PKCE. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeChallenge } from '../../src/protocol/pkce.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { expectRedirect, expectRefusal, isActive, newCode, newTokens } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  refresh,
  type TestBrowser,
  testBrowser,
  token,
  verifier,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, type TestClient } from '../support/harness.ts'

describe('authorization codes', () => {
  let h: Harness
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addClient(h)
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())

  const code = (more: Record<string, string | undefined> = {}, of = client) => newCode(h, of, more, browser)

  async function stillWorks(of: TestClient | { id: string }, text: string, more: Record<string, string> = {}) {
    const answer = await exchangeCode(h.app, of, text, more)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  }

  test('C46: a code used twice is refused, and what it had given is revoked', async () => {
    const text = await code()
    const first = await exchangeCode(h.app, client, text)
    const next = await refresh(h.app, client, first.body.refresh_token ?? '')
    expectRefusal(await exchangeCode(h.app, client, text), 'invalid_grant')
    for (const { body } of [first, next]) {
      expect(await isActive(h, client, body.access_token)).toBe(false)
      expectRefusal(await refresh(h.app, client, body.refresh_token ?? ''), 'invalid_grant')
    }
  })

  test('C46: a code from an old browser history ends nothing', async () => {
    const text = await code()
    const { body } = await exchangeCode(h.app, client, text)
    h.clock.move(11 * 60_000)
    expectRefusal(await exchangeCode(h.app, client, text), 'invalid_grant')
    expect(await isActive(h, client, body.access_token)).toBe(true)
  })

  test('C46: a second use that proves too little ends nothing', async () => {
    const text = await code()
    const { body } = await exchangeCode(h.app, client, text)
    const thief = await addClient(h, { token_endpoint_auth_method: 'none' })
    expectRefusal(await exchangeCode(h.app, { id: thief.id }, text), 'invalid_grant')
    expectRefusal(await exchangeCode(h.app, client, text, { code_verifier: 'w'.repeat(43) }), 'invalid_grant')
    expectRefusal(await exchangeCode(h.app, client, text, { redirect_uri: 'https://evil.example' }), 'invalid_grant')
    expectRefusal(await exchangeCode(h.app, { id: client.id, secret: 'wrong' }, text), 'invalid_client', 401)
    expect(await isActive(h, client, body.access_token)).toBe(true)
  })

  test('C47: of 50 redemptions at once exactly one succeeds', async () => {
    const text = await code()
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchangeCode(h.app, client, text)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers) if (answer.status !== 200) expectRefusal(answer, 'invalid_grant')
    const winner = answers.find(({ status }) => status === 200)
    expect(await isActive(h, client, winner?.body.access_token)).toBe(false)
  })

  test('C48, C49: a code at another client is refused and not used up', async () => {
    const other = await addClient(h)
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    const text = await code()
    expectRefusal(await exchangeCode(h.app, other, text), 'invalid_grant')
    expectRefusal(await exchangeCode(h.app, { id: open.id }, text), 'invalid_grant')
    await stillWorks(client, text)
    const ofOpen = await code({}, open)
    expectRefusal(await exchangeCode(h.app, client, ofOpen), 'invalid_grant')
    await stillWorks({ id: open.id }, ofOpen)
  })

  test('C48: a wrong verifier from the right client is refused and burns nothing', async () => {
    const text = await code()
    expectRefusal(await exchangeCode(h.app, client, text, { code_verifier: 'w'.repeat(43) }), 'invalid_grant')
    await stillWorks(client, text)
  })

  test('C50: a missing or different redirect_uri is refused', async () => {
    const text = await code()
    const request = { grant_type: 'authorization_code', code: text, code_verifier: verifier }
    expectRefusal(await token(h.app, client, request), 'invalid_grant')
    for (const uri of [`${callback}/`, 'https://app.example/CB', 'https://evil.example', `${callback}?`]) {
      expectRefusal(await token(h.app, client, { ...request, redirect_uri: uri }), 'invalid_grant', 400, uri)
    }
    await stillWorks(client, text)
    const unsent = await code({ redirect_uri: undefined })
    const bare = { grant_type: 'authorization_code', code: unsent, code_verifier: verifier }
    expectRefusal(await token(h.app, client, { ...bare, redirect_uri: 'https://evil.example' }), 'invalid_grant')
    expect((await token(h.app, client, bare)).status).toBe(200)
  })

  test('C50: a client on loopback repeats the port that it came with', async () => {
    const native = await addClient(h, { redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' })
    const text = await code({ redirect_uri: 'http://127.0.0.1:7001/cb' }, native)
    const wrong = { redirect_uri: 'http://127.0.0.1:7002/cb' }
    expectRefusal(await exchangeCode(h.app, { id: native.id }, text, wrong), 'invalid_grant')
    await stillWorks({ id: native.id }, text, { redirect_uri: 'http://127.0.0.1:7001/cb' })
  })

  test('C51: a code expires after its 60 seconds', async () => {
    const [late, intime] = [await code(), await code()]
    h.clock.move(59_999)
    await stillWorks(client, intime)
    h.clock.move(1)
    const answer = await exchangeCode(h.app, client, late)
    expectRefusal(answer, 'invalid_grant')
    expect(answer.body.error_description).toBe('The authorization code has expired.')
  })

  test('C51, K165: a code of another issuer or installation is refused', async () => {
    const other = await harness({ settings: { issuer: 'http://localhost:3999' } })
    await addAccount(other)
    const same = await addClient(other, {}, { id: client.id })
    const foreign = new URL((await authorize(h.app, authorizeUrl(client), { browser })).location.href).searchParams.get(
      'code',
    )
    expectRefusal(await exchangeCode(other.app, same, foreign ?? ''), 'invalid_grant')
    await other.close()
    await stillWorks(client, foreign ?? '')
  })

  test('C52: nothing else that we issue passes for a code, and a code for nothing else', async () => {
    const tokens = await newTokens(h, client, { scope: 'openid offline_access basic' }, browser)
    const session = browser.cookies.get('consentry-session') ?? ''
    const sealed = (await browser.get(authorizeUrl(client, { prompt: 'login' }))).location?.split('=')[1] ?? ''
    const rewritten = [`ac${tokens.refresh.slice(2)}`, `ac${tokens.access.slice(2)}`]
    for (const text of [tokens.refresh, tokens.access, tokens.id, session, sealed, 'x', ...rewritten]) {
      expectRefusal(await exchangeCode(h.app, client, text), 'invalid_grant', 400, text)
    }
    const text = await code()
    for (const other of [text, `rt${text.slice(2)}`, tokens.access, tokens.id, `rt${tokens.access.slice(2)}`]) {
      expectRefusal(await refresh(h.app, client, other), 'invalid_grant', 400, other)
    }
    await stillWorks(client, text)
    expect((await refresh(h.app, client, tokens.refresh)).status).toBe(200)
  })

  test('C53: where there was a challenge, a missing verifier is refused', async () => {
    const text = await code()
    const bare = { grant_type: 'authorization_code', code: text, redirect_uri: callback }
    expectRefusal(await token(h.app, client, bare), 'invalid_grant')
    expectRefusal(await token(h.app, client, { ...bare, code_verifier: '' }), 'invalid_grant')
    await stillWorks(client, text)
  })

  test('C54: a stripped challenge shows at the token endpoint, and at authorize for a public client', async () => {
    const none = { code_challenge: undefined, code_challenge_method: undefined }
    const text = await code(none)
    expectRefusal(await exchangeCode(h.app, client, text), 'invalid_grant')
    expect(
      (await token(h.app, client, { grant_type: 'authorization_code', code: text, redirect_uri: callback })).status,
    ).toBe(200)
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    expectRedirect(await browser.get(authorizeUrl(open, none)), 'invalid_request')
    expectRedirect(await browser.get(authorizeUrl(open, { ...none, code_challenge_method: 'S256' })), 'invalid_request')
    const strict = await addClient(h, { require_pkce: true })
    expectRedirect(await browser.get(authorizeUrl(strict, none)), 'invalid_request')
    // A public client cannot be registered out of it by the setting for confidential ones.
    const loose = await addClient(h, { token_endpoint_auth_method: 'none', require_pkce: false })
    expectRedirect(await browser.get(authorizeUrl(loose, none)), 'invalid_request')
  })

  test('C55: every method but S256 is refused, and so is none', async () => {
    for (const method of [undefined, '', 'plain', 's256', 'S512', 'sha256', 'S256 ', 'none']) {
      const page = await browser.get(authorizeUrl(client, { code_challenge_method: method }))
      expectRedirect(page, 'invalid_request', method)
    }
    const { code_challenge_methods_supported: methods } = (
      await h.app.inject('/.well-known/openid-configuration')
    ).json()
    expect(methods).toEqual(['S256'])
  })

  test('C56: verifiers and challenges have their exact form', async () => {
    for (const challenge of [
      'x',
      'x'.repeat(42),
      'x'.repeat(44),
      `${'x'.repeat(42)}=`,
      `${'x'.repeat(42)}+`,
      verifier,
    ]) {
      expectRedirect(
        await browser.get(authorizeUrl(client, { code_challenge: challenge })),
        'invalid_request',
        challenge,
      )
    }
    const text = await code()
    for (const wrong of [
      'x'.repeat(42),
      'x'.repeat(129),
      `${'x'.repeat(42)}!`,
      `${'x'.repeat(42)}é`,
      verifier.slice(1),
    ]) {
      expectRefusal(await exchangeCode(h.app, client, text, { code_verifier: wrong }), 'invalid_grant', 400, wrong)
    }
    const request = { grant_type: 'authorization_code', code: text, redirect_uri: callback }
    const list = new URLSearchParams({ ...request, 'code_verifier[]': verifier }).toString()
    expectRefusal(await token(h.app, client, list), 'invalid_grant')
    const twice = `${new URLSearchParams({ ...request, code_verifier: verifier })}&code_verifier=${verifier}`
    expectRefusal(await token(h.app, client, twice), 'invalid_request')
    await stillWorks(client, text)
    for (const length of [43, 128]) {
      const long = 'v'.repeat(length)
      await stillWorks(client, await code({ code_challenge: codeChallenge(long) }), { code_verifier: long })
    }
  })
})

test('C58, D66, E97, K170: neither code, token, secret, cookie nor password is in the database, and none is short', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-dump-'))
  const h = await harness({ open: (clock) => openSqlite({ path: join(folder, 'consentry.db'), clock }) })
  await addAccount(h)
  const client = await addClient(h)
  const browser = testBrowser(h.app)
  const { code } = await authorize(h.app, authorizeUrl(client, { scope: 'openid offline_access' }), { browser })
  const { body } = await exchangeCode(h.app, client, code)
  const next = await refresh(h.app, client, body.refresh_token ?? '')
  await h.context.requests.flush()
  await h.context.audit.flush()
  const dump = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('')
  const secrets = {
    code,
    access: body.access_token ?? '',
    refresh: body.refresh_token ?? '',
    second: next.body.refresh_token ?? '',
    id: body.id_token?.split('.')[2] ?? '',
    secret: client.secret,
    session: browser.cookies.get('consentry-session') ?? '',
    password: 'correct horse battery',
  }
  expect(dump).toContain(client.id)
  for (const [name, secret] of Object.entries(secrets)) {
    expect(dump.includes(secret), name).toBe(false)
    expect(dump.includes(secret.slice(4, 24)), `${name} in part`).toBe(false)
  }
  // The private half of a signing key is a JWK with this member before it is sealed.
  expect(dump).toContain('"kty":"EC"')
  expect(dump).not.toContain('"d":"')
  expect(code).toMatch(/^ac[A-Za-z0-9]{63}$/)
  expect(secrets.access).toMatch(/^at[A-Za-z0-9]{80,}$/)
  expect(secrets.refresh).toMatch(/^rt[A-Za-z0-9]{63}$/)
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})
