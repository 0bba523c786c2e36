/** The key that a code is to be bound to (RFC 9449 §10). */
import { Refusal } from '../../../protocol/refusal.ts'
import { readThumbprint } from '../../client/dpop_proof.ts'
import type { Asking } from './checks.ts'

export function findDpopJkt({ form, trace }: Asking): { readonly dpopJkt: string | undefined } | Refusal {
  const dpopJkt = form.get('dpop_jkt')
  if (dpopJkt === undefined) trace.skip('dpop_jkt')
  else if (readThumbprint(dpopJkt) === undefined) return new Refusal('dpop_jkt_malformed')
  return { dpopJkt }
}
