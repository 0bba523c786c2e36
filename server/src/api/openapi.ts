/** The API's reference: an OpenAPI 3.1 document made from the routes' own schemas, and a page that shows it. */
import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from '@fastify/swagger'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { sizeText } from '../http/body_limit.ts'
import { builtInScopes } from '../protocol/scope.ts'
import type { ApiOptions } from './caller.ts'
import { mostMeasurements } from './measurement_body.ts'

export const referencePath = '/docs/api'

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

type Described = Pick<RouteOptions, 'method' | 'url' | 'schema'>

/**
 * Serves the reference of the routes that are registered on `app` after it. It has a server of its own, which is made
 * for the first visitor: loading what it takes would cost the start as much as the rest of the API.
 */
export function registerReference(app: FastifyInstance, options: Pick<ApiOptions, 'issuer' | 'bodyLimit'>): void {
  const routes: Described[] = []
  let viewer: Promise<FastifyInstance> | undefined

  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema !== undefined && !schema.hide && method !== 'HEAD') routes.push({ method, url, schema })
  })

  for (const url of [referencePath, `${referencePath}/*`]) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      viewer ??= createViewer(options, routes).catch((error) => {
        viewer = undefined
        throw error
      })
      const page = await (await viewer).inject({
        method: 'GET',
        url: request.url,
        headers: pick(request.headers, ['if-none-match', 'if-modified-since']),
      })
      reply.headers(pick(page.headers, ['content-type', 'cache-control', 'etag', 'last-modified', 'location']))
      reply.header('content-security-policy', contentSecurityPolicy)
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'same-origin')
      return reply.code(page.statusCode).send(page.rawPayload)
    })
  }

  app.addHook('onClose', async () => {
    await (await viewer)?.close()
  })
}

/** A server that has the routes only to describe them; nothing ever calls them there. */
async function createViewer(
  { issuer, bodyLimit }: Pick<ApiOptions, 'issuer' | 'bodyLimit'>,
  routes: readonly Described[],
): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }, zod] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
    import('fastify-type-provider-zod'),
  ])
  const viewer = Fastify({ logger: false, exposeHeadRoutes: false })
  viewer.setValidatorCompiler(() => () => true)
  viewer.setSerializerCompiler(() => (data) => JSON.stringify(data))
  const transformObject = zod.createJsonSchemaTransformObject({ zodToJsonConfig: plainIntegers })
  await viewer.register(swagger, {
    openapi: description(issuer, bodyLimit),
    transform: zod.createJsonSchemaTransform({ zodToJsonConfig: plainIntegers }),
    transformObject: (document) => withoutUnused(transformObject(document)),
  })
  await viewer.register(swaggerUi, {
    routePrefix: referencePath,
    theme: { title: 'API reference' },
    // Without the top bar, whose box loads any document from anywhere and whose logo brings an inline style.
    uiConfig: { layout: 'BaseLayout', docExpansion: 'list' },
    initOAuth: { usePkceWithAuthorizationCodeGrant: true, scopes: 'basic readmeasurements' },
  })
  for (const route of routes) viewer.route({ ...route, handler: async () => undefined })
  await viewer.ready()
  return viewer
}

/** What the document says beside the routes. */
function description(issuer: string, bodyLimit: number) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Measurements API',
      version: '3',
      description:
        'Read and record what a person has allowed your app to. A request carries an access token, as ' +
        '`Authorization: Bearer …`, unless its description says that it needs none. The paths work under `/api` and ' +
        `\`/api/v1\` to \`/api/v6\` alike. A request body has at most ${sizeText(bodyLimit)}; a larger one is answered ` +
        `with 413. At most ${mostMeasurements} measurements are taken at once.`,
    },
    servers: [{ url: issuer }],
    tags: [
      { name: 'user', description: 'The person behind the token' },
      { name: 'measurements', description: 'What the person has recorded' },
      { name: 'variables', description: 'What can be recorded' },
      { name: 'catalogue', description: 'Units and categories, for everybody' },
      { name: 'apps', description: 'Apps, and what people let them do' },
    ],
    components: {
      securitySchemes: {
        oauth2: {
          type: 'oauth2',
          description: 'The authorization code grant with PKCE.',
          flows: {
            authorizationCode: {
              authorizationUrl: `${issuer}/oauth/authorize`,
              tokenUrl: `${issuer}/oauth/token`,
              refreshUrl: `${issuer}/oauth/token`,
              scopes: Object.fromEntries(builtInScopes.map(({ name, sentence }) => [name, sentence])),
            },
          },
        },
      },
    },
  } satisfies FastifyDynamicSwaggerOptions['openapi']
}

/** The limits of exact integers in JavaScript are no news to a reader. */
const plainIntegers = {
  override({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }) {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  },
}

type Document = ReturnType<SwaggerTransformObject>

/** Every named schema comes once for requests and once for answers; what nothing refers to is left out. */
function withoutUnused(document: Document): Document {
  const schemas = 'components' in document ? document.components?.schemas : undefined
  if (schemas === undefined) return document
  for (;;) {
    const text = JSON.stringify(document)
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`))
    if (unused.length === 0) return document
    // What only these referred to is unused in its turn.
    for (const name of unused) delete schemas[name]
  }
}

function pick(headers: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}
