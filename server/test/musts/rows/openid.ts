import { expect } from 'vitest'
import { capabilities } from '../../../src/protocol/capabilities.ts'
import { newTokens } from '../../support/answers.ts'
import { allowOn, authorizeUrl, hiddenFields, signInOn, testBrowser } from '../../support/browser.ts'
import { addAccount, addClient, callback } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import type { World } from '../provoked.ts'
import { ask, change, sentBack, setStatus, shownHere } from '../steps.ts'

const checks = 'engine/authorize/checks/'
const next = 'engine/authorize/next_step: '
const out = 'engine/logout/logout: '

const idToken = async (w: World, of = w.client) => (await newTokens(w.h, of, { scope: 'openid' }, w.browser)).id
const leave = (w: World, query: Record<string, string>) => w.browser.get(`/oauth/logout?${new URLSearchParams(query)}`)
const frontChannel = (w: World, more: object = {}) => addClient(w.h, { front_channel_tokens: true, ...more })

export const openidCore: Musts = {
  spec: 'OpenID Connect Core 1.0',
  title: 'OpenID Connect Core',
  page: 'openid_core',
  file: 'openid.ts',
  rows: [
    must(
      '3.1.2.1',
      'MUST NOT',
      'With prompt=none no page is shown: who is not signed in is `login_required`.',
      `${next}waits ? terms_not_accepted : login_required`,
      (w) => sentBack(testBrowser(w.h.app).get(authorizeUrl(w.client, { prompt: 'none' })), 'login_required'),
    ),
    must(
      '3.1.2.1',
      'MUST NOT',
      'Nobody agrees by prompt=none: `consent_required`.',
      `${next}consent_required (2)`,
      async (w) => sentBack(ask(w, { prompt: 'none' }, await addClient(w.h)), 'consent_required'),
    ),
    must('3.1.2.1', 'says', 'none stands with no other prompt.', `${checks}prompt: prompt_invalid`, (w) =>
      sentBack(ask(w, { prompt: 'none login' }), 'invalid_request'),
    ),
    must('3.1.2.1', 'says', 'max_age is a number of seconds.', `${checks}prompt: max_age_invalid`, (w) =>
      sentBack(ask(w, { max_age: 'x' }), 'invalid_request'),
    ),
    must(
      '3.1.2.1',
      'MUST',
      'After more than max_age the person signs in again.',
      `${next}max_age_is_kept`,
      async (w) => {
        w.h.clock.move(20 * 60_000)
        await sentBack(ask(w, { max_age: '60', prompt: 'none' }), 'login_required')
      },
    ),
    must(
      '3.1.2.1',
      'SHOULD',
      'With prompt=login the person signs in again, signed in or not.',
      `${next}sign_in_again`,
      async (w) => {
        w.h.clock.move(20 * 60_000)
        const page = await w.browser.follow(await ask(w, { prompt: 'login' }))
        expect(page.body).toContain('id="login-form"')
      },
    ),
    must(
      '3.1.2.1',
      'SHOULD',
      'With prompt=consent the person is asked, remembered or not.',
      `${next}consent_is_asked`,
      async (w) => {
        const page = await w.browser.follow(await ask(w, { prompt: 'consent' }))
        expect(page.body).toContain('id="consent-allow"')
      },
    ),
    must(
      '3.1.2.4',
      'MUST',
      'A person agrees to what is asked for before the app gets it.',
      `${next}consent_covers_scope`,
      async (w) => {
        const page = await w.browser.follow(await ask(w, { scope: 'basic writemeasurements' }))
        expect(page.body).toContain('id="consent-allow"')
      },
    ),
    must(
      '3.1.2.2',
      'MUST',
      'An id_token_hint is an ID token of this server.',
      `${checks}id_token_hint: id_token_hint_invalid`,
      (w) => sentBack(ask(w, { id_token_hint: 'x' }), 'invalid_request'),
    ),
    must(
      '3.1.2.1',
      'own',
      'And one for this app.',
      `${checks}id_token_hint: id_token_hint_of_another_client`,
      async (w) => sentBack(ask(w, { id_token_hint: await idToken(w) }, await addClient(w.h)), 'invalid_request'),
    ),
    must(
      '3.1.2.1',
      'SHOULD',
      'With a hint the answer is for that person, or `login_required`.',
      `${next}person_of_hint`,
      async (w) => {
        const hint = await idToken(w)
        const name = `bob${Math.random().toString(36).slice(2, 8)}`
        await addAccount(w.h, name)
        const browser = testBrowser(w.h.app)
        await signInOn(browser, await browser.get('/login'), name)
        await sentBack(browser.get(authorizeUrl(w.client, { id_token_hint: hint, prompt: 'none' })), 'login_required')
      },
    ),
    must('3.1.2.1', 'own', 'A nonce has at most 1,024 characters.', `${checks}parameters: parameter_too_long`, (w) =>
      sentBack(ask(w, { nonce: 'x'.repeat(1025) }), 'invalid_request'),
    ),
    must(
      '3.2.2.1',
      'REQUIRED',
      'A nonce is there where an ID token comes in the front channel.',
      `${checks}response_type: nonce_missing`,
      async (w) =>
        sentBack(ask(w, { response_type: 'id_token', scope: 'openid' }, await frontChannel(w)), 'invalid_request'),
    ),
    must(
      '3.1.2.1',
      'MUST',
      'An ID token goes with the scope openid.',
      `${checks}scope: openid_scope_missing`,
      async (w) =>
        sentBack(
          ask(w, { response_type: 'id_token', nonce: 'n', scope: 'basic' }, await frontChannel(w)),
          'invalid_scope',
        ),
    ),
    must(
      '3.2',
      'own',
      'Tokens in the front channel are for apps whose owner has said so.',
      `${checks}response_type: front_channel_not_registered`,
      async (w) =>
        sentBack(
          ask(w, { response_type: 'id_token', nonce: 'n', scope: 'openid' }, await addClient(w.h)),
          'unsupported_response_type',
        ),
    ),
    must(
      '3.1.2.1',
      'says',
      'A response mode that does not fit is refused: no token in a query (OAuth 2.0 Multiple Response Types §5).',
      `${checks}response_type: response_mode_unsupported`,
      async (w) =>
        sentBack(
          ask(
            w,
            { response_type: 'id_token', response_mode: 'query', nonce: 'n', scope: 'openid' },
            await frontChannel(w),
          ),
          'invalid_request',
        ),
    ),
    must(
      'Registration 2',
      'own',
      'An app that names its response types is held to them.',
      `${checks}response_type: response_type_not_registered`,
      async (w) =>
        sentBack(
          ask(
            w,
            { response_type: 'id_token', nonce: 'n', scope: 'openid' },
            await frontChannel(w, { response_types: ['code'] }),
          ),
          'unauthorized_client',
        ),
    ),
    must(
      'Registration 2',
      'says',
      'A code is for apps with the grant authorization_code.',
      `${checks}response_type: response_type_not_registered (2)`,
      async (w) =>
        sentBack(ask(w, {}, await addClient(w.h, { grant_types: ['client_credentials'] })), 'unauthorized_client'),
    ),
    must('5.5', 'says', 'claims is a JSON object of the right form.', `${checks}claims: claims_malformed`, (w) =>
      sentBack(ask(w, { claims: '[]' }), 'invalid_request'),
    ),
    must(
      '5.5.1.1',
      'MUST',
      'A class of sign-in that is essential, and that this server does not have, is refused before anybody signs in.',
      `${checks}claims: acr_unmet`,
      (w) =>
        sentBack(
          testBrowser(w.h.app).get(
            authorizeUrl(w.client, {
              scope: 'openid',
              claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}',
            }),
          ),
          'unmet_authentication_requirements',
        ),
    ),
    must(
      '5.5.1.1',
      'MUST',
      'One that the sign-in does not have, after it.',
      'engine/authorize/acr: acr_unmet',
      async (w) => {
        const claims = JSON.stringify({ id_token: { acr: { essential: true, value: capabilities.acrValues[1] } } })
        await sentBack(ask(w, { scope: 'openid', claims }), 'unmet_authentication_requirements')
      },
    ),
    must(
      '6.1',
      'MUST',
      'A request object that the server does not take is `request_not_supported`.',
      `${checks}parameters: request_object_unsupported`,
      (w) => sentBack(ask(w, { request: 'x' }), 'request_not_supported'),
    ),
    must(
      '6.2',
      'MUST',
      'A request_uri that it does not take is `request_uri_not_supported`.',
      `${checks}parameters: request_uri_unsupported`,
      (w) => sentBack(ask(w, { request_uri: 'https://app.example/r' }), 'request_uri_not_supported'),
    ),
    must(
      '7.2.1',
      'MUST',
      'registration is `registration_not_supported`.',
      `${checks}parameters: registration_unsupported`,
      (w) => sentBack(ask(w, { registration: '{}' }), 'registration_not_supported'),
    ),
    must(
      '3.1.2.1',
      'own',
      'A form of ours that somebody else has kept opens nothing after an hour.',
      'runtime/keys/sealed: sealed_for_a_while',
      async (w) => {
        const app = await addClient(w.h)
        const page = await w.browser.follow(await ask(w, {}, app))
        w.h.clock.move(3 * 3_600_000)
        const answer = await w.browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })
        expect(answer.location ?? '').not.toContain('code=')
      },
    ),
    must(
      '3.1.2.1',
      'own',
      'An app that left this protocol while the person decided gets no answer in it.',
      `${next}dialect_not_allowed`,
      async (w) => {
        const app = await addClient(w.h)
        const page = await w.browser.follow(await ask(w, {}, app))
        await change(w, app.id, { dialects: ['quantimodo'] })
        const answer = await allowOn(w.browser, page)
        expect(answer.location ?? '').not.toContain('code=')
      },
    ),
    must(
      '3.1.2.1',
      'own',
      'An app in development is for its owner and testers: others are told so, silently where nothing may be shown.',
      `${next}consent_required`,
      async (w) => {
        const app = await addClient(w.h)
        await setStatus(w, app.id, 'pending')
        await sentBack(ask(w, { prompt: 'none' }, app), 'consent_required')
      },
    ),
    must(
      '3.1.2.1',
      'own',
      'And on a page otherwise.',
      'engine/client/app_development: app_in_development',
      async (w) => {
        const app = await addClient(w.h)
        await setStatus(w, app.id, 'pending')
        const page = await w.browser.follow(await ask(w, {}, app))
        expect(page.body).not.toContain('id="consent-allow"')
      },
    ),
  ],
}

