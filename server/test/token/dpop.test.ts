/** DPoP at the token endpoint (RFC 9449 §4, §5, §8, §10): what a proof has to be, and what is bound to its key. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, isActive, newCode } from '../support/answers.ts'
import { addAssertingClient } from '../support/assertion.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  post,
  type TestBrowser,
  type TokenAnswer,
  token,
} from '../support/browser.ts'
import { newSenderKey, privateJwk, type SenderKey, type Unusual, unsigned } from '../support/dpop.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

type Sender = { readonly id: string; readonly secret?: string }

const scope = 'openid offline_access basic'
const second = 1000
const at = 'POST /oauth/token'

let h: Harness
let web: TestClient
let spa: Sender
let browser: TestBrowser
let key: SenderKey
let other: SenderKey
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  web = await addClient(h)
  spa = { id: (await addClient(h, { token_endpoint_auth_method: 'none' })).id }
  browser = (await authorize(h.app, authorizeUrl(web))).browser
  key = await newSenderKey()
  other = await newSenderKey()
})
afterAll(() => h.close())

const codeOf = (of: Sender, more: Record<string, string | undefined> = {}) =>
  newCode(h, of as TestClient, { scope, ...more }, browser)

async function exchange(of: Sender, by: SenderKey | undefined, code: string, unusual?: Unusual): Promise<TokenAnswer> {
  return exchangeCode(h.app, of, code, {}, by === undefined ? {} : { ...(await by.proof(h, at, unusual)) })
}

async function refreshed(of: Sender, by: SenderKey | undefined, refreshToken: string): Promise<TokenAnswer> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  return token(h.app, of, form, by === undefined ? {} : { ...(await by.proof(h, at)) })
}

async function newest(of: Sender) {
  await h.context.requests.flush()
  return (await h.storage.requests.list(of.id as TestClient['id'], 1))[0]
}

async function confirmed(of: TestClient, access: string | undefined) {
  return (await post(h.app, '/oauth/introspect', of, { token: access ?? '' })).body as unknown as Record<
    string,
    unknown
  >
}

describe('a proof', () => {
  let machine: TestClient
  beforeAll(async () => {
    machine = await addClient(h)
  })
  const ask = (headers: Record<string, string>) =>
    token(h.app, machine, { grant_type: 'client_credentials', scope: 'basic' }, headers)
  const askWith = async (unusual: Unusual, by = key) => ask({ ...(await by.proof(h, at, unusual)) })

  test.each(['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256'])(
    'F101: by %s binds the access token to its key',
    async (alg) => {
      const own = await newSenderKey(alg)
      const answer = await askWith({}, own)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      expect(answer.body.token_type).toBe('DPoP')
      expect(await confirmed(machine, answer.body.access_token)).toMatchObject({
        active: true,
        token_type: 'DPoP',
        cnf: { jkt: own.jkt },
      })
    },
  )

  const now = () => Math.floor(h.clock.now() / second)
  const bad: [string, () => Unusual | Promise<Unusual>][] = [
    ['another method', () => ({ claims: { htm: 'GET' } })],
    ['the method in small letters', () => ({ claims: { htm: 'post' } })],
    ['no method', () => ({ claims: { htm: undefined } })],
    ['another path', () => ({ claims: { htu: `${issuer}/oauth/par` } })],
    ['another host', () => ({ claims: { htu: 'http://evil.example/oauth/token' } })],
    ['another scheme', () => ({ claims: { htu: `${issuer.replace('http:', 'https:')}/oauth/token` } })],
    ['another path before a query', () => ({ claims: { htu: `${issuer}/oauth/par?/oauth/token` } })],
    ['another host before a fragment', () => ({ claims: { htu: `http://evil.example#@localhost:3000/oauth/token` } })],
    ['the path in a query', () => ({ claims: { htu: `${issuer}?/oauth/token` } })],
    ['a user in the address', () => ({ claims: { htu: 'http://a@localhost:3000/oauth/token' } })],
    ['a path without a host', () => ({ claims: { htu: '/oauth/token' } })],
    ['no address', () => ({ claims: { htu: undefined } })],
    ['an address that is no text', () => ({ claims: { htu: [`${issuer}/oauth/token`] } })],
    ['a moment more than a minute ago', () => ({ claims: { iat: now() - 61 } })],
    ['a moment more than a minute ahead', () => ({ claims: { iat: now() + 62 } })],
    ['no moment', () => ({ claims: { iat: undefined } })],
    ['a moment that is no number', () => ({ claims: { iat: String(now()) } })],
    ['a moment beyond all numbers', () => ({ claims: { iat: 1e300 } })],
    ['no jti', () => ({ claims: { jti: undefined } })],
    ['an empty jti', () => ({ claims: { jti: '' } })],
    ['a jti that is no text', () => ({ claims: { jti: 7 } })],
    ['a jti of 201 characters', () => ({ claims: { jti: 'a'.repeat(201) } })],
    ['a nonce that is no text', () => ({ claims: { nonce: 7 } })],
    ['an exp that is over', () => ({ claims: { exp: now() - 61 } })],
    ['an nbf to come', () => ({ claims: { nbf: now() + 62 } })],
    ['another typ', () => ({ header: { typ: 'JWT' } })],
    ['no typ', () => ({ header: { typ: undefined } })],
    ['no jwk', () => ({ header: { jwk: undefined } })],
    ['a jwk that is text', () => ({ header: { jwk: 'x' } })],
    ['its private key', async () => ({ header: { jwk: await privateJwk(key) } })],
    ['another key than the one that signed', () => ({ signer: other })],
    ['a key of another kind than its alg', () => ({ header: { jwk: { ...key.jwk, crv: 'P-384' } } })],
    ['a point that is on no curve', () => ({ header: { jwk: { ...key.jwk, y: key.jwk.x } } })],
    ['a coordinate in a second spelling', () => ({ header: { jwk: { ...key.jwk, x: `${key.jwk.x}=` } } })],
    ['a symmetric key', () => ({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    ['what only a newer reader understands', () => ({ header: { crit: ['exp'] }, claims: { exp: now() + 60 } })],
  ]
  test.each(['?a=b', '#a', '?a=b#c', '?', '#'])(
    'F101: a query or fragment of htu (%s) counts for nothing',
    async (more) => {
      expect((await askWith({ claims: { htu: `${issuer}/oauth/token${more}` } })).status).toBe(200)
    },
  )

  test.each(bad)('F101: with %s is refused, and the developer reads why', async (_, unusual) => {
    const made = await Promise.resolve(unusual())
    const answer =
      made.header?.crit === undefined ? await askWith(made) : await ask({ dpop: await withCrit(made.header.crit) })
    expectRefusal(answer, 'invalid_dpop_proof')
    expect(await newest(machine)).toMatchObject({ reason: 'dpop_proof_invalid', rule: 'dpop_proof' })
  })

  /** The library makes none with what it does not know. */
  async function withCrit(crit: unknown): Promise<string> {
    const [head, body] = (await key.proof(h, at)).dpop.split('.')
    const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())
    return unsigned({ ...read(head), crit }, read(body), 'AAAA')
  }

  test('F101: by none, HS256 or an unknown alg, with whatever mark, is refused', async () => {
    const claims = { jti: 'a', htm: 'POST', htu: `${issuer}/oauth/token`, iat: now() }
    for (const alg of ['none', 'nOnE', 'HS256', 'RS256', 'ES512', '', undefined, 7]) {
      for (const mark of ['', 'AAAA', 'A'.repeat(86)]) {
        const proof = unsigned({ typ: 'dpop+jwt', alg, jwk: key.jwk }, claims, mark)
        expectRefusal(await ask({ dpop: proof }), 'invalid_dpop_proof', 400, `${alg} ${mark}`)
      }
    }
  })

  test('F101: of two in a request none counts, nor one that is no JWT', async () => {
    const [one, two] = [await key.proof(h, at), await key.proof(h, at)]
    for (const dpop of [
      `${one.dpop}, ${two.dpop}`,
      '',
      'x',
      'a.b.c',
      `${one.dpop}.`,
      one.dpop.slice(0, -3),
      'a'.repeat(9000),
    ]) {
      expectRefusal(await ask({ dpop }), 'invalid_dpop_proof', 400, dpop.slice(0, 20))
    }
    const response = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${machine.id}:${machine.secret}`).toString('base64')}`,
        dpop: [one.dpop, two.dpop],
      },
      payload: 'grant_type=client_credentials',
    })
    expect(response.json()).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  test('F103: has to name the issuer, whatever the request says of its host', async () => {
    const evil = await key.proof(h, 'POST http://evil.example/oauth/token')
    for (const headers of [{ host: 'evil.example' }, { 'x-forwarded-host': 'evil.example' }]) {
      expectRefusal(await ask({ ...evil, ...headers }), 'invalid_dpop_proof')
    }
    expect((await ask({ ...(await key.proof(h, at)), host: 'evil.example' })).status).toBe(200)
  })

  test('may spell the address in any way that means the same', async () => {
    for (const htu of [
      'HTTP://LOCALHOST:3000/oauth/token',
      'http://localhost:3000/oauth/%74oken',
      'http://localhost:3000/x/../oauth/token',
    ]) {
      expect((await askWith({ claims: { htu } })).status, htu).toBe(200)
    }
  })

  test('may be a minute old, or a minute ahead', async () => {
    for (const off of [-60, -10, 10, 60]) {
      expect((await askWith({ claims: { iat: now() + off } })).status, String(off)).toBe(200)
    }
  })

  test('F102: works once, however many come with it at a time, and no longer after it is forgotten', async () => {
    const proof = await key.proof(h, at)
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ ...proof })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectRefusal(answer, 'invalid_dpop_proof')
    expect(await newest(machine)).toMatchObject({ reason: 'dpop_proof_used', rule: 'dpop_once' })
    for (const moved of [30, 31, 60, 3600]) {
      h.clock.move(moved * second)
      expectRefusal(await ask({ ...proof }), 'invalid_dpop_proof', 400, `after ${moved} s`)
    }
  })

  test('is not used up by a request that is refused', async () => {
    const proof = await key.proof(h, at)
    expectRefusal(
      await token(h.app, machine, { grant_type: 'client_credentials', scope: 'nope' }, { ...proof }),
      'invalid_scope',
    )
    expect((await ask({ ...proof })).status).toBe(200)
  })

  test('may be by the algorithms that discovery announces', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const document = (await h.app.inject({ url: `/.well-known/${name}` })).json()
      expect(document.dpop_signing_alg_values_supported).toEqual(['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256'])
    }
  })

  test('is passed over in the log where there is none', async () => {
    expect((await ask({})).body.token_type).toBe('Bearer')
    const record = await newest(machine)
    for (const rule of ['dpop_proof', 'dpop_once']) expect(record?.ruleset).toContain(rule)
  })
})

