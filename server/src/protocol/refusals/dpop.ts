/** Refusals of proofs of the sender's key, and of what is bound to it (RFC 9449). */
import { grant, type Row, request, startAgain } from './row.ts'

const proof = { error: 'invalid_dpop_proof', status: 400 } as const
const token = { error: 'invalid_token', status: 401 } as const
const library = 'Let an OAuth library make the proofs, a new one for each request.'

export const dpopRefusals = {
  dpop_proof_missing: {
    ...proof,
    text: 'A DPoP proof is required.',
    cause: 'The request has no DPoP proof, and the app or the code or token needs one.',
    rfc: 'RFC 9449 §5',
    repair: 'Send a proof in the DPoP header, made with the key that the code or token is bound to.',
  },
  dpop_proof_invalid: {
    ...proof,
    text: 'The DPoP proof is not valid for this request.',
    cause: 'The DPoP proof is not valid for this request.',
    rfc: 'RFC 9449 §4.3',
    repair: library,
  },
  dpop_proof_used: {
    ...proof,
    text: 'The DPoP proof was used before.',
    cause: 'The DPoP proof was used before. Nothing was ended or used up.',
    rfc: 'RFC 9449 §11.1',
    repair: library,
  },
  dpop_nonce_needed: {
    error: 'use_dpop_nonce',
    status: 400,
    text: 'The DPoP proof needs the nonce of this answer.',
    cause: 'The app has to put a nonce of this server into each DPoP proof, and there was none.',
    rfc: 'RFC 9449 §8',
    repair: 'Make a new proof with the nonce in the DPoP-Nonce header of the answer. Libraries do that by themselves.',
  },
  dpop_key_other: {
    ...grant,
    text: 'The authorization code or refresh token is bound to another key.',
    cause:
      'The code or refresh token is bound to another key than that of the DPoP proof. Nothing was ended or used up.',
    rfc: 'RFC 9449 §5',
    repair: `Keep the key as long as the tokens that are bound to it. If it is lost: ${startAgain}`,
  },
  dpop_jkt_malformed: {
    ...request,
    text: 'The dpop_jkt is not the thumbprint of a key.',
    cause: 'The parameter dpop_jkt must be the SHA-256 thumbprint of the key: 43 characters of A-Z a-z 0-9 - _.',
    rfc: 'RFC 9449 §10',
    repair: 'Send the thumbprint by RFC 7638 in base64url, or leave dpop_jkt out.',
  },
  dpop_jkt_other: {
    ...request,
    text: 'The dpop_jkt is not the key of the DPoP proof.',
    cause: 'The parameter dpop_jkt names another key than the DPoP proof of the same request.',
    rfc: 'RFC 9449 §10.1',
    repair: 'Send the thumbprint of the key that signs the proof, or leave dpop_jkt out.',
  },
  front_channel_unbound: {
    error: 'unsupported_response_type',
    status: 400,
    text: 'This client gets access tokens from the token endpoint alone.',
    cause: 'The app is registered for tokens that are bound to its key, and a token in the redirect is bound to none.',
    rfc: 'RFC 9449 §5.2',
    repair: 'Ask for a code, with response_type=code.',
  },
  token_bound: {
    ...token,
    text: 'The access token is bound to a key. Send it with a DPoP proof.',
    cause: 'The access token is bound to a key and was sent as a bearer token, without proof of the key.',
    rfc: 'RFC 9449 §7.2',
    repair: 'Send the token after the word DPoP, with a proof in the DPoP header.',
  },
  token_unbound: {
    ...token,
    text: 'The access token is not bound to a key. Send it as a bearer token.',
    cause: 'The access token is bound to no key and was sent after the word DPoP.',
    rfc: 'RFC 9449 §7.1',
    repair: 'Send the token after the word Bearer, or ask for a bound one with a DPoP proof at the token endpoint.',
  },
  token_of_another_key: {
    ...token,
    text: 'The access token is bound to another key.',
    cause: 'The access token is bound to another key than that of the DPoP proof.',
    rfc: 'RFC 9449 §7.1',
    repair: 'Sign the proof with the key that was proved where the token was issued.',
  },
} as const satisfies Record<string, Row>
