import { newCode, newTokens } from '../../support/answers.ts'
import { exchangeCode } from '../../support/browser.ts'
import { addClient } from '../../support/harness.ts'
import { addExchange } from '../../token/exchange_steps.ts'
import { type Musts, must } from '../must.ts'
import { expectProvoked, senderKey, type World } from '../provoked.ts'
import { granted, refused } from '../steps.ts'

const at = 'engine/token/grants/token_exchange: '

async function exchanging(w: World, change: Record<string, string>, more: Record<string, unknown> = {}) {
  const { exchange } = await addExchange(w.h, more)
  return exchange(change)
}

export const rfc8693: Musts = {
  spec: 'RFC 8693',
  title: 'Token Exchange',
  page: 'rfc8693',
  file: 'exchange.ts',
  rows: [
    must('2.1', 'own', 'The client is known by more than its name.', `${at}exchange_public`, (w) =>
      refused(exchanging(w, {}, { token_endpoint_auth_method: 'none' }), 'unauthorized_client'),
    ),
    must(
      '2.2.2',
      'MUST',
      'A token type that the server does not exchange is refused.',
      `${at}exchange_token_type`,
      (w) => refused(exchanging(w, { requested_token_type: 'x' }), 'invalid_request'),
    ),
    must('2.1', 'MUST', 'The subject token is proved and live, as any is.', `${at}subject_token_invalid`, (w) =>
      refused(exchanging(w, { subject_token: 'x' }), 'invalid_request'),
    ),
    must(
      '2.1',
      'own',
      'A subject token that is bound to a key comes with a proof of it (RFC 9449).',
      'engine/client/dpop: dpop_proof_missing (2)',
      async (w) => {
        const { exchanger, exchange } = await addExchange(w.h)
        const app = await addClient(w.h, { may_act: exchanger.id })
        const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
        const bound = await granted(exchangeCode(w.h.app, app, await newCode(w.h, app, {}, w.browser), {}, proof))
        await refused(exchange({ subject_token: bound.body.access_token ?? '' }), 'invalid_dpop_proof')
      },
    ),
    must(
      '1.1',
      'own',
      'Only the API that the token is for exchanges it, or an app that may act.',
      `${at}subject_token_of_others`,
      async (w) => {
        const { access } = await newTokens(w.h, w.client, {}, w.browser)
        await refused(exchanging(w, { subject_token: access }), 'invalid_request')
      },
    ),
    must(
      '2.2.2',
      'SHOULD',
      'A target that the client may not have is `invalid_target`.',
      `${at}exchange_not_allowed`,
      (w) => refused(exchanging(w, { resource: 'https://other.example/' }), 'invalid_target'),
    ),
    must('2.1', 'own', 'One target for each token.', `${at}target_invalid`, (w) =>
      refused(exchanging(w, { audience: 'https://other.example/' }), 'invalid_target'),
    ),
    must(
      '2.1',
      'own',
      'No more scope than rule, subject token and registration have in common.',
      `${at}scope_widened`,
      (w) => refused(exchanging(w, { scope: 'basic email' }), 'invalid_scope'),
    ),
    must(
      '2.1',
      'own',
      'And at least one.',
      [`${at}scope_not_registered`, 'engine/grant/resources: scope_not_registered'],
      (w) => refused(exchanging(w, {}, { scope: 'email' }), 'invalid_scope'),
    ),
    must('4.1', 'own', 'A chain of actors has an end.', `${at}exchange_too_deep`, (w) =>
      expectProvoked(w, 'exchange_too_deep'),
    ),
  ],
}
