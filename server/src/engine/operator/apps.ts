/** What the operator does with apps: register them, let them in, approve what waits, verify, switch off, delete. */

import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId } from '../../protocol/names.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import { amendmentTo, formOf } from '../../runtime/kept/app_form.ts'
import type { Acting, ClientRecord } from '../../storage/contract.ts'
import { endAllTokens } from '../client/own_tokens.ts'
import { type RegisteredClient, type Registration, registerClient } from '../client/register_client.ts'
import { proposedDocument } from '../developer/edit_app.ts'
import { waitingForm, waitsForOperator } from '../developer/waiting_form.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** Registers an app of the operator's own, or of a developer. */
export function createApp(
  context: OperatorContext,
  by: Operator,
  registration: Registration,
): Promise<RegisteredClient | 'taken' | 'full'> {
  return operate(
    context,
    by,
    async (acting, record) => {
      const made = await registerClient(acting, registration, context.clock.now())
      const detail = { name: registration.metadata.client_name }
      if (typeof made !== 'string') await record('client_created', { clientId: made.clientId, detail })
      return made
    },
    'apps',
  )
}

/** Lets an app in, or switches it off. False where there is no such app. */
export function switchApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  enabled: boolean,
): Promise<boolean> {
  return operate(
    context,
    by,
    async ({ clients }, record) => {
      const status = enabled ? 'enabled' : 'disabled'
      if ((await clients.amend(clientId, () => ({ status }))) === undefined) return false
      await record(enabled ? 'client_enabled' : 'client_disabled', { clientId })
      return true
    },
    'apps',
  )
}

/** Ends everything that was issued to an app before now; the app stays. False where there is no such app. */
export function endAppTokens(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  return operate(context, by, (acting, record) => endAllTokens(acting, record, clientId), 'apps')
}

/** Deletes an app with everything issued to it. False where there is no such app. */
export function deleteApp(context: OperatorContext, by: Operator, clientId: ClientId): Promise<boolean> {
  return operate(
    context,
    by,
    async ({ clients }, record) => {
      if (!(await clients.delete(clientId))) return false
      await record('client_deleted', { clientId })
      return true
    },
    'apps',
  )
}

/** Every app, by id. */
export async function* everyApp({ storage }: Pick<OperatorContext, 'storage'>): AsyncGenerator<ClientRecord> {
  const page = 500
  for (let after: ClientId | undefined; ; ) {
    const records = await storage.clients.list(page, after)
    yield* records
    after = records.at(-1)?.clientId
    if (records.length < page) return
  }
}

/** The ids of apps that wait for the operator: in development and not refused, or with a change. */
export async function waitingApps(context: Pick<OperatorContext, 'storage'>): Promise<readonly ClientId[]> {
  const waiting: ClientId[] = []
  for await (const app of everyApp(context)) if (waitsForOperator(app)) waiting.push(app.clientId)
  return waiting
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
  return operate(
    context,
    by,
    async (acting, record) => {
      let found: 'nothing_waits' | 'another_waits' | 'unknown' = 'unknown'
      const approved = await acting.clients.amend(clientId, (present) => {
        const waiting = waitingForm(present)
        found = waiting === undefined ? 'nothing_waits' : 'another_waits'
        if (waiting === undefined || (form !== undefined && form !== waiting)) return undefined
        return {
          ...(present.status === 'pending' ? { status: 'enabled', refusedForm: null } : {}),
          ...(present.proposal === null ? {} : { ...amendmentTo(present, proposedDocument(present)), proposal: null }),
        }
      })
      if (approved === undefined) return found
      await record('client_approved', { clientId, detail: { form: formOf(documentOf(approved)) } })
      await tellDeveloper(context, acting, approved, { name: 'app_approved' })
      return 'approved'
    },
    'apps',
  )
}

/**
 * Drops the change that waits, so that the approved form stays; or lets an app in development wait no more, until it is
 * changed. The developer is told why. Undefined where nothing waits.
 */
export function refuseApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  reason?: string,
): Promise<'change' | 'app' | undefined> {
  return operate(
    context,
    by,
    async (acting, record) => {
      const drop = ({ proposal }: ClientRecord) => (proposal === null ? undefined : { proposal: null })
      const kept = await acting.clients.amend(clientId, drop)
      if (kept !== undefined) {
        await record('client_change_refused', { clientId })
        await tellDeveloper(context, acting, kept, { name: 'app_refused', said: reason })
        return 'change'
      }
      const refuse = (app: ClientRecord) =>
        waitsForOperator(app) ? { refusedForm: waitingForm(app) ?? null } : undefined
      const refused = await acting.clients.amend(clientId, refuse)
      if (refused === undefined) return undefined
      await record('client_refused', { clientId })
      await tellDeveloper(context, acting, refused, { name: 'app_not_approved', said: reason })
      return 'app'
    },
    'apps',
  )
}

/** Asks the developer of an app that waits for changes first; it goes on waiting. */
export function wantChanges(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  wanted: string,
): Promise<'asked' | 'nothing_waits' | 'nobody_to_ask'> {
  return operate(
    context,
    by,
    async (acting, record) => {
      const app = await acting.clients.find(clientId)
      if (app === undefined || waitingForm(app) === undefined) return 'nothing_waits'
      if (app.ownerId === null || context.mailer.way === 'none') return 'nobody_to_ask'
      await record('client_changes_wanted', { clientId })
      await tellDeveloper(context, acting, app, { name: 'app_changes_wanted', said: wanted })
      return 'asked'
    },
    'apps',
  )
}

/** Queues a mail to the owner of an app. What the operator wrote may say anything, so it is sealed. */
async function tellDeveloper(
  context: OperatorContext,
  acting: Acting,
  { clientId, ownerId }: ClientRecord,
  {
    name,
    said,
  }: {
    readonly name: 'app_approved' | 'app_not_approved' | 'app_refused' | 'app_changes_wanted'
    readonly said?: string | undefined
  },
): Promise<void> {
  if (ownerId === null) return
  const secret = said === undefined ? {} : { secret: said }
  await sendMail(context, acting, name, { ids: { userId: ownerId, clientId }, ...secret })
}

/** Says that `verifier` has looked at the app as it is now, or (null) takes that back. An app that registered itself is never verified, as it may change at any moment (R70). */
export function verifyApp(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  verifier: string | null,
): Promise<'done' | 'unknown' | 'registered_itself'> {
  const at = context.clock.now()
  return operate(
    context,
    by,
    async ({ clients }, record) => {
      const app = await clients.find(clientId)
      if (app === undefined) return 'unknown'
      if (verifier !== null && documentOf(app).registered_by !== undefined) return 'registered_itself'
      const verified = await clients.amend(clientId, (present) => ({
        verification: verifier === null ? null : { at, by: verifier, form: formOf(documentOf(present)) },
      }))
      if (verified === undefined) return 'unknown'
      if (verifier === null) await record('client_unverified', { clientId })
      else await record('client_verified', { clientId, detail: { by: verifier } })
      return 'done'
    },
    'apps',
  )
}

function documentOf({ metadata }: Pick<ClientRecord, 'metadata'>) {
  return readStoredMetadata(metadata)
}
