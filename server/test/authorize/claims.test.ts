/** The claims parameter (OIDC Core §5.5), and what an app asks of how surely a person is known (§3.1.2.1, §5.5.1.1). */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../src/storage/contract.ts'
import { expectRedirect, isActive, liveGrants, newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, post, refresh, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const single = 'urn:consentry:acr:single-factor'
const multi = 'urn:consentry:acr:multi-factor'
const everything = 'openid profile email phone address offline_access'

let h: Harness
let alice: Account
let client: TestClient
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h, 'alice', {
    claims: { name: 'Alice Example', nickname: 'al', phone_number: '+49 30 1234', address: { locality: 'Town' } },
  })
  await addAccount(h, 'bob')
  client = await addClient(h, { scope: everything })
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
})
afterAll(() => h.close())

const asking = (claims: unknown, more: Record<string, string> = {}) => ({
  scope: 'openid',
  claims: typeof claims === 'string' ? claims : JSON.stringify(claims),
  ...more,
})

async function userinfo(access: string): Promise<Record<string, unknown>> {
  const { sub, ...rest } = (
    await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
  ).json()
  expect(sub).toBe(alice.id)
  return rest
}

/** The claims of a person in an ID token. */
function personIn(id: string): Record<string, unknown> {
  const own = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'sid', 'azp', 'at_hash', 'c_hash']
  return Object.fromEntries(Object.entries(decodeJwt(id)).filter(([name]) => !own.includes(name)))
}

