/**
 * Apps whose client_id is the address of a document in which they say what they are (OAuth Client ID Metadata Document). What
 * the document says becomes a client as where an app registers itself (R70); nobody manages it, as whoever has the address
 * changes the document.
 */
import { sha256 } from '../../../lib/hash.ts'
import type { ClientMetadata } from '../../../protocol/client_metadata.ts'
import { isLegacy } from '../../../protocol/dialects.ts'
import type { ClientId } from '../../../protocol/names.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context, EngineSettings } from '../../../runtime/context.ts'
import { tellThatSomethingWaits } from '../../../runtime/jobs/queue.ts'
import { amendmentTo } from '../../../runtime/kept/app_form.ts'
import { documentForm } from '../../../runtime/kept/document_form.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { ClientAmendment, ClientRecord } from '../../../storage/contract.ts'
import { registerClient } from '../../client/register_client.ts'
import { isDocumentAddress, namesDocument } from './address.ts'
import { agreedTo, changed, waiting } from './manage.ts'
import { readRegistration } from './metadata.ts'

/** Whether any app is taken by its document. */
export function takesDocuments({
  appRegistration,
  documentHosts,
}: Pick<EngineSettings, 'appRegistration' | 'documentHosts'>): boolean {
  return appRegistration !== 'closed' || documentHosts.size > 0
}

/**
 * Where a client_id is the address of a document, makes the client what its document says now; a Refusal where it cannot be
 * had. `fetches` is whether the document may be fetched for this request; otherwise it has to be known. Legacy protocols know
 * no such apps.
 */
export async function heedDocument(
  context: Context,
  { caller, dialect }: Pick<Trace, 'caller' | 'dialect'>,
  clientId: ClientId,
  fetches: boolean,
): Promise<Refusal | undefined> {
  const { settings, storage, clientDocuments } = context
  if (isLegacy(dialect) || !namesDocument(clientId, settings)) return undefined
  if (!isDocumentAddress(clientId)) return new Refusal('client_document_address_unsound', { got: clientId })
  const record = await storage.clients.find(clientId)
  // One that the operator has switched off is refused as any other; one that is theirs is what they have written.
  if (record !== undefined && (record.status === 'disabled' || !hasDocument(record))) return undefined
  if (record === undefined && !isTaken(settings, clientId)) return new Refusal('client_documents_closed')
  const metadata = fetches
    ? await clientDocuments.read(clientId, caller, (document) => readDocument(context, clientId, document))
    : (clientDocuments.kept(clientId) ?? new Refusal('client_document_not_read'))
  if (metadata instanceof Refusal) return metadata
  if (record === undefined) await insert(context, caller, { clientId, metadata })
  else if (changed(record, metadata).length > 0) await amend(context, caller, { clientId, metadata })
  return undefined
}

function isTaken(settings: EngineSettings, clientId: ClientId): boolean {
  return settings.appRegistration !== 'closed' || settings.documentHosts.has(new URL(clientId).host)
}

function hasDocument({ metadata }: ClientRecord): boolean {
  return metadata.registered_by === 'document'
}

/** What a document may not have: secrets, as everybody can read it (§4.1 of the draft). */
const secrets = ['client_secret', 'client_secret_expires_at', 'registration_access_token'] as const
const methods: ReadonlySet<unknown> = new Set(['none', 'private_key_jwt'])

/** The app that a document describes. */
async function readDocument(
  context: Context,
  clientId: ClientId,
  document: unknown,
): Promise<ClientMetadata | Refusal> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return invalid('body: must be a JSON object.')
  }
  const said: Readonly<Record<string, unknown>> = { ...document }
  if (said.client_id !== clientId) return invalid('client_id: must be the address of the document.')
  const secret = secrets.find((name) => said[name] !== undefined)
  if (secret !== undefined) return invalid(`${secret}: a document that everybody can read holds no secret.`)
  if (typeof said.client_name !== 'string') return invalid('client_name: must be a text.')
  const method = said.token_endpoint_auth_method ?? 'none'
  if (!methods.has(method)) return invalid('token_endpoint_auth_method: must be none or private_key_jwt.')
  // An app that has keys counts on being asked for them.
  if (method === 'none' && (said.jwks !== undefined || said.jwks_uri !== undefined)) {
    return invalid('token_endpoint_auth_method: must be private_key_jwt where there are keys.')
  }
  // Each fetch of a document would be one of the sector's host as well.
  if (said.sector_identifier_uri !== undefined) return invalid('sector_identifier_uri: needs a registration.')
  const read = await readRegistration(
    context,
    { ...said, token_endpoint_auth_method: method },
    { clientId, by: 'document' },
  )
  return read instanceof Refusal ? invalid(read.text) : read
}

function invalid(text: string): Refusal {
  return new Refusal('client_document_invalid', { text: `The document at the client_id is not valid: ${text}` })
}

interface Described {
  readonly clientId: ClientId
  readonly metadata: ClientMetadata
}

/** Keeps an app that was not known. One that another request has made meanwhile is as good. */
async function insert(context: Context, caller: Caller, { clientId, metadata }: Described): Promise<void> {
  const status = context.settings.appRegistration === 'open' ? 'enabled' : 'pending'
  const trusted = context.settings.documentHosts.has(new URL(clientId).host)
  const found = { digest: sha256(`document ${clientId}`) }
  await act(context, { caller }, async (acting, record) => {
    const made = await registerClient(acting, { clientId, ownerId: null, status, metadata, found }, context.clock.now())
    if (typeof made === 'string') return
    if (status === 'pending' && !trusted) await tellThatSomethingWaits(context, acting)
    await record('app_registered_itself', { clientId, detail: { name: metadata.client_name ?? clientId, status } })
  })
}

/** Writes what the document says by now. Where that makes it another app, everything that was issued to it ends. */
async function amend(context: Context, caller: Caller, { clientId, metadata }: Described): Promise<void> {
  await act(context, { caller }, async (acting, record) => {
    let members: readonly string[] = []
    const amended = await acting.clients.amend(clientId, (present) => {
      members = changed(present, metadata)
      if (!hasDocument(present) || members.length === 0) return undefined
      return {
        ...amendmentTo(present, metadata),
        ...(documentForm(present) === documentForm({ metadata }) ? {} : { invalidate: true }),
        ...waiting(context, present, metadata),
      } satisfies ClientAmendment
    })
    if (amended === undefined) return
    if (agreedTo.some((name) => members.includes(name))) await acting.consents.forget(clientId)
    if (amended.status === 'pending') await tellThatSomethingWaits(context, acting)
    await record('app_changed_itself', { clientId, detail: { members } })
  })
}
