/** What a server says of itself (RFC 8414, OpenID Connect Discovery 1.0). */
import type { Check } from '../check.ts'
import { type Answer, isJson } from '../http.ts'
import { isLoopback, type Metadata } from '../metadata.ts'
import type { Probe } from '../probe.ts'
import { must } from '../verdict.ts'

/** Members that are addresses. */
const addresses = /_endpoint$|^jwks_uri$/

/** Members that are lists of texts. */
const lists = /_supported$/
/** Those of them that are yes or no. */
const switches =
  /^(?:claims_parameter|request_parameter|request_uri_parameter|authorization_response_iss_parameter|(?:front|back)channel_logout(?:_session)?)_supported$|^require_/

const documents = ({ metadata }: Probe) =>
  [metadata.openid, metadata.oauth].filter(({ status, json }) => status === 200 && json !== undefined)

const isOpenid = ({ openid }: Metadata) => openid.status === 200
const hasOauth = ({ oauth }: Metadata) => oauth.status === 200

/** Endpoints whose ways of authentication have a list of algorithms beside them. */
const authenticated = ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint']

function mustBeJson(answer: Answer): void {
  must(answer.json !== undefined, 'The body is no JSON object.', answer)
  must(isJson(answer), `Its Content-Type is ${answer.headers.get('content-type') ?? 'missing'}.`, answer)
}

