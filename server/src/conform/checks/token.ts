/** The token endpoint without anybody's sign-in: whom it knows, and how it says no (RFC 6749 §2.3, §3.2, §5). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, isJson, isNotStored, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { basicOf, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked, NotOffered } from '../verdict.ts'

const hasToken = (metadata: Metadata) => metadata.url('token_endpoint') !== undefined
const takesBasic = (metadata: Metadata) => {
  const methods = metadata.list('token_endpoint_auth_methods_supported')
  // Where none are named it is this one (RFC 8414 §2).
  return hasToken(metadata) && (methods.length === 0 || methods.includes('client_secret_basic'))
}

const madeUp = () => ({ grant_type: 'authorization_code', code: randomText(24), code_verifier: randomText(32) })

function mustSay(answer: Answer, ...errors: readonly string[]): void {
  const error = textOf(answer, 'error')
  must(error !== undefined && errors.includes(error), `It is answered with ${summaryOf(answer)}.`, answer)
}

/** A request of a client that is not there. */
function stranger(probe: Probe): Promise<Answer> {
  const authorization = basicOf({ id: `unknown-${randomText(9)}`, secret: randomText(24) })
  return probe.call('token_endpoint', madeUp(), { client: 'none', headers: { authorization } })
}

/** Tokens of the client itself, or the reason why there are none. */
async function ownTokens(probe: Probe): Promise<Answer> {
  const answer = await probe.call('token_endpoint', { grant_type: 'client_credentials' })
  const refused = [
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_request',
    'invalid_target',
  ]
  if (refused.includes(textOf(answer, 'error') ?? '')) {
    throw new NotChecked(
      `The client may not have tokens of its own: ${summaryOf(answer)}.`,
      '--client-id of one that may',
    )
  }
  return answer
}

const offersOwn = (metadata: Metadata) => metadata.list('grant_types_supported').includes('client_credentials')

