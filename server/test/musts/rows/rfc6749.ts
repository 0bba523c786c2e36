import { expect } from 'vitest'
import { makeCode } from '../../../src/engine/grant/credentials.ts'
import { decodeCredential } from '../../../src/protocol/credential.ts'
import { newCode, newTokens } from '../../support/answers.ts'
import { addAssertingClient } from '../../support/assertion.ts'
import { allowOn, authorizeUrl, exchangeCode, hiddenFields, refresh, token, verifier } from '../../support/browser.ts'
import { addClient, callback, type TestClient } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import type { World } from '../provoked.ts'
import {
  addPublic,
  ask,
  change,
  changeLast,
  granted,
  logged,
  own,
  refused,
  saidFor,
  sentBack,
  setStatus,
  shownHere,
  turnedDown,
} from '../steps.ts'

const client = 'engine/client/client_authentication: '
const form = 'http/bodies/token_form: '
const code = 'engine/token/grants/authorization_code: '
const checks = 'engine/authorize/checks/'
const row = 'protocol/grant: '

const codeOf = (w: World, more: Record<string, string | undefined> = {}, of: TestClient = w.client) =>
  newCode(w.h, of, more, w.browser)

/** Sends a body to the token endpoint as it is. */
function body(w: World, payload: string, headers: Record<string, string> = {}, url = '/oauth/token') {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return w.h.app
    .inject({ method: 'POST', url, headers: { ...type, ...headers }, payload })
    .then(({ statusCode, headers: got, body: text }) => ({ status: statusCode, headers: got, body: JSON.parse(text) }))
}

/** The page that asks whether to allow, at an app that nobody has allowed yet. */
async function asking(w: World, of: TestClient, more: Record<string, string | undefined> = {}) {
  return w.browser.follow(await w.browser.get(authorizeUrl(of, more)))
}