describe('a nonce', () => {
  let careful: TestClient
  beforeAll(async () => {
    careful = await addClient(h, { require_dpop_nonce: true, dpop_bound_access_tokens: true })
  })
  const ask = async (nonce?: string, claims: Record<string, unknown> = {}) =>
    token(
      h.app,
      careful,
      { grant_type: 'client_credentials' },
      { ...(await key.proof(h, at, { claims: { ...claims, nonce } })) },
    )
  const nonceOf = ({ headers }: TokenAnswer) => String(headers['dpop-nonce'])

  test('F104: is asked for and given where the app is registered so, and the proof with it is taken', async () => {
    const first = await ask()
    expectRefusal(first, 'use_dpop_nonce')
    expect(nonceOf(first)).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(await newest(careful)).toMatchObject({ reason: 'dpop_nonce_needed', rule: 'dpop_proof' })
    expect((await ask(nonceOf(first))).status).toBe(200)
  })

  test('F104: is good for five minutes at least, then another is given; nobody makes one', async () => {
    const nonce = nonceOf(await ask())
    h.clock.move(299 * second)
    expect((await ask(nonce)).status).toBe(200)
    h.clock.move(302 * second)
    const late = await ask(nonce)
    expectRefusal(late, 'use_dpop_nonce')
    expect(nonceOf(late)).not.toBe(nonce)
    for (const made of ['', 'x', '0', 'A'.repeat(22), `${nonceOf(late)}A`]) {
      expectRefusal(await ask(made), 'use_dpop_nonce', 400, made)
    }
  })

  test('F104: is taken by every node, and after a restart', async () => {
    const nonce = nonceOf(await ask())
    const node = await harness({ clock: h.clock, open: async () => h.storage })
    const proof = await key.proof(h, at, { claims: { nonce } })
    expect((await token(node.app, careful, { grant_type: 'client_credentials' }, { ...proof })).status).toBe(200)
    expectRefusal(await token(h.app, careful, { grant_type: 'client_credentials' }, { ...proof }), 'invalid_dpop_proof')
  })

  test('says when the proof was made, so that a wrong clock of the app does no harm; and the proof works once', async () => {
    const iat = Math.floor(h.clock.now() / second) - 86_400
    const stale = await token(
      h.app,
      web,
      { grant_type: 'client_credentials' },
      { ...(await key.proof(h, at, { claims: { iat } })) },
    )
    expectRefusal(stale, 'invalid_dpop_proof')
    const proof = await key.proof(h, at, { claims: { iat, nonce: nonceOf(stale) } })
    const again = () => token(h.app, web, { grant_type: 'client_credentials' }, { ...proof })
    expect((await again()).status).toBe(200)
    h.clock.move(240 * second)
    expectRefusal(await again(), 'invalid_dpop_proof')
  })

  test('comes to pages of the app as a header that they may read', async () => {
    const { dpop } = await key.proof(h, at)
    const response = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        origin: 'https://app.example',
        dpop,
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${careful.id}:${careful.secret}`).toString('base64')}`,
      },
      payload: 'grant_type=client_credentials',
    })
    expect(response.json()).toMatchObject({ error: 'use_dpop_nonce' })
    expect(response.headers['access-control-expose-headers']).toContain('DPoP-Nonce')
    const preflight = await h.app.inject({
      method: 'OPTIONS',
      url: '/oauth/token',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'dpop',
      },
    })
    expect(String(preflight.headers['access-control-allow-headers']).toLowerCase()).toContain('dpop')
  })
})

