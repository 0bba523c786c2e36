import { expect } from 'vitest'
import { currentNonce } from '../../../src/engine/client/dpop_nonce.ts'
import { newCode } from '../../support/answers.ts'
import { exchangeCode, post, refresh } from '../../support/browser.ts'
import { newSenderKey, privateJwk } from '../../support/dpop.ts'
import { addClient, issuer } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { push, senderKey, type World } from '../provoked.ts'
import { addPublic, ask, badProof, call, granted, own, rawProof, refused, sentBack } from '../steps.ts'

const proof = 'engine/client/dpop_proof: '
const dpop = 'engine/client/dpop: '
const bearer = 'engine/access_tokens/bearer: '
const key = 'lib/public_key: '
const token = 'POST /oauth/token'

/** UserInfo with a token that is bound to the key. */
async function bearing(w: World, unusual: Parameters<typeof senderKey.bearing>[3] = {}, by = senderKey) {
  const access = await bound(w)
  return call(w, undefined, { headers: await by.bearing(w.h, 'GET /oauth/userinfo', access, unusual) })
}

/** A bound token of a person. */
async function bound(w: World): Promise<string> {
  const code = await newCode(w.h, w.client, { scope: 'openid' }, w.browser)
  return (
    (await granted(exchangeCode(w.h.app, w.client, code, {}, { ...(await senderKey.proof(w.h, token)) }))).body
      .access_token ?? ''
  )
}

const publicKey = (more: object) => ({ typ: 'dpop+jwt', alg: 'ES256', jwk: { ...senderKey.jwk, ...more } })
const claims = { jti: 'x', htm: 'POST', htu: `${issuer}/oauth/token`, iat: 0 }

