/**
 * Client authentication (RFC 6749 §2.3.1; methods by RFC 7591 §2): who is calling, proved as registered. The room knows
 * what a client is registered for, may do and is lenient about.
 * Not here: acts of its developers (`developer/`) and the kept rows themselves (`runtime/kept/clients.ts`). Neighbours:
 * `token/`, `authorize/` and `access_tokens/` above; `account/` and `grant/` below. To add: a method, its case here; a
 * leniency, `leniencies.ts`; a protection, `capabilities.ts`.
 */
import type { Dialect } from '../../protocol/dialects.ts'
import { type ClientAuthMethod, type ClientId, isSecretMethod } from '../../protocol/names.ts'
import { type Reason, Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { guesserKey } from '../../runtime/limits/network.ts'
import { tooManyFailures } from '../../runtime/limits/throttle.ts'
import { canAuthenticate } from './capabilities.ts'
import { importedSecrets, matchImported, matchSecret, type SecretMatch } from './client_secrets.ts'
import { mayRefreshWithoutSecret } from './leniencies.ts'
import { proveAssertion } from './private_key_jwt.ts'

/**
 * What the request showed of who makes it, by method, as the dialect decoded it. What a sender proves beside it of a key of
 * its own travels with the request and not in here: a client that authenticates by a secret may prove one as well.
 */
export type PresentedClient = { readonly clientId: ClientId } & (
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  /** A signed JWT (RFC 7523 §2.2). */
  | { readonly method: 'private_key_jwt'; readonly assertion: string }
)

/** Who asks for what, and in which protocol. */
interface Asking {
  readonly caller: Caller
  readonly dialect: Dialect
  readonly grantType: string | undefined
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
  { caller, dialect, grantType }: Asking,
): Promise<AuthenticatedClient> {
  const { method } = presented
  const key = guesserKey(client?.id, caller)
  const closed = context.throttle.exceeded('client', key)
  const secret = matchSecret(client, 'secret' in presented ? presented.secret : undefined, context.clock.now())
  const refreshedAt = grantType === 'refresh_token' ? dialect : undefined
  const shown = prove(client, presented, secret, refreshedAt)
  const wrong = shown instanceof Refusal && shown.reason === 'client_secret_wrong'
  const imported = wrong ? importedSecrets(client, context.clock.now()) : []
  if (!closed && method !== 'private_key_jwt' && imported.length === 0) {
    // As `throttle.prove` has it while the key is open, without a wait: nearly every request comes here.
    if (!(shown instanceof Refusal)) return { client: shown, method }
    if (isGuess(client, shown)) context.throttle.fail('client', key)
    throw shown
  }
  const outcome = await context.throttle.prove<Client | Refusal>('client', key, async () => {
    if (client !== undefined && imported.length > 0 && !closed && 'secret' in presented) {
      if (await matchImported(context, client, imported, presented.secret)) return { ok: true, value: client }
    }
    const proved =
      shown instanceof Refusal || presented.method !== 'private_key_jwt'
        ? shown
        : ((await proveAssertion(context, shown, presented.assertion)) ?? shown)
    if (proved instanceof Refusal) return { ok: !isGuess(client, proved), value: proved }
    // What the operator chose may be guessed, so once too much has failed even the right one says nothing.
    return { ok: !closed || secret !== 'right_given', value: proved }
  })
  if (outcome === undefined) throw tooManyFailures(context.throttle, [['client', key]])
  if (outcome instanceof Refusal) throw outcome
  return { client: outcome, method }
}

/** Refusals in which nothing was shown that could have been right. */
const noGuess: ReadonlySet<Reason> = new Set([
  'client_secret_missing',
  'client_secret_expired',
  'client_auth_method_wrong',
  'client_auth_method_not_available',
  'client_disabled',
])

/** Whether a failure may have been a guess. A public client has nothing to be guessed. */
function isGuess(client: Client | undefined, { reason }: Refusal): boolean {
  if (client !== undefined && !client.confidential) return false
  return !noGuess.has(reason)
}

function prove(
  client: Client | undefined,
  presented: PresentedClient,
  secret: SecretMatch,
  refreshedAt: Dialect | undefined,
): Client | Refusal {
  if (client === undefined) return new Refusal('client_unknown')
  if (client.status === 'disabled') return new Refusal('client_disabled')
  if (!canAuthenticate(client)) return new Refusal('client_auth_method_not_available')
  const registered = client.metadata.token_endpoint_auth_method
  if (!client.confidential) {
    if (presented.method === 'none') return client
    return new Refusal('client_auth_method_wrong', { expected: 'none', got: presented.method })
  }
  if (presented.method === 'none') {
    if (refreshedAt !== undefined && mayRefreshWithoutSecret(client, refreshedAt)) return client
    return new Refusal('client_secret_missing', { expected: registered })
  }
  const either = client.metadata.any_secret_method === true && isSecretMethod(registered)
  if (registered !== presented.method && !(either && isSecretMethod(presented.method))) {
    return new Refusal('client_auth_method_wrong', {
      expected: either ? 'client_secret_basic or client_secret_post' : registered,
      got: presented.method,
    })
  }
  if (secret === 'right' || secret === 'right_given' || presented.method === 'private_key_jwt') return client
  if (secret === 'expired') return new Refusal('client_secret_expired')
  return new Refusal('client_secret_wrong', secretCause(client))
}

function secretCause(client: Client): { cause: string } | Record<string, never> {
  const count = client.secrets.length
  if (count < 2) return {}
  return { cause: `Wrong client secret. (The app has ${count}.)` }
}
