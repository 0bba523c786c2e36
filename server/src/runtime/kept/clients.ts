/** Clients as the engine sees them: the registered document with every default filled in, cached for a moment. */
import type { Clock, Millis } from '../../lib/clock.ts'
import { type ClientMetadata, readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { GrantView } from '../../protocol/grant.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { isAdminScope, parseScope } from '../../protocol/scope.ts'
import type {
  ClientProposal,
  ClientRecord,
  ClientSecret,
  ClientStatus,
  ClientVerification,
  Storage,
} from '../../storage/contract.ts'
import { isVerified } from './app_form.ts'
import { fixedMetadata, isOff, referenceClient } from './builtin_clients.ts'
import { documentForm } from './document_form.ts'
import { keepRows } from './rows.ts'

export interface Client {
  readonly id: ClientId
  readonly name: string
  readonly ownerId: UserId | null
  readonly status: ClientStatus
  readonly validAfter: Millis
  readonly createdAt: Millis
  readonly secrets: readonly ClientSecret[]
  /** Until when refresh tokens that another server has issued may come; null where there are none. */
  readonly tokensUntil: Millis | null
  /** Whether the client authenticates at all. */
  readonly confidential: boolean
  readonly scope: readonly string[]
  readonly metadata: ClientMetadata
  /** What people and grants agree to where its document says what it is (`document_form.ts`); undefined for every other app. */
  readonly form: string | undefined
  /** Who has verified the app as it is now, and when. */
  readonly verification: ClientVerification | undefined
  /** The change that waits for the operator. */
  readonly proposal: ClientProposal | undefined
  /** Grants by which the app gets tokens of its own; as old as this record, and forgotten with it. */
  readonly ownGrants: Map<string, GrantView>
}

export interface Clients {
  /** The client, at most five seconds old. What decides over a token is judged with the grant, not from here. */
  find(id: ClientId): Promise<Client | undefined>
  /**
   * Whether an app has registered a redirect URI of this origin: one that is enabled, or also one in development. At most
   * five seconds old.
   */
  hasOrigin(origin: string, of: 'enabled' | 'in_use'): Promise<boolean>
  /** Forgets everything cached. */
  forget(): void
}

/** Origins of which it is remembered whether an app has them, and how long one may be. */
const originsKept = 1000
const longestOrigin = 300

/** Of a part that is switched off there is no client either, whatever is left in the database. */
export function createClients(
  storage: Storage,
  clock: Clock,
  parts: Parameters<typeof isOff>[1] & { readonly documentHosts: ReadonlySet<string> },
): Clients {
  const source = { storage, clock }
  const clients = keepRows(source, async (id: ClientId) => {
    if (id.length > 255 || id.includes('\0') || isOff(id, parts)) return undefined
    const record = await storage.clients.find(id)
    return record && openByHost(toClient(record), parts.documentHosts)
  })
  // The page of the reference is ours: what it calls it calls from our own origin, which makes no other page of it an app.
  const except = referenceClient.clientId
  const origins = (enabled: boolean) =>
    keepRows(source, (origin: string) => storage.clients.hasOrigin(origin, { except, enabled }), originsKept)
  const known = { enabled: origins(true), in_use: origins(false) }
  return {
    find: clients.find,
    hasOrigin: async (origin, of) => origin.length <= longestOrigin && known[of].find(origin),
    forget() {
      for (const kept of [clients, known.enabled, known.in_use]) kept.forget()
    },
  }
}

/** An app that waits for nobody where the operator trusts the host of its document. */
function openByHost(client: Client, hosts: ReadonlySet<string>): Client {
  const waits = client.status === 'pending' && client.metadata.registered_by === 'document'
  return waits && hosts.has(new URL(client.id).host) ? { ...client, status: 'enabled' } : client
}

/** The client behind a stored record. Throws where the stored document is not one that we validated. */
export function toClient(record: ClientRecord): Client {
  const stored = readStoredMetadata({ ...record.metadata, ...fixedMetadata(record.clientId) })
  // What nobody has approved is nobody's own app.
  const metadata = record.status === 'pending' ? { ...stored, first_party: false } : stored
  const method = metadata.token_endpoint_auth_method
  return {
    id: record.clientId,
    name: metadata.client_name ?? record.clientId,
    ownerId: record.ownerId,
    status: record.status,
    validAfter: record.validAfter,
    createdAt: record.createdAt,
    secrets: record.secrets,
    tokensUntil: record.tokensUntil,
    confidential: method !== 'none',
    scope: metadata.scope === undefined ? [] : (parseScope(metadata.scope) ?? []),
    metadata,
    form: documentForm({ metadata }),
    // What an app says of itself may be another thing tomorrow: nobody vouches for it (R70).
    verification:
      stored.registered_by === undefined && isVerified(record, stored) ? (record.verification ?? undefined) : undefined,
    proposal: record.proposal ?? undefined,
    ownGrants: new Map(),
  }
}

/** Scopes that a client without registered ones may ask for. */
const defaultScope: readonly string[] = ['basic']

/** The scopes a client may have: the registered ones, or the default. */
export function registeredScope(client: Client): readonly string[] {
  return client.scope.length > 0 ? client.scope : defaultScope
}

/** Those that it gets where a request names none: the registered ones, but for the admin API, which has to be asked for. */
export function defaultScopeOf(client: Client): readonly string[] {
  return registeredScope(client).filter((scope) => !isAdminScope(scope))
}

/** What is left of granted scopes for a client as it is registered now. */
export function scopeNow(client: Client, granted: readonly string[]): readonly string[] {
  const registered = registeredScope(client)
  return granted.filter((scope) => registered.includes(scope))
}