export const rfc9449: Musts = {
  spec: 'RFC 9449',
  title: 'Demonstrating Proof of Possession',
  page: 'rfc9449',
  file: 'rfc9449.ts',
  rows: [
    must(
      '4.3 (1)',
      'MUST',
      'There is one DPoP header, and it is one JWT.',
      `${proof}parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9_-]+$/.test(part))`,
      async (w) => {
        const { dpop: text } = await senderKey.proof(w.h, token)
        await refused(own(w, {}, w.client, { dpop: `${text}.x` }), 'invalid_dpop_proof')
      },
    ),
    must('4.3 (2)', 'MUST', 'It is well formed.', `${proof}header === undefined || claims === undefined`, (w) =>
      refused(own(w, {}, w.client, { dpop: 'bm8.bm8.bm8' }), 'invalid_dpop_proof'),
    ),
    must(
      '4.3 (2)',
      'own',
      'It has at most 8,192 characters.',
      `${proof}text.length > longestText`,
      badProof({ claims: { more: 'x'.repeat(8192) } }),
    ),
    must(
      '4.3 (3)',
      'MUST',
      'It has a jti.',
      `${proof}typeof jti !== 'string' || jti === '' || jti.length > longestJti`,
      badProof({ claims: { jti: '' } }),
    ),
    must(
      '4.3 (3)',
      'MUST',
      'It has an iat.',
      `${proof}typeof iat !== 'number' || !Number.isSafeInteger(Math.floor(iat)) || iat < 0`,
      async (w) => {
        const { nonce } = {
          nonce: currentNonce(w.h.context),
        }
        await badProof({ claims: { iat: 'now', nonce } })(w)
      },
    ),
    must('4.3 (4)', 'MUST', 'Its typ is dpop+jwt.', `${proof}typ !== proofType`, badProof({ header: { typ: 'JWT' } })),
    must(
      '4.3 (5)',
      'MUST',
      'Its alg is asymmetric, and one that the server takes.',
      `${proof}!isAlgorithm(alg)`,
      rawProof({ ...publicKey({}), alg: 'none' }, claims),
    ),
    must(
      '4.3 (5)',
      'MUST',
      'What must be understood is understood: no crit is.',
      `${proof}header.crit !== undefined`,
      badProof({ header: { crit: ['b64'], b64: true } }),
    ),
    must(
      '4.3 (6)',
      'MUST',
      'Its signature is that of the key in it.',
      `${proof}signature.toString('base64url') !== mark || !hasSigned(key, \`\${head}.\${body}\`, signature)`,
      async (w) => badProof({ signer: await newSenderKey() })(w),
    ),
    must('4.3 (7)', 'MUST NOT', 'The key in it is no private one.', `${proof}key === 'private'`, async (w) =>
      badProof({ header: { jwk: await privateJwk(senderKey) } })(w),
    ),
    must(
      '4.3 (7)',
      'MUST NOT',
      'Nor has it a member of one.',
      `${key}secretMembers.some((name) => jwk[name] !== undefined)`,
      badProof({ header: { jwk: { ...senderKey.jwk, k: 'x' } } }),
    ),
    must(
      '4.2',
      'REQUIRED',
      'There is a key in it.',
      [
        `${proof}typeof jwk !== 'object' || jwk === null`,
        `${proof}'cause' in key`,
        `${proof}signature.toString('base64url') !== mark || !hasSigned(key, \`\${head}.\${body}\`, signature)`,
      ],
      badProof({ header: { jwk: null } }),
    ),
    must(
      '4.2',
      'REQUIRED',
      'The key is public, and of the kind that alg needs.',
      [
        `${proof}'cause' in key`,
        `${proof}signature.toString('base64url') !== mark || !hasSigned(key, \`\${head}.\${body}\`, signature)`,
      ],
      badProof({ header: { jwk: { kty: 'EC' } } }),
    ),
    must(
      '4.2',
      'own',
      'The key is of the curve of its algorithm.',
      `${key}jwk.kty !== kty || jwk.crv !== crv`,
      badProof({ header: { jwk: { ...senderKey.jwk, crv: 'P-384' } } }),
    ),
    must(
      '4.2',
      'own',
      'The key has all its members.',
      `${key}typeof text !== 'string' || text.length > 2 * longest`,
      badProof({ header: { jwk: { ...senderKey.jwk, y: 1 } } }),
    ),
    must(
      '4.2',
      'own',
      'The key has one spelling, and so one thumbprint.',
      `${key}bytes.toString('base64url') !== text || bytes.length < shortest || bytes.length > longest`,
      badProof({ header: { jwk: { ...senderKey.jwk, x: `${senderKey.jwk.x}=` } } }),
    ),
    must(
      '4.3 (8)',
      'MUST',
      'Its htm is the method of the request.',
      `${proof}htm !== method`,
      badProof({ claims: { htm: 'GET' } }),
    ),
    must(
      '4.3 (9)',
      'MUST',
      'Its htu is the address of the request.',
      `${proof}target === undefined || target !== plainAddress(uri)`,
      badProof({ claims: { htu: `${issuer}/oauth/par` } }),
    ),
    must(
      '4.3 (9)',
      'own',
      'An htu is a web address.',
      `${proof}/[\\s\\\\]/.test(text) || !/^https?:\\/\\/[^/@?#]+(?:[/?#]|$)/i.test(text) || !URL.canParse(text)`,
      badProof({ claims: { htu: 'x' } }),
    ),
    must(
      '4.3 (10)',
      'MUST',
      'Where the server wants a nonce, one has to be there.',
      `${dpop}dpop_nonce_needed`,
      async (w) => {
        const app = await addClient(w.h, { require_dpop_nonce: true })
        await refused(own(w, {}, app, await senderKey.proof(w.h, token)), 'use_dpop_nonce')
      },
    ),
    must(
      '4.3 (10)',
      'MUST',
      'A nonce is one that the server has given out.',
      `${dpop}dpop_nonce_needed (2)`,
      badProof({ claims: { nonce: 'x' } }, 'use_dpop_nonce'),
    ),
    must(
      '4.3 (10)',
      'own',
      'A nonce is text.',
      `${proof}nonce !== undefined && typeof nonce !== 'string'`,
      badProof({ claims: { nonce: 1 } }),
    ),
    must('4.3 (11)', 'MUST', 'It was made within an acceptable time.', `${dpop}dpop_proof_invalid (2)`, async (w) =>
      badProof({ claims: { iat: Math.floor(w.h.clock.now() / 1000) - 61 } })(w),
    ),
    must(
      '4.3 (11)',
      'own',
      'What it says of its own time counts: not before.',
      `${proof}nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + tolerance)`,
      async (w) => badProof({ claims: { nbf: Math.floor(w.h.clock.now() / 1000) + 90 } })(w),
    ),
    must(
      '4.3 (11)',
      'own',
      'And not after.',
      `${proof}exp !== undefined && !(typeof exp === 'number' && exp > now - tolerance)`,
      async (w) => badProof({ claims: { exp: Math.floor(w.h.clock.now() / 1000) - 90 } })(w),
    ),
    must(
      '4.3 (12)',
      'MUST',
      'With an access token its ath is that of the token.',
      `${proof}ath === expected`,
      async (w) => expect((await bearing(w)).status).toBe(200),
    ),
    must('4.3 (12)', 'own', 'Without one there is no ath.', `${proof}accessToken === undefined`, async (w) =>
      granted(own(w, {}, w.client, await senderKey.proof(w.h, token))),
    ),
    must('5', 'says', 'A proof that is none is `invalid_dpop_proof`.', `${dpop}dpop_proof_invalid`, (w) =>
      refused(own(w, {}, w.client, { dpop: 'x' }), 'invalid_dpop_proof'),
    ),
    must('4.3', 'MUST', 'The key of the proof is the key of the token.', `${bearer}token_of_another_key`, async (w) =>
      refused(bearing(w, {}, await newSenderKey()), 'invalid_token', 401),
    ),
    must('4.3', 'own', 'Two keys are one where their thumbprints are.', `${dpop}same_key`, async (w) =>
      refused(bearing(w, {}, await newSenderKey()), 'invalid_token', 401),
    ),
    must(
      '5',
      'MUST',
      'A refresh token of a public client is bound to its key.',
      [
        'engine/client/dpop: dpop_key_other',
        "protocol/grant: swap.kind !== 'code' && row.senderKey !== null && swap.senderKey?.equals(row.senderKey) !== true",
      ],
      async (w) => {
        const app = await addPublic(w)
        const code = await newCode(w.h, { ...app, secret: '' }, {}, w.browser)
        const { body } = await granted(exchangeCode(w.h.app, app, code, {}, { ...(await senderKey.proof(w.h, token)) }))
        const other = await (await newSenderKey()).proof(w.h, token)
        await refused(
          post(
            w.h.app,
            '/oauth/token',
            app,
            { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' },
            { ...other },
          ),
          'invalid_grant',
        )
      },
    ),
    must('5', 'MUST', 'Without a proof it is of no use.', 'engine/client/dpop: dpop_proof_missing (2)', async (w) => {
      const app = await addPublic(w)
      const code = await newCode(w.h, { ...app, secret: '' }, {}, w.browser)
      const { body } = await granted(exchangeCode(w.h.app, app, code, {}, { ...(await senderKey.proof(w.h, token)) }))
      await refused(refresh(w.h.app, app, body.refresh_token ?? ''), 'invalid_dpop_proof')
    }),
    must(
      '5.2',
      'MUST',
      'An app that is registered for bound tokens gets no others.',
      `${dpop}dpop_proof_missing`,
      async (w) => refused(own(w, {}, await addClient(w.h, { dpop_bound_access_tokens: true })), 'invalid_dpop_proof'),
    ),
    must(
      '5.2',
      'own',
      'None in a redirect either, where nobody can prove a key.',
      'engine/authorize/checks/response_type: front_channel_unbound',
      async (w) => {
        const app = await addClient(w.h, { dpop_bound_access_tokens: true, front_channel_tokens: true })
        await sentBack(ask(w, { response_type: 'token', scope: 'openid basic' }, app), 'unsupported_response_type')
      },
    ),
    must(
      '7.1',
      'MUST',
      'A bound token comes with the scheme DPoP and a proof.',
      `${bearer}dpop_proof_missing`,
      async (w) => refused(call(w, `DPoP ${await bound(w)}`), 'invalid_dpop_proof', 401),
    ),
    must('7.2', 'MUST', 'A bound token is refused as a bearer token.', `${bearer}token_bound`, async (w) =>
      refused(call(w, `Bearer ${await bound(w)}`), 'invalid_token', 401),
    ),
    must('7.1', 'own', 'A token without a key is refused after the word DPoP.', `${bearer}token_unbound`, async (w) => {
      const code = await newCode(w.h, w.client, { scope: 'openid' }, w.browser)
      const { body } = await granted(exchangeCode(w.h.app, w.client, code))
      await refused(call(w, `DPoP ${body.access_token}`), 'invalid_token', 401)
    }),
    must(
      '10',
      'MUST',
      'A code that names a key by dpop_jkt is redeemed with that one.',
      'engine/client/dpop: dpop_key_other',
      async (w) => {
        const code = await newCode(w.h, w.client, { dpop_jkt: 'A'.repeat(43) }, w.browser)
        await refused(
          exchangeCode(w.h.app, w.client, code, {}, { ...(await senderKey.proof(w.h, token)) }),
          'invalid_grant',
        )
      },
    ),
    must('10', 'own', 'dpop_jkt is a thumbprint.', 'engine/authorize/checks/dpop_jkt: dpop_jkt_malformed', (w) =>
      sentBack(ask(w, { dpop_jkt: 'x' }), 'invalid_request'),
    ),
    must(
      '10',
      'own',
      'A thumbprint has 43 characters of base64url.',
      `${proof}typeof text !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(text)`,
      (w) => sentBack(ask(w, { dpop_jkt: 'AAAA' }), 'invalid_request'),
    ),
    must(
      '10.1',
      'MUST',
      'Where a pushed request has both, dpop_jkt and the proof name one key.',
      'engine/authorize/push: dpop_jkt_other',
      async (w) => {
        await refused(
          push(w, w.client, { dpop_jkt: 'A'.repeat(43) }, { ...(await senderKey.proof(w.h, 'POST /oauth/par')) }),
          'invalid_request',
        )
      },
    ),
    must('11.1', 'SHOULD', 'A proof is good once.', `${dpop}dpop_proof_used`, async (w) => {
      const once = await senderKey.proof(w.h, token)
      await granted(own(w, {}, w.client, once))
      await refused(own(w, {}, w.client, once), 'invalid_dpop_proof')
    }),
    must(
      '5',
      'own',
      'Another key that comes at the last moment is refused by the state machine.',
      ['engine/client/dpop: dpop_key_other', 'engine/token/token: dpop_key_other'],
      async (w) => {
        const app = await addPublic(w)
        const code = await newCode(w.h, { ...app, secret: '' }, {}, w.browser)
        const { body } = await granted(exchangeCode(w.h.app, app, code, {}, { ...(await senderKey.proof(w.h, token)) }))
        const other = { ...(await (await newSenderKey()).proof(w.h, token)) }
        const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }
        await refused(post(w.h.app, '/oauth/token', app, form, other), 'invalid_grant')
      },
    ),
    must(
      '4.3 (9)',
      'own',
      'Where a proxy does not say what was asked for, no proof is good.',
      [
        `${proof}uri === undefined`,
        `${proof}target === undefined || target !== plainAddress(uri)`,
        `${proof}htm !== method`,
      ],
      async (w) => {
        const resource = 'https://rain.example/'
        await w.h.storage.resources.put({ resource, scopes: ['rain'], proxy: 'rain' })
        w.h.clock.move(6000)
        const app = await addClient(w.h, { scope: 'rain' })
        const access = await granted(own(w, { scope: 'rain' }, app, await senderKey.proof(w.h, token)))
        const headers = await senderKey.bearing(w.h, 'GET /oauth/forward-auth/rain', access.body.access_token ?? '')
        await refused(call(w, undefined, { url: '/oauth/forward-auth/rain', headers }), 'invalid_dpop_proof', 401)
      },
    ),
  ],
}
