/** Parameters that are repeated, too long, or ask for what this server does not have (RFC 6749 §3.1). */
import { whyAnyTwice } from '../../../protocol/parameters.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Asking } from './checks.ts'

/** Characters of a state, which comes back as it was sent (RFC 6749 §4.1.2). */
const stateLimit = 4096
const nonceLimit = 1024

export function isStateTooLong(state: string): boolean {
  return [...state].length > stateLimit
}

export function checkParameters({ form }: Asking): Refusal | undefined {
  const state = form.get('state')
  // An answer without its state would be none that the app can take.
  if (state !== undefined && isStateTooLong(state)) return new Refusal('state_too_long')
  const repeated = whyAnyTwice(form)
  if (repeated !== undefined) return repeated
  if ((form.get('nonce')?.length ?? 0) > nonceLimit) {
    return new Refusal('parameter_too_long', { cause: `nonce is longer than ${nonceLimit} characters.` })
  }
  if (form.has('request')) return new Refusal('request_object_unsupported')
  if (form.has('request_uri')) return new Refusal('request_uri_unsupported')
  if (form.has('registration')) return new Refusal('registration_unsupported')
  return undefined
}