describe('an app that is registered for bound tokens', () => {
  test('F105: gets none without a proof, by whatever grant type, and nothing is used up', async () => {
    const strict = await addClient(h, { dpop_bound_access_tokens: true })
    const code = await codeOf(strict)
    expectRefusal(await exchange(strict, undefined, code), 'invalid_dpop_proof')
    expect(await newest(strict)).toMatchObject({ reason: 'dpop_proof_missing', rule: 'dpop_proof' })
    expectRefusal(await token(h.app, strict, { grant_type: 'client_credentials' }), 'invalid_dpop_proof')
    const { body } = await exchange(strict, key, code)
    expect(body.token_type).toBe('DPoP')
    expectRefusal(await refreshed(strict, undefined, body.refresh_token ?? ''), 'invalid_dpop_proof')
    expect((await refreshed(strict, key, body.refresh_token ?? '')).body.token_type).toBe('DPoP')
  })
})

describe('a public app that proves a key', () => {
  test('F105: has its refresh tokens bound to that key: another ends and advances nothing, and neither does none', async () => {
    const first = await exchange(spa, key, await codeOf(spa))
    expect(first.body.token_type).toBe('DPoP')
    const { refresh_token: current = '' } = first.body
    for (let i = 0; i < 2; i++) {
      expectRefusal(await refreshed(spa, other, current), 'invalid_grant')
      expect(await newest(spa)).toMatchObject({ reason: 'dpop_key_other', rule: 'sender_key' })
      expectRefusal(await refreshed(spa, undefined, current), 'invalid_dpop_proof')
    }
    const next = await refreshed(spa, key, current)
    expect(next.status).toBe(200)
    // The one before it, long after: with its own key that would end the grant.
    h.clock.move(3600 * second)
    expectRefusal(await refreshed(spa, other, current), 'invalid_grant')
    expectRefusal(await refreshed(spa, undefined, current), 'invalid_dpop_proof')
    expect((await refreshed(spa, key, next.body.refresh_token ?? '')).status).toBe(200)
  })

  test('E79: is answered again after a lost answer, with a new proof of the same key, and whoever lacks it changes that not', async () => {
    const { refresh_token: before = '' } = (await exchange(spa, key, await codeOf(spa))).body
    const lost = await refreshed(spa, key, before)
    h.clock.move(1800 * second)
    for (const by of [other, undefined]) {
      expect((await refreshed(spa, by, before)).status).toBe(400)
      expect((await refreshed(spa, by, lost.body.refresh_token ?? '')).status).toBe(400)
    }
    const again = await refreshed(spa, key, before)
    expect(again.body).toMatchObject({
      access_token: lost.body.access_token,
      refresh_token: lost.body.refresh_token,
      token_type: 'DPoP',
    })
    expect((await refreshed(spa, key, again.body.refresh_token ?? '')).status).toBe(200)
  })

  test('may begin to prove one at a refresh; from then on the tokens are bound to it', async () => {
    const { refresh_token: plain = '' } = (await exchange(spa, undefined, await codeOf(spa))).body
    const bound = await refreshed(spa, key, plain)
    expect(bound.body.token_type).toBe('DPoP')
    // Also the one before, which the swap has bound: within the replay window.
    expectRefusal(await refreshed(spa, undefined, plain), 'invalid_dpop_proof')
    expectRefusal(await refreshed(spa, other, plain), 'invalid_grant')
    expect((await refreshed(spa, key, plain)).body.refresh_token).toBe(bound.body.refresh_token)
    expectRefusal(await refreshed(spa, undefined, bound.body.refresh_token ?? ''), 'invalid_dpop_proof')
  })

  test('of many at once that bind one refresh token to keys of their own, one wins and the others get nothing', async () => {
    const { refresh_token: plain = '' } = (await exchange(spa, undefined, await codeOf(spa))).body
    const keys = await Promise.all(Array.from({ length: 10 }, () => newSenderKey()))
    const proofs = await Promise.all(keys.map((one) => one.proof(h, at)))
    const form = { grant_type: 'refresh_token', refresh_token: plain }
    const answers = await Promise.all(proofs.map((proof) => token(h.app, spa, form, { ...proof })))
    const won = answers.findIndex(({ status }) => status === 200)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectRefusal(answer, 'invalid_grant')
    expect((await refreshed(spa, keys[won], answers[won]?.body.refresh_token ?? '')).status).toBe(200)
  })

  test('C46: whose code comes a second time with another key is ended as ever: two hold the code', async () => {
    const code = await codeOf(spa)
    const { refresh_token: current = '' } = (await exchange(spa, key, code)).body
    expectRefusal(await exchange(spa, other, code), 'invalid_grant')
    expectRefusal(await refreshed(spa, key, current), 'invalid_grant')
  })
})

