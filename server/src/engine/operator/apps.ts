/** What the operator does with apps: let them in, approve what waits, verify, switch off, delete. */

import { sha256 } from '../../lib/hash.ts'
import type { AuditDetail, AuditType } from '../../protocol/audit_events.ts'
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { amendmentTo, formOf } from '../../runtime/kept/app_form.ts'
import { auditEvent } from '../../runtime/log/audit.ts'
import type { ClientRecord } from '../../storage/contract.ts'
import { proposedDocument } from '../developer/edit_app.ts'

/** What the operator's tools work with. */
export type OperatorContext = Pick<Context, 'storage' | 'clock'>

/** Writes what the operator did to the audit log. The operator's tools have no account. */
export async function recordOperator<Type extends AuditType>(
  { storage, clock }: OperatorContext,
  type: Type,
  detail: AuditDetail<Type>,
  of: { readonly clientId?: ClientId; readonly subject?: UserId },
): Promise<void> {
  await storage.audit.append([auditEvent(clock.now(), type, detail, of)])
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
  await recordOperator(context, 'client_approved', { form: formOf(documentOf(approved)) }, { clientId })
  return 'approved'
}

/** Drops the change that waits; the approved form stays. False where none waits. */
export async function refuseChange(context: OperatorContext, clientId: ClientId): Promise<boolean> {
  const refused = await context.storage.clients.amend(clientId, (present) =>
    present.proposal === null ? undefined : { proposal: null },
  )
  if (refused === undefined) return false
  await recordOperator(context, 'client_change_refused', {}, { clientId })
  return true
}

/** Says that `by` has looked at the app as it is now, or (null) takes that back. False where there is no such app. */
export async function verifyApp(context: OperatorContext, clientId: ClientId, by: string | null): Promise<boolean> {
  const at = context.clock.now()
  const verified = await context.storage.clients.amend(clientId, (present) => ({
    verification: by === null ? null : { at, by, form: formOf(documentOf(present)) },
  }))
  if (verified === undefined) return false
  if (by === null) await recordOperator(context, 'client_unverified', {}, { clientId })
  else await recordOperator(context, 'client_verified', { by }, { clientId })
  return true
}

function documentOf({ metadata }: Pick<ClientRecord, 'metadata'>) {
  return readStoredMetadata(metadata)
}
