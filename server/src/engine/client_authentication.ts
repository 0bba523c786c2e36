/** Client authentication (RFC 6749 §2.3.1; methods by RFC 7591 §2): who is calling, proved as registered. */
import { timingSafeEqual } from 'node:crypto'
import { sha256 } from '../lib/hash.ts'
import type { ClientAuthMethod, ClientId } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
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

const nothing = Buffer.alloc(32)

/**
 * Finds the client and proves it. Unknown, disabled and wrongly authenticated clients cost the same work and get the
 * same public answer. Throws Refusal.
 */
export async function authenticateClient(
  context: Context,
  presented: PresentedClient,
  caller: Caller,
): Promise<AuthenticatedClient> {
  const client = await context.clients.find(presented.clientId)
  const key = guesserKey(client?.id, caller)
  if (context.throttle.exceeded('client', key)) {
    throw new Refusal('too_many_failures', { retryAfter: context.throttle.retryAfter() })
  }
  const now = context.clock.now()
  // The digest is always computed and always compared, so that time does not tell an unknown client from a known one.
  const digest = sha256(presented.secret ?? '')
  let matched = false
  let expired = false
  for (const secret of client?.secrets ?? [{ hash: nothing, expiresAt: null }]) {
    if (!timingSafeEqual(digest, secret.hash)) continue
    if (secret.expiresAt !== null && secret.expiresAt <= now) expired = true
    else matched = true
  }
  try {
    const proved = prove(client, presented, matched, expired)
    if (presented.method === 'private_key_jwt') await proveAssertion(context, proved, presented.assertion ?? '')
    return { client: proved, method: presented.method }
  } catch (error) {
    if (error instanceof Refusal) context.throttle.fail('client', key)
    throw error
  }
}

function prove(client: Client | undefined, presented: PresentedClient, matched: boolean, expired: boolean): Client {
  if (client === undefined) throw new Refusal('client_unknown')
  if (!client.enabled) throw new Refusal('client_disabled')
  const registered = client.metadata.token_endpoint_auth_method
  if (!client.confidential) {
    if (presented.method === 'none') return client
    throw new Refusal('client_auth_method_wrong', { expected: 'none', got: presented.method })
  }
  if (presented.method === 'none') {
    throw new Refusal('client_secret_missing', { expected: registered ?? 'client_secret_basic' })
  }
  if (registered === undefined ? !presented.method.startsWith('client_secret_') : registered !== presented.method) {
    throw new Refusal('client_auth_method_wrong', {
      expected: registered ?? 'client_secret_basic or client_secret_post',
      got: presented.method,
    })
  }
  if (matched || presented.method === 'private_key_jwt') return client
  if (expired) throw new Refusal('client_secret_expired')
  throw new Refusal('client_secret_wrong', secretCause(client))
}

function secretCause(client: Client): { cause: string } | Record<string, never> {
  const count = client.secrets.length
  if (count < 2) return {}
  return { cause: `The client secret was none of the ${count} that are registered. Not authenticated.` }
}