export const discovery: readonly Check[] = [
  {
    id: 'discovery.openid_document',
    title: 'The document of OpenID Connect is JSON',
    of: 'OIDC Discovery §4.2',
    level: 'MUST',
    sends: 'GET /.well-known/openid-configuration',
    expects: '200 with application/json',
    offered: isOpenid,
    async run({ metadata: { openid } }) {
      mustBeJson(openid)
    },
  },
  {
    id: 'discovery.oauth_document',
    title: 'The document of OAuth is JSON',
    of: 'RFC 8414 §3.2',
    level: 'MUST',
    sends: 'GET /.well-known/oauth-authorization-server',
    expects: '200 with application/json',
    offered: hasOauth,
    async run({ metadata: { oauth } }) {
      mustBeJson(oauth)
    },
  },
  {
    id: 'discovery.issuer',
    title: 'The issuer is the one that was asked, character by character',
    of: 'RFC 8414 §3.3',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: 'issuer as in the address',
    async run(probe) {
      for (const document of documents(probe)) {
        const issuer = document.json?.issuer
        must(issuer === probe.given.issuer, `issuer is ${JSON.stringify(issuer)}.`, document)
      }
    },
  },
  {
    id: 'discovery.issuer_form',
    title: 'The issuer is an https address without query and fragment',
    of: 'RFC 8414 §2',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: 'https, or http of this machine alone',
    async run({ metadata, given: { issuer } }) {
      const { protocol, search, hash } = new URL(issuer)
      const safe = protocol === 'https:' || isLoopback(issuer)
      must(safe && search === '' && hash === '', `The issuer is ${issuer}.`, metadata.openid)
    },
  },
  {
    id: 'discovery.addresses',
    title: 'Every address that is announced is https',
    of: 'RFC 8414 §2',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: 'endpoints and jwks_uri with https, or http of this machine alone',
    async run(probe) {
      for (const document of documents(probe)) {
        for (const [name, value] of Object.entries(document.json ?? {}).filter(([one]) => addresses.test(one))) {
          const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
          const safe = url !== undefined && (url.protocol === 'https:' || isLoopback(url.href))
          must(safe, `${name} is ${JSON.stringify(value)}.`, document)
        }
      }
    },
  },
  {
    id: 'discovery.required_members',
    title: 'What OpenID Connect requires of the document is there',
    of: 'OIDC Discovery §3',
    level: 'MUST',
    sends: 'GET /.well-known/openid-configuration',
    expects: 'the six members that are REQUIRED',
    offered: isOpenid,
    async run({ metadata: { openid } }) {
      const wanted = [
        'issuer',
        'authorization_endpoint',
        'jwks_uri',
        'response_types_supported',
        'subject_types_supported',
        'id_token_signing_alg_values_supported',
      ]
      const gone = wanted.filter((name) => openid.json?.[name] === undefined)
      must(gone.length === 0, `There is no ${gone.join(', no ')}.`, openid)
    },
  },
  {
    id: 'discovery.required_oauth_members',
    title: 'What OAuth requires of the document is there',
    of: 'RFC 8414 §2',
    level: 'MUST',
    sends: 'GET /.well-known/oauth-authorization-server',
    expects: 'issuer and response_types_supported, and the endpoints of the grants that are announced',
    offered: hasOauth,
    async run({ metadata: { oauth } }) {
      const grants = oauth.json?.grant_types_supported ?? ['authorization_code', 'implicit']
      const has = (...names: string[]) => Array.isArray(grants) && grants.some((grant) => names.includes(grant))
      const wanted = ['issuer', 'response_types_supported']
      if (has('authorization_code', 'implicit')) wanted.push('authorization_endpoint')
      if (!Array.isArray(grants) || grants.some((grant) => grant !== 'implicit')) wanted.push('token_endpoint')
      const gone = wanted.filter((name) => oauth.json?.[name] === undefined)
      must(gone.length === 0, `There is no ${gone.join(', no ')}.`, oauth)
    },
  },
  {
    id: 'discovery.member_types',
    title: 'Lists are lists of texts, and switches are true or false',
    of: 'RFC 8414 §2',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: 'each member of the type that the specification gives it',
    async run(probe) {
      for (const document of documents(probe)) {
        for (const [name, value] of Object.entries(document.json ?? {})) {
          if (switches.test(name)) must(typeof value === 'boolean', `${name} is ${JSON.stringify(value)}.`, document)
          else if (lists.test(name)) {
            const fits = Array.isArray(value) && value.every((one) => typeof one === 'string')
            // Where one is an object or a yes, a specification that this list does not know has said so.
            must(fits || typeof value !== 'string', `${name} is ${JSON.stringify(value)}, which is no list.`, document)
          }
        }
      }
    },
  },
  {
    id: 'discovery.no_empty_members',
    title: 'A list without anything in it is left out',
    of: 'RFC 8414 §3.2',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: 'no member that is an empty list',
    async run(probe) {
      for (const document of documents(probe)) {
        const empty = Object.entries(document.json ?? {}).filter(
          ([, value]) => Array.isArray(value) && value.length === 0,
        )
        must(empty.length === 0, `Empty: ${empty.map(([name]) => name).join(', ')}.`, document)
      }
    },
  },
  {
    id: 'discovery.rs256',
    title: 'ID tokens can be had with RS256',
    of: 'OIDC Discovery §3',
    level: 'MUST',
    sends: 'GET /.well-known/openid-configuration',
    expects: 'RS256 in id_token_signing_alg_values_supported',
    offered: isOpenid,
    async run({ metadata }) {
      const list = metadata.list('id_token_signing_alg_values_supported')
      must(list.includes('RS256'), `The list is ${list.join(', ') || 'empty'}.`, metadata.openid)
    },
  },
  {
    id: 'discovery.assertion_algorithms',
    title: 'Algorithms of client assertions are named, and none is not among them',
    of: 'RFC 8414 §2',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: '…_auth_signing_alg_values_supported beside private_key_jwt and client_secret_jwt, without none',
    async run(probe) {
      for (const document of documents(probe)) {
        for (const endpoint of authenticated) {
          const of = (name: string) => document.json?.[`${endpoint}_${name}`]
          const [methods, algorithms] = [of('auth_methods_supported'), of('auth_signing_alg_values_supported')]
          const signs = Array.isArray(methods) && methods.some((one) => /^(?:private_key|client_secret)_jwt$/.test(one))
          must(!signs || Array.isArray(algorithms), `${endpoint} names no algorithms for ${methods}.`, document)
          const none = Array.isArray(algorithms) && algorithms.includes('none')
          must(!none, `${endpoint} takes client assertions that are not signed.`, document)
        }
      }
    },
  },
  {
    id: 'discovery.pkce',
    title: 'Clients can see that PKCE with S256 is supported',
    of: 'RFC 9700 §2.1.1',
    level: 'SHOULD',
    sends: 'GET of both documents',
    expects: 'S256 in code_challenge_methods_supported',
    offered: (metadata) => metadata.url('authorization_endpoint') !== undefined,
    async run(probe) {
      const list = probe.metadata.list('code_challenge_methods_supported')
      must(list.includes('S256'), `The list is ${list.join(', ') || 'missing'}.`, ...documents(probe))
    },
  },
  {
    id: 'discovery.dpop_algorithms',
    title: 'Proofs of possession are signed by keys that nobody shares',
    of: 'RFC 9449 §4.2',
    level: 'MUST',
    sends: 'GET of both documents',
    expects: 'neither none nor an HMAC in dpop_signing_alg_values_supported',
    offered: (metadata) => metadata.list('dpop_signing_alg_values_supported').length > 0,
    async run(probe) {
      const list = probe.metadata.list('dpop_signing_alg_values_supported')
      const wrong = list.filter((algorithm) => algorithm === 'none' || algorithm.startsWith('HS'))
      must(wrong.length === 0, `The list holds ${wrong.join(', ')}.`, ...documents(probe))
    },
  },
]
