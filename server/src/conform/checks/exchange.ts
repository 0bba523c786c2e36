/** Token exchange (RFC 8693), as far as it shows without a rule that lets the client exchange something. */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { type Parameters, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'

const shared = {
  level: 'MUST',
  needs: ['client', 'secret'],
  offered: (metadata: Metadata) => metadata.list('grant_types_supported').includes(grantType),
} as const

async function exchange(probe: Probe, parameters: Parameters): Promise<Answer> {
  const answer = await probe.call('token_endpoint', { grant_type: grantType, ...parameters })
  if (textOf(answer, 'error') === 'unauthorized_client') {
    throw new NotChecked('The client may not exchange tokens.', '--client-id of one that may exchange tokens')
  }
  return answer
}

function mustRefuse(answer: Answer, ...errors: readonly string[]): void {
  must(textOf(answer, 'access_token') === undefined, 'A token is given.', answer)
  must(errors.includes(textOf(answer, 'error') ?? ''), `It is answered with ${summaryOf(answer)}.`, answer)
}

export const exchanges: readonly Check[] = [
  {
    ...shared,
    id: 'exchange.missing_subject',
    title: 'An exchange without a subject token is invalid_request',
    of: 'RFC 8693 §2.1',
    sends: 'the grant type alone',
    expects: 'invalid_request',
    run: async (probe) => mustRefuse(await exchange(probe, {}), 'invalid_request'),
  },
  {
    ...shared,
    id: 'exchange.made_up_subject',
    title: 'A subject token that is worth nothing is invalid_request',
    of: 'RFC 8693 §2.2.2',
    sends: 'a made-up access token as subject_token',
    expects: 'invalid_request',
    async run(probe) {
      const parameters = { subject_token: randomText(32), subject_token_type: accessToken }
      mustRefuse(await exchange(probe, parameters), 'invalid_request')
    },
  },
]
