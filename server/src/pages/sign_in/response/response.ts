/** How an answer reaches an app by way of the browser: in an address, or posted by a page of ours. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuthorizationResponse } from '../../../engine/authorize/response/authorization_response.ts'
import { responseAnswer } from '../../../http/authorize_flow.ts'
import { pageAnswer } from '../../../http/browser/page_headers.ts'
import type { Answer } from '../../../http/endpoint.ts'
import { sendAnswer } from '../../../http/frame.ts'
import { posted } from './post_view.tsx'

/** The page that posts a response. */
export function postPage(request: FastifyRequest, { redirectUri, parameters }: AuthorizationResponse): Answer {
  const page = pageAnswer(request, 200, posted({ to: redirectUri, parameters }), { endsAtApp: true, scripts: true })
  // The app hears from which server the form comes, as for forms it may look at Origin; browsers would send null.
  return { ...page, headers: { ...page.headers, 'referrer-policy': 'strict-origin' } }
}

/** Sends a response to the app. */
export function sendResponse(reply: FastifyReply, response: AuthorizationResponse): FastifyReply {
  return sendAnswer(reply, responseAnswer(reply.request, response, postPage))
}
