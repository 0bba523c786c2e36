/** What reaches the logs. */
import { expect, test } from 'vitest'
import { auditEvents } from '../../src/protocol/audit_events.ts'
import { newTokens } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  post,
  refresh,
  signInOn,
  testBrowser,
  verifier,
} from '../support/browser.ts'
import { addAccount, addClient, alicePassword, harness } from '../support/harness.ts'

test('K157, K158, K159: logs and the audit log hold no secret, and one line per line', async () => {
  const h = await harness()
  const { id } = await addAccount(h)
  const client = await addClient(h)
  const browser = testBrowser(h.app)
  const wrong = 'a wrong password that somebody typed'
  await signInOn(browser, await browser.get('/login'), 'alice', wrong)
  const { code } = await authorize(h.app, authorizeUrl(client, { state: 'the-state-of-it' }), { browser })
  const tokens = await newTokens(h, client, {}, browser)
  await exchangeCode(h.app, client, code)
  await exchangeCode(h.app, client, code)
  await exchangeCode(h.app, { id: client.id, secret: 'a-wrong-client-secret' }, code)
  const next = await refresh(h.app, client, tokens.refresh)
  await post(h.app, '/oauth/introspect', client, { token: tokens.access })
  await post(h.app, '/oauth/revoke', client, { token: tokens.access })
  const forged = { authorization: 'Bearer forged-token-of-somebody', 'user-agent': 'x\r\nlevel: 50 forged' }
  await h.app.inject({ url: '/oauth/userinfo', headers: forged })
  // A fault, which is what is logged in full.
  const { find } = h.storage.grants
  Object.assign(h.storage.grants, { find: () => Promise.reject(new Error('broken on purpose')) })
  await refresh(h.app, client, next.body.refresh_token ?? '')
  await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${tokens.access}` } })
  Object.assign(h.storage.grants, { find })
  await h.context.requests.flush()
  await h.context.audit.flush()

  const audit = await h.storage.audit.list(1000)
  const requests = await h.storage.requests.list(client.id, 1000)
  const logged = [...h.logged, JSON.stringify(audit), JSON.stringify(requests)].join('\n')
  expect(h.logged.join('')).toContain('broken on purpose')
  const secrets = {
    password: alicePassword,
    wrong,
    code,
    access: tokens.access,
    refresh: tokens.refresh,
    second: next.body.refresh_token ?? '',
    secret: client.secret,
    wrongSecret: 'a-wrong-client-secret',
    session: browser.cookies.get('consentry-session') ?? '',
    browser: [...browser.cookies].find(([name]) => name.startsWith('consentry-browser-'))?.[1] ?? '',
    verifier,
    state: 'the-state-of-it',
    forged: 'forged-token-of-somebody',
  }
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(10)
    expect(logged.includes(secret), name).toBe(false)
    expect(logged.includes(encodeURIComponent(secret)), name).toBe(false)
  }
  expect(logged).not.toContain('Basic ')
  for (const line of h.logged) expect(JSON.parse(line)).toBeTypeOf('object')

  const types = new Set(audit.map(({ type }) => type))
  for (const type of ['sign_in_failed', 'signed_in', 'consent_given', 'credential_reused', 'access_token_revoked']) {
    expect([...types]).toContain(type)
  }
  for (const { type, detail } of audit) {
    const event = auditEvents[type as keyof typeof auditEvents]
    expect([type, event.detail.safeParse(detail).error?.message]).toEqual([type, undefined])
  }
  const signedIn = audit.find(({ type }) => type === 'signed_in')
  expect(signedIn).toMatchObject({ actor: id, address: '127.0.0.1' })
  expect(signedIn?.requestId).toMatch(/^[A-Za-z0-9_-]{16}$/)
  await h.close()
})
