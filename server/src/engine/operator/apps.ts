/** What the operator does with apps: register them, let them in, approve what waits, verify, switch off, delete. */

import { sha256 } from '../../lib/hash.ts'
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId } from '../../protocol/names.ts'
import { amendmentTo, formOf } from '../../runtime/kept/app_form.ts'
import type { ClientRecord } from '../../storage/contract.ts'
import { endAllTokens } from '../client/own_tokens.ts'
import { type RegisteredClient, type Registration, registerClient } from '../client/register_client.ts'
import { proposedDocument } from '../developer/edit_app.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** Registers an app of the operator's own, or of a developer. */
export function createApp(
  context: OperatorContext,
  by: Operator,
  registration: Registration,
): Promise<RegisteredClient | 'taken' | 'full'> {
  return operate(context, by, async (acting, record) => {
    const made = await registerClient(acting, registration, context.clock.now())
    const detail = { name: registration.metadata.client_name }
    if (typeof made !== 'string') await record('client_created', { clientId: made.clientId, detail })
    return made
  })
}

/** Lets an app in, or switches it off. False where there is no such app. */
export function switchApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  enabled: boolean,
): Promise<boolean> {
  return operate(context, by, async ({ clients }, record) => {
    const status = enabled ? 'enabled' : 'disabled'
    if ((await clients.amend(clientId, () => ({ status }))) === undefined) return false
    await record(enabled ? 'client_enabled' : 'client_disabled', { clientId })
    return true
  })
}

/** Ends everything that was issued to an app before now; the app stays. False where there is no such app. */
export function endAppTokens(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  return operate(context, by, (acting, record) => endAllTokens(acting, record, clientId))
}

/** Deletes an app with everything issued to it. False where there is no such app. */
export function deleteApp(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  return operate(context, by, async ({ clients }, record) => {
    if (!(await clients.delete(clientId))) return false
    await record('client_deleted', { clientId })
    return true
  })
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
export function approveApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  form?: string,
): Promise<'approved' | 'nothing_waits' | 'another_waits' | 'unknown'> {
  return operate(context, by, async ({ clients }, record) => {
    let found: 'nothing_waits' | 'another_waits' | 'unknown' = 'unknown'
    const approved = await clients.amend(clientId, (present) => {
      const waiting = waitingForm(present)
      found = waiting === undefined ? 'nothing_waits' : 'another_waits'
      if (waiting === undefined || (form !== undefined && form !== waiting)) return undefined
      return {
        ...(present.status === 'pending' ? { status: 'enabled' } : {}),
        ...(present.proposal === null ? {} : { ...amendmentTo(present, proposedDocument(present)), proposal: null }),
      }
    })
    if (approved === undefined) return found
    await record('client_approved', { clientId, detail: { form: formOf(documentOf(approved)) } })
    return 'approved'
  })
}

/** Drops the change that waits; the approved form stays. False where none waits. */
export function refuseChange(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  return operate(context, by, async ({ clients }, record) => {
    const drop = ({ proposal }: ClientRecord) => (proposal === null ? undefined : { proposal: null })
    if ((await clients.amend(clientId, drop)) === undefined) return false
    await record('client_change_refused', { clientId })
    return true
  })
}

/** Says that `verifier` has looked at the app as it is now, or (null) takes that back. False where there is no such app. */
export function verifyApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  verifier: string | null,
): Promise<boolean> {
  const at = context.clock.now()
  return operate(context, by, async ({ clients }, record) => {
    const verified = await clients.amend(clientId, (present) => ({
      verification: verifier === null ? null : { at, by: verifier, form: formOf(documentOf(present)) },
    }))
    if (verified === undefined) return false
    if (verifier === null) await record('client_unverified', { clientId })
    else await record('client_verified', { clientId, detail: { by: verifier } })
    return true
  })
}

function documentOf({ metadata }: Pick<ClientRecord, 'metadata'>) {
  return readStoredMetadata(metadata)
}
