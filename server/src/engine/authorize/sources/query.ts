/** The parameters of a request as they stand in its query, and in the body of a POST (RFC 6749 §3.1). */
import { type Form, parseForm } from '../../../lib/form.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { repeatedCause } from '../checks/parameters.ts'

/** The parameters in a query string. Throws parameter_malformed. */
export function parametersIn(query: string): Form {
  const form = parseForm(query)
  if (form === undefined) throw new Refusal('parameter_malformed')
  return form
}

/** The parameters in a form body; one that stands in the query as well is repeated. Throws Refusal. */
export function parametersPosted(query: Form, body: string): Form {
  const form = parametersIn(body)
  const repeated = query.names.find((name) => form.has(name))
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  return form
}
