/** Comparing what was sent with the secrets of a client (RFC 6749 §2.3.1). */
import { timingSafeEqual } from 'node:crypto'
import type { Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Client } from '../../runtime/kept/clients.ts'

/** `right_given` is right and was chosen by the operator, so that it may be one that can be guessed. */
export type SecretMatch = 'right' | 'right_given' | 'expired' | 'wrong'

/** The name of secrets that come from the operator's document. All others are generated: 256 random bits. */
export const givenSecretName = 'apply'

const nothing = Buffer.alloc(32)

/**
 * Whether the text is a secret of the client. The digest is always computed and always compared, so that time does not
 * tell an unknown client from a known one.
 */
export function matchSecret(client: Client | undefined, presented: string | undefined, now: Millis): SecretMatch {
  const digest = sha256(presented ?? '')
  let match: SecretMatch = 'wrong'
  for (const secret of client?.secrets ?? [{ hash: nothing, expiresAt: null, name: '' }]) {
    if (!timingSafeEqual(digest, secret.hash) || match === 'right') continue
    if (secret.expiresAt === null || secret.expiresAt > now) {
      match = secret.name === givenSecretName ? 'right_given' : 'right'
    } else if (match === 'wrong') match = 'expired'
  }
  return match
}
