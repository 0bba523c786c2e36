/** One measurement or some of them by what names them: read, change, delete. */
import { z } from 'zod'
import { findMeasurement } from '../../engine/measurements/list.ts'
import type { Measurement, MeasurementPlace } from '../../engine/measurements/measurements.ts'
import { changeMeasurement, deleteMeasurements } from '../../engine/measurements/write.ts'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  callerOf,
  noteRecords,
  requireScope,
  whileAllowed,
} from '../caller.ts'
import { badRequest, errorShape, notFound, Problem } from '../envelope.ts'
import { changeBody, deleteBody, deleteQuery, type Marked, mostMeasurements, updateBody } from './measurement_body.ts'
import { encodeMeasurement, measurementShape } from './measurement_shape.ts'

const changedShape = z.object({
  status: z.string(),
  success: z.boolean(),
  code: z.int(),
  description: z.string(),
  summary: z.string(),
})
const oneShape = z.object({ success: z.literal(true), data: measurementShape })
const doneShape = z.object({ success: z.literal(true), data: z.string() })
const onePath = z.object({ id: z.coerce.number().pipe(z.int({ error: 'must be a whole number' })) })

const noSuchId = 'There is no measurement with this id.'

export function registerMeasurementChanges(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const { context } = options
  const onRequest = requireScope(options, 'writemeasurements')
  const schema = { hide: !version.documented, tags: ['measurements'], security: [{ oauth2: ['writemeasurements'] }] }

  app.post(
    '/measurements/update',
    {
      onRequest,
      schema: {
        ...schema,
        operationId: 'updateMeasurement',
        summary: 'Change a measurement',
        description: 'What is left out stays as it is.',
        body: updateBody,
        response: { 201: changedShape, '4xx': errorShape },
      },
    },
    async (request, reply) => {
      const { id, changes } = request.body
      requireChanged(await changeMeasurement(context, callerOf(request).account.number, id, changes))
      noteRecords(request, 1)
      return reply.code(201).send({
        status: '201',
        success: true,
        code: 201,
        description: 'The measurement was changed.',
        summary: 'Measurement changed',
      })
    },
  )

  for (const [method, url] of [
    ['DELETE', '/measurements'],
    ['DELETE', '/measurements/delete'],
    ['POST', '/measurements/delete'],
  ] as const) {
    app.route({
      method,
      url,
      onRequest,
      schema: {
        ...schema,
        hide: !version.documented || url !== '/measurements',
        operationId: 'deleteMeasurement',
        summary: 'Delete measurements',
        description:
          'Each by `id`, or by `variableId` and `startTime`: one in the query string or as an object in the body, or a ' +
          `list of at most ${mostMeasurements} objects. Of a list all that are there are deleted together. The same as ` +
          'DELETE or POST under `/measurements/delete`.',
        querystring: deleteQuery,
        body: deleteBody,
        response: { 204: z.undefined().meta({ description: 'Deleted.' }), '4xx': errorShape },
      },
      async handler(request, reply) {
        const which = choose(request.body, request.query)
        const gone = await deleteMeasurements(context, callerOf(request).account.number, which)
        if (gone === 0) throw notFound('There is no such measurement.')
        noteRecords(request, gone)
        return reply.code(204).send()
      },
    })
  }
}

/** The address of one measurement, as the clients of version 2 call it. */
export function registerOneMeasurement(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const { context } = options
  const url = '/measurements/:id(^\\d{1,16}$)'
  const schema = { hide: !version.documented, tags: ['measurements'], params: onePath }
  const write = [{ oauth2: ['writemeasurements'] }]

  app.get(
    url,
    {
      onRequest: requireScope(options, 'readmeasurements'),
      schema: {
        ...schema,
        operationId: 'getMeasurement',
        summary: 'Read a measurement',
        security: [{ oauth2: ['readmeasurements'] }],
        response: { 200: oneShape, '4xx': errorShape },
      },
    },
    async (request) => {
      const reading = findMeasurement(context, callerOf(request).account.number, request.params.id)
      const one = await whileAllowed(options, request, reading)
      if (one === undefined) throw notFound(noSuchId)
      noteRecords(request, 1)
      return { success: true as const, data: encodeMeasurement(one) }
    },
  )

  app.put(
    url,
    {
      onRequest: requireScope(options, 'writemeasurements'),
      schema: {
        ...schema,
        operationId: 'putMeasurement',
        summary: 'Change a measurement',
        description: 'What is left out stays as it is.',
        security: write,
        body: changeBody,
        response: { 200: doneShape, '4xx': errorShape },
      },
    },
    async (request) => {
      const { number } = callerOf(request).account
      requireChanged(await changeMeasurement(context, number, request.params.id, request.body))
      noteRecords(request, 1)
      return { success: true as const, data: 'The measurement was changed.' }
    },
  )

  app.delete(
    url,
    {
      onRequest: requireScope(options, 'writemeasurements'),
      schema: {
        ...schema,
        operationId: 'deleteOneMeasurement',
        summary: 'Delete a measurement',
        security: write,
        response: { 200: doneShape, '4xx': errorShape },
      },
    },
    async (request) => {
      const gone = await deleteMeasurements(context, callerOf(request).account.number, [{ id: request.params.id }])
      if (gone === 0) throw notFound(noSuchId)
      noteRecords(request, gone)
      return { success: true as const, data: 'The measurement was deleted.' }
    },
  )
}

/** Throws a Problem where nothing was changed. */
function requireChanged(changed: Measurement | 'time_taken' | undefined): void {
  if (changed === undefined) throw notFound(noSuchId)
  if (changed === 'time_taken') {
    throw new Problem(409, 'conflict', 'Another measurement of this variable has this time already.')
  }
}

/** Which measurements are meant. The body goes before the query string, an id before the rest. */
function choose(body: readonly Marked[], query: Marked): MeasurementPlace[] {
  if (body.length > 1) return body.map((one, at) => placeOf(one, `[${at}]: `))
  const [one] = body
  return [
    placeOf({
      id: one?.id ?? query.id,
      variableId: one?.variableId ?? query.variableId,
      startTime: one?.startTime ?? query.startTime,
      named: one?.named === true || query.named,
    }),
  ]
}

function placeOf({ id, variableId, startTime, named }: Marked, entry = ''): MeasurementPlace {
  if (id !== undefined) return { id }
  if (variableId !== undefined && startTime !== undefined) return { variableId, startTime }
  if (named && startTime === undefined) {
    throw badRequest(
      `${entry}All measurements of a variable are not deleted by its name alone. List them ` +
        `(GET /api/v3/measurements?variableId=…) and send their ids, at most ${mostMeasurements} at once.`,
    )
  }
  throw badRequest(`${entry}Say which measurement: send id, or variableId and startTime.`)
}
