/**
 * Leniencies are for the legacy protocols alone (RFC 9700 §2.1.1, §2.2.2). The standard protocol never knows them, and what
 * exists by one is good only where it was issued: refused elsewhere before the swap, so that nothing is spent.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dialect } from '../../src/protocol/dialects.ts'
import {
  addApp,
  askTokens,
  callback,
  offerCode,
  openQuantimodo,
  type QuantimodoServer,
  send,
  type TestClient,
} from '../dialects/quantimodo/quantimodo.ts'
import { authorize, authorizeUrl, testBrowser } from '../support/browser.ts'
import { harness } from '../support/harness.ts'

const everywhere = { dialects: ['oauth', 'quantimodo'] }
const open = { ...everywhere, token_endpoint_auth_method: 'none', code_without_pkce: true }
const bare = { code_challenge: undefined, code_challenge_method: undefined, scope: 'basic' }

let h: QuantimodoServer
beforeAll(async () => {
  h = await openQuantimodo()
})
afterAll(() => h.close())

/** Where a token request goes in each protocol. */
const tokenAt: Readonly<Record<'oauth' | 'quantimodo', string>> = {
  oauth: '/oauth/token',
  quantimodo: '/api/v3/oauth2/token',
}
const places = ['oauth', 'quantimodo'] as const

async function ask(at: 'oauth' | 'quantimodo', form: Record<string, string>) {
  const { status, body } = await askTokens(h, { url: tokenAt[at], form })
  return { status, body }
}

const codeOf = (client: TestClient, dialect: Dialect) =>
  offerCode(h, client, { dialect, codeChallenge: undefined, redirectUriSent: true })

describe('code_without_pkce', () => {
  test('does nothing at the standard authorization endpoint, even with the legacy protocols closed', async () => {
    const client = await addApp(h, open)
    const { location } = await authorize(h.app, authorizeUrl(client, bare))
    expect(location.searchParams.get('error')).toBe('invalid_request')
    const closed = await harness({ settings: { dialects: new Set(['oauth']) } })
    const alone = await addApp(closed, open)
    const page = await testBrowser(closed.app).get(authorizeUrl(alone, bare))
    expect(new URL(page.location ?? '').searchParams.get('error')).toBe('invalid_request')
    await closed.close()
  })

  test('lets a legacy authorization request go on without a challenge', async () => {
    const client = await addApp(h, open)
    const url = authorizeUrl(client, bare).replace('/oauth/authorize', '/api/v3/oauth2/authorize')
    expect((await authorize(h.app, url)).code).not.toBe('')
  })

  test.each(places)('a code and a refresh token that exist by it are refused at %s unless issued there', async (at) => {
    const client = await addApp(h, open)
    const code = await codeOf(client, 'quantimodo')
    const exchange = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: client.id }
    if (at !== 'quantimodo') {
      expect(await ask(at, exchange)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
    const tokens = await ask('quantimodo', exchange)
    expect(tokens.status, 'the refusal has spent nothing').toBe(200)
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token, client_id: client.id }
    if (at !== 'quantimodo') {
      expect(await ask(at, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
    expect((await ask('quantimodo', refresh)).status).toBe(200)
  })

  test('the refusal says in the log where the code is good', async () => {
    const client = await addApp(h, open)
    await ask('oauth', {
      grant_type: 'authorization_code',
      code: await codeOf(client, 'quantimodo'),
      redirect_uri: callback,
      client_id: client.id,
    })
    await h.context.requests.flush()
    expect((await h.storage.requests.list(client.id, 1))[0]).toMatchObject({ reason: 'credential_of_another_protocol' })
  })
})

describe('refresh_without_secret', () => {
  test.each(places.flatMap((issued) => places.map((used) => [issued, used] as const)))(
    'a token issued at %s and refreshed at %s without the secret',
    async (issued, used) => {
      const client = await addApp(h, { ...everywhere, refresh_without_secret: true })
      const tokens = await ask(issued, {
        grant_type: 'authorization_code',
        code: await codeOf(client, issued),
        redirect_uri: callback,
        client_id: client.id,
        client_secret: client.secret,
      })
      const token = tokens.body.refresh_token
      expect(token, JSON.stringify(tokens.body)).toBeDefined()
      const answer = await ask(used, { grant_type: 'refresh_token', refresh_token: token, client_id: client.id })
      if (issued === 'quantimodo' && used === 'quantimodo') {
        expect(answer.status).toBe(200)
        return
      }
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
      const secret = { client_id: client.id, client_secret: client.secret }
      expect((await ask(used, { grant_type: 'refresh_token', refresh_token: token, ...secret })).status).toBe(200)
    },
  )
})

describe('token_in_header_and_query', () => {
  test.each(places)('a token issued at %s', async (issued) => {
    const client = await addApp(h, { ...everywhere, token_in_header_and_query: true, scope: 'basic' })
    const { body } = await ask(issued, {
      grant_type: 'authorization_code',
      code: await offerCode(h, client, { dialect: issued, redirectUriSent: true, scope: ['basic'] }),
      redirect_uri: callback,
      client_id: client.id,
      client_secret: client.secret,
    })
    const answer = await send(h, {
      url: '/api/v3/user',
      query: { access_token: body.access_token },
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(answer.statusCode).toBe(issued === 'quantimodo' ? 200 : 400)
  })
})
