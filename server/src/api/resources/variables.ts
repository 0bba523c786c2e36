/** Variables: what a person records, and what everybody may record. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type AskedVariables, listVariables } from '../../engine/measurements/variables.ts'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  findCaller,
  noteRecords,
  noticeScope,
  requireScope,
  whileAllowed,
} from '../caller.ts'
import { errorShape, notFound } from '../envelope.ts'
import { filterLanguage, gatherRepeated } from '../query/list_query.ts'
import { decodeVariablesQuery, variableParameters, variablesQuery } from './variable_query.ts'
import { commonVariableShape, encodeCommonVariable, encodeVariable, variableShape } from './variable_shape.ts'

const listedShape = z.array(z.union([variableShape, commonVariableShape]))
const namePath = z.object({ variableName: z.string() })
const searchPath = z.object({ searchPhrase: z.string() })

export function registerVariables(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const preValidation = gatherRepeated(variableParameters)
  const whoever = noticeScope(options, 'readmeasurements')
  const security = [{ oauth2: ['readmeasurements'] }, {}]
  const whose =
    "The person's own where the token has the scope `readmeasurements`, with `includePublic` also those that " +
    'everybody may record; without such a token only the latter.'

  /** Answers the list, if the token is still good then. */
  async function answer(request: FastifyRequest, asked: AskedVariables) {
    const userNumber = findCaller(request)?.account.number
    const { own, common } = await whileAllowed(options, request, listVariables(options.context, userNumber, asked))
    noteRecords(request, own.length)
    return [...own.map(encodeVariable), ...common.map(encodeCommonVariable)]
  }

  app.get(
    '/variables',
    {
      onRequest: whoever,
      preValidation,
      schema: {
        hide: !version.documented,
        operationId: 'getVariables',
        tags: ['variables'],
        summary: 'List variables',
        description: `${whose} ${filterLanguage}`,
        security,
        querystring: variablesQuery,
        response: { 200: listedShape, '4xx': errorShape },
      },
    },
    async (request) => answer(request, decodeVariablesQuery(request.query)),
  )

  app.get(
    '/variables/search/:searchPhrase',
    {
      onRequest: whoever,
      preValidation,
      schema: {
        hide: !version.documented,
        operationId: 'searchVariables',
        tags: ['variables'],
        summary: 'Find variables by a part of their name',
        description: `${whose} The same as \`searchPhrase\` there.`,
        security,
        params: searchPath,
        querystring: variablesQuery,
        response: { 200: listedShape, '4xx': errorShape },
      },
    },
    async (request) => answer(request, decodeVariablesQuery(request.query, request.params.searchPhrase)),
  )

  app.get(
    '/variables/:variableName',
    {
      onRequest: whoever,
      schema: {
        hide: !version.documented,
        operationId: 'getVariable',
        tags: ['variables'],
        summary: 'Read a variable by its name',
        description:
          "The person's own of this name where the token has the scope `readmeasurements`, else the one that everybody " +
          'may record.',
        security,
        params: namePath,
        response: { 200: z.union([variableShape, commonVariableShape]), '4xx': errorShape },
      },
    },
    async (request) => {
      const name = request.params.variableName.trim().normalize('NFC')
      const query = { filters: [{ column: 'name', operator: '=', value: name }], limit: 1, offset: 0 } as const
      const [one] = await answer(request, { query, includePublic: true })
      if (one === undefined) throw notFound('There is no variable of this name.')
      return one
    },
  )

  app.get(
    '/userVariables',
    {
      onRequest: requireScope(options, 'readmeasurements'),
      preValidation,
      schema: {
        hide: !version.documented,
        operationId: 'getUserVariables',
        tags: ['variables'],
        summary: "List the person's own variables",
        description: filterLanguage,
        security: [{ oauth2: ['readmeasurements'] }],
        querystring: variablesQuery,
        response: { 200: listedShape, '4xx': errorShape },
      },
    },
    async (request) => answer(request, { ...decodeVariablesQuery(request.query), includePublic: false }),
  )
}
