/**
 * What this server can do of all that a client may register or ask for. Discovery announces these values, registration is
 * compared with them and requests are checked against them, so that the three never say different things.
 */
import { publicKeyAlgorithms } from '../lib/public_key.ts'
import { frontChannelTypes, responseModes } from './response_type.ts'

export const capabilities = {
  /** RFC 7591 §2, token_endpoint_auth_method. */
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  /** Of client assertions (RFC 7523 §3). */
  assertionAlgorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  /** Of DPoP proofs (RFC 9449 §5.1). */
  dpopAlgorithms: publicKeyAlgorithms,
  /** Of ID tokens and JWT access tokens: what our own keys are of. */
  signingAlgorithms: ['RS256', 'ES256', 'EdDSA'],
  /** Of UserInfo answers, beside plain JSON (OIDC Core §5.3.2). */
  userinfoAlgorithms: ['RS256', 'ES256', 'EdDSA'],
  /** Of introspection answers, beside plain JSON (RFC 9701 §5). */
  introspectionAlgorithms: ['RS256', 'ES256', 'EdDSA'],
  /** OIDC Core §8. */
  subjectTypes: ['public', 'pairwise'],
  /** At the standard endpoint, beside those that put tokens into the front channel. */
  responseTypes: ['code'],
  responseModes,
  codeChallengeMethods: ['S256'],
  /** How surely it is known who signed in: by one factor, or by more (OIDC Core §2, `acr`). */
  acrValues: ['urn:consentry:acr:single-factor', 'urn:consentry:acr:multi-factor'],
  /** OIDC Core §3.1.2.1, OpenID Connect Prompt Create 1.0. */
  prompts: ['none', 'login', 'consent', 'select_account', 'create'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Whether the value is one of those that this server has of the kind. */
export function has(kind: keyof typeof capabilities, value: unknown): boolean {
  const values: readonly unknown[] = capabilities[kind]
  return values.includes(value)
}

/** The prompts that this server takes: nobody can be asked to open an account where none is opened. */
export function promptsOf({ signUp }: { readonly signUp: 'open' | 'invite' | 'closed' }): readonly string[] {
  return capabilities.prompts.filter((prompt) => prompt !== 'create' || signUp !== 'closed')
}

/** The response types that this server takes: those with tokens in the front channel by a switch of the operator. */
export function responseTypesOf({ frontChannelTokens }: { readonly frontChannelTokens: boolean }): readonly string[] {
  return frontChannelTokens ? [...capabilities.responseTypes, ...frontChannelTypes] : capabilities.responseTypes
}
