/** Proof Key for Code Exchange, S256 only (RFC 7636 §4; plain is refused by RFC 9700 §2.1.1). */
import { equalBytes, sha256 } from '../lib/hash.ts'

const verifierForm = /^[A-Za-z0-9\-._~]{43,128}$/
const challengeForm = /^[A-Za-z0-9_-]{43}$/

/** Whether the text can be an S256 challenge: 43 characters of base64url (RFC 7636 §4.2). */
export function isCodeChallenge(text: string): boolean {
  return challengeForm.test(text)
}

/** Whether the text can be a verifier: 43 to 128 unreserved characters (RFC 7636 §4.1). */
export function isCodeVerifier(text: string): boolean {
  return verifierForm.test(text)
}

/** Whether the verifier hashes to the challenge (RFC 7636 §4.6). Constant time. */
export function provesChallenge(verifier: string, challenge: string): boolean {
  return equalBytes(Buffer.from(codeChallenge(verifier)), Buffer.from(challenge))
}

/** The S256 challenge of a verifier. */
export function codeChallenge(verifier: string): string {
  return sha256(verifier).toString('base64url')
}
