/** Client authentication (RFC 6749 §2.3.1; methods by RFC 7591 §2): who is calling, proved as registered. */
import { type ClientAuthMethod, type ClientId, type GrantTypeName, isSecretMethod } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import { matchSecret, type SecretMatch } from './client_secrets.ts'
import type { Client } from './clients.ts'
import type { Caller, Context } from './context.ts'
import { guesserKey } from './credentials.ts'
import { proveAssertion } from './private_key_jwt.ts'

/** What the request showed, decoded by the dialect. */
export interface PresentedClient {
  readonly method: ClientAuthMethod
  readonly clientId: ClientId
  readonly secret?: string
  /** A signed JWT (RFC 7523 §2.2). */
  readonly assertion?: string
}

export interface AuthenticatedClient {
  readonly client: Client
  readonly method: ClientAuthMethod
}

/**
 * Proves that the presented client is `client`, which was found by its id. Unknown, disabled and wrongly authenticated
 * clients cost the same work and get the same public answer. `grantType` is what the client asks for, where it asks for
 * tokens. Throws Refusal.
 */
export async function authenticateClient(
  context: Context,
  presented: PresentedClient,
  client: Client | undefined,
  caller: Caller,
  grantType?: GrantTypeName,
): Promise<AuthenticatedClient> {
  const key = guesserKey(client?.id, caller)
  if (context.throttle.exceeded('client', key)) {
    throw new Refusal('too_many_failures', { retryAfter: context.throttle.retryAfter([['client', key]]) })
  }
  const secret = matchSecret(client, presented.secret, context.clock.now())
  try {
    const proved = prove(client, presented, secret, grantType)
    if (presented.method === 'private_key_jwt') await proveAssertion(context, proved, presented.assertion ?? '')
    return { client: proved, method: presented.method }
  } catch (error) {
    if (error instanceof Refusal) context.throttle.fail('client', key)
    throw error
  }
}

function prove(
  client: Client | undefined,
  presented: PresentedClient,
  secret: SecretMatch,
  grantType: GrantTypeName | undefined,
): Client {
  if (client === undefined) throw new Refusal('client_unknown')
  if (client.status === 'disabled') throw new Refusal('client_disabled')
  const registered = client.metadata.token_endpoint_auth_method
  if (!client.confidential) {
    if (presented.method === 'none') return client
    throw new Refusal('client_auth_method_wrong', { expected: 'none', got: presented.method })
  }
  if (presented.method === 'none') {
    if (grantType === 'refresh_token' && mayRefreshWithoutSecret(client)) return client
    throw new Refusal('client_secret_missing', { expected: registered })
  }
  const either = client.metadata.any_secret_method === true && isSecretMethod(registered)
  if (registered !== presented.method && !(either && isSecretMethod(presented.method))) {
    throw new Refusal('client_auth_method_wrong', {
      expected: either ? 'client_secret_basic or client_secret_post' : registered,
      got: presented.method,
    })
  }
  if (secret === 'right' || presented.method === 'private_key_jwt') return client
  if (secret === 'expired') throw new Refusal('client_secret_expired')
  throw new Refusal('client_secret_wrong', secretCause(client))
}

/**
 * The named setting of an app whose version on phones holds no secret. It is for refreshing alone: what comes without
 * the secret is treated as a public client's, and the code exchange never does.
 */
function mayRefreshWithoutSecret(client: Client): boolean {
  const { refresh_without_secret: allowed, token_endpoint_auth_method: registered } = client.metadata
  return allowed === true && isSecretMethod(registered)
}

function secretCause(client: Client): { cause: string } | Record<string, never> {
  const count = client.secrets.length
  if (count < 2) return {}
  return { cause: `The client secret was none of the ${count} that are registered. Not authenticated.` }
}
