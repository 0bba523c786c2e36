import { newCode } from '../../support/answers.ts'
import { allowOn, authorizeUrl, exchangeCode, verifier } from '../../support/browser.ts'
import { addClient } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { addPublic, ask, change, changeLast, logged, refused, sentBack, shownHere } from '../steps.ts'

const at = 'engine/authorize/checks/pkce: '
const token = 'engine/token/grants/authorization_code: '
const none = { code_challenge: undefined, code_challenge_method: undefined }

export const rfc7636: Musts = {
  spec: 'RFC 7636',
  title: 'Proof Key for Code Exchange',
  page: 'rfc7636',
  file: 'rfc7636.ts',
  rows: [
    must(
      '4.1',
      'says',
      'A verifier has 43 to 128 unreserved characters.',
      `${token}code_verifier_malformed`,
      async (w) => {
        const code = await newCode(w.h, w.client, {}, w.browser)
        await refused(exchangeCode(w.h.app, w.client, code, { code_verifier: 'x'.repeat(42) }), 'invalid_grant')
        await logged(w, w.client.id, 'code_verifier_malformed')
      },
    ),
    must(
      '4.2',
      'says',
      'A challenge is the base64url of a SHA-256: 43 characters.',
      `${at}code_challenge_malformed (2)`,
      (w) => sentBack(ask(w, { code_challenge: 'x'.repeat(42) }), 'invalid_request'),
    ),
    must(
      '4.3',
      'own',
      'A method without a challenge is no request with a challenge.',
      `${at}code_challenge_malformed`,
      (w) => sentBack(ask(w, { code_challenge: undefined }), 'invalid_request'),
    ),
    must(
      '4.4.1',
      'MUST',
      'Where a challenge is required and none comes, the error is `invalid_request`. It is of every public app.',
      `${at}code_challenge_missing`,
      async (w) => sentBack(ask(w, none, await addPublic(w)), 'invalid_request'),
    ),
    must(
      '4.4.1',
      'MUST',
      'A method that the server does not have is `invalid_request`; `plain` is one (RFC 9700 §2.1.1).',
      `${at}code_challenge_method_unsupported`,
      (w) => sentBack(ask(w, { code_challenge_method: 'plain' }), 'invalid_request'),
    ),
    must(
      '4.4.1',
      'own',
      'What has been asked for in the meantime holds as well: a request under way goes no further without a challenge.',
      'engine/authorize/next_step: code_challenge_missing',
      async (w) => {
        const client = await addClient(w.h)
        const page = await w.browser.follow(await w.browser.get(authorizeUrl(client, none)))
        await change(w, client.id, { require_pkce: true })
        await shownHere(allowOn(w.browser, page), 'invalid_request')
      },
    ),
    must(
      '4.5',
      'REQUIRED',
      'The token request of a code with a challenge has the verifier.',
      `${token}code_verifier_missing`,
      async (w) =>
        refused(
          exchangeCode(w.h.app, w.client, await newCode(w.h, w.client, {}, w.browser), { code_verifier: '' }),
          'invalid_grant',
        ),
    ),
    must(
      '4.6',
      'MUST',
      'A verifier that does not hash to the challenge is `invalid_grant`.',
      `${token}code_verifier_wrong`,
      async (w) =>
        refused(
          exchangeCode(w.h.app, w.client, await newCode(w.h, w.client, {}, w.browser), {
            code_verifier: 'w'.repeat(43),
          }),
          'invalid_grant',
        ),
    ),
    must(
      '4.6',
      'own',
      'The verifier that does is taken: they are compared as bytes.',
      'protocol/pkce: verifier_proves_challenge',
      async (w) =>
        refused(
          exchangeCode(w.h.app, w.client, await newCode(w.h, w.client, {}, w.browser), {
            code_verifier: changeLast(verifier),
          }),
          'invalid_grant',
        ),
    ),
    must(
      '9700 2.1.1',
      'MUST',
      'A verifier for a code that has no challenge is refused, so that nobody takes the challenge away (RFC 9700 §2.1.1).',
      `${token}code_verifier_unexpected`,
      async (w) =>
        refused(exchangeCode(w.h.app, w.client, await newCode(w.h, w.client, none, w.browser)), 'invalid_grant'),
    ),
  ],
}
