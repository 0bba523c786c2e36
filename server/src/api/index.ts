/**
 * The resource API: what the scopes protect. One Fastify plugin with its own body parsers and error envelope.
 * Not here: what an operation means (`engine/measurements`) and what a token is worth (`engine/access_tokens`).
 * Neighbours: `dialects/` and `pages/`, which it does not know; `http/` below it. To add: a resource, a file in
 * `resources/` and its line here; its query in `query/`.
 */
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import type { ZodType } from 'zod'
import { takeFormObjects } from '../http/bodies/bodies.ts'
import { compressAnswers } from '../http/connection/compression.ts'
import { preflights } from '../http/cors.ts'
import { pathOf } from '../http/endpoint.ts'
import { frame, sendAnswer } from '../http/frame.ts'
import { registerAdminApi } from './admin/index.ts'
import type { AdminContext } from './admin/operation.ts'
import { type ApiInstance, type ApiOptions, type ApiVersion, countUses, prepareCallers } from './caller.ts'
import { apiEnvelope, failure, problemOf } from './envelope.ts'
import { notOurs, otherWay, readOn } from './not_ours.ts'
import { apiOptions } from './options.ts'
import { registerReference } from './reference/reference.ts'
import { registerAppSettings } from './resources/app_settings.ts'
import { registerMeasurementChanges, registerOneMeasurement } from './resources/measurement_changes.ts'
import { registerMeasurementOverview } from './resources/measurement_overview.ts'
import { registerMeasurements } from './resources/measurements.ts'
import { registerShares } from './resources/shares.ts'
import { registerUnits } from './resources/units.ts'
import { registerUser } from './resources/user.ts'
import { registerVariableCategories } from './resources/variable_categories.ts'
import { registerVariables } from './resources/variables.ts'

const versions: readonly ApiVersion[] = [
  { prefix: '', number: 1, documented: false },
  ...[1, 2, 3, 4, 5, 6].map((number) => ({ prefix: `/v${number}`, number, documented: number === 3 })),
]

/** Adds the operator's API, and that of account holders where there is one. */
export async function registerApis(
  app: FastifyInstance,
  admin: AdminContext,
  referencePage: Parameters<typeof apiOptions>[1],
): Promise<void> {
  await registerAdminApi(app, admin)
  if (admin.context.settings.dataApi) await registerApi(app, apiOptions(admin.context, referencePage))
}

/** Adds the API and its reference to `app`. */
export async function registerApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  await app.register(async (scope) => {
    compressAnswers(scope)
    registerReference(scope, options)
    await scope.register(async (api) => registerResources(api, options), { prefix: '/api' })
  })
}

function registerResources(scope: FastifyInstance, options: ApiOptions): void {
  const { issuer, apiBodyLimit } = options.context.settings
  const app: ApiInstance = scope.withTypeProvider()
  app.setValidatorCompiler(validatorCompiler)
  // The compiler holds the handlers to the response schemas; checking every answer again would only cost time.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  frame(scope, apiEnvelope(issuer))
  scope.addHook('onRequest', options.allowPages('apps'))
  preflights(scope, '', '/*')
  parseJsonBodies(app)
  takeFormObjects(scope)
  prepareCallers(app, options)
  countUses(app, options.context)

  const methodsByPath = new Map<string, Set<string>>()
  app.addHook('onRoute', (route) => {
    const { url, method } = route
    route.bodyLimit = apiBodyLimit
    const methods = methodsByPath.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    methodsByPath.set(url, methods)
  })
  // RFC 6750 §5.3: what is answered to a token is for nobody else; the person's record even shows the token, and so may
  // the address of the request.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
  })

  for (const version of versions) {
    app.register(
      async (resources) => {
        registerUser(resources, options, version)
        registerMeasurements(resources, options, version)
        registerMeasurementChanges(resources, options, version)
        registerOneMeasurement(resources, options, version)
        registerMeasurementOverview(resources, options, version)
        registerVariables(resources, options, version)
        registerUnits(resources, options, version)
        registerVariableCategories(resources, options, version)
        registerAppSettings(resources, options, version)
        registerShares(resources, options, version)
      },
      { prefix: version.prefix },
    )
  }

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    const methods = methodsByPath.get(path)
    if (methods === undefined) {
      const leftOut = notOurs(path)
      const text = leftOut === undefined ? 'There is nothing at this address.' : `${leftOut} ${readOn(issuer)}`
      return sendAnswer(reply, failure(404, 'not_found', text))
    }
    const instead = otherWay(request.method, path)
    const text = `This address does not take ${request.method}.`
    const more = instead === undefined ? text : `${text} ${instead} ${readOn(issuer)}`
    // RFC 9110 §15.5.6: a 405 names the methods that would do.
    return sendAnswer(reply, failure(405, 'method_not_allowed', more, { allow: [...methods].sort().join(', ') }))
  })
}

const validatorCompiler: FastifySchemaCompiler<ZodType> =
  ({ schema }) =>
  (data) => {
    const result = schema.safeParse(data)
    return result.success ? { value: result.data } : { error: problemOf(result.error) }
  }

/** JSON, also where an old client calls it text, and no body at all under a JSON type. */
function parseJsonBodies(app: ApiInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['application/json', 'text/plain'], { parseAs: 'string' }, (request, body, done) => {
    if (String(body).trim() === '') done(null, undefined)
    else void parse(request, String(body), done)
  })
}
