/**
 * Leniencies and policies of an app at every protocol and at every pair of them: issued by one, used at the other. A
 * leniency holds for requests and grants of the legacy protocols alone; a policy holds everywhere.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addApp,
  askTokens,
  callback,
  offerCode,
  openQuantimodo,
  type QuantimodoServer,
  verifier,
  withPkce,
} from '../dialects/quantimodo/quantimodo.ts'
import { authorizeUrl, testBrowser } from '../support/browser.ts'

let h: QuantimodoServer
beforeAll(async () => {
  h = await openQuantimodo()
})
afterAll(() => h.close())

/** Addresses of the token endpoint, by protocol; the legacy one has several, and takes a query as well. */
const tokenAt = {
  oauth: ['/oauth/token'],
  quantimodo: ['/api/v3/oauth2/token', '/api/oauth2/access_token', '/oauth/access_token', '/v2/oauth/token'],
} as const
const protocols = ['oauth', 'quantimodo'] as const
type Protocol = (typeof protocols)[number]
const pairs = protocols.flatMap((issued) => protocols.map((used) => ({ issued, used })))
const uses = pairs.flatMap((pair) => tokenAt[pair.used].map((url) => ({ ...pair, url })))
const both = { dialects: ['oauth', 'quantimodo'] }

const ask = (url: string, form: Record<string, string>) => askTokens(h, { url, form })

async function tokensBy(issued: Protocol, client: { id: string; secret?: string }, method: 'none' | 'secret') {
  const code = await offerCode(h, client, { dialect: issued, redirectUriSent: true, ...withPkce })
  const { status, body } = await ask(tokenAt[issued][0], {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    client_id: client.id,
    code_verifier: verifier,
    ...(method === 'secret' ? { client_secret: client.secret ?? '' } : {}),
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

describe('refresh_without_secret', () => {
  test.each(uses)('a grant of $issued, refreshed at $url', async ({ issued, used, url }) => {
    const client = await addApp(h, { ...both, refresh_without_secret: true })
    const { refresh_token } = await tokensBy(issued, client, 'secret')
    const refresh = { grant_type: 'refresh_token', refresh_token, client_id: client.id }
    const bare = await ask(url, refresh)
    if (issued === 'quantimodo' && used === 'quantimodo') return expect(bare.status).toBe(200)
    expect([bare.status, bare.body.error]).toEqual([401, 'invalid_client'])
    const proved = await ask(url, { ...refresh, client_secret: client.secret })
    expect(proved.status, 'the refusal has spent nothing').toBe(200)
  })

  test.each(uses)('a wrong secret is no missing one: a grant of $issued at $url', async ({ issued, url }) => {
    const client = await addApp(h, { ...both, refresh_without_secret: true })
    const { refresh_token } = await tokensBy(issued, client, 'secret')
    const form = { grant_type: 'refresh_token', refresh_token, client_id: client.id, client_secret: 'wrong' }
    const answer = await ask(url, form)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  })

  test.each(uses)('a code is never exchanged so: a code of $issued at $url', async ({ issued, url }) => {
    const client = await addApp(h, { ...both, refresh_without_secret: true })
    const code = await offerCode(h, client, { dialect: issued, redirectUriSent: true, ...withPkce })
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: client.id }
    const answer = await ask(url, { ...form, code_verifier: verifier })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    const machine = await ask(url, { grant_type: 'client_credentials', client_id: client.id })
    expect([machine.status, machine.body.error]).toEqual([401, 'invalid_client'])
  })

  test('does nothing for an app that authenticates by keys', async () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    }
    const client = await addApp(h, {
      ...both,
      refresh_without_secret: true,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...jwk, kid: 'one', alg: 'ES256', use: 'sig' }] },
    })
    for (const url of [...tokenAt.oauth, ...tokenAt.quantimodo]) {
      const answer = await ask(url, { grant_type: 'refresh_token', refresh_token: 'rt', client_id: client.id })
      expect([answer.status, answer.body.error], url).toEqual([401, 'invalid_client'])
    }
  })
})

