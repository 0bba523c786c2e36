/** Which parameters of a request may come more than once (RFC 6749 §3.1, §3.2). */
import type { Form } from '../lib/form.ts'
import { Refusal } from './refusal.ts'

/** A sentence that names the parameter only where the name is one of the protocol's. */
export function repeatedCause(name: string): string {
  return /^[a-z_]{1,40}$/.test(name) ? `${name} was sent more than once.` : 'A parameter was sent more than once.'
}

/** The refusal where a parameter came twice; `resource` and `audience` may (RFC 6749 §3.1, §3.2, RFC 8707 §2). */
export function whyAnyTwice(form: Form): Refusal | undefined {
  const repeated = form.repeated.find((name) => name !== 'resource' && name !== 'audience')
  return repeated === undefined ? undefined : new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
}

/** An empty one counts: which of two is meant is not to be guessed where the answer's address hangs on it. */
export function whyTwice(form: Form, name: string): Refusal | undefined {
  return form.repeated.includes(name) ? new Refusal('parameter_repeated', { cause: repeatedCause(name) }) : undefined
}

/** The parameters in a form body; one that stands in the query as well is repeated. Throws Refusal. */
export function parametersPosted(query: Form, body: Form): Form {
  const repeated = query.names.find((name) => body.has(name))
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  return body
}
