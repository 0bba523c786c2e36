/**
 * /docs/api: the API's reference as a page in the frame of all others, in which people can also try the API.
 * Not here: descriptions of resources; they are taken from the schemas of the routes. Neighbours: `pages/docs` draws the
 * frame; `openapi.ts` makes the document. To add: to the page, `script.ts` and `style.ts`; to the document, the schema
 * of a route.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { setPageHeaders } from '../../http/browser/page_headers.ts'
import { isHeld } from '../../http/connection/held.ts'
import { sha256 } from '../../lib/hash.ts'
import { referenceClient } from '../../runtime/kept/builtin_clients.ts'
import type { ApiOptions } from '../caller.ts'
import { type ApiSettings, type DescribedRoute, describeApi } from './openapi.ts'
import { referenceScript } from './script.ts'
import { referenceStyle } from './style.ts'

const referencePath = '/docs/api'

/** Everything from here, nothing inline; the shapes of the page's icons are data URLs in its style sheet. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface File {
  readonly type: string
  readonly bytes: Buffer
  readonly hash: string
}

const styles = ['swagger-ui.css', 'reference.css']
const scripts = ['swagger-ui-bundle.js', 'reference.js']

/** Serves the reference of the routes that are registered on `app` after it. It is put together for the first visitor. */
export function registerReference(
  app: FastifyInstance,
  { context, referencePage }: Pick<ApiOptions, 'context' | 'referencePage'>,
): void {
  const routes: DescribedRoute[] = []
  let loading: Promise<ReadonlyMap<string, File>> | undefined

  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema !== undefined && !schema.hide && method !== 'HEAD') routes.push({ method, url, schema })
  })

  function files(): Promise<ReadonlyMap<string, File>> {
    loading ??= loadFiles(context.settings, routes).catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }

  for (const url of [referencePath, `${referencePath}/`]) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const loaded = await files()
      const at = (name: string) => `${referencePath}/static/${name}?v=${loaded.get(`static/${name}`)?.hash}`
      const html = await referencePage(request, {
        documentHref: `${referencePath}/json`,
        styles: styles.map(at),
        scripts: scripts.map(at),
      })
      return setPageHeaders(reply).header('content-security-policy', contentSecurityPolicy).send(html)
    })
  }

  app.get<{ Params: { '*': string } }>(`${referencePath}/*`, { schema: { hide: true } }, async (request, reply) => {
    const file = (await files()).get(request.params['*'])
    return file === undefined ? reply.callNotFound() : sendFile(request, reply, file)
  })
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: File): FastifyReply {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  reply
    .type(file.type)
    .header('content-security-policy', contentSecurityPolicy)
    .header('x-content-type-options', 'nosniff')
  if (pathname === referenceClient.redirectPath) {
    // A code is in its address.
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').send(file.bytes)
  }
  const lasting = searchParams.get('v') === file.hash
  reply
    .header('referrer-policy', 'same-origin')
    .header('etag', `"${file.hash}"`)
    .header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
  return isHeld(request, `"${file.hash}"`) ? reply.code(304).send() : reply.send(file.bytes)
}

/** All that the page needs, by its path below the reference's. */
async function loadFiles(settings: ApiSettings, routes: readonly DescribedRoute[]): Promise<ReadonlyMap<string, File>> {
  const viewer = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static')
  const script = 'application/javascript; charset=utf-8'
  const style = 'text/css; charset=utf-8'
  const [{ json, yaml }, ...read] = await Promise.all([
    describeApi(settings, routes),
    readFile(join(viewer, 'swagger-ui.css')),
    readFile(join(viewer, 'swagger-ui-bundle.js')),
    readFile(join(viewer, 'oauth2-redirect.html')),
    readFile(join(viewer, 'oauth2-redirect.js')),
  ])
  const [viewerStyle, viewerScript, returnPage, returnScript] = read
  const found: readonly (readonly [string, string, Buffer | string])[] = [
    ['json', 'application/json; charset=utf-8', json],
    ['yaml', 'application/x-yaml', yaml],
    ['static/swagger-ui.css', style, viewerStyle],
    ['static/swagger-ui-bundle.js', script, viewerScript],
    ['static/oauth2-redirect.html', 'text/html; charset=utf-8', returnPage],
    ['static/oauth2-redirect.js', script, returnScript],
    ['static/reference.css', style, referenceStyle],
    ['static/reference.js', script, referenceScript],
  ]
  return new Map(
    found.map(([path, type, content]) => {
      const bytes = Buffer.from(content)
      return [path, { type, bytes, hash: sha256(bytes).toString('hex').slice(0, 16) }]
    }),
  )
}
