/**
 * GET /oauth/forward-auth/PROXY: a proxy in front of an API of the operator asks for each request whether to let it through
 * (nginx auth_request, Caddy forward_auth, Traefik ForwardAuth). The API is the one with that proxy name; in the query
 * stands what is needed: scopes in `scope`, and the sign-in in `acr_values` and `max_age` (RFC 9470). All of it stands in the configuration of the proxy, where no client reaches them.
 *
 * The answer is 200, 401 or 403, which is all that these proxies pass on, and always has every identity header: the instance
 * of `http/` begins every answer below this path with empty ones. Only the Authorization header is read: no cookie, no
 * query, no body; and nobody is sent anywhere.
 */
import type { FastifyRequest } from 'fastify'
import { type Admitted, admit, type Gate } from '../../engine/access_tokens/forward_auth.ts'
import { bearerError, challenge, findHeaderToken, proofFor } from '../../http/bearer_token.ts'
import { queryForm } from '../../http/caller.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { resourceMetadata } from '../../http/resource_metadata.ts'
import { minute, seconds } from '../../lib/clock.ts'
import type { Form } from '../../lib/form.ts'
import { capabilities, has } from '../../protocol/capabilities.ts'
import { forwardAuthPath, type nobodyThere } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { formatScope, parseScope } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { RegisteredResource } from '../../runtime/kept/known_resources.ts'
import { proxyTrust } from '../../runtime/limits/network.ts'
import { failure } from './envelope.ts'

interface State {
  resource: RegisteredResource | undefined
  needed: readonly string[]
}

/** What the API is told of a request that is let through. */
function identity({ token, user, scope }: Admitted): Record<keyof typeof nobodyThere, string> {
  return {
    'consentry-client': token.grant.clientId,
    'consentry-user': user ?? '',
    'consentry-scope': formatScope(scope),
    'consentry-token': token.jti,
    'consentry-expires': String(seconds(token.expiresAt)),
  }
}

export function forwardAuthEndpoint(context: Context): Endpoint<State> {
  const isProxy = proxyTrust(context.settings.trustProxy)
  const warn = sparingly()
  return {
    paths: [forwardAuthPath, `${forwardAuthPath}/:proxy`],
    methods: ['GET', 'HEAD'],
    // What was let through is reported by the API with the status that it answered.
    logged: { ruleset: 'forward_auth', refusedOnly: true },
    about: forwarded,
    begin: () => ({ resource: undefined, needed: [] }),
    async answer({ context, request, state, trace }) {
      const { remoteAddress: address = '' } = request.raw.socket
      if (!isProxy(address)) {
        if (warn(context.clock.now())) context.log.warn({ address }, strangerText)
        return failure(403, 'access_denied', strangerText)
      }
      const resource = await findByProxy(context, request)
      if (resource === undefined) return failure(404, 'not_found', 'No API is registered with this proxy name.')
      const needs = readNeeds(queryForm(request))
      if (typeof needs === 'string') return failure(404, 'not_found', needs)
      if (authorizationHeaders(request) > 1) {
        return failure(400, 'invalid_request', 'There is more than one Authorization header.')
      }
      state.resource = resource
      state.needed = needs.needed
      const admitted = await admit(
        context,
        { resource, ...needs },
        findHeaderToken(request, proofFor(request, target(request))),
        trace,
      )
      return { status: 200, headers: { 'cache-control': 'no-store', ...identity(admitted) }, body: '' }
    },
    refuse(refusal, { context, request, state }) {
      const { resource } = state
      if (resource === undefined) return undefined
      const { error, status } = bearerError(refusal)
      if (refusal.error === 'temporarily_unavailable') return failure(status, error, refusal.text)
      const known = status === 403 ? 403 : 401
      const asked = withScope(refusal, state.needed)
      const metadata = resourceMetadata(context.settings, resource.uri)
      return failure(known, error, refusal.text, { 'www-authenticate': challenge(error, asked, metadata, request) })
    },
  }
}

