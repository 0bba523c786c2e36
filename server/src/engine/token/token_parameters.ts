/** Parameters that several grant types read off a token request (RFC 6749 §4). All throw Refusal. */
import type { Form } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { parseScope } from '../../protocol/scope.ts'

/** The value of a parameter that the request needs. */
export function requireParameter(form: Form, name: string): string {
  const value = form.get(name)
  if (value === undefined) throw missingParameter(name)
  return value
}

export function missingParameter(name: string): Refusal {
  return new Refusal('parameter_missing', {
    text: `The parameter ${name} is missing.`,
    cause: `The parameter ${name} is missing.`,
  })
}

/** The scope that is asked for (RFC 6749 §3.3); undefined where none is. */
export function readScope(form: Form): readonly string[] | undefined {
  const text = form.get('scope')
  if (text === undefined) return undefined
  const scope = parseScope(text)
  if (scope === undefined) throw new Refusal('scope_malformed')
  return scope.length === 0 ? undefined : scope
}
