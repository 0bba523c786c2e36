/** UserInfo answers as JWTs, for apps that are registered for that (OIDC Core §5.3.2). */
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { expectRedirect, newTokens } from '../support/answers.ts'
import { authorizeUrl, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer } from '../support/harness.ts'

let h: Harness
let alice: Account
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h)
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
})
afterAll(() => h.close())

const ask = (access: string) => h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })

async function metadata(): Promise<Record<string, unknown>> {
  return (await h.app.inject('/.well-known/openid-configuration')).json()
}

describe('an app that is registered for signed answers', () => {
  test.each(['RS256', 'ES256', 'EdDSA'])(
    'gets them by %s, for itself alone, with what its scope opens',
    async (alg) => {
      expect((await metadata()).userinfo_signing_alg_values_supported).toContain(alg)
      const app = await addClient(h, { userinfo_signed_response_alg: alg })
      const { access } = await newTokens(h, app, { scope: 'openid email' }, browser)
      const answer = await ask(access)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers).toMatchObject({ 'content-type': 'application/jwt', 'cache-control': 'no-store' })
      const keys = createLocalJWKSet((await h.app.inject('/oauth/jwks')).json())
      const { payload } = await jwtVerify(answer.body, keys, { issuer, audience: app.id, algorithms: [alg] })
      expect(payload).toEqual({
        sub: alice.id,
        email: 'alice@example.com',
        email_verified: true,
        iss: issuer,
        aud: app.id,
      })
      expect(decodeProtectedHeader(answer.body).alg).toBe(alg)
    },
  )

  test('is refused in JSON, as every other', async () => {
    const answer = await ask('at_wrong')
    expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_token'])
  })

  test('cannot use one as an ID token, at authorization or at sign-out', async () => {
    const app = await addClient(h, { userinfo_signed_response_alg: 'RS256' })
    const { access, id } = await newTokens(h, app, { scope: 'openid' }, browser)
    const { body: jwt } = await ask(access)
    const silent = { scope: 'openid', prompt: 'none' }
    expectRedirect(await browser.get(authorizeUrl(app, { ...silent, id_token_hint: jwt })), 'invalid_request')
    expect((await browser.get(authorizeUrl(app, { ...silent, id_token_hint: id }))).location).toContain('code=')
    const out = await browser.get(`/oauth/logout?id_token_hint=${jwt}`)
    expect([out.status, out.body.includes('OAuth error: invalid_request')]).toEqual([400, true])
    expect((await browser.get(authorizeUrl(app, silent))).location).toContain('code=')
  })
})

test('one that is registered for an algorithm of others is refused, and one that says none gets JSON', async () => {
  const other = await addClient(h, { userinfo_signed_response_alg: 'HS256' })
  expectRedirect(await browser.get(authorizeUrl(other, { scope: 'openid' })), 'unauthorized_client')
  const plain = await addClient(h, { userinfo_signed_response_alg: 'none' })
  const { access } = await newTokens(h, plain, { scope: 'openid' }, browser)
  expect((await ask(access)).json()).toEqual({ sub: alice.id })
})
