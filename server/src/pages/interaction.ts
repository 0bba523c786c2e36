/** The authorization request that a page belongs to, opened for showing. */
import type { FastifyReply } from 'fastify'
import { refusalUri } from '../engine/answer.ts'
import type { AuthorizationRequest } from '../engine/authorize.ts'
import type { Client } from '../engine/clients.ts'
import type { Caller, Context } from '../engine/context.ts'
import { openRequest, requireUnchangedClient } from '../engine/interaction.ts'
import { startTrace } from '../engine/request_log.ts'
import type { RuleName } from '../engine/rules.ts'
import type { Browser } from '../http/cookies.ts'
import type { Refusal } from '../protocol/refusal.ts'
import { goTo } from './page.ts'

export interface OpenInteraction {
  readonly sealed: string
  readonly request: AuthorizationRequest
  readonly client: Client
}

/** Opens a sealed request for this browser; undefined where there is none. Throws Refusal. */
export async function openInteraction(
  context: Context,
  sealed: string | undefined,
  browser: Browser,
): Promise<OpenInteraction | undefined> {
  if (sealed === undefined) return undefined
  const request = openRequest(context, sealed, browser.id)
  return { sealed, request, client: await requireUnchangedClient(context, request) }
}

/** Sends a no, of the person's or of ours, back to the client, and notes it in the client's log. */
export function declined(
  context: Context,
  reply: FastifyReply,
  { request, client }: OpenInteraction,
  refusal: Refusal,
  rule: RuleName,
  endpoint: string,
  caller: Caller,
): FastifyReply {
  const trace = startTrace(endpoint, 'POST', { ...caller, dialect: request.dialect })
  trace.ruleset = 'authorize'
  trace.rule = rule
  trace.clientId = client.id
  context.requests.record(trace, 303, refusal)
  return goTo(reply, refusalUri(context, request, refusal))
}
