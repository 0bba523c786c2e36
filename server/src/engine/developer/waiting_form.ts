/** What of an app waits for the operator: all of it while it is in development, or a change. */
import { sha256 } from '../../lib/hash.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { ClientRecord } from '../../storage/contract.ts'
import { proposedDocument } from './edit_app.ts'

/**
 * Names what can be approved of an app, in twelve characters: another name for every other form of it. Undefined where there
 * is nothing to approve.
 */
export function waitingForm(app: ClientRecord): string | undefined {
  if (app.status !== 'pending' && app.proposal === null) return undefined
  return sha256(JSON.stringify(proposedDocument(app)))
    .toString('hex')
    .slice(0, 12)
}

/** Whether the operator has refused the app as it is now. */
export function isRefused(app: ClientRecord): boolean {
  return app.status === 'pending' && app.refusedForm !== null && app.refusedForm === waitingForm(app)
}

/** The same, as the app is stored now. */
export async function isRefusedNow({ storage }: Pick<Context, 'storage'>, clientId: ClientId): Promise<boolean> {
  const app = await storage.clients.find(clientId)
  return app !== undefined && isRefused(app)
}

/** Whether the operator has still to decide on the app or a change of it. */
export function waitsForOperator(app: ClientRecord): boolean {
  return app.proposal !== null || (app.status === 'pending' && !isRefused(app))
}
