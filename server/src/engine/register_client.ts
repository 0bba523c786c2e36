/** A new client under an id that is free, with a generated secret where it authenticates by one (RFC 7591 §3.2.1). */
import { encodeBase62 } from '../lib/base62.ts'
import type { Millis } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { randomBytes, randomText } from '../lib/random.ts'
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { ClientId, UserId } from '../protocol/names.ts'
import type { ClientSecret } from '../storage/contract.ts'
import { passwordDoorOf } from './builtin_clients.ts'
import type { Context } from './context.ts'

export interface RegisteredClient {
  readonly clientId: ClientId
  /** Known here and to whom it is shown; stored is only its digest. */
  readonly clientSecret: string | undefined
}

/** Registers a client, or answers undefined where the id that was asked for is taken. */
export async function registerClient(
  context: Pick<Context, 'storage' | 'clock'>,
  registration: {
    readonly clientId?: ClientId | undefined
    readonly ownerId: UserId | null
    readonly metadata: ClientMetadata
    /** False where the operator has yet to allow it. */
    readonly enabled?: boolean
  },
): Promise<RegisteredClient | undefined> {
  const { clients } = context.storage
  // Letters and digits only, because old clients cut URLs by hand.
  const clientId = registration.clientId ?? encodeBase62(randomBytes(15))
  if (passwordDoorOf(clientId) !== undefined || (await clients.find(clientId)) !== undefined) return undefined
  const { metadata, ownerId, enabled = true } = registration
  await clients.save({ clientId, ownerId, enabled, metadata })
  const method = metadata.token_endpoint_auth_method
  if (method !== undefined && !method.startsWith('client_secret_')) return { clientId, clientSecret: undefined }
  const { text, secret } = newClientSecret('first', context.clock.now())
  await clients.addSecret(clientId, secret)
  return { clientId, clientSecret: text }
}

/** A generated secret: its text, for the one who asked, and what is stored of it. */
export function newClientSecret(name: string, now: Millis): { readonly text: string; readonly secret: ClientSecret } {
  const text = encodeBase62(randomBytes(35))
  return { text, secret: { id: randomText(8), name, hash: sha256(text), createdAt: now, expiresAt: null } }
}
