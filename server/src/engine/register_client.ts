/** A new client under an id that is free, with a generated secret where it authenticates by one (RFC 7591 §3.2.1). */
import { encodeBase62 } from '../lib/base62.ts'
import { sha256 } from '../lib/hash.ts'
import { randomBytes, randomText } from '../lib/random.ts'
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { ClientId, UserId } from '../protocol/names.ts'
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
  },
): Promise<RegisteredClient | undefined> {
  const { clients } = context.storage
  // Letters and digits only, because old clients cut URLs by hand.
  const clientId = registration.clientId ?? encodeBase62(randomBytes(15))
  if ((await clients.find(clientId)) !== undefined) return undefined
  const { metadata, ownerId } = registration
  await clients.save({ clientId, ownerId, enabled: true, metadata })
  const method = metadata.token_endpoint_auth_method
  if (method !== undefined && !method.startsWith('client_secret_')) return { clientId, clientSecret: undefined }
  const clientSecret = encodeBase62(randomBytes(35))
  await clients.addSecret(clientId, {
    id: randomText(8),
    name: 'first',
    hash: sha256(clientSecret),
    createdAt: context.clock.now(),
    expiresAt: null,
  })
  return { clientId, clientSecret }
}
