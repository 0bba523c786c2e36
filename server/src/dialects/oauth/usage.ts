/** POST /oauth/usage: an API of the operator reports the calls that it has answered. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type BatchRefused, mostCalls, reportUsage } from '../../engine/access_tokens/usage.ts'
import { identify } from '../../engine/token/token.ts'
import { decodeClient } from '../../http/bodies/token_form.ts'
import { type Answer, type Endpoint, json, type Protocol } from '../../http/endpoint.ts'
import { formFrom } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { failure, protocol } from './envelope.ts'

/** The API authenticates as at the token endpoint: in the header, or by these members of the body. */
const credentials = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const

const report = z.object({
  batch: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without space'),
  calls: z.array(z.unknown()).min(1, 'is empty').max(mostCalls, `holds more than ${mostCalls} calls`),
})

const refused: Readonly<Record<BatchRefused, () => Answer>> = {
  no_api: () => failure(403, 'unauthorized_client', 'No API authenticates as this client: name it in a resource.'),
  other_calls: () =>
    failure(422, 'invalid_request', 'This batch ID came with other calls before. Nothing was counted.'),
  under_way: () =>
    failure(409, 'invalid_request', 'This batch is being taken. Send it again in a moment.', { 'retry-after': '1' }),
}

export const usageProtocol: Protocol = {
  ...protocol,
  fault: (fault, request, error) =>
    fault.status === 415
      ? failure(415, 'invalid_request', 'The request body must be application/json.')
      : protocol.fault(fault, request, error),
}

export const usageEndpoint: Endpoint = {
  paths: ['/oauth/usage'],
  methods: ['POST'],
  bodyLimit: 1_000_000,
  async answer({ context, request, trace }) {
    const { client } = await identify(
      context,
      decodeClient(request.headers.authorization, credentialsOf(request)),
      trace,
    )
    if (!client.confidential) throw new Refusal('client_auth_method_wrong', { got: 'none' })
    const read = report.safeParse(request.body)
    if (!read.success) return failure(400, 'invalid_request', sentenceOf(read.error))
    const { batch, calls } = read.data
    const answer = await reportUsage(context, client, { id: batch, calls })
    if (typeof answer === 'string') return refused[answer]()
    return json(200, { batch, ...answer })
  },
}

function credentialsOf({ body }: FastifyRequest) {
  const members = new Map(typeof body === 'object' && body !== null ? Object.entries(body) : [])
  return formFrom(
    credentials.flatMap((name) => {
      const value: unknown = members.get(name)
      return typeof value === 'string' ? [[name, value] as const] : []
    }),
  )
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.join('.') ?? ''
  return place === '' ? 'The request body must be a JSON object with batch and calls.' : `${place}: ${issue?.message}`
}
