/** What the operator does with apps: register them, let them in, approve what waits, verify, switch off, delete. */

import { sha256 } from '../../lib/hash.ts'
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId } from '../../protocol/names.ts'
import { amendmentTo, formOf } from '../../runtime/kept/app_form.ts'
import type { ClientRecord } from '../../storage/contract.ts'
import { endAllTokens } from '../client/own_tokens.ts'
import { registerClient } from '../client/register_client.ts'
import { proposedDocument } from '../developer/edit_app.ts'
import { type Operator, type OperatorContext, recordAct } from './operator.ts'

/** Registers an app of the operator's own, or of a developer. */
export async function createApp(
  context: OperatorContext,
  by: Operator,
  registration: Parameters<typeof registerClient>[1],
): Promise<Awaited<ReturnType<typeof registerClient>>> {
  const made = await registerClient(context, registration)
  if (typeof made === 'string') return made
  const detail = { name: registration.metadata.client_name }
  await recordAct(context, by, { type: 'client_created', detail }, { clientId: made.clientId })
  return made
}

/** Lets an app in, or switches it off. False where there is no such app. */
export async function switchApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  enabled: boolean,
): Promise<boolean> {
  if (!(await context.storage.clients.setEnabled(clientId, enabled))) return false
  await recordAct(context, by, { type: enabled ? 'client_enabled' : 'client_disabled', detail: {} }, { clientId })
  return true
}

/** Ends everything that was issued to an app; the app stays. False where there is no such app. */
export async function endAppTokens(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  if (!(await endAllTokens(context.storage, clientId))) return false
  await recordAct(context, by, { type: 'client_tokens_ended', detail: {} }, { clientId })
  return true
}

/** Deletes an app with everything issued to it. False where there is no such app. */
export async function deleteApp(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  if (!(await context.storage.clients.delete(clientId))) return false
  await recordAct(context, by, { type: 'client_deleted', detail: {} }, { clientId })
  return true
}

/** Every app, by id. */
export async function* everyApp({ storage }: OperatorContext): AsyncGenerator<ClientRecord> {
  const page = 500
  for (let after: ClientId | undefined; ; ) {
    const records = await storage.clients.list(page, after)
    yield* records
    after = records.at(-1)?.clientId
    if (records.length < page) return
  }
}

/** The ids of apps that wait for the operator: in development, or with a change. */
export async function waitingApps(context: OperatorContext): Promise<readonly ClientId[]> {
  const waiting: ClientId[] = []
  for await (const { clientId, status, proposal } of everyApp(context)) {
    if (status === 'pending' || proposal !== null) waiting.push(clientId)
  }
  return waiting
}

/** Names what waits of an app, in twelve characters: another name for every other form of it. Undefined where nothing waits. */
export function waitingForm(app: ClientRecord): string | undefined {
  if (app.status !== 'pending' && app.proposal === null) return undefined
  return sha256(JSON.stringify(proposedDocument(app)))
    .toString('hex')
    .slice(0, 12)
}

/**
 * Lets an app in and takes the change that waits. `form` is what the operator has looked at (`waitingForm`); left out, it is
 * whatever waits by now. 'unknown' where there is no such app.
 */
export async function approveApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  form?: string,
): Promise<'approved' | 'nothing_waits' | 'another_waits' | 'unknown'> {
  let found: 'nothing_waits' | 'another_waits' | 'unknown' = 'unknown'
  const approved = await context.storage.clients.amend(clientId, (present) => {
    const waiting = waitingForm(present)
    found = waiting === undefined ? 'nothing_waits' : 'another_waits'
    if (waiting === undefined || (form !== undefined && form !== waiting)) return undefined
    return {
      ...(present.status === 'pending' ? { status: 'enabled' } : {}),
      ...(present.proposal === null ? {} : { ...amendmentTo(present, proposedDocument(present)), proposal: null }),
    }
  })
  if (approved === undefined) return found
  const detail = { form: formOf(documentOf(approved)) }
  await recordAct(context, by, { type: 'client_approved', detail }, { clientId })
  return 'approved'
}

/** Drops the change that waits; the approved form stays. False where none waits. */
export async function refuseChange(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  const refused = await context.storage.clients.amend(clientId, (present) =>
    present.proposal === null ? undefined : { proposal: null },
  )
  if (refused === undefined) return false
  await recordAct(context, by, { type: 'client_change_refused', detail: {} }, { clientId })
  return true
}

/** Says that `verifier` has looked at the app as it is now, or (null) takes that back. False where there is no such app. */
export async function verifyApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  verifier: string | null,
): Promise<boolean> {
  const at = context.clock.now()
  const verified = await context.storage.clients.amend(clientId, (present) => ({
    verification: verifier === null ? null : { at, by: verifier, form: formOf(documentOf(present)) },
  }))
  if (verified === undefined) return false
  if (verifier === null) await recordAct(context, by, { type: 'client_unverified', detail: {} }, { clientId })
  else await recordAct(context, by, { type: 'client_verified', detail: { by: verifier } }, { clientId })
  return true
}

function documentOf({ metadata }: Pick<ClientRecord, 'metadata'>) {
  return readStoredMetadata(metadata)
}
