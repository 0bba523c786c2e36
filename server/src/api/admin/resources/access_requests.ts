/** Requests for access: who asks to be let in with an app. */
import { z } from 'zod'
import { approveAccess, listAccess, reasonProblem, refuseAccess } from '../../../engine/operator/access.ts'
import { Problem } from '../../../http/problem_details.ts'
import { en } from '../../../words/en/index.ts'
import { sayProblem } from '../../../words/form_problem.ts'
import { byId, type Operation, operation, text } from '../operation.ts'
import { keysOf, pageFrom, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf } from '../shapes.ts'

const accessRequest = z.object({
  id: z.string(),
  email: z.string(),
  app_name: z.string(),
  purpose: z.string(),
  website: z.string().nullable(),
  asked_at: moment,
  client_id: z.string().nullable().meta({ description: 'The app, once the request is approved.' }),
})

type Listed = Awaited<ReturnType<typeof listAccess>>[number]

function shown(request: Listed): z.output<typeof accessRequest> {
  return {
    id: request.id,
    email: request.email,
    app_name: request.appName,
    purpose: request.purpose,
    website: request.website,
    asked_at: momentOf(request.askedAt),
    client_id: request.clientId,
  }
}

export const accessOperations: readonly Operation[] = [
  operation({
    id: 'listAccessRequests',
    method: 'GET',
    path: '/access-requests',
    tag: 'access requests',
    summary: 'List requests for access: those that wait, then those whose invitation was not taken up',
    right: 'read',
    query: z.strictObject(pageQuery),
    answer: pageOf(accessRequest),
    async run({ context, query: { limit, cursor } }) {
      const keys = keysOf(cursor, z.tuple([z.boolean(), z.int(), text.max(100)]))
      const after = keys && { waits: keys[0], askedAt: keys[1], id: keys[2] }
      const found = await listAccess(context, { limit: limit + 1, after })
      return pageFrom(found, limit, shown, ({ id, askedAt, clientId }) => [clientId === null, askedAt, id])
    },
  }),
  operation({
    id: 'approveAccessRequest',
    method: 'POST',
    path: '/access-requests/{id}/approval',
    tag: 'access requests',
    summary: 'Register the app of a request and mail its developer an invitation',
    right: 'apps',
    params: byId,
    answer: z.object({ client_id: z.string(), email: z.string() }),
    problems: ['conflict'],
    async run({ context, by, params }) {
      if (context.mailer.way === 'none') throw new Problem('conflict', 'This server sends no mail.')
      const approved = await approveAccess(context, by, params.id, context.settings)
      if (approved.outcome === 'unknown') throw new Problem('not_found')
      return { body: { client_id: approved.clientId, email: approved.email } }
    },
  }),
  operation({
    id: 'refuseAccessRequest',
    method: 'POST',
    path: '/access-requests/{id}/refusal',
    tag: 'access requests',
    summary: 'Refuse a request that waits, and mail why',
    right: 'apps',
    status: 204,
    params: byId,
    body: z.strictObject({ reason: text.max(1000) }),
    examples: { body: { reason: 'We do not know this company.' } },
    async run({ context, by, params, body }) {
      const reason = body.reason.trim()
      const problem = reasonProblem(reason)
      if (problem !== undefined) {
        throw new Problem('bad_request', { errors: [{ pointer: '#/reason', detail: sayProblem(en, problem) }] })
      }
      if (!(await refuseAccess(context, by, params.id, reason))) throw new Problem('not_found')
      return undefined
    },
  }),
]
