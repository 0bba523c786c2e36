/** What a person's measurements span and where they come from: `measurementsRange` and `measurementSources`. */
import { z } from 'zod'
import { listSources, measurementsRange } from '../../engine/measurements/list.ts'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  callerOf,
  noteRecords,
  requireScope,
  whileAllowed,
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
      const reading = measurementsRange(options.context, callerOf(request).account.number, filters)
      const { first, last } = await whileAllowed(options, request, reading)
      return { lowerLimit: first, upperLimit: last }
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
      const reading = listSources(options.context, callerOf(request).account.number, mostSources)
      const names = await whileAllowed(options, request, reading)
      noteRecords(request, names.length)
      return names.map((name) => ({ name }))
    },
  )
}
