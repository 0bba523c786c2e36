import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect } from 'vitest'
import { refusals } from '../../../src/protocol/refusal.ts'
import { addAssertingClient } from '../../support/assertion.ts'
import { token } from '../../support/browser.ts'
import { addClient, issuer } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { badAssertion, byAssertion, granted, refused, withAssertion } from '../steps.ts'

const at = 'engine/client/private_key_jwt: '
const read = 'engine/client/signed_assertion: '
const form = 'http/bodies/token_form: '
const compat = { client_assertion_audience: 'token_endpoint' }

export const rfc7523: Musts = {
  spec: 'RFC 7523',
  title: 'JWT Client Authentication',
  page: 'rfc7523',
  file: 'rfc7523.ts',
  rows: [
    must(
      '3 (1), (2)',
      'MUST',
      'iss and sub are the client_id.',
      `${at}claims.iss !== client.id || claims.sub !== client.id`,
      badAssertion({ iss: 'somebody' }),
    ),
    must(
      '3 (3)',
      'MUST',
      'aud is this server: the issuer, as one string (rfc7523bis §4).',
      `${at}elsewhere !== undefined`,
      badAssertion({ aud: 'https://other.example' }),
    ),
    must('3 (3)', 'own', 'An assertion for the issuer is taken.', `${read}aud === issuer`, (w) =>
      granted(byAssertion(w, {})),
    ),
    must(
      '3 (3)',
      'own',
      'The address of the token endpoint is taken where the operator lets the client name that.',
      `${read}mayNameEndpoint && aud === tokenEndpoint`,
      (w) => granted(byAssertion(w, { aud: `${issuer}/oauth/token` }, compat)),
    ),
    must(
      '3 (4)',
      'MUST',
      'There is an exp, and it is near.',
      `${read}exp === undefined || exp > now + longestLife + tolerance`,
      async (w) => badAssertion({ exp: Math.floor(w.h.clock.now() / 1000) + 3600 })(w),
    ),
    must('3 (6)', 'own', 'iat is not in the future.', `${read}iat !== undefined && iat > now + tolerance`, async (w) =>
      badAssertion({ iat: Math.floor(w.h.clock.now() / 1000) + 120 })(w),
    ),
    must(
      '3 (7)',
      'own',
      'There is a jti, which is taken once.',
      `${read}typeof jti !== 'string' || jti === '' || jti.length > 200`,
      badAssertion({ jti: '' }),
    ),
    must('3 (9)', 'MUST', 'It is signed with a key of the client.', `${at}client_assertion_invalid`, async (w) => {
      const [one, other] = [await addAssertingClient(w.h), await addAssertingClient(w.h)]
      await refused(withAssertion(w, one, await other.assert({ iss: one.id, sub: one.id })), 'invalid_client', 401)
    }),
    must(
      '3 (10)',
      'MUST',
      'What cannot be verified is refused, and is no fault of the server.',
      `${at}'cause' in read`,
      badAssertion({ exp: 1 }),
    ),
    must(
      '3 (10)',
      'MUST',
      'An assertion that the library refuses is refused in words of ours.',
      `${read}error instanceof errors.JOSEError`,
      badAssertion({ exp: 'never' }),
    ),
    must(
      '3 (9)',
      'own',
      'It has at most 8,192 characters.',
      `${read}assertion.length > longestText`,
      badAssertion({ more: 'x'.repeat(8192) }),
    ),
    must(
      '7521 4.2',
      'REQUIRED',
      'client_assertion_type names a JWT.',
      `${form}client_authentication_malformed (2)`,
      async (w) => {
        const app = await addAssertingClient(w.h)
        const said = { ...(await app.assert()), client_assertion_type: 'x' }
        await refused(withAssertion(w, app, said), 'invalid_client', 401)
      },
    ),
    must(
      '7521 4.2',
      'MUST',
      'Where client_id is there as well, it is the client of the assertion.',
      `${form}client_authentication_ambiguous (3)`,
      async (w) => {
        const app = await addAssertingClient(w.h)
        await refused(
          withAssertion(w, { ...app, id: (await addClient(w.h)).id }, await app.assert()),
          'invalid_request',
        )
      },
    ),
    must(
      '7521 4.2',
      'own',
      'Without client_id the subject says whose it is.',
      [
        `${form}client_authentication_malformed (3)`,
        'engine/token/client_of_credential: client_authentication_missing',
      ],
      async (w) => {
        const response = await w.h.app.inject({
          method: 'POST',
          url: '/oauth/token',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams({
            grant_type: 'client_credentials',
            client_assertion: 'x',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          }).toString(),
        })
        const { text } = refusals.client_authentication_malformed
        expect(response.json()).toEqual({ error: 'invalid_client', error_description: text })
      },
    ),
    must(
      '8725 3.11',
      'own',
      'A JWT that was made for something else is no assertion.',
      `${read}typ !== undefined && !types.test(typ)`,
      async (w) => {
        const { privateKey, publicKey } = await generateKeyPair('ES256')
        const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
        const app = await addClient(w.h, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } })
        const now = Math.floor(w.h.clock.now() / 1000)
        const claims = { iss: app.id, sub: app.id, aud: issuer, exp: now + 60, iat: now, jti: String(Math.random()) }
        const signed = await new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
          .sign(privateKey)
        const said = {
          grant_type: 'client_credentials',
          client_assertion: signed,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }
        await refused(token(w.h.app, { id: app.id }, said), 'invalid_client', 401)
      },
    ),
    must(
      '3 (4)',
      'MUST',
      'An assertion whose time has passed is refused.',
      [`${read}error instanceof errors.JWTExpired`, `${read}error instanceof errors.JOSEError`],
      badAssertion({ exp: 1 }),
    ),
  ],
}
