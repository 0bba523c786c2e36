/** Parameters that are repeated, too long, or ask for what this server does not have (RFC 6749 §3.1). */
import { requireEachOnce } from '../../../protocol/parameters.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Asking } from './checks.ts'

/** Characters of a state, which comes back as it was sent (RFC 6749 §4.1.2). */
const stateLimit = 4096
const nonceLimit = 1024

export function isStateTooLong(state: string): boolean {
  return [...state].length > stateLimit
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
