/** The addresses of the QuantiModo protocol: every version and prefix under which its documents name it. */
import type { FastifyRequest } from 'fastify'

/**
 * What stands before `/oauth`. Hundreds of addresses would take a noticeable part of a start to register one by one, so
 * the versions of the API are one pattern; without `/api` they are spelled out, as another protocol begins with `/v1`.
 */
const bases = ['', '/v1', '/v2', '/v3', '/v4', '/v5', '/v6', '/api', '/api/:version(^v[1-6]$)'].flatMap((version) => [
  version,
  `${version}/bshaffer`,
])

/** These two are the standard dialect's. */
const standard = new Set(['/oauth/authorize', '/oauth/token'])

function routesOf(...names: readonly string[]): readonly string[] {
  const plain = ['/oauth', '/oauth2'].flatMap((oauth) => names.map((name) => `${oauth}/${name}`))
  return [
    ...plain.filter((path) => !standard.has(path)),
    ...bases.filter((base) => base !== '').flatMap((base) => names.map((name) => `${base}/:oauth(^oauth2?$)/${name}`)),
  ]
}

export const authorizeRoutes = routesOf('authorize')
export const tokenRoutes = routesOf('token', 'access_token', 'accesstoken')

/** The part of the protocol that a request came by, which the operator can retire alone: a version, or what has none. */
export function versionOfPath({ routeOptions: { url = '' }, params }: FastifyRequest): string {
  if (url.includes('/auth/social/')) return 'social'
  const written = /^(?:\/api)?\/(v[1-6])\//.exec(url)?.[1]
  if (written !== undefined) return written
  return (params as { readonly version?: string }).version ?? 'unversioned'
}
