/** Who may act for a person, and taking that back: `shares`. */
import { z } from 'zod'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  apiScopes,
  callerOf,
  requireHeldScope,
  requireScope,
} from '../caller.ts'
import { badRequest, errorShape, notFound } from '../envelope.ts'
import { once } from '../query/list_query.ts'
import { authorizedClientsShape, encodeAuthorizedClients } from './app_shape.ts'

const mostReasonLetters = 200

/** What a client id can be (RFC 6749 Appendix A.1), no longer than those that we give. */
const possibleClientId = /^[\x20-\x7e]{1,255}$/

const sharesShape = z.object({
  authorizedClients: authorizedClientsShape,
  status: z.string(),
  success: z.boolean(),
  code: z.int(),
  description: z.string(),
  summary: z.string(),
})

const sent = z.string({ error: 'must be a text' }).nullish()

const deleteQuery = z.object({
  clientIdToRevoke: once.meta({ description: 'The app. In the body it does as well.' }),
  reason: once.meta({ description: 'For the log of who did what.' }),
})
const deleteBody = z.preprocess(
  (body) => body ?? {},
  z.object({ clientIdToRevoke: sent, reason: sent }, { error: 'The request body must be an object.' }),
)

export function registerShares(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const { apps } = options
  const onRequest = requireScope(options, ...apiScopes)
  const security = apiScopes.map((scope) => ({ oauth2: [scope] }))
  const tags = ['apps']

  app.get(
    '/shares',
    {
      onRequest,
      schema: {
        hide: !version.documented,
        operationId: 'getShares',
        tags,
        summary: 'List the apps that may act for the person',
        description: 'Needs a token with any scope of this API.',
        security,
        response: { 200: sharesShape, '4xx': errorShape },
      },
    },
    async (request) => ({
      authorizedClients: await encodeAuthorizedClients(options, request, callerOf(request).account),
      status: 'OK',
      success: true,
      code: 200,
      description: 'The apps that may act for the person.',
      summary: 'Authorized apps',
    }),
  )

  app.post(
    '/shares/delete',
    {
      onRequest,
      schema: {
        hide: !version.documented,
        operationId: 'deleteShare',
        tags,
        summary: 'Take back what an app may do',
        description:
          'Ends every token that the app has for the person, at once, and forgets that they agreed to it. An app may ' +
          'give up its own access with any scope of this API. Ending that of another app needs writemeasurements.',
        security,
        querystring: deleteQuery,
        body: deleteBody,
        response: { 204: z.undefined().meta({ description: 'Taken back.' }), '4xx': errorShape },
      },
    },
    async (request, reply) => {
      const clientId = request.query.clientIdToRevoke || request.body.clientIdToRevoke
      const reason = request.query.reason || request.body.reason
      if (!clientId) throw badRequest('clientIdToRevoke: is missing.')
      const told = reason
        ?.slice(0, mostReasonLetters)
        .toWellFormed()
        .replaceAll(/\p{Cc}/gu, ' ')
      const caller = callerOf(request)
      if (clientId !== caller.clientId) requireHeldScope(caller, 'writemeasurements')
      const known = possibleClientId.test(clientId) && (await apps.disconnect(request, caller, clientId, told ?? null))
      if (!known) {
        throw notFound('No app with this client id may act for the person.')
      }
      return reply.code(204).send()
    },
  )
}
