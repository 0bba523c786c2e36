/** Every standard claim of a person (OIDC Core §5.1) by the scope that opens it (§5.4), and by no other. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const profile = {
  name: 'Alice Example',
  family_name: 'Example',
  given_name: 'Alice',
  middle_name: 'M',
  nickname: 'al',
  profile: 'https://alice.example/',
  picture: 'https://alice.example/me.png',
  website: 'https://alice.example/blog',
  gender: 'female',
  birthdate: '1990-02-03',
  zoneinfo: 'Europe/Berlin',
  locale: 'de',
}
const address = { formatted: 'Way 1\n12345 Town', locality: 'Town', postal_code: '12345', country: 'Germany' }
const phone = { phone_number: '+49 30 1234', phone_number_verified: true }

let h: Harness
let client: TestClient
beforeAll(async () => {
  h = await harness({ settings: { frontChannelTokens: true } })
  await addAccount(h, 'alice', { claims: { ...profile, address, ...phone } })
  await addAccount(h, 'bob', { claims: { phone_number: '+1 555 0100' } })
  await addAccount(h, 'carol')
  client = await addClient(h, {
    scope: 'openid profile email phone address',
    dialects: ['oauth', 'quantimodo'],
    front_channel_tokens: true,
    access_token_ttl: 172_800,
  })
})
afterAll(() => h.close())

async function userinfo(username: string, scope: string): Promise<Record<string, unknown>> {
  const browser = testBrowser(h.app)
  await authorize(h.app, authorizeUrl(client, { scope: 'openid' }), { browser, username })
  const { access } = await newTokens(h, client, { scope }, browser)
  const { sub, ...rest } = (
    await h.app.inject({ url: '/oauth/userinfo', headers: { authorization: `Bearer ${access}` } })
  ).json()
  expect(sub).toMatch(/^usr_/)
  return rest
}

describe('userinfo', () => {
  test('opens each claim by its scope alone', async () => {
    expect(await userinfo('alice', 'openid')).toEqual({})
    expect(await userinfo('alice', 'openid address')).toEqual({ address })
    expect(await userinfo('alice', 'openid phone')).toEqual(phone)
    expect(await userinfo('alice', 'openid email')).toEqual({ email: 'alice@example.com', email_verified: true })
    const { updated_at: updated, ...all } = await userinfo('alice', 'openid profile')
    expect(all).toEqual({ ...profile, preferred_username: 'alice' })
    expect(Number.isInteger(updated)).toBe(true)
  })

  test('leaves out what is not known, and calls a number unconfirmed that nobody has confirmed', async () => {
    expect(await userinfo('bob', 'openid phone address')).toEqual({
      phone_number: '+1 555 0100',
      phone_number_verified: false,
    })
    expect(await userinfo('carol', 'openid phone address')).toEqual({})
  })
})

test('an ID token that comes without access token holds them as well', async () => {
  const scope = 'openid phone address'
  const url = authorizeUrl(client, { scope, response_type: 'id_token', nonce: 'n' })
  const { location } = await authorize(h.app, url.replace('/oauth/', '/api/oauth2/'))
  const [, claims = ''] = new URLSearchParams(location.hash.slice(1)).get('id_token')?.split('.') ?? []
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ ...phone, address })
})

test('discovery names both scopes and all claims, and consent says each in a sentence of its own', async () => {
  const metadata = (await h.app.inject('/.well-known/openid-configuration')).json()
  expect(metadata.scopes_supported).toEqual(expect.arrayContaining(['phone', 'address']))
  const claims = [...Object.keys(profile), 'preferred_username', 'updated_at', 'email', 'email_verified']
  expect(metadata.claims_supported).toEqual(expect.arrayContaining([...claims, ...Object.keys(phone), 'address']))
  const fresh = await addClient(h, { scope: 'openid phone address' })
  const { browser } = await authorize(h.app, authorizeUrl(client, { scope: 'openid' }), { username: 'bob' })
  const page = await browser.follow(await browser.get(authorizeUrl(fresh, { scope: 'openid phone address' })))
  expect(page.body).toContain('See your phone number')
  expect(page.body).toContain('See your postal address')
  expect(page.body).not.toContain('Use “')
})
