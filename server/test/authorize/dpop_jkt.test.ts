/** Codes that are bound to a key ahead of time: dpop_jkt at authorize, and a proof with a pushed request (RFC 9449 §10). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRedirect, expectRefusal } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, post, type TestBrowser } from '../support/browser.ts'
import { newSenderKey, type SenderKey } from '../support/dpop.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
let client: TestClient
let spa: { readonly id: string }
let browser: TestBrowser
let key: SenderKey
let other: SenderKey
beforeAll(async () => {
  h = await harness({ settings: { frontChannelTokens: true } })
  await addAccount(h)
  client = await addClient(h)
  spa = { id: (await addClient(h, { token_endpoint_auth_method: 'none' })).id }
  browser = (await authorize(h.app, authorizeUrl(client))).browser
  key = await newSenderKey()
  other = await newSenderKey()
})
afterAll(() => h.close())

async function push(
  of: { readonly id: string; readonly secret?: string },
  proof: Record<string, string>,
  more: Record<string, string> = {},
) {
  const form = new URLSearchParams(authorizeUrl(of.id, more).split('?')[1])
  form.delete('client_id')
  return post(h.app, '/oauth/par', of, form.toString(), proof)
}

async function codeOf(of: { readonly id: string }, requestUri: unknown): Promise<string> {
  const query = new URLSearchParams({ client_id: of.id, request_uri: String(requestUri) })
  return (await authorize(h.app, `/oauth/authorize?${query}`, { browser })).code
}

const at = 'POST /oauth/par'
const exchange = async (of: { readonly id: string; readonly secret?: string }, code: string, by: SenderKey) =>
  exchangeCode(h.app, of, code, {}, { ...(await by.proof(h, 'POST /oauth/token')) })

async function newest(of: { readonly id: string }) {
  await h.context.requests.flush()
  return (await h.storage.requests.list(of.id as TestClient['id'], 1))[0]
}

describe('a pushed request with a proof', () => {
  test('C57: binds the code to its key', async () => {
    for (const of of [client, spa]) {
      const answer = await push(of, { ...(await key.proof(h, at)) })
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      const code = await codeOf(of, answer.body.request_uri)
      expectRefusal(await exchange(of, code, other), 'invalid_grant')
      expect((await exchange(of, code, key)).body.token_type).toBe('DPoP')
    }
  })

  test('may name the same key by dpop_jkt, and no other', async () => {
    const named = await push(client, { ...(await key.proof(h, at)) }, { dpop_jkt: key.jkt })
    expect(named.status).toBe(201)
    expectRefusal(await push(client, { ...(await other.proof(h, at)) }, { dpop_jkt: key.jkt }), 'invalid_request')
    expect(await newest(client)).toMatchObject({ reason: 'dpop_jkt_other' })
  })

  test('F101: that is no good or was used before is not kept', async () => {
    const proof = { ...(await key.proof(h, at)) }
    expect((await push(client, proof)).status).toBe(201)
    expectRefusal(await push(client, proof), 'invalid_dpop_proof')
    expect(await newest(client)).toMatchObject({ reason: 'dpop_proof_used', rule: 'dpop_once' })
    for (const unusual of [
      { claims: { htu: 'http://localhost:3000/oauth/token' } },
      { claims: { htm: 'GET' } },
      { signer: other },
    ]) {
      expectRefusal(await push(client, { ...(await key.proof(h, at, unusual)) }), 'invalid_dpop_proof')
      expect(await newest(client)).toMatchObject({
        reason: 'dpop_proof_invalid',
        rule: 'dpop_proof',
        ruleset: expect.stringMatching(/^pushed/),
      })
    }
  })

  test('F104: is asked for a nonce where the app is registered so', async () => {
    const careful = await addClient(h, { require_dpop_nonce: true })
    const first = await push(careful, { ...(await key.proof(h, at)) })
    expectRefusal(first, 'use_dpop_nonce')
    const nonce = first.headers['dpop-nonce']
    expect((await push(careful, { ...(await key.proof(h, at, { claims: { nonce } })) })).status).toBe(201)
  })

  test('is not needed of an app whose tokens are bound: its code may still be bound at the token endpoint', async () => {
    const strict = await addClient(h, { dpop_bound_access_tokens: true })
    const answer = await push(strict, {})
    expect(answer.status).toBe(201)
    expect((await exchange(strict, await codeOf(strict, answer.body.request_uri), key)).body.token_type).toBe('DPoP')
  })
})

describe('dpop_jkt', () => {
  test('C57: goes the whole way through sign-in and consent', async () => {
    const { code } = await authorize(
      h.app,
      authorizeUrl(client, { dpop_jkt: key.jkt, scope: 'basic writemeasurements' }),
    )
    expectRefusal(await exchange(client, code, other), 'invalid_grant')
    expect((await exchange(client, code, key)).body.token_type).toBe('DPoP')
  })

  test.each([
    ['too short', 'A'.repeat(42)],
    ['too long', 'A'.repeat(44)],
    ['of other characters', `${'A'.repeat(42)}+`],
    ['of bits that say nothing', `${'A'.repeat(42)}B`],
  ])('that is %s goes back as invalid_request, at authorize and where it is pushed', async (_, dpopJkt) => {
    expectRedirect(await browser.get(authorizeUrl(client, { dpop_jkt: dpopJkt })), 'invalid_request')
    expect(await newest(client)).toMatchObject({ reason: 'dpop_jkt_malformed', rule: 'dpop_jkt' })
    expectRefusal(await push(client, {}, { dpop_jkt: dpopJkt }), 'invalid_request')
  })

  test('twice is refused', async () => {
    expectRedirect(
      await browser.get(`${authorizeUrl(client, { dpop_jkt: key.jkt })}&dpop_jkt=${other.jkt}`),
      'invalid_request',
    )
  })
})

test('F105: an app that is registered for bound tokens gets none in the redirect', async () => {
  const lax = await addClient(h, {
    dialects: ['quantimodo'],
    front_channel_tokens: true,
    dpop_bound_access_tokens: true,
    response_types: ['token', 'code'],
  })
  const url = authorizeUrl(lax, { response_type: 'token' }).replace('/oauth/authorize', '/api/v3/oauth2/authorize')
  const page = await browser.get(url)
  expect(page.location ?? page.body).toContain('unsupported_response_type')
})
