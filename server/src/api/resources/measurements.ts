/**
 * A person's measurements: list and record. The room has one file per resource, which decodes, calls the engine and
 * encodes.
 * Not here: what is stored and what a measurement may be (`engine/measurements`). Neighbours: `query/` reads what lists
 * are asked for; `../envelope.ts` spells errors. To add: a resource, its file and its line in `../index.ts`; what its
 * members are, a file named after its shape.
 */
import { z } from 'zod'
import { listMeasurements } from '../../engine/measurements/list.ts'
import type { Measurement } from '../../engine/measurements/measurements.ts'
import { type Recorded, recordMeasurements } from '../../engine/measurements/write.ts'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  callerOf,
  noteRecords,
  requireScope,
  whileAllowed,
} from '../caller.ts'
import { badRequest, errorShape, Problem } from '../envelope.ts'
import { filterLanguage, gatherRepeated } from '../query/list_query.ts'
import { createBody, mostMeasurements } from './measurement_body.ts'
import { decodeListQuery, listQuery, measurementParameters } from './measurement_query.ts'
import { encodeMeasurements, measurementShape, measurementsText } from './measurement_shape.ts'
import { encodeVariable, variableShape } from './variable_shape.ts'

const createdShape = z.object({
  status: z.string(),
  success: z.boolean(),
  data: z.object({
    userVariables: z.array(variableShape),
    measurements: z.record(z.string(), z.array(measurementShape)).meta({ description: 'By name of the variable.' }),
  }),
})

export function registerMeasurements(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const mayRead = requireScope(options, 'readmeasurements')
  const mayWrite = requireScope(options, 'writemeasurements')
  const read = [{ oauth2: ['readmeasurements'] }]
  const write = [{ oauth2: ['writemeasurements'] }]
  const tags = ['measurements']

  app.get<{ Querystring: z.infer<typeof listQuery>; Reply: string }>(
    '/measurements',
    {
      onRequest: mayRead,
      preValidation: gatherRepeated(measurementParameters),
      schema: {
        hide: !version.documented,
        operationId: 'getMeasurements',
        tags,
        summary: 'List measurements',
        description:
          `The newest first, unless \`sort\` says otherwise. All conditions must hold. ${filterLanguage} Parameters ` +
          'that are not listed are ignored; `clientId` is one of them, because apps send their own along with every ' +
          'request.',
        security: read,
        querystring: listQuery,
        response: { 200: z.array(measurementShape), '4xx': errorShape },
      },
    },
    async (request, reply) => {
      const asked = decodeListQuery(request.query)
      const reading = listMeasurements(options.context, callerOf(request).account.number, asked)
      const found = await whileAllowed(options, request, reading)
      noteRecords(request, found.length)
      reply.type('application/json; charset=utf-8')
      return measurementsText(found, asked.unit)
    },
  )

  for (const path of ['/measurements', '/measurements/post', '/measurements/v2']) {
    app.post(
      path,
      {
        onRequest: mayWrite,
        schema: {
          hide: !version.documented || path !== '/measurements',
          operationId: 'postMeasurements',
          tags,
          summary: 'Record measurements',
          description:
            `One object or a list, at most ${mostMeasurements} measurements at once: all of them are stored, or none. ` +
            'A variable has one value at a time, so a second one for the same second replaces the first. Variables ' +
            'that are not known yet are made, with the unit, category and way of combining that come with them. A ' +
            'unit that is not in the catalogue is taken as it is and never converted. The same under ' +
            '`/measurements/post` and `/measurements/v2`. A thing under two names must be the same twice.',
          security: write,
          body: createBody,
          response: { 201: createdShape, '4xx': errorShape },
        },
      },
      async (request, reply) => {
        const { account, clientId } = callerOf(request)
        const who = { userNumber: account.number, clientId }
        const recorded = await recordMeasurements(options.context, who, request.body)
        if (recorded.outcome !== 'recorded') throw problemOf(recorded)
        noteRecords(request, recorded.measurements.length)
        const byVariable = new Map<string, Map<number, Measurement>>()
        for (const one of recorded.measurements) {
          const same = byVariable.get(one.variableName)
          if (same === undefined) byVariable.set(one.variableName, new Map([[one.id, one]]))
          else same.set(one.id, one)
        }
        return reply.code(201).send({
          status: '201',
          success: true,
          data: {
            userVariables: recorded.variables.map((one) => encodeVariable(one)),
            // fromEntries defines own members, whatever a variable is called.
            measurements: Object.fromEntries(
              [...byVariable].map(([name, same]) => [name, encodeMeasurements([...same.values()])]),
            ),
          },
        })
      },
    )
  }
}

function problemOf(refused: Exclude<Recorded, { readonly outcome: 'recorded' }>): Problem {
  if (refused.outcome === 'unit_at_odds') {
    const { variable, present, unit } = refused
    return badRequest(`"${variable}" is measured in "${present}"; "${unit}" cannot be converted to it.`)
  }
  return new Problem(
    403,
    'quota_exceeded',
    `An account may have ${refused.most.toLocaleString('en')} measurements, and these would be more. Delete some first.`,
  )
}
