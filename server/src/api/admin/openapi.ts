/** The OpenAPI 3.1 document of the admin API, made from the table of operations. */
import { z } from 'zod'
import { type ProblemType, problemTypes, typeOf } from '../../http/problem_details.ts'
import { adminApiPath } from '../../protocol/endpoints.ts'
import { en } from '../../words/en/index.ts'
import { type AdminContext, isChange, needsVersion, type Operation } from './operation.ts'
import { basePath } from './router.ts'

type Json = Readonly<Record<string, unknown>>

/** The document as an object. */
export function describe({ context, release }: AdminContext, operations: readonly Operation[]): Json {
  const { issuer } = context.settings
  const paths = new Map<string, Record<string, Json>>()
  for (const one of operations) {
    const at = paths.get(one.path) ?? {}
    at[one.method.toLowerCase()] = describeOperation(one)
    paths.set(one.path, at)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Admin API', version: release, description: introduction },
    servers: [{ url: `${issuer}${basePath}` }],
    security: [{ oauth2: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { oauth2: securityScheme(issuer) },
      schemas: { Problem: problemSchema },
      responses: Object.fromEntries(
        Object.entries(problemTypes).map(([type, row]) => [type, problemResponse(issuer, type as ProblemType, row)]),
      ),
    },
  }
}

const introduction = `What the operator does, for programs.

A request carries an access token in its Authorization header, issued for this API alone: \`resource\` is the issuer with
\`${adminApiPath}\`, \`scope\` is \`admin.read\`, \`admin.write\` or both. Only the operator lets an app have one.

Errors are problem details (RFC 9457). A change or deletion of what is there needs \`If-Match\` with the \`ETag\` that was
read. A POST with an \`Idempotency-Key\` is carried out once in 24 hours, however often it comes. Lists come in pages.`

function securityScheme(issuer: string): Json {
  const scopes = Object.fromEntries(Object.entries(en.scopes.admin).map(([name, { sentence }]) => [name, sentence]))
  const tokenUrl = `${issuer}/oauth/token`
  return {
    type: 'oauth2',
    description: `A token for the resource ${issuer}${adminApiPath} (RFC 8707).`,
    flows: {
      clientCredentials: { tokenUrl, scopes },
      authorizationCode: { authorizationUrl: `${issuer}/oauth/authorize`, tokenUrl, refreshUrl: tokenUrl, scopes },
    },
  }
}

function describeOperation(one: Operation): Json {
  const { id, tag, summary, description, body, examples } = one
  const parameters = [...pathParameters(one), ...queryParameters(one), ...headerParameters(one)]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: [{ oauth2: [isChange(one) ? 'admin.write' : 'admin.read'] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: schemaOf(body, 'input'),
                ...(examples?.body === undefined ? {} : { example: examples.body }),
              },
            },
          },
        }),
    responses: { ...success(one), ...problems(one) },
  }
}

function pathParameters({ params }: Operation): Json[] {
  return Object.entries(params.shape).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(schema as z.ZodType, 'input'),
  }))
}

function queryParameters({ query }: Operation): Json[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema as z.ZodType, 'output')
    return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema: rest }
  })
}

function headerParameters(one: Operation): Json[] {
  if (needsVersion(one)) {
    const schema = { type: 'string', pattern: '^("[!#-~]{1,100}"|[*])$' }
    const description = 'The `ETag` of what was read, or * for whatever is there.'
    return [{ name: 'If-Match', in: 'header', required: true, description, schema }]
  }
  if (one.method !== 'POST') return []
  const schema = { type: 'string', pattern: '^[!-~]{1,255}$' }
  const description = 'Makes the request safe to repeat for 24 hours.'
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }]
}

const header = (description: string): Json => ({ description, schema: { type: 'string' } })

function success(one: Operation): Json {
  const { status = 200, answer, thing, query } = one
  const headers = {
    'X-Request-Id': header('Names the request in the server’s log.'),
    ...(thing === undefined || status === 204 ? {} : { ETag: header('The version of what is shown.') }),
    ...(status === 201 ? { Location: header('Where it is.') } : {}),
    ...('cursor' in query.shape ? { Link: header('The next page, as `rel="next"` (RFC 8288).') } : {}),
  }
  const content = one.lines
    ? { content: { 'application/x-ndjson': { schema: { type: 'string' } } } }
    : answer === undefined
      ? {}
      : { content: { 'application/json': { schema: schemaOf(answer, 'output') } } }
  return { [status]: { description: successText[status], headers, ...content } }
}

const successText = { 200: 'Done.', 201: 'Made.', 202: 'Taken on.', 204: 'Done. There is no body.' } as const

/** Problems by status; where several share one, they share its entry. */
function problems(one: Operation): Json {
  const types: readonly ProblemType[] = [
    'bad_request',
    'invalid_token',
    'insufficient_scope',
    'not_found',
    ...(isChange(one) ? (['content_too_large', 'unsupported_media_type'] as const) : []),
    ...(needsVersion(one) ? (['precondition_failed', 'precondition_required'] as const) : []),
    ...(one.method === 'POST' ? (['request_under_way', 'idempotency_key_reused'] as const) : []),
    ...(one.problems ?? []),
    'server_error',
    'unavailable',
  ]
  const byStatus = new Map(types.map((type) => [problemTypes[type].status, type]))
  return Object.fromEntries([...byStatus].map(([status, type]) => [status, { $ref: `#/components/responses/${type}` }]))
}

const problemSchema: Json = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Leads to the entry of the type in this document.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problemTypes), description: 'The type in one word.' },
    detail: { type: 'string', description: 'What is wrong this time.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          pointer: { type: 'string', description: 'A member of the body (RFC 6901).' },
          parameter: { type: 'string', description: 'A parameter of the address, or a header.' },
          detail: { type: 'string' },
        },
      },
    },
  },
}

function problemResponse(issuer: string, type: ProblemType, row: (typeof problemTypes)[ProblemType]): Json {
  const { status, title, when } = row
  return {
    description: `${title}. ${when}`,
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: { type: typeOf(issuer, type), title, status, code: type },
      },
    },
  }
}

/** A schema as JSON Schema 2020-12, as OpenAPI 3.1 has it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, override: plainIntegers })
  return described
}

/** The limits of exact integers in JavaScript are no news to a reader. */
function plainIntegers({ jsonSchema }: { readonly jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