export const rfc6749: Musts = {
  spec: 'RFC 6749',
  title: 'The OAuth 2.0 Authorization Framework',
  page: 'rfc6749',
  file: 'rfc6749.ts',
  rows: [
    must(
      '2.3',
      'MUST NOT',
      'A client authenticates in one way in each request: not by header and body.',
      `${form}client_authentication_ambiguous (2)`,
      (w) => refused(own(w, { client_secret: w.client.secret }), 'invalid_request'),
    ),
    must(
      '2.3',
      'MUST NOT',
      'Nor by an assertion and something else.',
      `${form}client_authentication_ambiguous`,
      async (w) => {
        const other = await addAssertingClient(w.h)
        await refused(
          token(w.h.app, other, { grant_type: 'client_credentials', ...(await other.assert()) }),
          'invalid_request',
        )
      },
    ),
    must(
      '2.3.1',
      'says',
      'Basic credentials are form-encoded, joined by a colon and base64; anything else is none.',
      `${form}client_authentication_malformed`,
      (w) => refused(own(w, {}, w.client, { authorization: 'Basic !' }), 'invalid_client', 401),
    ),
    must(
      '2.3.1',
      'MUST NOT',
      'Credentials never stand in the address.',
      'dialects/oauth/envelope: credentials_in_query',
      async (w) =>
        refused(
          body(w, 'grant_type=client_credentials', {}, `/oauth/token?client_id=${w.client.id}&client_secret=x`),
          'invalid_request',
        ),
    ),
    must(
      '4.1.3',
      'MUST',
      'A client with a secret proves it; guesses are counted.',
      `${client}client_secret_wrong`,
      (w) => refused(own(w, {}, { id: w.client.id, secret: 'x' }), 'invalid_client', 401),
    ),
    must('2.4', 'own', 'Who the server has never seen gets nothing.', `${client}client_unknown`, (w) =>
      refused(own(w, {}, { id: 'nobody', secret: 'x' }), 'invalid_client', 401),
    ),
    must(
      '3.1',
      'MUST NOT',
      'No parameter comes twice at the authorization endpoint.',
      'protocol/parameters: parameter_repeated',
      (w) => sentBack(w.browser.get(`${authorizeUrl(w.client)}&nonce=a&nonce=b`), 'invalid_request'),
    ),
    must(
      '3.1',
      'MUST NOT',
      'Where client_id or redirect_uri comes twice, nobody is sent anywhere.',
      'protocol/parameters: parameter_repeated (2)',
      (w) =>
        shownHere(w.browser.get(`${authorizeUrl(w.client)}&redirect_uri=https://evil.example/`), 'invalid_request'),
    ),
    must(
      '3.1.1',
      'MUST',
      'A request without response_type is `invalid_request`.',
      `${checks}response_type: response_type_missing`,
      (w) => sentBack(ask(w, { response_type: undefined }), 'invalid_request'),
    ),
    must(
      '3.1.1',
      'MUST',
      'A response type that is not understood is `unsupported_response_type`.',
      `${checks}response_type: response_type_unsupported`,
      (w) => sentBack(ask(w, { response_type: 'cookie' }), 'unsupported_response_type'),
    ),
    must(
      '3.1.2.3',
      'MUST',
      'An app with several redirect URIs says which; so does each OpenID request.',
      `${checks}redirect_uri: redirect_uri_missing`,
      (w) => shownHere(ask(w, { redirect_uri: undefined, scope: 'openid' }), 'invalid_request'),
    ),
    must(
      '3.1.2.3',
      'MUST',
      'The redirect URI is one that is registered, character by character.',
      `${checks}redirect_uri: redirect_uri_not_registered (2)`,
      (w) => shownHere(ask(w, { redirect_uri: `${callback}/` }), 'invalid_request'),
    ),
    must(
      '3.1.2.4',
      'MUST NOT',
      'Where the app has no redirect URI, nobody is sent to the one of the request.',
      `${checks}redirect_uri: redirect_uri_not_registered`,
      async (w) =>
        shownHere(
          ask(w, {}, await addClient(w.h, { redirect_uris: [], grant_types: ['client_credentials'] })),
          'invalid_request',
        ),
    ),
    must(
      '3.1.2.4',
      'own',
      'A redirect URI that was taken away while the person decided is none.',
      'engine/authorize/next_step: redirect_uri_not_registered',
      async (w) => {
        const app = await addClient(w.h)
        const page = await asking(w, app)
        await change(w, app.id, { redirect_uris: ['https://other.example/'] })
        await shownHere(allowOn(w.browser, page), 'invalid_request')
      },
    ),
    must(
      '3.2',
      'MUST NOT',
      'No parameter comes twice at the token endpoint.',
      'protocol/parameters: parameter_repeated',
      (w) =>
        refused(token(w.h.app, w.client, 'grant_type=client_credentials&scope=basic&scope=email'), 'invalid_request'),
    ),
    must(
      '3.2.1',
      'MUST',
      'A client that has credentials authenticates at the token endpoint.',
      `${client}client_secret_missing`,
      async (w) => {
        await refused(exchangeCode(w.h.app, { id: w.client.id }, await codeOf(w)), 'invalid_client', 401)
        await logged(w, w.client.id, 'client_secret_missing')
      },
    ),
    must(
      '3.2.1',
      'own',
      'It does so in the way that it is registered for.',
      `${client}client_auth_method_wrong (2)`,
      async (w) =>
        refused(
          own(w, {}, await addClient(w.h, { token_endpoint_auth_method: 'client_secret_post' })),
          'invalid_client',
          401,
        ),
    ),
    must(
      '3.2.1',
      'own',
      'A public client shows no secret: whoever has made one up is not that app.',
      [`${client}client_auth_method_wrong`, `${client}client_auth_method_wrong (2)`],
      async (w) => {
        const { id } = await addPublic(w)
        await refused(exchangeCode(w.h.app, { id, secret: 'x' }, 'x'), 'invalid_client', 401)
        await logged(w, id, 'client_auth_method_wrong')
      },
    ),
    must(
      '5.2',
      'says',
      'A request of nobody is `invalid_client`.',
      [`${form}client_authentication_missing`, 'engine/token/client_of_credential: client_authentication_missing'],
      async (w) =>
        saidFor(
          await refused(body(w, 'grant_type=client_credentials'), 'invalid_client', 401),
          'client_authentication_missing',
        ),
    ),
    must(
      '3.3',
      'says',
      'Scopes are printable ASCII without quote and backslash, separated by single spaces.',
      `${checks}scope: scope_malformed`,
      (w) => sentBack(ask(w, { scope: '"' }), 'invalid_scope'),
    ),
    must('3.3', 'says', 'The same at the token endpoint.', 'engine/token/token_parameters: scope_malformed', (w) =>
      refused(own(w, { scope: '"' }), 'invalid_scope'),
    ),
    must(
      '3.3',
      'says',
      'A scope that the app is not registered for is refused.',
      `${checks}scope: scope_not_registered`,
      async (w) =>
        sentBack(ask(w, { scope: 'readmeasurements' }, await addClient(w.h, { scope: 'basic' })), 'invalid_scope'),
    ),
    must('4.1.1', 'REQUIRED', 'An authorization request names its client.', `${checks}client: client_id_missing`, (w) =>
      shownHere(w.browser.get('/oauth/authorize?response_type=code'), 'invalid_request'),
    ),
    must(
      '4.1.2.1',
      'MUST NOT',
      'Where the client is unknown, nobody is sent anywhere.',
      `${checks}client: client_unknown`,
      (w) => shownHere(ask(w, {}, { id: 'nobody' }), 'invalid_client'),
    ),
    must(
      '4.1.2.1',
      'own',
      'A disabled client is as good as unknown.',
      `${checks}client: client_disabled`,
      async (w) => {
        const app = await addClient(w.h)
        await setStatus(w, app.id, 'disabled')
        await shownHere(ask(w, {}, app), 'invalid_client')
      },
    ),
    must(
      '4.1.2.1',
      'own',
      'Also where it was disabled while the person decided.',
      'engine/authorize/next_step: client_disabled',
      async (w) => {
        const app = await addClient(w.h)
        const page = await asking(w, app)
        await setStatus(w, app.id, 'disabled')
        await shownHere(allowOn(w.browser, page), 'invalid_client')
      },
    ),
    must(
      '4.1.2',
      'own',
      'State comes back as it was sent; one that is too long for that is refused, and not cut.',
      `${checks}parameters: state_too_long`,
      (w) => shownHere(ask(w, { state: 'x'.repeat(4097) }), 'invalid_request'),
    ),
    must(
      '4.1.2',
      'REQUIRED',
      'State comes back, also with an error.',
      'engine/authorize/response/authorization_response: state_in_response',
      async (w) => {
        const to = await sentBack(ask(w, { scope: 'admin', state: 'a b&c' }), 'invalid_scope')
        expect(to.searchParams.get('state')).toBe('a b&c')
      },
    ),
    must(
      '4.1.2.1',
      'MUST NOT',
      'What is wrong with client or redirect URI is told to the person, and sent nowhere.',
      'engine/authorize/response/authorization_response: nowhere_before_proof',
      (w) => shownHere(ask(w, { state: 'x'.repeat(4097) }), 'invalid_request'),
    ),
    must('4.1.2', 'MUST', 'A code expires shortly after it was issued.', `${row}now >= row.expiresAt`, async (w) => {
      const one = await codeOf(w)
      w.h.clock.move(61_000)
      await refused(exchangeCode(w.h.app, w.client, one), 'invalid_grant')
    }),
    must(
      '4.1.2',
      'MUST NOT',
      'A code is used once. A second time it is refused.',
      `${row}swap.step < row.step`,
      async (w) => {
        const one = await codeOf(w)
        await granted(exchangeCode(w.h.app, w.client, one))
        await refused(exchangeCode(w.h.app, w.client, one), 'invalid_grant')
      },
    ),
    must(
      '4.1.2',
      'SHOULD',
      'What was issued for a code that comes twice is revoked.',
      'engine/token/token: code_spent',
      async (w) => {
        const one = await codeOf(w)
        const { body: tokens } = await granted(exchangeCode(w.h.app, w.client, one))
        await refused(exchangeCode(w.h.app, w.client, one), 'invalid_grant')
        await refused(refresh(w.h.app, w.client, tokens.refresh_token ?? ''), 'invalid_grant')
      },
    ),
    must(
      '4.1.2',
      'own',
      'Long after, when the address is only found in a history, the second use ends nothing.',
      `${row}!ends`,
      async (w) => {
        const one = await codeOf(w)
        const { body: tokens } = await granted(exchangeCode(w.h.app, w.client, one))
        w.h.clock.move(15 * 60_000)
        await refused(exchangeCode(w.h.app, w.client, one), 'invalid_grant')
        await granted(refresh(w.h.app, w.client, tokens.refresh_token ?? ''))
      },
    ),
    must(
      '4.1.3',
      'REQUIRED',
      'The redirect URI of the authorization request stands in the token request.',
      `${code}redirect_uri_missing_at_token`,
      async (w) =>
        refused(
          token(w.h.app, w.client, {
            grant_type: 'authorization_code',
            code: await codeOf(w),
            code_verifier: verifier,
          }),
          'invalid_grant',
        ),
    ),
    must('4.1.3', 'MUST', 'It is the same there.', `${code}redirect_uri_mismatch`, async (w) =>
      refused(exchangeCode(w.h.app, w.client, await codeOf(w), { redirect_uri: `${callback}/` }), 'invalid_grant'),
    ),
    must(
      '4.1.3',
      'MUST',
      'The code was issued to the client that shows it.',
      'engine/client/own_credential: credential_of_another_client',
      async (w) => refused(exchangeCode(w.h.app, await addClient(w.h), await codeOf(w)), 'invalid_grant'),
    ),
    must(
      '4.1.3',
      'MUST',
      'The code is valid: this server has made it for this grant.',
      'engine/grant/credentials: credential_not_ours (2)',
      async (w) => refused(exchangeCode(w.h.app, w.client, changeLast(await codeOf(w))), 'invalid_grant'),
    ),
    must('4.1.3', 'MUST', 'What cannot be a code is none.', 'engine/grant/credentials: credential_malformed', (w) =>
      refused(exchangeCode(w.h.app, w.client, 'x'), 'invalid_grant'),
    ),
    must(
      '4.1.3',
      'own',
      'A code from the future was not made here.',
      'engine/grant/credentials: credential_not_ours',
      async (w) => {
        const read = decodeCredential(await codeOf(w))
        const view = await w.h.storage.grants.find(read?.grantId ?? Buffer.alloc(16))
        if (view === undefined) throw new Error('no grant')
        const later = makeCode(w.h.context, { ...view.grant, createdAt: w.h.clock.now() + 3_600_000 })
        await refused(exchangeCode(w.h.app, w.client, later), 'invalid_grant')
      },
    ),
    must(
      '4.4',
      'MUST',
      'client_credentials is for confidential clients alone.',
      ['engine/token/token: client_credentials_public', 'engine/token/token: grant_type_not_registered'],
      async (w) => refused(own(w, {}, await addPublic(w)), 'unauthorized_client'),
    ),
    must('5.1', 'MUST', 'Answers with tokens are not cached.', 'http/endpoint: not_to_be_kept', async (w) => {
      const { headers } = await granted(own(w))
      expect(headers['cache-control']).toBe('no-store')
    }),
    must(
      '5.2',
      'MUST',
      'Who tried to authenticate by the header is answered 401 with a challenge of that scheme.',
      `${form}basic_challenge`,
      async (w) => {
        const { headers } = await refused(own(w, {}, { id: w.client.id, secret: 'x' }), 'invalid_client', 401)
        expect(headers['www-authenticate']).toMatch(/^Basic /)
      },
    ),
    must(
      '5.2',
      'says',
      'A grant type that the client may not use is `unauthorized_client`.',
      'engine/token/token: grant_type_not_registered',
      async (w) =>
        refused(own(w, {}, await addClient(w.h, { grant_types: ['authorization_code'] })), 'unauthorized_client'),
    ),
    must(
      '5.2',
      'says',
      'One that the server does not have is `unsupported_grant_type`.',
      'engine/token/grants/index: grant_type_unknown',
      (w) => refused(token(w.h.app, w.client, { grant_type: 'urn:example:none' }), 'unsupported_grant_type'),
    ),
    must(
      '9700 2.4',
      'MUST NOT',
      'The password grant is one of those at the standard protocol (RFC 9700 §2.4).',
      `${form}grant_type_unknown`,
      (w) =>
        refused(
          token(w.h.app, w.client, { grant_type: 'password', username: 'alice', password: 'x' }),
          'unsupported_grant_type',
        ),
    ),
    must(
      '5.2',
      'says',
      'A request that lacks a parameter is `invalid_request`.',
      'engine/token/token_parameters: parameter_missing',
      (w) => refused(token(w.h.app, w.client, { grant_type: 'authorization_code' }), 'invalid_request'),
    ),
    must(
      '6',
      'MUST NOT',
      'A refresh never asks for a scope that was not granted.',
      'engine/token/grants/refresh_token: scope_widened',
      async (w) => {
        const tokens = await newTokens(w.h, w.client, { scope: 'basic' }, w.browser)
        await refused(refresh(w.h.app, w.client, tokens.refresh, { scope: 'basic email' }), 'invalid_scope')
      },
    ),
    must(
      '6',
      'MUST',
      'A refresh token of a confidential client needs its credentials.',
      `${client}client_secret_missing`,
      async (w) => {
        const tokens = await newTokens(w.h, w.client, {}, w.browser)
        await refused(refresh(w.h.app, { id: w.client.id }, tokens.refresh), 'invalid_client', 401)
        await logged(w, w.client.id, 'client_secret_missing')
      },
    ),
    must('6', 'MUST', 'A code is no refresh token.', 'engine/grant/credentials: credential_kind_wrong', async (w) =>
      refused(refresh(w.h.app, w.client, await codeOf(w)), 'invalid_grant'),
    ),
    must(
      '6',
      'MUST',
      'A refresh token whose grant has ended is `invalid_grant`.',
      'engine/grant/standing: grant_revoked (2)',
      async (w) => {
        const tokens = await newTokens(w.h, w.client, {}, w.browser)
        await w.h.storage.grants.endAll({ userId: w.alice.id, clientId: w.client.id }, 'revoked_by_user')
        await refused(refresh(w.h.app, w.client, tokens.refresh), 'invalid_grant')
      },
    ),
    must(
      '9700 4.14.2',
      'MUST',
      'A refresh token that was rotated away and comes back ends the grant: two parties hold it.',
      'engine/token/token: refresh_token_spent',
      async (w) => {
        const app = await addClient(w.h, { lost_answer_window: 0 })
        const { refresh: first } = await newTokens(w.h, app, {}, w.browser)
        const { body: second } = await granted(refresh(w.h.app, app, first))
        w.h.clock.move(31_000)
        await refused(refresh(w.h.app, app, first), 'invalid_grant')
        await logged(w, app.id, 'refresh_token_spent')
        await refused(refresh(w.h.app, app, second.refresh_token ?? ''), 'invalid_grant')
      },
    ),
    must(
      '10.4',
      'own',
      'Within the replay window the same answer comes again, so that a broken connection logs nobody out.',
      `${row}repeated`,
      async (w) => {
        const app = await addClient(w.h, { lost_answer_window: 0 })
        const { refresh: first } = await newTokens(w.h, app, {}, w.browser)
        const { body: second } = await granted(refresh(w.h.app, app, first))
        w.h.clock.move(1000)
        expect((await granted(refresh(w.h.app, app, first))).body.refresh_token).toBe(second.refresh_token)
      },
    ),
    must('10.4', 'own', 'After it, too, as long as nothing of that answer was ever used.', `${row}lost`, async (w) => {
      const { refresh: first } = await newTokens(w.h, w.client, {}, w.browser)
      const { body: second } = await granted(refresh(w.h.app, w.client, first))
      w.h.clock.move(3_600_000)
      expect((await granted(refresh(w.h.app, w.client, first))).body.refresh_token).toBe(second.refresh_token)
    }),
    must(
      '10.4',
      'own',
      'But not once the authorization itself is over.',
      `${row}(repeated || lost) && now >= row.expiresAt`,
      async (w) => {
        const app = await addClient(w.h, { refresh_token_ttl: 60 })
        const { refresh: first } = await newTokens(w.h, app, {}, w.browser)
        await granted(refresh(w.h.app, app, first))
        w.h.clock.move(60_000)
        await refused(refresh(w.h.app, app, first), 'invalid_grant')
      },
    ),
    must(
      '10.12',
      'MUST',
      'A yes that another site sends counts for nothing.',
      'http/bodies/form_token: form_of_this_browser',
      async (w) => {
        const app = await addClient(w.h)
        const page = await asking(w, app)
        const fields = hiddenFields(page)
        const stolen = { ...fields, csrf: 'x'.repeat((fields.csrf ?? '').length), decision: 'allow' }
        const answer = await w.browser.post('/consent', stolen)
        expect(answer.location ?? '').not.toContain('code=')
      },
    ),
    must(
      '10.15',
      'own',
      'A page before the redirect URI is proved leads nowhere.',
      `${checks}client: dialect_not_allowed`,
      async (w) => shownHere(ask(w, {}, await addClient(w.h, { dialects: ['quantimodo'] })), 'unauthorized_client'),
    ),
    must(
      '4.1.2',
      'own',
      'A code older than an hour is not even looked up.',
      ['engine/grant/credentials: expiredReasons[presented.kind]', `${row}now >= row.expiresAt`],
      async (w) => {
        const one = await codeOf(w)
        w.h.clock.move(2 * 3_600_000)
        await refused(exchangeCode(w.h.app, w.client, one), 'invalid_grant')
      },
    ),
    must(
      '2.4',
      'own',
      'A disabled client gets nothing.',
      [`${client}client_disabled`, 'engine/grant/standing: client_disabled'],
      async (w) => {
        const app = await addClient(w.h)
        await setStatus(w, app.id, 'disabled')
        await refused(own(w, {}, app), 'invalid_client', 401)
      },
    ),
    must(
      '4.4.2',
      'says',
      'An app asks for itself for no scope that it is not registered for.',
      'engine/token/grants/client_credentials: scope_not_registered',
      async (w) =>
        refused(own(w, { scope: 'readmeasurements' }, await addClient(w.h, { scope: 'basic' })), 'invalid_scope'),
    ),
    must(
      '4.4.2',
      'own',
      'Scopes of the admin API are never given unasked.',
      'engine/token/grants/client_credentials: scope_not_registered (2)',
      async (w) => {
        const app = await addClient(w.h, { scope: 'admin.read', admin_api: true })
        await refused(token(w.h.app, app, { grant_type: 'client_credentials' }), 'invalid_scope')
      },
    ),
    must(
      '4.4',
      'own',
      'An app in development gets tokens of its own for this server alone.',
      'engine/client/app_development: app_in_development (3)',
      async (w) => {
        const app = await addClient(w.h, {}, { ownerId: w.alice.id })
        const resource = `https://development-${app.id.toLowerCase()}.example/`
        await w.h.storage.resources.put({ resource, scopes: ['basic'] })
        w.h.clock.move(6000)
        await setStatus(w, app.id, 'pending')
        await turnedDown(own(w, { resource }, app))
      },
    ),
    must(
      '6',
      'own',
      'An app that may no longer stay connected does not.',
      'engine/token/grants/refresh_token: grant_revoked',
      async (w) => {
        const app = await addClient(w.h)
        const tokens = await newTokens(w.h, app, { scope: 'openid offline_access' }, w.browser)
        await change(w, app.id, { scope: 'openid' })
        await refused(refresh(w.h.app, app, tokens.refresh), 'invalid_grant')
      },
    ),
    must(
      '6',
      'own',
      'An app that goes back into development is closed to who is no tester.',
      'engine/token/token: grant_revoked',
      async (w) => {
        const app = await addClient(w.h)
        const tokens = await newTokens(w.h, app, {}, w.browser)
        await setStatus(w, app.id, 'pending')
        await refused(refresh(w.h.app, app, tokens.refresh), 'invalid_grant')
      },
    ),
    must(
      '6',
      'own',
      'A refresh token that an app keeps ends with the authorization.',
      'engine/token/token: refresh_token_expired',
      async (w) => {
        const app = await addClient(w.h, { refresh_rotation: 'never', refresh_token_ttl: 60 })
        const tokens = await newTokens(w.h, app, {}, w.browser)
        w.h.clock.move(60_000)
        await refused(refresh(w.h.app, app, tokens.refresh), 'invalid_grant')
      },
    ),
  ],
}
