/** What a person's measurements span and where they come from: `measurementsRange` and `measurementSources`. */
import { z } from 'zod'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  callerOf,
  requireScope,
  requireScopeStill,
} from '../caller.ts'
import { errorShape } from '../envelope.ts'
import { decodeFilters, gatherRepeated, parameterShape, text, withSpellings } from '../query/list_query.ts'

const mostSources = 1000

const rangeParameters = withSpellings({
  sources: text('source', 'Only what came from this source, or from one of several separated by commas.'),
  sourceName: text('source', 'Only what came from this source.'),
})
const rangeQuery = z.object(parameterShape(rangeParameters))
const rangeShape = z.object({
  lowerLimit: z.int().nullable().meta({ description: 'Seconds since 1970. null where nothing is recorded.' }),
  upperLimit: z.int().nullable(),
})
const sourcesShape = z.array(z.object({ name: z.string() }))

export function registerMeasurementOverview(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const { measurements } = options.storage
  const onRequest = requireScope(options, 'readmeasurements')
  const schema = { hide: !version.documented, tags: ['measurements'], security: [{ oauth2: ['readmeasurements'] }] }

  app.get(
    '/measurementsRange',
    {
      onRequest,
      preValidation: gatherRepeated(rangeParameters),
      schema: {
        ...schema,
        operationId: 'getMeasurementsRange',
        summary: 'The times of the first and the last measurement',
        querystring: rangeQuery,
        response: { 200: rangeShape, '4xx': errorShape },
      },
    },
    async (request) => {
      const filters = decodeFilters(rangeParameters, request.query)
      const { number } = callerOf(request).account
      const end = async (descending: boolean) => {
        const sort = [{ column: 'startTime', descending }] as const
        const [one] = await measurements.list(number, { filters, sort, limit: 1, offset: 0 })
        return one?.startTime ?? null
      }
      const range = { lowerLimit: await end(false), upperLimit: await end(true) }
      await requireScopeStill(options, request, 'readmeasurements')
      return range
    },
  )

  app.get(
    '/measurementSources',
    {
      onRequest,
      schema: {
        ...schema,
        operationId: 'getMeasurementSources',
        summary: "List the sources of the person's measurements",
        description: `At most ${mostSources} of them, by name.`,
        response: { 200: sourcesShape, '4xx': errorShape },
      },
    },
    async (request) => {
      const names = await measurements.sources(callerOf(request).account.number, mostSources)
      await requireScopeStill(options, request, 'readmeasurements')
      return names.map((name) => ({ name }))
    },
  )
}
