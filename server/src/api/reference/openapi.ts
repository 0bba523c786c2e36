/** The OpenAPI 3.1 document of the API, made from the routes' own schemas. */
import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from '@fastify/swagger'
import Fastify, { type RouteOptions } from 'fastify'
import { sizeText } from '../../http/bodies/body_limit.ts'
import { builtInScopes, resourceScopes } from '../../protocol/scope.ts'
import { en } from '../../words/en/index.ts'
import type { ApiOptions } from '../caller.ts'
import { mostMeasurements } from '../resources/measurement_body.ts'

export type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'schema'>
export type ApiSettings = ApiOptions['context']['settings']

/** The document as JSON and as YAML. It comes from a server that has the routes only to describe them. */
export async function describeApi(
  { issuer, apiBodyLimit }: ApiSettings,
  routes: readonly DescribedRoute[],
): Promise<{ readonly json: string; readonly yaml: string }> {
  const [{ default: swagger }, zod] = await Promise.all([
    import('@fastify/swagger'),
    import('fastify-type-provider-zod'),
  ])
  const describer = Fastify({ logger: false, exposeHeadRoutes: false })
  describer.setValidatorCompiler(() => () => true)
  describer.setSerializerCompiler(() => (data) => JSON.stringify(data))
  const transformObject = zod.createJsonSchemaTransformObject({ zodToJsonConfig: plainIntegers })
  await describer.register(swagger, {
    openapi: description(issuer, apiBodyLimit),
    transform: zod.createJsonSchemaTransform({ zodToJsonConfig: plainIntegers }),
    transformObject: (document) => withoutUnused(transformObject(document)),
  })
  for (const route of routes) describer.route({ ...route, handler: async () => undefined })
  await describer.ready()
  try {
    return { json: JSON.stringify(describer.swagger()), yaml: describer.swagger({ yaml: true }) }
  } finally {
    await describer.close()
  }
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
              scopes: Object.fromEntries(
                builtInScopes
                  .filter(({ name }) => resourceScopes.includes(name))
                  .map(({ name }) => [name, en.scopes.builtIn[name].sentence]),
              ),
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
