/** The API's reference: an OpenAPI 3.1 document made from the routes' own schemas, and a page that shows it. */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { builtInScopes } from '../protocol/scope.ts'
import type { ApiOptions } from './caller.ts'

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

/** Collects the schemas of the routes that are registered on `app` after it. */
export async function collectReference(app: FastifyInstance, { issuer }: Pick<ApiOptions, 'issuer'>): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Measurements API',
        version: '3',
        description:
          'Read and record what a person has allowed your app to. Every request carries an access token, as ' +
          '`Authorization: Bearer …`. The paths work under `/api` and `/api/v1` to `/api/v6` alike.',
      },
      servers: [{ url: issuer }],
      tags: [
        { name: 'user', description: 'The person behind the token' },
        { name: 'measurements', description: 'What the person has recorded' },
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
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: plainIntegers }),
    transformObject: (document) => withoutUnused(transformObject(document)),
  })
}

/** The limits of exact integers in JavaScript are no news to a reader. */
const plainIntegers = {
  override({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }) {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  },
}

const transformObject = createJsonSchemaTransformObject({ zodToJsonConfig: plainIntegers })

type Described = ReturnType<typeof transformObject>

/** Every named schema comes once for requests and once for answers; what nothing refers to is left out. */
function withoutUnused(document: Described): Described {
  const schemas = 'components' in document ? document.components?.schemas : undefined
  if (schemas === undefined) return document
  const text = JSON.stringify(document)
  for (const name of Object.keys(schemas)) {
    if (!text.includes(`"#/components/schemas/${name}"`)) delete schemas[name]
  }
  return document
}

/** Serves the document and its page. The page's own server is made by its first visitor, not at the start. */
export function registerReference(app: FastifyInstance): void {
  let viewer: Promise<FastifyInstance> | undefined

  app.get(`${referencePath}/json`, { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'no-cache')
    return app.swagger()
  })

  for (const url of [referencePath, `${referencePath}/*`]) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      viewer ??= createViewer(app)
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

/** Swagger UI in an instance of its own: loading it costs as much as the rest of the API together. */
async function createViewer(app: FastifyInstance): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  const viewer = Fastify({ logger: false })
  await viewer.register(swagger, { mode: 'static', specification: { document: app.swagger() as never } })
  await viewer.register(swaggerUi, {
    routePrefix: referencePath,
    theme: { title: 'API reference' },
    // Without the top bar, whose box loads any document from anywhere and whose logo brings an inline style.
    uiConfig: { layout: 'BaseLayout', docExpansion: 'list' },
    initOAuth: { usePkceWithAuthorizationCodeGrant: true, scopes: 'basic readmeasurements' },
  })
  await viewer.ready()
  return viewer
}

function pick(headers: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}
