/** Answers in JSON that nobody may keep, as tokens and what is said about them. */
import type { FastifyReply } from 'fastify'

/** Sends `body`, each level of it indented by `indent` spaces or all of it in one line. */
export function sendJson(reply: FastifyReply, status: number, body: object, indent?: number): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('pragma', 'no-cache')
    .type('application/json')
    .send(JSON.stringify(body, undefined, indent))
}