describe('an app that authenticates', () => {
  test('may change its key at each refresh: its refresh tokens are bound to its own authentication', async () => {
    const first = await exchange(web, key, await codeOf(web))
    const next = await refreshed(web, other, first.body.refresh_token ?? '')
    expect(await confirmed(web, next.body.access_token)).toMatchObject({ cnf: { jkt: other.jkt } })
    const bearer = await refreshed(web, undefined, next.body.refresh_token ?? '')
    expect(bearer.body.token_type).toBe('Bearer')
    expect(await confirmed(web, bearer.body.access_token)).not.toHaveProperty('cnf')
  })

  test('gets the same answer again for a new proof of the same key, and a token of its own for another', async () => {
    const { refresh_token: before = '' } = (await exchange(web, key, await codeOf(web))).body
    const first = await refreshed(web, key, before)
    expect((await refreshed(web, key, before)).body).toMatchObject({ access_token: first.body.access_token })
    const elsewhere = await refreshed(web, other, before)
    expect(elsewhere.body.refresh_token).toBe(first.body.refresh_token)
    expect(await confirmed(web, elsewhere.body.access_token)).toMatchObject({ cnf: { jkt: other.jkt } })
    expect(await confirmed(web, first.body.access_token)).toMatchObject({ cnf: { jkt: key.jkt } })
    const names = await Promise.all(
      [first, elsewhere].map(async ({ body }) => (await confirmed(web, body.access_token)).jti),
    )
    expect(new Set(names).size).toBe(2)
  })

  test('by private_key_jwt proves its key beside that', async () => {
    const asserting = await addAssertingClient(h, { dpop_bound_access_tokens: true })
    const answer = await token(
      h.app,
      { id: asserting.id },
      { grant_type: 'client_credentials', ...(await asserting.assert()) },
      { ...(await key.proof(h, at)) },
    )
    expect(answer.body.token_type).toBe('DPoP')
  })

  test('F105: gets nothing at an older protocol, which knows no proofs', async () => {
    const both = await addClient(h, { dialects: ['oauth', 'quantimodo'], dpop_bound_access_tokens: true })
    const { body } = await exchange(both, key, await codeOf(both))
    const answer = await post(
      h.app,
      '/api/v3/oauth2/token',
      both,
      { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' },
      { ...(await key.proof(h, 'POST /api/v3/oauth2/token')) },
    )
    expect(answer.status).toBe(400)
    expect((await refreshed(both, key, body.refresh_token ?? '')).status).toBe(200)
  })
})

describe('a code that is bound to a key by dpop_jkt', () => {
  test('C57: is exchanged with that key alone, and no other burns it', async () => {
    for (const of of [web, spa]) {
      const code = await codeOf(of, { dpop_jkt: key.jkt })
      expectRefusal(await exchange(of, other, code), 'invalid_grant')
      expect(await newest(of)).toMatchObject({ reason: 'dpop_key_other', rule: 'sender_key' })
      expectRefusal(await exchange(of, undefined, code), 'invalid_dpop_proof')
      const answer = await exchange(of, key, code)
      expect(answer.body.token_type).toBe('DPoP')
      expect(await isActive(h, web, answer.body.access_token)).toBe(of === web)
    }
  })
})
