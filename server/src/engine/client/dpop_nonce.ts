/**
 * Nonces of the server for DPoP proofs (RFC 9449 §8). They are derived from the time, under a key of the root secret, and
 * never stored: every node takes what another one has given out, and nobody else can make one ahead of its time.
 */
import { type Millis, minute } from '../../lib/clock.ts'
import { equalBytes, hmacSha256 } from '../../lib/hash.ts'
import type { Context } from '../../runtime/context.ts'

/** How long the same nonce is given out. It is good for as long again. */
const slot: Millis = 5 * minute

/** The nonce that is given out now. */
export function currentNonce({ keyring, clock }: Pick<Context, 'keyring' | 'clock'>): string {
  return nonceOf(keyring.current('dpop nonce'), Math.floor(clock.now() / slot))
}

/** Until when a nonce is good; undefined where this server has not made it, or it has expired. */
export function nonceEnd({ keyring, clock }: Pick<Context, 'keyring' | 'clock'>, nonce: string): Millis | undefined {
  const now = Math.floor(clock.now() / slot)
  // The clock of the node that gave it out may be a little ahead.
  for (const at of [now, now - 1, now + 1]) {
    for (const key of keyring.all('dpop nonce')) {
      if (equalBytes(Buffer.from(nonceOf(key, at)), Buffer.from(nonce))) return (at + 2) * slot
    }
  }
  return undefined
}

function nonceOf(key: Buffer, at: number): string {
  return hmacSha256(key, String(at)).subarray(0, 16).toString('base64url')
}
