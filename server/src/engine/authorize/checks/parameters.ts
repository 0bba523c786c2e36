/** Parameters that are repeated, too long, or ask for what this server does not have (RFC 6749 §3.1). */
import type { Form } from '../../../lib/form.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Asking } from './checks.ts'

/** Characters of a state, which comes back as it was sent (RFC 6749 §4.1.2). */
const stateLimit = 4096
const nonceLimit = 1024

export function isStateTooLong(state: string): boolean {
  return [...state].length > stateLimit
}

/** A sentence that names the parameter only where the name is one of the protocol's. */
export function repeatedCause(name: string): string {
  return /^[a-z_]{1,40}$/.test(name) ? `${name} was sent more than once.` : 'A parameter was sent more than once.'
}

/** Throws where a parameter came twice; `resource` and `audience` may (RFC 6749 §3.1, §3.2, RFC 8707 §2). */
export function requireEachOnce(form: Form): void {
  const repeated = form.repeated.find((name) => name !== 'resource' && name !== 'audience')
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
}

/** An empty one counts: which of two is meant is not to be guessed where the answer's address hangs on it. */
export function requireOnce(form: Form, name: string): void {
  if (form.repeated.includes(name)) throw new Refusal('parameter_repeated', { cause: repeatedCause(name) })
}

export function requireSoundParameters({ form }: Asking): undefined {
  const state = form.get('state')
  // An answer without its state would be none that the app can take.
  if (state !== undefined && isStateTooLong(state)) throw new Refusal('state_too_long')
  requireEachOnce(form)
  if ((form.get('nonce')?.length ?? 0) > nonceLimit) {
    throw new Refusal('parameter_too_long', { cause: `nonce is longer than ${nonceLimit} characters.` })
  }
  if (form.has('request')) throw new Refusal('request_object_unsupported')
  if (form.has('request_uri')) throw new Refusal('request_uri_unsupported')
  if (form.has('registration')) throw new Refusal('registration_unsupported')
}