export const rpLogout: Musts = {
  spec: 'OpenID Connect RP-Initiated Logout 1.0',
  title: 'RP-Initiated Logout',
  page: 'rp_initiated_logout',
  file: 'openid.ts',
  rows: [
    must('2', 'MUST', 'An id_token_hint is an ID token of this server.', `${out}id_token_hint_invalid`, (w) =>
      shownHere(leave(w, { id_token_hint: 'x' }), 'invalid_request'),
    ),
    must(
      '2',
      'MUST',
      'Where client_id is there as well, it is the one of the token.',
      `${out}id_token_hint_of_another_client`,
      async (w) =>
        shownHere(
          leave(w, { id_token_hint: await idToken(w), client_id: (await addClient(w.h)).id }),
          'invalid_request',
        ),
    ),
    must(
      '3',
      'MUST NOT',
      'Nobody is sent to an address that is not registered, exactly.',
      `${out}post_logout_redirect_uri_not_registered`,
      (w) => shownHere(leave(w, { client_id: w.client.id, post_logout_redirect_uri: callback }), 'invalid_request'),
    ),
    must(
      '3',
      'MUST NOT',
      'Nor to any where nothing says which app asks.',
      `${out}post_logout_redirect_uri_without_client`,
      (w) => shownHere(leave(w, { post_logout_redirect_uri: callback }), 'invalid_request'),
    ),
    must('2', 'own', 'An unknown app is refused.', `${out}client_unknown`, (w) =>
      shownHere(leave(w, { client_id: 'nobody' }), 'invalid_client'),
    ),
    must('2', 'own', 'So is a disabled one.', `${out}client_disabled`, async (w) => {
      const app = await addClient(w.h)
      await setStatus(w, app.id, 'disabled')
      await shownHere(leave(w, { client_id: app.id }), 'invalid_client')
    }),
    must('2', 'own', 'A state that cannot come back whole is refused.', `${out}state_too_long`, (w) =>
      shownHere(leave(w, { state: 'x'.repeat(4097) }), 'invalid_request'),
    ),
    must('2', 'own', 'A logout_hint has at most 320 characters.', `${out}parameter_too_long`, (w) =>
      shownHere(leave(w, { logout_hint: 'x'.repeat(321) }), 'invalid_request'),
    ),
  ],
}
