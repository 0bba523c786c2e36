/** A person's measurements: list, record, change, delete. */
import { z } from 'zod'
import { second } from '../lib/clock.ts'
import type { Measurement, NewMeasurement, Variable } from '../storage/contract.ts'
import { type ApiInstance, type ApiOptions, type ApiVersion, callerOf, requireScope } from './caller.ts'
import { badRequest, errorShape, notFound, Problem } from './envelope.ts'
import { createBody, deleteBody, deleteQuery, mostMeasurements, updateBody } from './measurement_body.ts'
import { decodeListQuery, listQuery } from './measurement_query.ts'
import { formatIso, formatWithoutZone } from './moment.ts'

const measurementShape = z
  .object({
    id: z.int(),
    variableId: z.int(),
    variableName: z.string(),
    variableCategoryName: z.string().nullable(),
    value: z.number(),
    unitAbbreviatedName: z.string(),
    unitName: z.string(),
    originalValue: z.number(),
    originalUnitAbbreviatedName: z.string(),
    sourceName: z.string(),
    note: z.string().nullable(),
    startTime: z.int().meta({ description: 'Seconds since 1970.' }),
    startTimeEpoch: z.int(),
    startTimeString: z.string().meta({ description: 'UTC, without a Z.', examples: ['2014-07-27T02:11:00'] }),
    startAt: z.string(),
    startDate: z.string().meta({ examples: ['2014-07-27'] }),
    clientId: z.string().meta({ description: 'The app that recorded it.' }),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Measurement' })

const variableShape = z
  .object({
    id: z.int(),
    variableId: z.int(),
    name: z.string(),
    variableName: z.string(),
    variableCategoryName: z.string().nullable(),
    unitAbbreviatedName: z.string(),
    combinationOperation: z.enum(['MEAN', 'SUM']),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'UserVariable' })

const createdShape = z.object({
  status: z.string(),
  success: z.boolean(),
  data: z.object({
    userVariables: z.array(variableShape),
    measurements: z.record(z.string(), z.array(measurementShape)).meta({ description: 'By name of the variable.' }),
  }),
})

const changedShape = z.object({
  status: z.string(),
  success: z.boolean(),
  code: z.int(),
  description: z.string(),
  summary: z.string(),
})

export function registerMeasurements(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const { measurements } = options.storage
  const mayRead = requireScope(options, 'readmeasurements')
  const mayWrite = requireScope(options, 'writemeasurements')
  const read = [{ oauth2: ['readmeasurements'] }]
  const write = [{ oauth2: ['writemeasurements'] }]
  const tags = ['measurements']

  app.get(
    '/measurements',
    {
      onRequest: mayRead,
      schema: {
        hide: !version.documented,
        operationId: 'getMeasurements',
        tags,
        summary: 'List measurements',
        description:
          'The newest first, unless `sort` says otherwise. All conditions must hold. Parameters that are not listed ' +
          'are ignored; `clientId` is one of them, because apps send their own along with every request.',
        security: read,
        querystring: listQuery,
        response: { 200: z.array(measurementShape), '4xx': errorShape },
      },
    },
    async (request) => {
      const found = await measurements.list(callerOf(request).account.number, decodeListQuery(request.query))
      return found.map(encodeMeasurement)
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
            'that are not known yet are made. The same under `/measurements/post` and `/measurements/v2`.',
          security: write,
          body: createBody,
          response: { 201: createdShape, '4xx': errorShape },
        },
      },
      async (request, reply) => {
        const { account, clientId } = callerOf(request)
        const items = request.body.map((draft): NewMeasurement => ({ ...draft, source: draft.source ?? clientId }))
        const stored = await measurements.upsert(account.number, clientId, items)
        const byVariable = new Map<string, Map<number, Measurement>>()
        for (const one of stored) {
          const same = byVariable.get(one.variableName)
          if (same === undefined) byVariable.set(one.variableName, new Map([[one.id, one]]))
          else same.set(one.id, one)
        }
        const userVariables = await measurements.variablesByName(account.number, [...byVariable.keys()])
        return reply.code(201).send({
          status: '201',
          success: true,
          data: {
            userVariables: userVariables.map(encodeVariable),
            // fromEntries defines own members, whatever a variable is called.
            measurements: Object.fromEntries(
              [...byVariable].map(([name, same]) => [name, [...same.values()].map(encodeMeasurement)]),
            ),
          },
        })
      },
    )
  }

  app.post(
    '/measurements/update',
    {
      onRequest: mayWrite,
      schema: {
        hide: !version.documented,
        operationId: 'updateMeasurement',
        tags,
        summary: 'Change a measurement',
        description: 'What is left out stays as it is.',
        security: write,
        body: updateBody,
        response: { 201: changedShape, '4xx': errorShape },
      },
    },
    async (request, reply) => {
      const { id, startTime, value, note } = request.body
      const changed = await measurements.update(callerOf(request).account.number, id, {
        ...(startTime != null && { startTime }),
        ...(value != null && { value }),
        ...(note !== undefined && { note }),
      })
      if (changed === undefined) throw notFound('There is no measurement with this id.')
      if (changed === 'time_taken') {
        throw new Problem(409, 'conflict', 'Another measurement of this variable has this time already.')
      }
      return reply.code(201).send({
        status: '201',
        success: true,
        code: 201,
        description: 'The measurement was changed.',
        summary: 'Measurement changed',
      })
    },
  )

  const remove = [
    ['DELETE', '/measurements'],
    ['DELETE', '/measurements/delete'],
    ['POST', '/measurements/delete'],
  ] as const
  for (const [method, url] of remove) {
    app.route({
      method,
      url,
      onRequest: mayWrite,
      schema: {
        hide: !version.documented || url !== '/measurements',
        operationId: 'deleteMeasurement',
        tags,
        summary: 'Delete a measurement',
        description:
          'By `id`, or by `variableId` and `startTime`; in the body or in the query string. The same as DELETE or ' +
          'POST under `/measurements/delete`.',
        security: write,
        querystring: deleteQuery,
        body: deleteBody,
        response: { 204: z.undefined().meta({ description: 'Deleted.' }), '4xx': errorShape },
      },
      async handler(request, reply) {
        const which = chooseOne(request.body, request.query)
        if ((await measurements.delete(callerOf(request).account.number, which)) === 0) {
          throw notFound('There is no such measurement.')
        }
        return reply.code(204).send()
      },
    })
  }
}