const strangerText = 'Forward auth answers proxies alone: name the address of this one in CONSENTRY_TRUST_PROXY.'

const needNames = ['scope', 'acr_values', 'max_age'] as const
/** A token in the address counts for nothing, and is no slip of the operator's. */
const parameters: ReadonlySet<string> = new Set([...needNames, 'access_token'])

/** What a request needs by the address that the proxy asks, or what is wrong with that; what is empty is not said. */
function readNeeds(query: Form): Pick<Gate, 'needed' | 'signIn'> | string {
  // What is misspelled or said twice must not open more than the operator meant.
  if (needNames.some((name) => query.all(name).length > 1) || query.names.some((name) => !parameters.has(name))) {
    return `The address takes the parameters ${new Intl.ListFormat('en-GB').format(needNames)}, each once.`
  }
  const [scope, acr, maxAge] = needNames.map((name) => query.get(name) ?? '')
  const needed = parseScope(scope ?? '')
  if (needed === undefined) return 'The scope in the address is malformed.'
  const acrValues = acr === '' ? undefined : acr?.split(' ')
  if (acrValues?.every((value) => has('acrValues', value)) === false) {
    return `The acr_values in the address have to be of ${capabilities.acrValues.join(', ')}.`
  }
  if (maxAge !== '' && !/^[0-9]{1,9}$/.test(maxAge ?? '')) return 'The max_age in the address has to be whole seconds.'
  return { needed, signIn: { acrValues, maxAge: maxAge === '' ? undefined : Number(maxAge) } }
}

/** How many there are: of several, Node tells the first alone. */
function authorizationHeaders({ raw }: FastifyRequest): number {
  return raw.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization').length
}

async function findByProxy(context: Context, request: FastifyRequest): Promise<RegisteredResource | undefined> {
  const { proxy } = request.params as { readonly proxy?: string }
  return proxy === undefined ? undefined : (await context.resources.list()).find((one) => one.proxy === proxy)
}

/** Whoever has no token, or none that will do, is told what to ask for. */
function withScope(refusal: Refusal, needed: readonly string[]): Refusal {
  if (needed.length === 0 || refusal.detail.scope !== undefined) return refusal
  return new Refusal(refusal.reason, { ...refusal.detail, scope: formatScope(needed) })
}

/** The request to the API, as the proxy says that it was: that is what the app's developers look for in the log. */
function forwarded({ headers }: FastifyRequest) {
  const { 'x-forwarded-method': method, 'x-forwarded-uri': uri } = headers
  const at = typeof uri === 'string' ? (uri.split('?', 1)[0] ?? '').slice(0, 200) : ''
  const by = typeof method === 'string' && /^[A-Z]{1,20}$/.test(method) ? method : 'GET'
  return { path: at === '' ? forwardAuthPath : at, method: by }
}

/** What a proof has to be made for: the request to the API, where the proxy says method, scheme, host and path of it. */
function target({ headers }: FastifyRequest): { readonly method: string; readonly uri: string | undefined } {
  const said = ['method', 'proto', 'host', 'uri'].map((name) => headers[`x-forwarded-${name}`])
  const [method, proto, host, uri] = said.map((value) => (typeof value === 'string' ? value : ''))
  const known = /^[A-Z]+$/.test(method ?? '') && /^https?:\/\/[\w.:[\]-]+\/$/.test(`${proto}://${host}/`)
  if (!known || uri?.startsWith('/') !== true) return { method: '', uri: undefined }
  return { method: method ?? '', uri: `${proto}://${host}${uri.split('?', 1)[0]}` }
}

/** Answers whether a minute has passed since it last did: a stranger must not fill the log. */
function sparingly(): (now: number) => boolean {
  let last = Number.NEGATIVE_INFINITY
  return (now) => {
    if (now - last < minute) return false
    last = now
    return true
  }
}
