/** Faults to plant into a server of ours, each with the one check that must find it. */
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { usualRedirectUri } from '../../src/conform/probe.ts'
import type { BrokenServer, Fault, Inbound, Outbound } from './broken_server.ts'

interface Planted {
  readonly what: string
  /** The check that finds it, and no other. */
  readonly check: string
  readonly plant: (server: BrokenServer) => Fault | Promise<Fault>
}

const at = (path: string) => (request: Inbound) => request.path === path
const isToken = at('/oauth/token')
const isAuthorize = at('/oauth/authorize')
const isUserinfo = at('/oauth/userinfo')
const isMetadata = ({ path }: Inbound) =>
  /^\/\.well-known\/(?:openid-configuration|oauth-authorization-server)$/.test(path)

/** Changes the JSON of answers. */
function spoil(
  which: (request: Inbound, answer: Outbound) => boolean,
  change: (json: Record<string, unknown>) => void,
): Fault {
  return {
    after(request, answer) {
      if (!which(request, answer) || !answer.body.startsWith('{')) return
      const json = JSON.parse(answer.body) as Record<string, unknown>
      change(json)
      answer.body = JSON.stringify(json)
    },
  }
}

/** Changes the address of redirects to the client. */
function redirected(which: (back: URLSearchParams) => boolean, change: (back: URLSearchParams) => void): Fault {
  return {
    after(_request, answer) {
      const { location } = answer.headers
      if (typeof location !== 'string' || !location.startsWith(`${usualRedirectUri}?`)) return
      const url = new URL(location)
      if (!which(url.searchParams)) return
      change(url.searchParams)
      answer.headers.location = url.href
    },
  }
}

const withError = (back: URLSearchParams) => back.has('error')
const withCode = (back: URLSearchParams) => back.has('code')

const json = (status: number, body: object): Outbound => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
  body: JSON.stringify(body),
})

const sendTo = (location: string): Outbound => ({ status: 303, headers: { location }, body: '' })

const codeGrant = ({ form }: Inbound) => form?.get('grant_type') === 'authorization_code'

/** A client that knows the verifier of every request, as the server has forgotten to compare them. */
function withoutPkce(forgives: (sent: string | null, challenge: string) => boolean): Fault {
  const ours = 'a-verifier-of-the-fault-itself-which-fits-every-request'
  const challenges: string[] = []
  const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
  return {
    before(request) {
      if (isAuthorize(request) && request.query.get('code_challenge_method') === 'S256') {
        challenges.push(request.query.get('code_challenge') ?? '')
        request.query.set('code_challenge', digest(ours))
      }
      if (isToken(request) && codeGrant(request)) {
        const sent = request.form?.get('code_verifier') ?? null
        // The last that was asked for: checks ask for a code and exchange it at once.
        const fits = sent !== null && challenges.includes(digest(sent))
        if (fits || forgives(sent, challenges.at(-1) ?? '')) request.form?.set('code_verifier', ours)
      }
      return undefined
    },
  }
}

/** Signs ID tokens with a key of its own, which is published, with other claims. */
async function signedAnew(change: (claims: Record<string, unknown>) => void, spoilSignature = false): Promise<Fault> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = 'of-the-fault'
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  const originals = new Map<string, string>()
  return {
    before(request) {
      const hint = request.query.get('id_token_hint')
      if (hint !== null) request.query.set('id_token_hint', originals.get(hint) ?? hint)
      return undefined
    },
    async after(request, answer) {
      if (request.path === '/oauth/jwks') {
        const set = JSON.parse(answer.body) as { keys: unknown[] }
        answer.body = JSON.stringify({ keys: [...set.keys, jwk] })
      }
      if (!isToken(request) || !codeGrant(request) || answer.status !== 200) return
      const said = JSON.parse(answer.body) as { id_token?: string }
      const original = said.id_token ?? ''
      const claims = JSON.parse(Buffer.from(original.split('.')[1] ?? '', 'base64url').toString()) as Record<
        string,
        unknown
      >
      // The digest of the access token is by RS256, too: SHA-256.
      change(claims)
      const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey)
      said.id_token = spoilSignature ? `${signed.slice(0, -6)}AAAAAA` : signed
      originals.set(said.id_token, original)
      answer.body = JSON.stringify(said)
    },
  }
}