describe('the claims parameter', () => {
  test('tells each claim where it was asked for, and nothing else', async () => {
    const claims = {
      userinfo: { name: { essential: true }, nickname: null, gender: null, nothing_known: null },
      id_token: { email: { essential: true }, email_verified: null, auth_time: { essential: true } },
    }
    const { access, id } = await newTokens(h, client, asking(claims), browser)
    expect(await userinfo(access)).toEqual({ name: 'Alice Example', nickname: 'al' })
    expect(personIn(id)).toEqual({ email: 'alice@example.com', email_verified: true })
    expect(decodeJwt(id).auth_time).toEqual(expect.any(Number))
  })

  test('adds to what the scope opens, and holds for refreshed tokens as well', async () => {
    const claims = { userinfo: { address: null }, id_token: { nickname: null } }
    const scope = 'openid email offline_access'
    const first = await newTokens(h, client, asking(claims, { scope }), browser)
    const told = { email: 'alice@example.com', email_verified: true, address: { locality: 'Town' } }
    expect(await userinfo(first.access)).toEqual(told)
    const { body } = await refresh(h.app, client, first.refresh)
    expect(await userinfo(body.access_token ?? '')).toEqual(told)
    expect(personIn(body.id_token ?? '')).toEqual({ nickname: 'al' })
  })

  test('tells a claim that is wanted by its value only where it has it', async () => {
    const wanted = {
      userinfo: {
        name: { value: 'Alice Example' },
        nickname: { value: 'bob' },
        phone_number: { values: ['1', '+49 30 1234'] },
      },
    }
    const { access } = await newTokens(h, client, asking(wanted), browser)
    expect(await userinfo(access)).toEqual({ name: 'Alice Example', phone_number: '+49 30 1234' })
  })

  test('opens nothing to an app that may not have the scope of it, nor without openid', async () => {
    const narrow = await addClient(h, { scope: 'openid email basic' })
    const claims = { userinfo: { name: null, email: null }, id_token: { address: null } }
    const { access, id } = await newTokens(h, narrow, asking(claims), browser)
    expect(await userinfo(access)).toEqual({ email: 'alice@example.com' })
    expect(personIn(id)).toEqual({})
    const { body } = await newTokens(h, narrow, asking(claims, { scope: 'basic' }), browser)
    expect(body.id_token).toBeUndefined()
    const info = await h.app.inject({
      url: '/oauth/userinfo',
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(info.statusCode).toBe(403)
  })

  test('a claim is told no more once its scope is taken from the app', async () => {
    const app = await addClient(h, { scope: 'openid profile offline_access' })
    const claims = { userinfo: { name: null }, id_token: { name: null } }
    const scope = 'openid offline_access'
    const { access, refresh: token } = await newTokens(h, app, asking(claims, { scope }), browser)
    expect(await userinfo(access)).toEqual({ name: 'Alice Example' })
    await h.storage.clients.amend(app.id, ({ metadata }) => ({ metadata: { ...metadata, scope } }))
    h.context.clients.forget()
    expect(await userinfo(access)).toEqual({})
    expect(personIn((await refresh(h.app, app, token)).body.id_token ?? '')).toEqual({})
  })

  test('shows on the consent page what is asked for, remembers it, and asks again for more', async () => {
    const app = await addClient(h, { scope: everything })
    const pageFor = async (claims: unknown, more: Record<string, string> = {}) =>
      browser.follow(await browser.get(authorizeUrl(app, asking(claims, more))))
    const nickname = { userinfo: { nickname: null } }
    const page = await pageFor(nickname)
    expect(page.body).toContain('See your nickname')
    expect(page.body).not.toContain('See your profile')
    await authorize(h.app, authorizeUrl(app, asking(nickname)), { browser })
    expect((await pageFor(nickname)).location).toContain('code=')
    const silent = { prompt: 'none' }
    expect((await pageFor(nickname, silent)).location).toContain('code=')
    const email = { userinfo: { nickname: null }, id_token: { email_verified: null } }
    expectRedirect(await pageFor(email, silent), 'consent_required')
    expect((await pageFor(email)).body).toContain('See your e-mail address, and whether it is confirmed')
    const listed = await browser.get(`/account/apps/${app.id}`)
    expect(listed.body).toContain('See your nickname')
  })

  test('a scope that was allowed covers its claims', async () => {
    const app = await addClient(h, { scope: everything })
    await authorize(h.app, authorizeUrl(app, { scope: 'openid profile' }), { browser })
    const claims = { userinfo: { name: null, picture: null } }
    const page = await browser.get(authorizeUrl(app, asking(claims, { scope: 'openid profile', prompt: 'none' })))
    expect(page.location).toContain('code=')
  })

  test('a malformed one is invalid_request, by query, by POST and pushed, and stores nothing', async () => {
    const before = await liveGrants(h, alice.id)
    const deep = `{"userinfo":{"name":{"value":${'['.repeat(1000)}${']'.repeat(1000)}}}}`
    const malformed = ['{', '[]', '1', 'null', '"x"', '{"userinfo":[]}', '{"id_token":"x"}', '{"userinfo":{"name":1}}']
      .concat(['{"userinfo":{"name":{"essential":"yes"}}}', '{"userinfo":{"name":{"values":"x"}}}'])
      .concat(['{"id_token":{"acr":{"value":"a","values":["b"]}}}', `{"x":"${'x'.repeat(5000)}"}`])
    for (const claims of malformed) {
      expectRedirect(await browser.get(authorizeUrl(client, asking(claims))), 'invalid_request', claims.slice(0, 50))
      const form = Object.fromEntries(new URL(authorizeUrl(client, asking(claims)), 'http://localhost').searchParams)
      const pushed = await post(h.app, '/oauth/par', client, form)
      expect([pushed.status, pushed.body.error], claims.slice(0, 50)).toEqual([400, 'invalid_request'])
    }
    expect(await liveGrants(h, alice.id)).toBe(before)
    for (const harmless of ['', '{}', '{"other":1}', '{"userinfo":null}', '{"__proto__":{"a":1}}', deep]) {
      const page = await browser.get(authorizeUrl(client, asking(harmless)))
      expect(page.location ?? '', harmless.slice(0, 50)).toMatch(/code=|^\/consent/)
    }
  })

  test('a sub that is wanted is the person, or nobody', async () => {
    const claims = (value: unknown) => asking({ id_token: { sub: value } }, { prompt: 'none' })
    expect((await browser.get(authorizeUrl(client, claims({ value: alice.id })))).location).toContain('code=')
    expect((await browser.get(authorizeUrl(client, claims({ values: ['x', alice.id] })))).location).toContain('code=')
    for (const value of [{ value: 'usr_other' }, { values: ['x', 'y'] }, { value: 7 }]) {
      expectRedirect(await browser.get(authorizeUrl(client, claims(value))), 'login_required')
    }
  })
})

describe('the class of a sign-in', () => {
  const classOf = async (more: Record<string, string>) =>
    decodeJwt((await newTokens(h, client, { scope: 'openid', ...more }, browser)).id).acr

  test('is told whatever is asked for; what cannot be had is ignored where it is only preferred', async () => {
    expect(await classOf({})).toBe(single)
    expect(await classOf({ acr_values: 'urn:mace:incommon:iap:silver 1 2' })).toBe(single)
    expect(await classOf({ acr_values: `${multi} ${single}` })).toBe(single)
    expect(await classOf(asking({ id_token: { acr: { values: [multi] } } }))).toBe(single)
    expect(await classOf(asking({ id_token: { acr: { essential: true } } }))).toBe(single)
    expect(await classOf(asking({ id_token: { acr: { essential: true, values: [multi, single] } } }))).toBe(single)
  })

  test('one that the app insists on and that cannot be had is the error of that name', async () => {
    const before = await liveGrants(h, alice.id)
    for (const acr of [
      { essential: true, values: [multi] },
      { essential: true, value: multi },
      { essential: true, value: 'x' },
    ]) {
      for (const more of [{}, { prompt: 'none' }]) {
        const page = await browser.get(authorizeUrl(client, asking({ id_token: { acr } }, more)))
        expectRedirect(page, 'unmet_authentication_requirements', JSON.stringify(acr))
      }
    }
    expect(await liveGrants(h, alice.id)).toBe(before)
  })
})

test('what is asked for is no part of what introspection or the access token say', async () => {
  const { access } = await newTokens(h, client, asking({ userinfo: { name: null } }), browser)
  expect(await isActive(h, client, access)).toBe(true)
  const said = await post(h.app, '/oauth/introspect', client, { token: access })
  expect(JSON.stringify(said.body)).not.toMatch(/Alice Example|openid#/)
  expect(said.body.scope).toBe('openid')
})
