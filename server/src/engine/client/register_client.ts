/** A new client under an id that is free, with a generated secret where it authenticates by one (RFC 7591 §3.2.1). */
import { encodeBase62 } from '../../lib/base62.ts'
import type { Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomBytes, randomText } from '../../lib/random.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import { type ClientId, isSecretMethod, type UserId } from '../../protocol/names.ts'
import { isBuiltIn } from '../../runtime/kept/builtin_clients.ts'
import type { Acting, ClientRecord, ClientSecret, ClientStatus } from '../../storage/contract.ts'

export interface RegisteredClient {
  readonly clientId: ClientId
  /** Known here and to whom it is shown; stored is only its digest. */
  readonly clientSecret: string | undefined
}

export interface Registration {
  /** A random one where it is left out. */
  readonly clientId?: ClientId | undefined
  readonly ownerId: UserId | null
  readonly metadata: ClientMetadata
  /** `pending` where the operator has yet to approve it. */
  readonly status?: ClientStatus
  /** Whether it gets its first secret later, where there is nobody yet to show one to. */
  readonly withoutSecret?: boolean
  /** How it is found again where it registers itself. */
  readonly found?: ClientRecord['registration']
  /** How many apps the owner may have then. */
  readonly room?: number | undefined
}

/** Registers a client, or says why not: the id that was asked for is taken, or the owner has as many as they may. */
export async function registerClient(
  { clients }: Pick<Acting, 'clients'>,
  registration: Registration,
  now: Millis,
): Promise<RegisteredClient | 'taken' | 'full'> {
  // Letters and digits only, because old clients cut URLs by hand.
  const clientId = registration.clientId ?? encodeBase62(randomBytes(15))
  if (isBuiltIn(clientId)) return 'taken'
  const { metadata, ownerId, status = 'enabled', withoutSecret = false, found = null, room } = registration
  const proved = isSecretMethod(metadata.token_endpoint_auth_method) && !withoutSecret
  const made = proved ? newClientSecret('first', now) : undefined
  const secrets = made === undefined ? [] : [made.secret]
  const outcome = await clients.insert({ clientId, ownerId, status, metadata, secrets, registration: found }, room)
  return outcome === 'inserted' ? { clientId, clientSecret: made?.text } : outcome
}

/** A generated secret: its text, for the one who asked, and what is stored of it. */
export function newClientSecret(name: string, now: Millis): { readonly text: string; readonly secret: ClientSecret } {
  const text = encodeBase62(randomBytes(35))
  return { text, secret: { id: randomText(8), name, hash: sha256(text), createdAt: now, expiresAt: null } }
}
