/**
 * What a client can learn about an API before it has a token (RFC 9728): our own ones, and those of the operator. Their
 * documents are for proxies to pass on from where §3.1 puts them, and stand at an address of ours for the challenge (§5.1).
 */
import type { FastifyRequest } from 'fastify'
import { queryForm } from '../../http/caller.ts'
import { type Answer, json, pathOf } from '../../http/endpoint.ts'
import { wellKnownResource } from '../../http/resource_metadata.ts'
import { adminApi, adminApiPath } from '../../protocol/endpoints.ts'
import { adminScopes, resourceScopes } from '../../protocol/scope.ts'
import type { Context, EngineSettings } from '../../runtime/context.ts'
import { ownApi, type RegisteredResource } from '../../runtime/kept/known_resources.ts'
import { published } from './published.ts'

export const protectedResourcePaths = [wellKnownResource, `${wellKnownResource}/*`]

/**
 * The document of the API that the query names by `resource`, or else of the one whose own document this is by host and path.
 * What names none is about the data API, where there is one.
 */
export function protectedResource(context: Context): (request: FastifyRequest) => Promise<Answer> {
  return async (request) => {
    const { issuer, dataApi } = context.settings
    const named = queryForm(request).get('resource')
    const path = pathOf(request).slice(wellKnownResource.length)
    if (dataApi && (named === undefined ? path === '/api' : named === ownApi(issuer))) return own(context.settings)
    if (named === undefined ? path === adminApiPath : named === adminApi(issuer)) return admin(context.settings)
    const registered = await context.resources.list()
    const found = registered.find(({ uri }) => (named === undefined ? isAt(uri, request.host, path) : uri === named))
    if (found !== undefined) return published('application/json', documentOf(context.settings, found))
    return dataApi && named === undefined && path === '' ? own(context.settings) : nothingHere
  }
}

const nothingHere = json(404, { error: 'not_found', error_description: 'No API is registered for this address.' })

/** Whether this is the document of an API by its address (RFC 9728 §3.1). A slash at the end of a path does not count. */
function isAt(uri: string, host: string, path: string): boolean {
  if (!/^https?:/i.test(uri)) return false
  const url = new URL(uri)
  return url.host === host.toLowerCase() && url.pathname.replace(/\/$/, '') === path.replace(/\/$/, '')
}

function own({ issuer }: EngineSettings): Answer {
  return published('application/json', {
    resource: ownApi(issuer),
    authorization_servers: [issuer],
    scopes_supported: resourceScopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Measurements API',
    resource_documentation: `${issuer}/docs/api`,
  })
}

function admin({ issuer }: EngineSettings): Answer {
  return published('application/json', {
    resource: adminApi(issuer),
    authorization_servers: [issuer],
    scopes_supported: adminScopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Admin API',
    resource_documentation: `${issuer}${adminApiPath}/openapi.json`,
  })
}

function documentOf({ issuer }: EngineSettings, resource: RegisteredResource): object {
  const { uri, name, scopes, openapi, website, terms } = resource
  // What is for the operator's own apps is nothing to ask for.
  const offered = scopes?.filter((scope) => scope.for !== 'first_party')
  const documentation = openapi !== undefined && /^https?:/.test(openapi) ? openapi : website
  return {
    resource: uri,
    authorization_servers: [issuer],
    ...(offered === undefined ? {} : { scopes_supported: offered.map((scope) => scope.name) }),
    bearer_methods_supported: ['header'],
    ...(name === undefined ? {} : { resource_name: name }),
    ...(documentation === undefined ? {} : { resource_documentation: documentation }),
    ...(terms === undefined ? {} : { resource_tos_uri: terms }),
  }
}
