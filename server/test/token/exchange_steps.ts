/** The steps of a token exchange: an app whose token another one exchanges for a token of its own. */
import { randomText } from '../../src/lib/random.ts'
import { accessTokenType, tokenExchangeGrantType } from '../../src/protocol/names.ts'
import { newTokens } from '../support/answers.ts'
import { type TokenAnswer, token } from '../support/browser.ts'
import { addClient, type Harness, issuer, type TestClient } from '../support/harness.ts'

/** An app that exchanges tokens, one of an app that lets it, and what it is sent where nothing else is said. */
export async function addExchange(
  h: Harness,
  more: Record<string, unknown> = {},
): Promise<{
  readonly exchanger: TestClient
  readonly subjectToken: () => Promise<string>
  readonly exchange: (change?: Record<string, string>) => Promise<TokenAnswer>
}> {
  const subjectId = `subject-${randomText(9)}`
  const rules = [
    { subject_token_type: accessTokenType, subject_client: subjectId, resource: `${issuer}/api`, scope: 'basic' },
  ]
  const exchanger = await addClient(h, {
    redirect_uris: [],
    grant_types: [tokenExchangeGrantType],
    token_exchanges: rules,
    ...more,
  })
  const from = await addClient(h, { may_act: exchanger.id }, { id: subjectId })
  const subjectToken = async () => (await newTokens(h, from, { scope: 'basic' })).access
  const as = more.token_endpoint_auth_method === 'none' ? { id: exchanger.id } : exchanger
  return {
    exchanger,
    subjectToken,
    exchange: async (change = {}) =>
      token(h.app, as, {
        grant_type: tokenExchangeGrantType,
        subject_token: change.subject_token ?? (await subjectToken()),
        subject_token_type: accessTokenType,
        resource: `${issuer}/api`,
        ...change,
      }),
  }
}
