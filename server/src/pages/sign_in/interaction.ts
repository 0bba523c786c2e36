/** The authorization request that a page belongs to, opened for showing. */
import type { FastifyReply } from 'fastify'
import { findUnchangedClient } from '../../engine/authorize/next_step.ts'
import type { AuthorizationRequest } from '../../engine/authorize/request.ts'
import { parkRequest, takeRequest } from '../../engine/authorize/request_store.ts'
import { errorResponse } from '../../engine/authorize/response/authorization_response.ts'
import { callerOf } from '../../http/caller.ts'
import { orThrow, type Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { RuleName } from '../../runtime/log/rules.ts'
import { Trace } from '../../runtime/log/trace.ts'
import type { Visit } from '../visit.ts'
import { sendResponse } from './response/response.ts'

export interface OpenInteraction {
  /** The request sealed anew, for the same cookie of the browser. */
  readonly sealed: string
  readonly bound: string
  readonly request: AuthorizationRequest
  readonly client: Client
}

/** Opens a sealed request for this browser; undefined where there is none. Throws Refusal. */
export async function openInteraction(
  { context, browser }: Visit,
  sealed: string | undefined,
): Promise<OpenInteraction | undefined> {
  if (sealed === undefined) return undefined
  const { request, bound } = await takeRequest(context, sealed, browser)
  return reseal(context, request, bound)
}

/** A request that has been opened, sealed for a browser's cookie of the value `bound`. Throws Refusal. */
export async function reseal(context: Context, request: AuthorizationRequest, bound: string): Promise<OpenInteraction> {
  const client = orThrow(await findUnchangedClient(context, request))
  return { request, client, bound, sealed: parkRequest(context, request, bound) }
}

/** Sends a no, of the person's or of ours, back to the client, and notes it in the client's log. */
export function declined(
  visit: Visit,
  { request, client }: OpenInteraction,
  refusal: Refusal,
  { endpoint, rule }: { readonly endpoint: string; readonly rule: RuleName },
): FastifyReply {
  const { context } = visit
  const trace = new Trace(endpoint, 'POST', callerOf(visit.request), { ruleset: 'authorize' })
  trace.skipAbsent(request)
  trace.at(rule)
  trace.client(client.id)
  context.requests.record(trace, 303, refusal)
  visit.request.ended = refusal.reason
  return sendResponse(visit.reply, errorResponse(context, request, refusal))
}
