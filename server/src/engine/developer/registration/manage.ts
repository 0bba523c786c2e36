/** What an app that registered itself does with its registration: read, change, remove (RFC 7592 §2). */
import { isDeepStrictEqual } from 'node:util'
import { equalBytes, sha256 } from '../../../lib/hash.ts'
import { type ClientMetadata, readStoredMetadata } from '../../../protocol/client_metadata.ts'
import { type ClientId, isSecretMethod } from '../../../protocol/names.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { tellThatSomethingWaits } from '../../../runtime/jobs/queue.ts'
import { amendmentTo, formOf, isCovered } from '../../../runtime/kept/app_form.ts'
import type { ClientAmendment, ClientRecord } from '../../../storage/contract.ts'
import { newClientSecret } from '../../client/register_client.ts'
import { readRegistration } from './metadata.ts'
import { newManagement, registeredItself, type SelfRegistered } from './register.ts'
import { takeRegistration, whyOfNoSector } from './sector.ts'

/** An app, and what was shown to manage it. */
interface Asking {
  readonly clientId: ClientId
  readonly token: string | undefined
}

interface Change extends Asking {
  readonly body: unknown
}

/** Members that a request must not have, as the server alone says them (RFC 7592 §2.2). */
const ownMembers = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

/** Those whose change makes the app another one to the people who allowed it something (R70). */
export const agreedTo = ['client_name', 'redirect_uris', 'jwks', 'jwks_uri', 'token_endpoint_auth_method'] as const
/** Those by which it proves who it is: what was issued before may be somebody else's. */
const proofs = ['jwks', 'jwks_uri', 'token_endpoint_auth_method'] as const

/** The registration as it stands. The secret is not in it: nobody here knows it. */
export async function readItself(context: Context, asking: Asking): Promise<SelfRegistered | Refusal> {
  const record = await findManaged(context, asking)
  return record instanceof Refusal ? record : { app: record, token: asking.token }
}

/**
 * Changes the registration to what the app now says of itself, whole. It gets another token to manage it with; the one that
 * was shown goes on until the new one comes, so that a lost answer locks nobody out.
 */
export async function changeItself(
  context: Context,
  caller: Caller,
  asking: Change,
): Promise<SelfRegistered | Refusal> {
  const record = await findManaged(context, asking)
  if (record instanceof Refusal) return record
  const body = withoutNulls(asking.body)
  const wrong = whyNotThis(body, record)
  if (wrong !== undefined) return wrong
  const metadata = await readRegistration(context, body, { clientId: record.clientId })
  if (metadata instanceof Refusal) return metadata
  if (metadata.token_endpoint_auth_method === 'none') {
    const before = readStoredMetadata(record.metadata).token_endpoint_auth_method
    if (before !== 'none') return new Refusal('client_metadata_invalid', { text: toPublic })
  }
  if (metadata.sector_identifier_uri !== undefined) {
    const refused = (await takeRegistration(context, caller)) ?? (await whyOfNoSector(context, metadata))
    if (refused !== undefined) return refused
  }
  return amend(context, caller, { record, metadata, shown: asking.token ?? '' })
}

const toPublic = 'token_endpoint_auth_method: an app that has a secret or key cannot give it up. Register anew.'

/** Removes the app with everything that was issued to it. */
export async function removeItself(context: Context, caller: Caller, asking: Asking): Promise<Refusal | undefined> {
  const record = await findManaged(context, asking)
  if (record instanceof Refusal) return record
  const { clientId, metadata } = record
  await act(context, { caller }, async ({ clients }, write) => {
    const name = readStoredMetadata(metadata).client_name ?? clientId
    if (await clients.delete(clientId)) await write('app_removed_itself', { clientId, detail: { name } })
  })
  return undefined
}

/** The app that the token manages. What is unknown, of another app or gone is refused alike. */
async function findManaged({ storage }: Context, { clientId, token }: Asking): Promise<ClientRecord | Refusal> {
  const record = await storage.clients.find(clientId)
  const shown = sha256(token ?? '')
  const { tokens = [] } = record?.registration ?? {}
  const at = tokens.findIndex((one) => equalBytes(one, shown))
  if (record === undefined || at < 0 || !registeredItself(record) || record.status === 'disabled') {
    return new Refusal('registration_token_invalid')
  }
  if (at === 0 && tokens.length > 1) await endOlderTokens(storage, clientId, shown)
  return record
}