export const faults: readonly Planted[] = [
  {
    what: 'its issuer ends with a slash that was not asked for',
    check: 'discovery.issuer',
    plant: ({ issuer }) =>
      spoil(isMetadata, (said) => {
        said.issuer = `${issuer}/`
      }),
  },
  {
    what: 'a required member of the document is gone',
    check: 'discovery.required_members',
    plant: () => spoil(isMetadata, (said) => void delete said.subject_types_supported),
  },
  {
    what: 'a list in the document is empty',
    check: 'discovery.no_empty_members',
    plant: () =>
      spoil(isMetadata, (said) => {
        said.acr_values_supported = []
      }),
  },
  {
    what: 'the document comes as text',
    check: 'discovery.oauth_document',
    plant: () => ({
      after: ({ path }, answer) => {
        if (path.endsWith('/oauth-authorization-server')) answer.headers['content-type'] = 'text/plain'
      },
    }),
  },
  {
    what: 'PKCE is not announced',
    check: 'discovery.pkce',
    plant: () => spoil(isMetadata, (said) => void delete said.code_challenge_methods_supported),
  },
  {
    what: 'client assertions need no signature',
    check: 'discovery.assertion_algorithms',
    plant: () =>
      spoil(isMetadata, (said) => {
        said.token_endpoint_auth_signing_alg_values_supported = ['RS256', 'none']
      }),
  },
  {
    what: 'a private key is published',
    check: 'keys.public',
    plant: () =>
      spoil(at('/oauth/jwks'), (said) => {
        const [first] = said.keys as Record<string, unknown>[]
        if (first !== undefined) first.d = 'AAAA'
      }),
  },
  {
    what: 'a key of 1024 bits is among the keys',
    check: 'keys.rsa_size',
    plant: () =>
      spoil(at('/oauth/jwks'), (said) => {
        const small = {
          kty: 'RSA',
          kid: 'small',
          use: 'sig',
          alg: 'RS256',
          e: 'AQAB',
          n: Buffer.alloc(128, 3).toString('base64url'),
        }
        said.keys = [...(said.keys as unknown[]), small]
      }),
  },
  {
    what: 'scripts of every origin may read the authorization endpoint',
    check: 'authorization.no_cors',
    plant: () => ({
      after: (request, answer) => {
        if (isAuthorize(request)) answer.headers['access-control-allow-origin'] = '*'
      },
    }),
  },
  {
    what: 'an unknown client has browsers sent where it likes',
    check: 'authorization.unknown_client',
    plant: () => ({
      before: (request) =>
        isAuthorize(request) && request.query.get('client_id')?.startsWith('unknown-')
          ? sendTo(`${request.query.get('redirect_uri')}?error=unauthorized_client`)
          : undefined,
    }),
  },
  {
    what: 'a redirect URI that is not registered is used for errors',
    check: 'authorization.unregistered_redirect',
    plant: ({ given }) => ({
      before: ({ query, ...request }) =>
        isAuthorize({ query, ...request }) &&
        query.get('client_id') === given.client?.id &&
        query.get('redirect_uri')?.startsWith('https://attacker.example')
          ? sendTo(`${query.get('redirect_uri')}?error=invalid_request`)
          : undefined,
    }),
  },
  {
    what: 'redirect URIs are compared by how they begin',
    check: 'authorization.exact_redirect',
    plant: () => ({
      before(request) {
        const uri = request.query.get('redirect_uri') ?? ''
        if (!isAuthorize(request) || uri === usualRedirectUri || !uri.startsWith(usualRedirectUri)) return undefined
        return sendTo(`${uri}${uri.includes('?') ? '&' : '?'}error=login_required`)
      },
    }),
  },
  {
    what: 'errors do not say which server they come from',
    check: 'authorization.error_issuer',
    plant: () => redirected(withError, (back) => back.delete('iss')),
  },
  {
    what: 'codes do not say which server they come from',
    check: 'code_flow.issuer',
    plant: () => redirected(withCode, (back) => back.delete('iss')),
  },
  {
    what: 'errors lose the state',
    check: 'authorization.error_state',
    plant: () => redirected(withError, (back) => back.delete('state')),
  },
  {
    what: 'a state is cut at its first ampersand',
    check: 'code_flow.state',
    plant: () => redirected(withCode, (back) => back.set('state', back.get('state')?.split(' &')[0] ?? '')),
  },
  {
    what: 'prompt=none shows the sign-in page',
    check: 'authorization.prompt_none',
    plant: () => ({
      before(request) {
        if (request.query.get('prompt') === 'none' && request.headers.cookie === undefined)
          request.query.delete('prompt')
        return undefined
      },
    }),
  },
  {
    what: 'the sign-in page can be framed',
    check: 'authorization.not_framed',
    plant: () => ({
      after: (_request, { headers }) => {
        delete headers['x-frame-options']
        headers['content-security-policy'] = "default-src 'self'"
      },
    }),
  },
  {
    what: 'a redirect after the consent repeats the form',
    check: 'code_flow.no_redirect_with_body',
    plant: () => ({
      after: ({ method }, answer) => {
        if (method === 'POST' && String(answer.headers.location).startsWith(usualRedirectUri)) answer.status = 307
      },
    }),
  },
  {
    what: 'a 401 of the token endpoint names no way to prove oneself',
    check: 'token.challenge',
    plant: () => ({
      after: (request, { headers }) => {
        if (isToken(request)) delete headers['www-authenticate']
      },
    }),
  },
  {
    what: 'errors of the token endpoint come as HTML',
    check: 'token.error_is_json',
    plant: () => ({
      after: (request, answer) => {
        if (isToken(request) && answer.status >= 400) answer.headers['content-type'] = 'text/html'
      },
    }),
  },
  {
    what: 'a parameter that stands there twice is read once',
    check: 'token.repeated_parameter',
    plant: () => ({
      before(request) {
        if (isToken(request) && request.form !== undefined)
          request.form = new URLSearchParams([...new Map(request.form)])
        return undefined
      },
    }),
  },
  {
    what: 'a secret in the address is good enough',
    check: 'token.secret_in_query',
    plant: () => ({
      before(request) {
        const [id, secret] = [request.query.get('client_id'), request.query.get('client_secret')]
        if (!isToken(request) || id === null || secret === null) return undefined
        request.headers.authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
        request.query.delete('client_id')
        request.query.delete('client_secret')
        return undefined
      },
    }),
  },
  {
    what: 'tokens may be kept by caches',
    check: 'code_flow.no_store',
    plant: () => ({
      after: (request, { headers, status }) => {
        if (isToken(request) && codeGrant(request) && status === 200) headers['cache-control'] = 'private'
      },
    }),
  },
  {
    what: 'a code works twice',
    check: 'code_flow.code_once',
    plant: () => {
      const answers = new Map<string, string>()
      return {
        after(request, answer) {
          const code = request.form?.get('code') ?? ''
          if (!isToken(request) || !codeGrant(request)) return
          const before = answers.get(code)
          if (answer.status === 200) answers.set(code, answer.body)
          else if (before !== undefined) Object.assign(answer, json(200, JSON.parse(before) as object))
        },
      }
    },
  },
  {
    what: 'any verifier fits',
    check: 'code_flow.wrong_verifier',
    plant: () => withoutPkce((sent, challenge) => sent !== null && challenge !== ''),
  },
  {
    what: 'a verifier may be left out',
    check: 'code_flow.no_verifier',
    plant: () => withoutPkce((sent) => sent === null),
  },
  {
    what: 'PKCE by plain is taken',
    check: 'code_flow.plain',
    plant: () => ({
      before(request) {
        if (!isAuthorize(request) || request.query.get('code_challenge_method') !== 'plain') return undefined
        const digest = createHash('sha256')
          .update(request.query.get('code_challenge') ?? '')
          .digest('base64url')
        request.query.set('code_challenge_method', 'S256')
        request.query.set('code_challenge', digest)
        return undefined
      },
    }),
  },
  {
    what: 'a code is bound to no redirect URI',
    check: 'code_flow.redirect_uri',
    plant: () => ({
      before(request) {
        if (isToken(request) && codeGrant(request)) request.form?.set('redirect_uri', usualRedirectUri)
        return undefined
      },
    }),
  },
  {
    what: 'a code is bound to no client',
    check: 'code_flow.other_client',
    plant: ({ given }) => ({
      before(request) {
        if (!isToken(request) || !codeGrant(request)) return undefined
        const basic = (id = '', secret = '') => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
        if (request.headers.authorization === basic(given.otherClient?.id, given.otherClient?.secret)) {
          request.headers.authorization = basic(given.client?.id, given.client?.secret)
        }
        return undefined
      },
    }),
  },
  {
    what: 'the signature of the ID token is of nobody',
    check: 'id_token.signature',
    plant: () => signedAnew(() => undefined, true),
  },
  {
    what: 'the ID token lacks the nonce',
    check: 'id_token.nonce',
    plant: () => signedAnew((claims) => void delete claims.nonce),
  },
  {
    what: 'the ID token is of yesterday',
    check: 'id_token.times',
    plant: () =>
      signedAnew((claims) => {
        claims.iat = Number(claims.iat) - 86_400
      }),
  },
  {
    what: 'the ID token is bound to another access token',
    check: 'id_token.at_hash',
    plant: () =>
      signedAnew((claims) => {
        claims.at_hash = 'AAAAAAAAAAAAAAAAAAAAAA'
      }),
  },
  {
    what: 'max_age is passed over',
    check: 'id_token.auth_time',
    plant: () => signedAnew((claims) => void delete claims.auth_time),
  },
  {
    what: 'UserInfo does not say which way to prove oneself',
    check: 'userinfo.no_token',
    plant: () => ({
      after: (request, { headers }) => {
        if (isUserinfo(request) && request.headers.authorization === undefined) delete headers['www-authenticate']
      },
    }),
  },
  {
    what: 'UserInfo tells of somebody else',
    check: 'userinfo.same_subject',
    plant: () =>
      spoil(isUserinfo, (said) => {
        if (said.sub !== undefined) said.sub = 'somebody-else'
      }),
  },
  {
    what: 'a revoked access token still works',
    check: 'userinfo.revoked',
    plant: () => ({
      before: ({ path, form }) =>
        path === '/oauth/revoke' &&
        form?.get('token_type_hint') === 'access_token' &&
        form.get('token')?.startsWith('at')
          ? json(200, {})
          : undefined,
    }),
  },
  {
    what: 'a refresh token works again and again',
    check: 'refresh.reuse',
    plant: () => {
      const answers = new Map<string, string>()
      return {
        after(request, answer) {
          const token = request.form?.get('refresh_token') ?? ''
          if (!isToken(request) || token === '') return
          const before = answers.get(token)
          if (answer.status === 200) answers.set(token, answer.body)
          else if (before !== undefined) Object.assign(answer, json(200, JSON.parse(before) as object))
        },
      }
    },
  },
  {
    what: 'anybody may revoke',
    check: 'revocation.unknown_client',
    plant: () => ({
      after: ({ path }, answer) => {
        if (path === '/oauth/revoke' && answer.status === 401) Object.assign(answer, json(200, {}))
      },
    }),
  },
  {
    what: 'a token that is not there cannot be revoked',
    check: 'revocation.unknown_token',
    plant: () => ({
      after: ({ path, form }, answer) => {
        const unknown = form?.size === 1 && !/^(?:at|rt)/.test(form.get('token') ?? 'at')
        if (path === '/oauth/revoke' && unknown && answer.status === 200)
          Object.assign(answer, json(400, { error: 'invalid_request' }))
      },
    }),
  },
  {
    what: 'anybody may ask what a token is worth',
    check: 'introspection.anonymous',
    plant: () => ({
      before: ({ path, headers }) =>
        path === '/oauth/introspect' && headers.authorization === undefined ? json(200, { active: false }) : undefined,
    }),
  },
  {
    what: 'introspection says why a token is not active',
    check: 'introspection.tells_nothing',
    plant: () =>
      spoil(at('/oauth/introspect'), (said) => {
        if (said.active === false) said.reason = 'unknown'
      }),
  },
  {
    what: 'a request_uri can be pushed',
    check: 'pushed.request_uri',
    plant: () => ({
      before(request) {
        if (request.path === '/oauth/par') request.form?.delete('request_uri')
        return undefined
      },
    }),
  },
  {
    what: 'a bound token is taken as Bearer',
    check: 'dpop.as_bearer',
    plant: () => {
      const bound = new Set<string>()
      return {
        after(request, answer) {
          if (isToken(request) && answer.status === 200) {
            const said = JSON.parse(answer.body) as { token_type?: string; access_token?: string }
            if (said.token_type === 'DPoP') bound.add(said.access_token ?? '')
          }
          const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1]
          if (isUserinfo(request) && token !== undefined && bound.has(token))
            Object.assign(answer, json(200, { sub: 'a' }))
        },
      }
    },
  },
  {
    what: 'a proof for any method is taken',
    check: 'dpop.method',
    plant: () => ({
      before(request) {
        const payload = request.headers.dpop?.split('.')[1]
        if (!isToken(request) || payload === undefined) return undefined
        const { htm } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { htm?: string }
        return htm === 'GET' ? json(200, { access_token: 'forged', token_type: 'DPoP' }) : undefined
      },
    }),
  },
  {
    what: 'a device is not told how long its code lives',
    check: 'device.answers',
    plant: () => spoil(at('/oauth/device_authorization'), (said) => void delete said.expires_in),
  },
  {
    what: 'a registration does not say when the secret ends',
    check: 'registration.secret_end',
    plant: () => spoil(at('/oauth/register'), (said) => void delete said.client_secret_expires_at),
  },
  {
    what: 'signing out leads anywhere',
    check: 'logout.open_redirect',
    plant: () => ({
      before: ({ path, query }) => {
        const uri = query.get('post_logout_redirect_uri')
        const bare = path === '/oauth/logout' && uri !== null && !query.has('client_id') && !query.has('id_token_hint')
        return bare ? sendTo(uri) : undefined
      },
    }),
  },
  {
    what: 'signing out leaves the session',
    check: 'logout.ends_the_session',
    plant: () => {
      let cookie: string | undefined
      return {
        before(request) {
          if (request.query.get('prompt') === 'none' && request.headers.cookie !== undefined)
            request.headers.cookie = cookie ?? request.headers.cookie
          if (isAuthorize(request) && request.query.get('prompt') === 'consent')
            cookie = request.headers.cookie ?? cookie
          return undefined
        },
      }
    },
  },
  {
    what: 'the sign-in page loads a font of somebody else',
    check: 'authorization.third_parties',
    plant: () => ({
      after: (_request, answer) => {
        answer.body = answer.body.replace(
          '</head>',
          '<link rel="stylesheet" href="https://fonts.example/a.css"></head>',
        )
      },
    }),
  },
]
