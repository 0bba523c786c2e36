/**
 * Proof of a key by the sender of a request (RFC 9449): that it was made now, for this request, and is used once. What is
 * then bound to the key, or was before, is for whoever asks: tokens in `token/`, their use in `access_tokens/`.
 */
import { type Millis, minute, type Seconds } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { refusesFuture } from '../../protocol/profiles/profiles.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { OnceClaim } from '../../storage/contract.ts'
import { currentNonce, nonceEnd } from './dpop_nonce.ts'
import { readProof } from './dpop_proof.ts'

/** A proof as a request shows it, and the request that it has to be made for. */
export interface ShownProof {
  readonly text: string
  readonly method: string
  /** Undefined where the proxy in front does not say it. */
  readonly uri: string | undefined
}

/** The key that the sender has proved to hold. */
export interface SenderKey {
  /** Its thumbprint, 32 bytes. */
  readonly key: Buffer
  /** What makes the proof good for one request alone. */
  readonly once: OnceClaim
}

/** How old a proof may be, and how far ahead of our clock, where no nonce says when it was made. */
const window: Seconds = 60
/** How far the clocks of two nodes may differ. */
const clockSkew: Millis = minute

/**
 * The key that a request proves, whose client is known; undefined where it shows no proof and need not. A Refusal where the
 * proof is no good, or there has to be one. It claims nothing, so that what is refused for another reason may come again.
 */
export function findSenderKey(
  context: Context,
  { metadata }: Client,
  shown: ShownProof | undefined,
  accessToken?: string,
): SenderKey | Refusal | undefined {
  if (shown === undefined) {
    return metadata.dpop_bound_access_tokens === true ? new Refusal('dpop_proof_missing') : undefined
  }
  const { text, method, uri } = shown
  const now = context.clock.now()
  const proof = readProof(text, { method, uri, accessToken }, now / 1000)
  if ('cause' in proof) return new Refusal('dpop_proof_invalid', { ...proof })
  const { key, jti, issuedAt, nonce } = proof
  const fresh = { nonce: currentNonce(context) }
  if (nonce === undefined && metadata.require_dpop_nonce === true) return new Refusal('dpop_nonce_needed', fresh)
  const until = nonce === undefined ? (issuedAt + window) * 1000 : nonceEnd(context, nonce)
  if (until === undefined) {
    return new Refusal('dpop_nonce_needed', {
      cause: 'The nonce of the DPoP proof is not of this server, or too old.',
      ...fresh,
    })
  }
  // A nonce of ours says when the proof was made, whatever the sender's clock says (§4.3, number 11).
  const ahead = issuedAt - Math.floor(now / 1000)
  if ((nonce === undefined && Math.abs(ahead) > window) || (refusesFuture(metadata) && ahead > window)) {
    return new Refusal('dpop_proof_invalid', {
      cause:
        nonce === undefined
          ? 'iat of the DPoP proof is not within a minute of now. With the nonce of this answer it need not be.'
          : 'iat of the DPoP proof lies more than a minute ahead, which the profile of the app forbids.',
      expected: String(Math.floor(now / 1000)),
      got: String(issuedAt),
      ...fresh,
    })
  }
  // With the moment in it, as a digest always has to come with the same end.
  const hash = sha256(JSON.stringify([key.toString('base64url'), jti, issuedAt, until]))
  return { key, once: { kind: 'dpop_proof', hash, expires: Math.ceil(until + window * 1000 + clockSkew) } }
}

/**
 * Uses the proof up; a Refusal where it was used before. It comes last, when all else of the request has been proved: so
 * strangers write no row, and what was refused burns no proof.
 */
export async function claimProof(
  { storage }: Pick<Context, 'storage'>,
  { once: { kind, hash, expires } }: SenderKey,
): Promise<Refusal | undefined> {
  return (await storage.claims.claimOnce(kind, hash, expires)) === 'seen' ? new Refusal('dpop_proof_used') : undefined
}

/** Whether two thumbprints are those of one key. */
export function isSameKey(one: Buffer, other: Buffer | undefined): boolean {
  return other !== undefined && one.equals(other)
}

/** Why what is bound to a key is not the sender's (RFC 9449 §5, §10); undefined where it is. */
export function whyOtherKey(bound: Buffer, sender: SenderKey | undefined): Refusal | undefined {
  if (sender === undefined) return new Refusal('dpop_proof_missing')
  if (isSameKey(bound, sender.key)) return undefined
  return new Refusal('dpop_key_other', {
    expected: bound.toString('base64url'),
    got: sender.key.toString('base64url'),
  })
}