/** The newest token has come, so that the one before it is no longer needed. */
async function endOlderTokens({ clients }: Context['storage'], clientId: ClientId, newest: Buffer): Promise<void> {
  await clients.amend(clientId, ({ registration }) => {
    const { tokens: [first] = [] } = registration ?? {}
    return first !== undefined && equalBytes(first, newest) ? { registration: { tokens: [first] } } : undefined
  })
}

/** A member that is null counts as left out (RFC 7592 §2.2). */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

/** Why a request is not one to change this app. */
function whyNotThis(body: unknown, { clientId, secrets }: ClientRecord): Refusal | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const said = new Map<string, unknown>(Object.entries(body))
  const own = ownMembers.find((name) => said.has(name))
  if (own !== undefined) return new Refusal('client_metadata_invalid', { text: `${own}: must be left out.` })
  if (said.get('client_id') !== clientId) {
    return new Refusal('client_metadata_invalid', { text: 'client_id: must be that of the registration.' })
  }
  const secret = said.get('client_secret')
  if (secret === undefined) return undefined
  const hash = sha256(String(secret))
  if (secrets.some((one) => equalBytes(one.hash, hash))) return undefined
  return new Refusal('client_metadata_invalid', { text: 'client_secret: must be the present one, or left out.' })
}

async function amend(
  context: Context,
  caller: Caller,
  { record: { clientId }, metadata, shown }: { record: ClientRecord; metadata: ClientMetadata; shown: string },
): Promise<SelfRegistered | Refusal> {
  const { token, registration } = newManagement()
  const shownHash = sha256(shown)
  const tokens = [...(registration.tokens ?? []), shownHash]
  return act(context, { caller }, async (acting, write) => {
    let members: readonly string[] = []
    let secret: string | undefined
    const amended = await acting.clients.amend(clientId, (present) => {
      if (present.registration?.tokens?.some((one) => equalBytes(one, shownHash)) !== true) return undefined
      members = changed(present, metadata)
      const made = needsSecret(present, metadata) ? newClientSecret('first', context.clock.now()) : undefined
      secret = made?.text
      return {
        ...amendmentTo(present, metadata),
        ...(made === undefined ? {} : { addSecret: made.secret }),
        ...(proofs.some((name) => members.includes(name)) ? { invalidate: true } : {}),
        ...waiting(context, present, metadata),
        registration: { tokens },
      } satisfies ClientAmendment
    })
    if (amended === undefined) return new Refusal('registration_token_invalid')
    if (agreedTo.some((name) => members.includes(name))) await acting.consents.forget(clientId)
    if (amended.status === 'pending') await tellThatSomethingWaits(context, acting)
    if (members.length > 0) await write('app_changed_itself', { clientId, detail: { members } })
    return { app: amended, secret, token }
  })
}

/** Names of the members that differ. */
export function changed({ metadata }: ClientRecord, after: ClientMetadata): readonly string[] {
  const before: Readonly<Record<string, unknown>> = readStoredMetadata(metadata)
  const wanted: Readonly<Record<string, unknown>> = after
  const names = new Set([...Object.keys(before), ...Object.keys(wanted)])
  return [...names].filter((name) => !isDeepStrictEqual(before[name], wanted[name])).sort()
}

function needsSecret({ secrets }: ClientRecord, { token_endpoint_auth_method: method }: ClientMetadata): boolean {
  return isSecretMethod(method) && secrets.length === 0
}

/** An app goes back to waiting where it becomes more than the operator has looked at. */
export function waiting({ settings }: Context, present: ClientRecord, metadata: ClientMetadata): ClientAmendment {
  if (settings.appRegistration === 'open' || present.status !== 'enabled') return {}
  return isCovered(formOf(metadata), formOf(readStoredMetadata(present.metadata))) ? {} : { status: 'pending' }
}