type Chosen = z.infer<typeof deleteQuery>

/** Which measurement is meant. The body goes before the query string, an id before the rest. */
function chooseOne(body: Chosen, query: Chosen): { id: number } | { variableId: number; startTime: number } {
  const id = body.id ?? query.id
  if (id != null) return { id }
  const variableId = body.variableId ?? query.variableId
  const startTime = body.startTime ?? query.startTime
  if (variableId == null || startTime == null) {
    throw badRequest('Say which measurement: send id, or variableId and startTime.')
  }
  return { variableId, startTime }
}

function encodeMeasurement(one: Measurement): z.infer<typeof measurementShape> {
  const start = formatWithoutZone(one.startTime * second)
  return {
    id: one.id,
    variableId: one.variableId,
    variableName: one.variableName,
    variableCategoryName: one.variableCategory,
    value: one.value,
    unitAbbreviatedName: one.unit,
    unitName: one.unit,
    originalValue: one.value,
    originalUnitAbbreviatedName: one.unit,
    sourceName: one.source,
    note: one.note,
    startTime: one.startTime,
    startTimeEpoch: one.startTime,
    startTimeString: start,
    startAt: start,
    startDate: start.slice(0, 10),
    clientId: one.clientId,
    createdAt: formatIso(one.createdAt),
    updatedAt: formatIso(one.updatedAt),
  }
}

function encodeVariable(variable: Variable): z.infer<typeof variableShape> {
  return {
    id: variable.id,
    variableId: variable.id,
    name: variable.name,
    variableName: variable.name,
    variableCategoryName: variable.category,
    unitAbbreviatedName: variable.unit,
    combinationOperation: variable.combination,
    createdAt: formatIso(variable.createdAt),
    updatedAt: formatIso(variable.updatedAt),
  }
}
