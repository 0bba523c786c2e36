/** What a profile makes of an app's document, and what it does not go with (R1, R78). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Profile, profiles } from '../../src/protocol/profiles/profiles.ts'
import { call, machineToken } from '../admin_api/calls.ts'
import { newTokens } from '../support/answers.ts'
import { refresh } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { applied } from './steps.ts'

let h: Harness
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
})
afterAll(() => h.close())

const keys = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
}

/** A document that goes with the profile. */
const sound = (profile: Profile): Record<string, unknown> => ({
  client_id: `an-app-of-${profile}`,
  client_name: 'Vault',
  redirect_uris: ['https://vault.example/cb'],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: keys,
  profile,
})

const inCommon = {
  dialects: ['oauth'],
  require_pkce: true,
  client_assertion_audience: 'issuer',
  response_types: ['code'],
}
const set: Readonly<Record<Profile, Record<string, unknown>>> = {
  'fapi2-security': {
    ...inCommon,
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    refresh_rotation: 'never',
    id_token_signed_response_alg: 'ES256',
  },
  oauth21: inCommon,
  mcp: inCommon,
}

describe.each(profiles)('the profile %s', (profile) => {
  test('sets its switches, and a second run of the same document changes nothing', async () => {
    const document = { clients: [sound(profile)] }
    expect(await applied(h, document)).toEqual([])
    const stored = await h.storage.clients.find(`an-app-of-${profile}` as never)
    expect(stored?.metadata).toMatchObject(set[profile])
    expect(await applied(h, document)).toEqual([])
    expect((await h.storage.clients.find(`an-app-of-${profile}` as never))?.validAfter).toBe(stored?.validAfter)
  })

  const other: Readonly<Record<string, unknown>> = {
    dialects: ['oauth', 'quantimodo'],
    require_pkce: false,
    client_assertion_audience: 'token_endpoint',
    response_types: ['code', 'code id_token'],
    code_without_pkce: true,
    refresh_without_secret: true,
    front_channel_tokens: true,
    token_in_header_and_query: true,
    ...(profile === 'fapi2-security'
      ? {
          require_pushed_authorization_requests: false,
          dpop_bound_access_tokens: false,
          refresh_rotation: 'always',
          id_token_signed_response_alg: 'RS256',
          userinfo_signed_response_alg: 'RS256',
          token_endpoint_auth_signing_alg: 'RS256',
          token_endpoint_auth_method: 'client_secret_basic',
          jwks: undefined,
          redirect_uris: ['http://127.0.0.1/cb'],
        }
      : {}),
    ...(profile === 'mcp' ? { redirect_uris: ['com.example.app:/cb'], application_type: 'native' } : {}),
    grant_types: [
      'authorization_code',
      profile === 'oauth21' ? 'password' : 'urn:ietf:params:oauth:grant-type:device_code',
    ],
  }
  test.each(Object.keys(other).filter((member) => member !== 'application_type'))(
    'does not go with another %s',
    async (member) => {
      const native = member === 'redirect_uris' && 'application_type' in other ? { application_type: 'native' } : {}
      const wrong: Record<string, unknown> = {
        ...sound(profile),
        client_id: 'vault',
        ...native,
        [member]: other[member],
      }
      const needsSecret = wrong.token_endpoint_auth_method === 'client_secret_basic'
      const problems = await applied(h, {
        clients: [needsSecret ? { ...wrong, client_secret: 'x'.repeat(32) } : wrong],
      })
      const at = problems.filter((problem) => problem.startsWith(`clients[0].${member}: does not go with the profile`))
      expect(at, JSON.stringify(problems)).toHaveLength(1)
      expect(await h.storage.clients.find('vault' as never)).toBeUndefined()
    },
  )

  test('may keep what is no switch of it', async () => {
    const more = { access_token_ttl: 300, subject_type: 'pairwise', id_token_signed_response_alg: 'EdDSA' }
    expect(await applied(h, { clients: [{ ...sound(profile), ...more }] })).toEqual([])
    expect((await h.storage.clients.find(`an-app-of-${profile}` as never))?.metadata).toMatchObject(more)
  })
})

test('a loopback address goes with mcp for any app, and with fapi2-security for a native one', async () => {
  const loopback = { redirect_uris: ['http://127.0.0.1/cb'] }
  expect(await applied(h, { clients: [{ ...sound('mcp'), ...loopback }] })).toEqual([])
  const native = { ...sound('fapi2-security'), ...loopback, application_type: 'native' }
  expect(await applied(h, { clients: [native] })).toEqual([])
})

test('an unknown profile is none', async () => {
  const problems = await applied(h, { clients: [{ ...sound('mcp'), profile: 'fapi1' }] })
  expect(problems[0]).toMatch(/^clients\[0\]\.profile: /)
})

test('what was issued before an app takes on a profile ends, and not again by a later change', async () => {
  const app = await addClient(h, { redirect_uris: ['https://app.example/cb'] })
  const before = await newTokens(h, app, { scope: 'basic' })
  const document = {
    client_id: app.id,
    redirect_uris: ['https://app.example/cb'],
    scope: 'basic',
    token_endpoint_auth_method: 'client_secret_basic',
    profile: 'oauth21',
  }
  h.clock.move(1000)
  expect(await applied(h, { clients: [document] })).toEqual([])
  expect((await refresh(h.app, app, before.refresh)).status).toBe(400)
  h.clock.move(1000)
  const after = await newTokens(h, app, { scope: 'basic' })
  expect(await applied(h, { clients: [{ ...document, client_name: 'Renamed' }] })).toEqual([])
  expect((await refresh(h.app, app, after.refresh)).status).toBe(200)
})

test('the admin API holds an app to its profile, and takes it off', async () => {
  expect(await applied(h, { clients: [sound('oauth21')] })).toEqual([])
  const token = await machineToken(h)
  const path = '/apps/an-app-of-oauth21'
  const patch = async (metadata: Record<string, unknown>) => {
    const etag = (await call(h, token, 'GET', path)).headers.etag
    return call(h, token, 'PATCH', path, { body: { metadata }, headers: { 'if-match': String(etag) } })
  }
  const refused = await patch({ code_without_pkce: true })
  expect(refused.statusCode, refused.body).toBe(400)
  expect(refused.body).toContain('does not go with the profile oauth21')
  expect((await patch({ profile: 'fapi2-security', jwks: null })).statusCode).toBe(400)
  expect((await patch({ profile: null })).statusCode).toBe(200)
  expect((await patch({ require_pkce: false })).statusCode).toBe(200)
})
