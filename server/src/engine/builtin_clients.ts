/**
 * The clients of the password doors (RFC 6749 §4.3): one for each door, made by the server itself. Nobody else may ask
 * for tokens with a person's password, and through another door these clients get nothing.
 */
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { GrantContext } from '../protocol/grant.ts'
import type { ClientId, Dialect } from '../protocol/names.ts'
import type { Storage } from '../storage/contract.ts'

/** What a password door gives out, and to which client. */
export interface PasswordDoor {
  readonly clientId: ClientId
  readonly dialect: Dialect
  /** What account holders read in their lists. */
  readonly name: string
  readonly tokenFormat: NonNullable<GrantContext['tokenFormat']>
  /** Whether a refresh token goes with it; each then has an age of its own. */
  readonly refreshes: boolean
}

export const passwordTokenDoor: PasswordDoor = {
  clientId: 'password-token',
  dialect: 'password_token',
  name: 'Password sign-in',
  tokenFormat: 'handle',
  refreshes: false,
}

export const jwtLoginDoor: PasswordDoor = {
  clientId: 'jwt-login',
  dialect: 'jwt_login',
  name: 'API sign-in',
  tokenFormat: 'login_jwt',
  refreshes: true,
}

const doors = [passwordTokenDoor, jwtLoginDoor]

/** The door that a client is built in for; undefined for every other client. */
export function passwordDoorOf(clientId: ClientId): PasswordDoor | undefined {
  return doors.find((door) => door.clientId === clientId)
}

/** Members that no document can change: they keep a built-in client to its door. Empty for every other client. */
export function fixedMetadata(clientId: ClientId): Partial<ClientMetadata> {
  const door = passwordDoorOf(clientId)
  if (door === undefined) return {}
  return {
    redirect_uris: [],
    grant_types: ['password', ...(door.refreshes ? ['refresh_token'] : [])],
    token_endpoint_auth_method: 'none',
    token_format: 'opaque',
    dialects: [door.dialect],
    first_party: true,
  }
}

/** Members that a built-in client has until the operator says otherwise. Empty for every other client. */
export function defaultMetadata(clientId: ClientId): Partial<ClientMetadata> {
  const door = passwordDoorOf(clientId)
  return door === undefined ? {} : { client_name: door.name, scope: 'basic readmeasurements writemeasurements' }
}

/** Makes the rows of the built-in clients whose door is open, as far as they are not there yet. */
export async function ensureBuiltInClients(storage: Storage, open: ReadonlySet<Dialect>): Promise<void> {
  for (const { clientId, dialect } of doors) {
    if (!open.has(dialect) || (await storage.clients.find(clientId)) !== undefined) continue
    const metadata = { ...defaultMetadata(clientId), ...fixedMetadata(clientId) }
    await storage.clients.insert({ clientId, ownerId: null, status: 'enabled', metadata, secrets: [] })
  }
}