export const token: readonly Check[] = [
  {
    id: 'token.unknown_client',
    title: 'A client that is not known is 401 invalid_client',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a made-up code as a made-up client, with HTTP Basic',
    expects: '401 and invalid_client',
    offered: takesBasic,
    async run(probe) {
      const answer = await stranger(probe)
      mustSay(answer, 'invalid_client')
      must(answer.status === 401, `The status is ${answer.status}.`, answer)
    },
  },
  {
    id: 'token.challenge',
    title: 'A client that failed with HTTP Basic is told that Basic is the way',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a made-up code as a made-up client, with HTTP Basic',
    expects: 'WWW-Authenticate: Basic',
    offered: takesBasic,
    async run(probe) {
      const answer = await stranger(probe)
      if (answer.status !== 401) throw new NotChecked(`The status is ${answer.status}, and not 401.`)
      const challenge = answer.headers.get('www-authenticate')
      must(/\bbasic\b/i.test(challenge ?? ''), `WWW-Authenticate is ${challenge ?? 'missing'}.`, answer)
    },
  },
  {
    id: 'token.error_is_json',
    title: 'An error is a JSON object with error',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a request without anything in it',
    expects: '400 or 401, application/json, error',
    offered: hasToken,
    async run(probe) {
      const answer = await probe.call('token_endpoint', {}, { client: 'none' })
      must(answer.status === 400 || answer.status === 401, `The status is ${answer.status}.`, answer)
      must(isJson(answer), `Its Content-Type is ${answer.headers.get('content-type') ?? 'missing'}.`, answer)
      must(textOf(answer, 'error') !== undefined, 'The body has no error.', answer)
    },
  },
  {
    id: 'token.error_text',
    title: 'The description of an error has only characters that are allowed',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a grant type with quotes and letters that are not ASCII',
    expects: 'error and error_description within %x20-21 / %x23-5B / %x5D-7E',
    offered: hasToken,
    async run(probe) {
      const answer = await probe.call('token_endpoint', { grant_type: 'a"\\ü' }, { client: 'none' })
      for (const name of ['error', 'error_description']) {
        const said = textOf(answer, name) ?? ''
        must(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(said), `${name} has other characters.`, answer)
      }
    },
  },
  {
    id: 'token.wrong_secret',
    title: 'A wrong secret is 401 invalid_client',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a made-up code as the client, with a wrong secret',
    expects: '401 and invalid_client (400 where the secret is sent in the body)',
    needs: ['client', 'secret'],
    offered: hasToken,
    async run(probe) {
      const client = { ...(await probe.client()), secret: `wrong-${randomText(24)}` }
      const answer = await probe.call('token_endpoint', madeUp(), { client })
      mustSay(answer, 'invalid_client')
      const inHeader = client.auth === 'client_secret_basic'
      must(answer.status === 401 || (!inHeader && answer.status === 400), `The status is ${answer.status}.`, answer)
    },
  },
  {
    id: 'token.no_secret',
    title: 'A client with a secret is not let in without it',
    of: 'RFC 6749 §3.2.1',
    level: 'MUST',
    sends: 'a made-up code with the client_id alone',
    expects: 'invalid_client',
    needs: ['client', 'secret'],
    offered: hasToken,
    async run(probe) {
      const { id } = await probe.client()
      const answer = await probe.call('token_endpoint', { ...madeUp(), client_id: id }, { client: 'none' })
      mustSay(answer, 'invalid_client', 'unauthorized_client', 'invalid_request')
    },
  },
  {
    id: 'token.secret_in_query',
    title: 'A secret in the address is of no use',
    of: 'RFC 6749 §2.3.1',
    level: 'MUST',
    sends: 'a made-up code, with client_id and client_secret in the query',
    expects: 'invalid_client or invalid_request: the client is not known by it',
    needs: ['client', 'secret'],
    offered: hasToken,
    async run(probe) {
      const { id, secret = '' } = await probe.client()
      const url = new URL(probe.endpoint('token_endpoint'))
      url.searchParams.set('client_id', id)
      url.searchParams.set('client_secret', secret)
      const form = new URLSearchParams({ ...madeUp(), redirect_uri: probe.given.redirectUri })
      const answer = await probe.http.ask(url.href, { form })
      mustSay(answer, 'invalid_client', 'invalid_request')
    },
  },
  {
    id: 'token.missing_grant_type',
    title: 'A request without grant_type is invalid_request',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'the client, authenticated, and nothing else',
    expects: 'invalid_request',
    needs: ['client'],
    offered: hasToken,
    run: async (probe) => mustSay(await probe.call('token_endpoint', {}), 'invalid_request'),
  },
  {
    id: 'token.unsupported_grant_type',
    title: 'A grant type that nobody knows is unsupported_grant_type',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'grant_type=urn:example:conform:unknown',
    expects: 'unsupported_grant_type',
    needs: ['client'],
    offered: hasToken,
    async run(probe) {
      mustSay(
        await probe.call('token_endpoint', { grant_type: 'urn:example:conform:unknown' }),
        'unsupported_grant_type',
      )
    },
  },
  {
    id: 'token.repeated_parameter',
    title: 'A parameter that stands there twice is invalid_request',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a made-up code with grant_type twice',
    expects: 'invalid_request',
    needs: ['client'],
    offered: hasToken,
    async run(probe) {
      const form = new URLSearchParams({ ...madeUp(), redirect_uri: probe.given.redirectUri })
      form.append('grant_type', 'authorization_code')
      mustSay(await probe.call('token_endpoint', form), 'invalid_request')
    },
  },
  {
    id: 'token.unknown_code',
    title: 'A code that was never given is invalid_grant',
    of: 'RFC 6749 §5.2',
    level: 'MUST',
    sends: 'a made-up code',
    expects: '400 and invalid_grant',
    needs: ['client'],
    offered: hasToken,
    async run(probe) {
      const answer = await probe.call('token_endpoint', { ...madeUp(), redirect_uri: probe.given.redirectUri })
      if (textOf(answer, 'error') === 'unauthorized_client') {
        throw new NotChecked('The client may not have codes.', '--client-id of one that may')
      }
      mustSay(answer, 'invalid_grant')
      must(answer.status === 400, `The status is ${answer.status}.`, answer)
    },
  },
  {
    id: 'token.own_tokens',
    title: 'A client gets tokens of its own',
    of: 'RFC 6749 §4.4.3',
    level: 'MUST',
    sends: 'grant_type=client_credentials',
    expects: '200 with access_token and token_type, no-store',
    needs: ['client', 'secret'],
    offered: offersOwn,
    async run(probe) {
      const answer = await ownTokens(probe)
      const whole = textOf(answer, 'access_token') !== undefined && textOf(answer, 'token_type') !== undefined
      must(answer.status === 200 && whole, `It is answered with ${summaryOf(answer)}.`, answer)
      must(isNotStored(answer), `Cache-Control is ${answer.headers.get('cache-control') ?? 'missing'}.`, answer)
    },
  },
  {
    id: 'token.own_tokens_end',
    title: 'A client gets no refresh token with tokens of its own',
    of: 'RFC 6749 §4.4.3',
    level: 'SHOULD',
    sends: 'grant_type=client_credentials',
    expects: 'no refresh_token',
    needs: ['client', 'secret'],
    offered: offersOwn,
    async run(probe) {
      const answer = await ownTokens(probe)
      must(textOf(answer, 'refresh_token') === undefined, 'There is one.', answer)
    },
  },
  {
    id: 'token.get',
    title: 'Tokens are not given to a GET',
    of: 'RFC 6749 §3.2',
    level: 'MUST',
    sends: 'GET of the token endpoint, with the client and a made-up code in the query',
    expects: 'a refusal',
    offered: hasToken,
    async run(probe) {
      const url = new URL(probe.endpoint('token_endpoint'))
      for (const [name, value] of Object.entries(madeUp())) url.searchParams.set(name, value)
      const answer = await probe.http.ask(url.href)
      if (answer.status === 404) throw new NotOffered('There is nothing for GET')
      must(answer.status >= 400, `The status is ${answer.status}.`, answer)
    },
  },
]
