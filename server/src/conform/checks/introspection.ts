/** What a token is worth, asked by who may know (RFC 7662). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { basicOf, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const shared = {
  level: 'MUST',
  offered: (metadata: Metadata) => metadata.url('introspection_endpoint') !== undefined,
} as const

async function introspect(
  probe: Probe,
  token: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await probe.call('introspection_endpoint', { token, ...parameters })
  if (answer.status === 401 || answer.status === 403 || textOf(answer, 'error') === 'unauthorized_client') {
    throw new NotChecked(`The client may not ask: ${summaryOf(answer)}.`, '--client-id of one that may introspect')
  }
  return answer
}

export const introspection: readonly Check[] = [
  {
    ...shared,
    id: 'introspection.anonymous',
    title: 'Nobody is told anything without proving who asks',
    of: 'RFC 7662 §2.1',
    sends: 'a made-up token without any authentication',
    expects: '401, or an error',
    async run(probe) {
      const answer = await probe.call('introspection_endpoint', { token: randomText(32) }, { client: 'none' })
      must(answer.status >= 400, `The status is ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'introspection.unknown_client',
    title: 'A client that is not known is told nothing',
    of: 'RFC 7662 §2.3',
    sends: 'a made-up token as a made-up client',
    expects: '401',
    async run(probe) {
      const headers = { authorization: basicOf({ id: `unknown-${randomText(9)}`, secret: randomText(24) }) }
      const answer = await probe.call('introspection_endpoint', { token: randomText(32) }, { client: 'none', headers })
      must(answer.status === 401 || answer.status === 400, `The status is ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'introspection.unknown_token',
    title: 'A token that is not there is not active, and no error',
    of: 'RFC 7662 §2.2',
    sends: 'a made-up token',
    expects: '200 with active false',
    needs: ['client', 'secret'],
    async run(probe) {
      const answer = await introspect(probe, randomText(32))
      const fits = answer.status === 200 && answer.json?.active === false
      must(fits, `It is answered with ${summaryOf(answer)}, active ${JSON.stringify(answer.json?.active)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'introspection.tells_nothing',
    title: 'Of a token that is not active nothing else is told',
    of: 'RFC 7662 §2.2',
    level: 'SHOULD',
    sends: 'a made-up token',
    expects: 'active alone',
    needs: ['client', 'secret'],
    async run(probe) {
      const answer = await introspect(probe, randomText(32))
      const told = Object.keys(answer.json ?? {}).filter((name) => name !== 'active')
      must(told.length === 0, `It also tells ${told.join(', ')}.`, answer)
    },
  },
  {
    ...shared,
    id: 'introspection.active',
    title: 'A good token is active',
    of: 'RFC 7662 §2.2',
    sends: 'the access token of a sign-in',
    expects: 'active true, a boolean',
    needs: ['client', 'secret', 'sign_in'],
    async run(probe) {
      const answer = await introspect(probe, (await probe.tokens()).access)
      must(answer.json?.active === true, `active is ${JSON.stringify(answer.json?.active)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'introspection.times',
    title: 'Times are whole numbers of seconds',
    of: 'RFC 7662 §2.2',
    sends: 'the access token of a sign-in',
    expects: 'exp, iat and nbf, where they are there',
    needs: ['client', 'secret', 'sign_in'],
    async run(probe) {
      const answer = await introspect(probe, (await probe.tokens()).access)
      for (const name of ['exp', 'iat', 'nbf']) {
        const value = answer.json?.[name]
        must(value === undefined || Number.isInteger(value), `${name} is ${JSON.stringify(value)}.`, answer)
      }
    },
  },
  {
    ...shared,
    id: 'introspection.revoked',
    title: 'A token that was revoked is not active',
    of: 'RFC 7662 §2.2',
    sends: 'the revocation of an access token, then the question',
    expects: 'active false',
    needs: ['client', 'secret', 'sign_in'],
    offered: (metadata) => shared.offered(metadata) && metadata.url('revocation_endpoint') !== undefined,
    async run(probe) {
      const { access } = await probe.tokens()
      const revoked = await probe.call('revocation_endpoint', { token: access })
      const answer = await introspect(probe, access)
      must(answer.json?.active === false, `active is ${JSON.stringify(answer.json?.active)}.`, revoked, answer)
    },
  },
  {
    ...shared,
    id: 'introspection.missing_token',
    title: 'A question without a token is an error',
    of: 'RFC 7662 §2.1',
    sends: 'the client and nothing else',
    expects: '400',
    needs: ['client', 'secret'],
    async run(probe) {
      const answer = await probe.call('introspection_endpoint', {})
      if (answer.status === 401 || answer.status === 403) throw new NotChecked('The client may not ask.')
      must(answer.status === 400, `The status is ${answer.status}.`, answer)
    },
  },
]
