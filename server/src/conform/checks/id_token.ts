/** The ID token of a sign-in (OpenID Connect Core 1.0 §2, §3.1.3). */
import { createHash } from 'node:crypto'
import { seconds } from '../../lib/clock.ts'
import type { Check } from '../check.ts'
import { type Jwt, partsOf, wrongSignature } from '../jwt.ts'
import type { Metadata } from '../metadata.ts'
import type { Probe, Tokens } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

/** What clocks of two machines may differ by, in seconds. */
const skew = 300

const shared = {
  of: 'OIDC Core §2',
  level: 'MUST',
  sends: 'a whole sign-in with scope openid',
  needs: ['client', 'sign_in'],
  offered: ({ isOpenid, url }: Metadata) => isOpenid && url('jwks_uri') !== undefined,
} as const

/** The ID token of the one sign-in that all look at. */
async function idToken(probe: Probe): Promise<Jwt & { readonly tokens: Tokens; readonly text: string }> {
  const tokens = await probe.flow()
  const parts = tokens.idToken === undefined ? undefined : partsOf(tokens.idToken)
  if (parts === undefined) throw new NotChecked('No ID token came that can be read.')
  return { ...parts, tokens, text: tokens.idToken ?? '' }
}

export const idTokens: readonly Check[] = [
  {
    ...shared,
    id: 'id_token.comes',
    title: 'An ID token comes with the access token',
    of: 'OIDC Core §3.1.3.3',
    expects: 'id_token, a JWT',
    async run(probe) {
      const { idToken: text, answer, code } = await probe.flow()
      if (!(probe.given.scope ?? 'openid').split(' ').includes('openid'))
        throw new NotChecked('openid was not asked for.')
      must(text !== undefined && partsOf(text) !== undefined, 'There is none.', code.answer, answer)
    },
  },
  {
    ...shared,
    id: 'id_token.signature',
    title: 'It is signed by a key of the server',
    of: 'OIDC Core §3.1.3.7',
    expects: 'a signature that a key of jwks_uri proves',
    async run(probe) {
      const { text, tokens, header } = await idToken(probe)
      must(header.alg !== 'none', 'It is not signed (alg none).', tokens.answer)
      if (/^HS/.test(String(header.alg))) throw new NotChecked('It is signed with the secret of the client.')
      const wrong = await wrongSignature(probe, text)
      must(wrong === undefined, `The signature does not hold: ${wrong}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.algorithm',
    title: 'It is signed with an algorithm that is announced',
    of: 'OIDC Discovery §3',
    expects: 'alg of id_token_signing_alg_values_supported',
    async run(probe) {
      const { header, tokens } = await idToken(probe)
      const announced = probe.metadata.list('id_token_signing_alg_values_supported')
      must(announced.includes(String(header.alg)), `alg is ${header.alg}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.key_id',
    title: 'It names its key, where there are several',
    of: 'OIDC Core §10.1',
    expects: 'kid',
    async run(probe) {
      const { header, tokens } = await idToken(probe)
      const set = await probe.http.ask(probe.endpoint('jwks_uri'))
      const keys = set.json?.keys
      const several = Array.isArray(keys) && keys.length > 1
      must(!several || typeof header.kid === 'string', 'There is no kid.', tokens.answer, set)
    },
  },
  {
    ...shared,
    id: 'id_token.issuer',
    title: 'iss is the issuer',
    expects: 'the issuer, character by character',
    async run(probe) {
      const { claims, tokens } = await idToken(probe)
      must(claims.iss === probe.given.issuer, `iss is ${JSON.stringify(claims.iss)}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.audience',
    title: 'aud is the client',
    expects: 'the client_id, alone or among others',
    async run(probe) {
      const { claims, tokens } = await idToken(probe)
      const audiences = [claims.aud].flat()
      must(audiences.includes(tokens.code.client.id), `aud is ${JSON.stringify(claims.aud)}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.times',
    title: 'iat is now, and exp is to come',
    expects: 'numbers; iat within five minutes of now, exp later',
    async run(probe) {
      const { claims, tokens } = await idToken(probe)
      const at = seconds(tokens.code.askedAt)
      const { iat, exp } = claims
      must(
        typeof iat === 'number' && Math.abs(iat - at) <= skew,
        `iat is ${JSON.stringify(iat)}, asked at ${at}.`,
        tokens.answer,
      )
      must(typeof exp === 'number' && exp > at, `exp is ${JSON.stringify(exp)}, asked at ${at}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.nonce',
    title: 'nonce is what the request had',
    expects: 'the same nonce',
    async run(probe) {
      const { claims, tokens } = await idToken(probe)
      must(claims.nonce === tokens.code.nonce, `nonce is ${JSON.stringify(claims.nonce)}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.subject',
    title: 'sub is a text of at most 255 characters of ASCII',
    expects: 'sub',
    async run(probe) {
      const { claims, tokens } = await idToken(probe)
      const { sub } = claims
      must(typeof sub === 'string' && /^[ -~]{1,255}$/.test(sub), `sub is ${JSON.stringify(sub)}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.at_hash',
    title: 'at_hash, where it stands there, fits the access token',
    of: 'OIDC Core §3.1.3.6',
    expects: 'the left half of the digest of the access token',
    async run(probe) {
      const { header, claims, tokens } = await idToken(probe)
      if (claims.at_hash === undefined) return
      // EdDSA with Ed25519 has no number in its name, and SHA-512 in itself.
      const bits = /(?:256|384|512)$/.exec(String(header.alg))?.[0] ?? '512'
      const whole = createHash(`sha${bits}`).update(tokens.access).digest()
      const half = whole.subarray(0, whole.length / 2).toString('base64url')
      must(claims.at_hash === half, `at_hash is ${JSON.stringify(claims.at_hash)}.`, tokens.answer)
    },
  },
  {
    ...shared,
    id: 'id_token.auth_time',
    title: 'max_age makes the server say when somebody signed in',
    of: 'OIDC Core §3.1.2.1',
    sends: 'a whole sign-in with max_age=3600',
    expects: 'auth_time, a number',
    async run(probe) {
      const { idToken: text, answer } = await probe.tokens({ max_age: '3600' })
      const claims = text === undefined ? undefined : partsOf(text)?.claims
      if (claims === undefined) throw new NotChecked('No ID token came that can be read.')
      must(typeof claims.auth_time === 'number', `auth_time is ${JSON.stringify(claims.auth_time)}.`, answer)
    },
  },
]
