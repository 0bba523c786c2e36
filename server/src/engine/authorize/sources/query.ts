/** The parameters of a request as they stand in its query, and in the body of a POST (RFC 6749 §3.1). */
import type { Form } from '../../../lib/form.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { repeatedCause } from '../checks/parameters.ts'

/** The parameters in a form body; one that stands in the query as well is repeated. Throws Refusal. */
export function parametersPosted(query: Form, body: Form): Form {
  const repeated = query.names.find((name) => body.has(name))
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  return body
}