describe('code_without_pkce', () => {
  const open = { ...both, token_endpoint_auth_method: 'none', code_without_pkce: true }

  test.each(uses)(
    'a code of $issued without a challenge, exchanged and refreshed at $url',
    async ({ issued, used, url }) => {
      // At the standard protocol there can be none: authorize refuses it, as the next test holds.
      if (issued === 'oauth') return
      const client = await addApp(h, open)
      const code = await offerCode(h, client, { dialect: issued, codeChallenge: undefined, redirectUriSent: true })
      const exchange = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: client.id }
      const refusal = { status: 400, body: { error: 'invalid_grant' } }
      if (used !== issued) expect(await ask(url, exchange)).toMatchObject(refusal)
      const withVerifier = await ask(url, { ...exchange, code_verifier: verifier })
      expect(withVerifier, 'a verifier without a challenge').toMatchObject(refusal)
      const tokens = await ask(tokenAt.quantimodo[0], exchange)
      expect(tokens.status).toBe(200)
      const refresh = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token, client_id: client.id }
      const refreshed = await ask(url, refresh)
      if (used !== issued) return expect(refreshed).toMatchObject(refusal)
      expect(refreshed.status).toBe(200)
    },
  )

  test.each([
    ['without a challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with an empty one', { code_challenge: '', code_challenge_method: '' }],
    ['by the plain method', { code_challenge_method: 'plain' }],
    ['without a method', { code_challenge_method: undefined }],
    ['with a method in other letters', { code_challenge_method: 's256' }],
    ['with a challenge that is too short', { code_challenge: 'a'.repeat(42) }],
    ['with a challenge that is too long', { code_challenge: 'a'.repeat(44) }],
  ])('the standard authorization endpoint refuses a public app %s', async (_what, more) => {
    for (const metadata of [open, { ...both, token_endpoint_auth_method: 'none' }]) {
      const client = await addApp(h, metadata)
      const page = await testBrowser(h.app).get(authorizeUrl(client, { scope: 'basic', ...more }))
      expect(new URL(page.location ?? '').searchParams.get('error')).toBe('invalid_request')
    }
  })

  test.each(pairs)('a challenge that was sent is asked for: a code of $issued at $used', async ({ issued, used }) => {
    const client = await addApp(h, open)
    const code = await offerCode(h, client, { dialect: issued, redirectUriSent: true, ...withPkce })
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: client.id }
    for (const more of [
      {},
      { code_verifier: '' },
      { code_verifier: 'x'.repeat(43) },
      { code_verifier: `${verifier} ` },
    ]) {
      const answer = await ask(tokenAt[used][0], { ...form, ...more } as Record<string, string>)
      expect([answer.status, answer.body.error], JSON.stringify(more)).toEqual([400, 'invalid_grant'])
    }
  })
})

describe('token_in_header_and_query', () => {
  const api = ['/api/v1/user', '/api/v3/user', '/api/v4/user', '/api/user', '/oauth/userinfo']
  const shown = [
    ['header and query', true],
    ['query', false],
  ] as const

  test.each(
    protocols.flatMap((issued) =>
      [true, false].flatMap((set) => shown.map(([where, header]) => ({ issued, set, where, header }))),
    ),
  )('a token of $issued in $where, with the setting $set', async ({ issued, set, header }) => {
    const client = await addApp(h, { ...both, token_in_header_and_query: set, scope: 'openid basic' })
    const code = await offerCode(h, client, { dialect: issued, redirectUriSent: true, scope: ['openid', 'basic'] })
    const { body } = await ask(tokenAt[issued][0], {
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      client_id: client.id,
      client_secret: client.secret,
    })
    for (const url of api) {
      const response = await h.app.inject({
        url: `${url}?access_token=${body.access_token}`,
        headers: header ? { authorization: `Bearer ${body.access_token}` } : {},
      })
      const legacyApi = url !== '/oauth/userinfo' && issued === 'quantimodo'
      const allowed = legacyApi && (!header || set)
      expect(response.statusCode === 200, `${url} ${response.statusCode}`).toBe(allowed)
      if (!allowed) expect([400, 401]).toContain(response.statusCode)
    }
  })
})

describe('policies', () => {
  test.each(protocols)('require_pkce binds a confidential app at authorize of %s', async (at) => {
    const client = await addApp(h, { ...both, require_pkce: true })
    const bare = { scope: 'basic', code_challenge: undefined, code_challenge_method: undefined }
    const url = authorizeUrl(client, bare)
    const page = await testBrowser(h.app).get(at === 'oauth' ? url : url.replace('/oauth/', '/api/oauth2/'))
    expect(new URL(page.location ?? '').searchParams.get('error')).toBe('invalid_request')
  })

  test.each(protocols.flatMap((only) => uses.map((use) => ({ only, ...use }))))(
    'an app of $only alone, with a code of $issued at $url',
    async ({ only, issued, used, url }) => {
      const client = await addApp(h, { dialects: [only] })
      const code = await offerCode(h, client, { dialect: issued, redirectUriSent: true })
      const secret = { client_id: client.id, client_secret: client.secret }
      const answer = await ask(url, { grant_type: 'authorization_code', code, redirect_uri: callback, ...secret })
      if (only === used) expect(answer.status).toBe(200)
      else expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client'])
    },
  )

  test.each(['tls_client_certificate_bound_access_tokens', 'dpop_bound_access_tokens'])(
    '%s closes every protocol to whoever comes without proof of a key',
    async (name) => {
      const client = await addApp(h, { ...both, [name]: true })
      for (const url of [...tokenAt.oauth, ...tokenAt.quantimodo]) {
        const secret = { client_id: client.id, client_secret: client.secret }
        const answer = await ask(url, { grant_type: 'refresh_token', refresh_token: 'rt', ...secret })
        expect(answer.status, url).toBe(400)
        expect(answer.body.error, url).not.toBe('invalid_grant')
      }
    },
  )
})
