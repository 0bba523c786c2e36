/** An API behind the server: what it says of itself, and the tokens that are made for it (RFC 9728, RFC 8707, RFC 9068). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, NoAnswer, type Request, textOf } from '../http.ts'
import { type Jwt, partsOf, wrongSignature } from '../jwt.ts'
import { insertedUrl, type Metadata } from '../metadata.ts'
import type { Probe, Tokens } from '../probe.ts'
import { must, NotChecked, NotOffered } from '../verdict.ts'

/** The token for the resource, or the one of the sign-in where none is named. */
async function tokens(probe: Probe): Promise<Tokens> {
  const { resource } = probe.given
  if (resource === undefined) return probe.flow()
  const code = await probe.code({ resource })
  const answer = await probe.exchange(code, { resource })
  const access = textOf(answer, 'access_token')
  if (access === undefined) throw new NotChecked(`A token for ${resource} is answered with ${answer.status}.`)
  return { code, answer, access, refresh: textOf(answer, 'refresh_token'), idToken: textOf(answer, 'id_token') }
}

/** Asks the API. Its identifier may be no address at which something answers. */
async function askApi({ http }: Probe, url: string, request?: Request): Promise<Answer> {
  return http.ask(url, request).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw new NotChecked(`Nothing answers: ${error.message}.`)
    throw error
  })
}

/** An access token that says of itself that it is one of RFC 9068. */
async function jwtToken(probe: Probe): Promise<Jwt & { readonly tokens: Tokens }> {
  const got = await tokens(probe)
  const parts = partsOf(got.access)
  if (!/^(?:application\/)?at\+jwt$/i.test(String(parts?.header.typ)) || parts === undefined) {
    throw new NotOffered('The access token is no JWT of type at+jwt')
  }
  return { ...parts, tokens: got }
}

const jwt = {
  of: 'RFC 9068 §2.2',
  level: 'MUST',
  sends: 'a whole sign-in, with the resource where one is named',
  needs: ['client', 'sign_in'],
  offered: (metadata: Metadata) => metadata.url('jwks_uri') !== undefined,
} as const

const described = { level: 'MUST', needs: ['resource'], of: 'RFC 9728 §3.3' } as const

export const resource: readonly Check[] = [
  {
    ...jwt,
    id: 'access_token.signature',
    title: 'A JWT access token is signed by a key of the server',
    of: 'RFC 9068 §2.1',
    expects: 'a signature that a key of jwks_uri proves, never none',
    async run(probe) {
      const { header, tokens: got } = await jwtToken(probe)
      must(header.alg !== 'none', 'It is not signed.', got.answer)
      const wrong = await wrongSignature(probe, got.access)
      must(wrong === undefined, `The signature does not hold: ${wrong}.`, got.answer)
    },
  },
  {
    ...jwt,
    id: 'access_token.claims',
    title: 'A JWT access token has every claim that is required',
    expects: 'iss, exp, aud, sub, client_id, iat, jti',
    async run(probe) {
      const { claims, tokens: got } = await jwtToken(probe)
      const gone = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'].filter((name) => claims[name] === undefined)
      must(gone.length === 0, `There is no ${gone.join(', no ')}.`, got.answer)
      must(claims.iss === probe.given.issuer, `iss is ${JSON.stringify(claims.iss)}.`, got.answer)
    },
  },
  {
    ...jwt,
    id: 'access_token.audience',
    title: 'A JWT access token is for the resource that was named',
    of: 'RFC 9068 §3',
    expects: 'the resource in aud',
    needs: ['client', 'sign_in', 'resource'],
    async run(probe) {
      const { claims, tokens: got } = await jwtToken(probe)
      const fits = [claims.aud].flat().includes(probe.given.resource)
      must(fits, `aud is ${JSON.stringify(claims.aud)}.`, got.answer)
    },
  },
  {
    id: 'resource.unknown',
    title: 'A resource that nobody knows is invalid_target',
    of: 'RFC 8707 §2',
    level: 'SHOULD',
    sends: 'an authorization request for a resource that is not there, and a sign-in',
    expects: 'invalid_target, and no code',
    needs: ['client', 'sign_in', 'resource'],
    async run(probe) {
      const { url } = await probe.request({ resource: 'https://nobody.example/api' })
      const { back, answer } = await probe.authorize(url)
      must(
        back?.get('error') === 'invalid_target',
        `The client is told ${back?.get('error') ?? 'of no error'}.`,
        answer,
      )
    },
  },
  {
    ...described,
    id: 'resource.document',
    title: 'The API says of itself who it is',
    sends: 'GET of its /.well-known/oauth-protected-resource',
    expects: '200 with resource as it was named',
    async run(probe) {
      const name = probe.given.resource ?? ''
      const answer = await askApi(probe, insertedUrl(name, 'oauth-protected-resource'))
      if (answer.status === 404) throw new NotOffered('The API has no document')
      must(answer.status === 200 && answer.json !== undefined, `The status is ${answer.status}.`, answer)
      must(answer.json.resource === name, `resource is ${JSON.stringify(answer.json.resource)}.`, answer)
    },
  },
  {
    ...described,
    id: 'resource.servers',
    title: 'The API names this server',
    of: 'RFC 9728 §2',
    level: 'SHOULD',
    sends: 'GET of its /.well-known/oauth-protected-resource',
    expects: 'the issuer in authorization_servers',
    async run(probe) {
      const answer = await askApi(probe, insertedUrl(probe.given.resource ?? '', 'oauth-protected-resource'))
      if (answer.status === 404) throw new NotOffered('The API has no document')
      const servers = answer.json?.authorization_servers
      must(
        Array.isArray(servers) && servers.includes(probe.given.issuer),
        `It names ${JSON.stringify(servers)}.`,
        answer,
      )
    },
  },
  {
    ...described,
    id: 'resource.challenge',
    title: 'The API refuses a made-up token, and says which way to prove oneself',
    of: 'RFC 6750 §3',
    sends: 'GET of the resource with a made-up token',
    expects: '401 with WWW-Authenticate',
    async run(probe) {
      const headers = { authorization: `Bearer ${randomText(32)}` }
      const answer = await askApi(probe, probe.given.resource ?? '', { headers })
      if (answer.status === 404) throw new NotOffered('There is nothing at its address')
      must(answer.status === 401, `The status is ${answer.status}.`, answer)
      must(answer.headers.has('www-authenticate'), 'There is no WWW-Authenticate.', answer)
    },
  },
]
