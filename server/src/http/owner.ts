/** Whose app a request claims to come from that ended before its client was looked at. */
import type { FastifyRequest } from 'fastify'
import { type Begun, begunIn, clientIdOf } from '../engine/authorize/begun.ts'
import { formFrom, parseForm } from '../lib/form.ts'
import type { Context } from '../runtime/context.ts'
import type { Trace } from '../runtime/log/trace.ts'
import { type Field, fieldsOfForm, readFields } from './bodies/bodies.ts'
import { claimedClient } from './bodies/token_form.ts'
import { queryOf } from './caller.ts'

/** Names the client in the trace, where the request names one that exists. */
export async function findOwner(context: Context, trace: Trace, request: FastifyRequest): Promise<void> {
  const fields = await fieldsOf(request)
  const begun = fields.filter(({ name }) => sealed.has(name)).map(({ value }) => begunIn(context, value ?? ''))
  for (const one of begun) if (one !== undefined) tellBegun(trace, one)
  const basic = claimedClient(request.headers.authorization, formFrom([]))
  const ids = [basic, ...fields.filter(({ name }) => claims.has(name)).map(({ value }) => value)]
  const claimed = [...ids, ...begun.map((one) => one && clientIdOf(one))]
  for (const id of claimed.filter((id) => id !== undefined).slice(0, 4)) {
    const client = await context.clients.find(id)
    trace.client(client?.id)
    if (client !== undefined) return
  }
}

const claims: ReadonlySet<string> = new Set(['client_id', 'clientId'])

/** The fields in which what an app has begun travels from page to page, and to a provider and back. */
const sealed: ReadonlySet<string> = new Set(['request', 'resume', 'again', 'state', 'link'])

/** Brings the rules in line with what was begun, which was checked when it came in. */
function tellBegun(trace: Trace, begun: Begun): void {
  if (begun.kind === 'page') return
  if (begun.kind === 'social') {
    trace.runs('social:login')
    trace.at('provider')
    return
  }
  const form = formFrom(begun.parameters)
  trace.skipAbsent({
    codeChallenge: form.get('code_challenge'),
    dpopJkt: form.get('dpop_jkt'),
    resources: form.all('resource'),
    prompt: form.all('prompt'),
    maxAge: form.has('max_age') ? 0 : undefined,
    claims: form.get('claims'),
    acrValues: form.get('acr_values'),
    hintSubject: form.get('id_token_hint'),
  })
}

/** What stands in the query of a request, and in its body where that was read. */
async function fieldsOf(request: FastifyRequest): Promise<readonly Field[]> {
  const query = parseForm(queryOf(request))
  return [...(query === undefined ? [] : fieldsOfForm(query)), ...(await fieldsRead(request))]
}

async function fieldsRead(request: FastifyRequest): Promise<readonly Field[]> {
  const { body } = request
  if (typeof body === 'string') {
    const form = parseForm(body)
    return form === undefined ? [] : fieldsOfForm(form)
  }
  // What nobody has read is not read for this.
  if (body === undefined || body === null) return []
  return readFields(request).catch(() => [])
}
