/** The page for what cannot be sent back to a client, as the protocols that browsers are sent to ask for it. */
import type { FastifyRequest } from 'fastify'
import { RequestLost } from '../engine/authorize/ways_on.ts'
import type { ClientId } from '../protocol/names.ts'
import type { Refusal } from '../protocol/refusal.ts'
import type { Answer, Envelope } from './endpoint.ts'

/** Draws the page; given by the composition root. */
export type ErrorPage = (
  request: FastifyRequest,
  error: {
    readonly code: Refusal['error'] | 'server_error'
    readonly status: number
    readonly text: string
    /** The app that the request named, where it is known. */
    readonly clientId?: ClientId | undefined
    /** What was refused, where it was a request that is not, or no longer, for this browser. */
    readonly lost?: RequestLost | undefined
  },
) => Promise<Answer>

/** The error page for a refusal. A page has no 401: there is nothing to authenticate with. */
export function refusalPage(errorPage: ErrorPage, request: FastifyRequest, refusal: Refusal): Promise<Answer> {
  return errorPage(request, {
    code: refusal.error,
    status: refusal.status === 401 ? 400 : refusal.status,
    text: refusal.text,
    clientId: request.trace?.clientId,
    lost: refusal instanceof RequestLost ? refusal : undefined,
  })
}

/** How a protocol says no to browsers. */
export function pageEnvelope(errorPage: ErrorPage): Envelope {
  return {
    refuse: (refusal, request) => refusalPage(errorPage, request, refusal),
    fault: ({ error, status, text }, request) => errorPage(request, { code: error, status, text }),
  }
}
