/** What anybody may know of a registered app, and what only those who know its secret. */
import type { ClientId } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import { matchSecret } from './client_secrets.ts'
import type { Client } from './clients.ts'
import type { Caller, Context } from './context.ts'
import { guesserKey } from './credentials.ts'

export interface AppDescription {
  readonly client: Client
  /** Whether a secret was sent that is the app's. */
  readonly secretProved: boolean
  /** The number of the app's owner, for those who have proved to be the app. */
  readonly ownerNumber: number | null
}

/**
 * The app of this id, unless there is none or it is switched off. A secret that is sent is compared like that of a client
 * that authenticates, and wrong ones count like its failures (RFC 6749 §2.3.1). Throws Refusal.
 */
export async function describeApp(
  context: Context,
  clientId: ClientId,
  secret: string | undefined,
  caller: Caller,
): Promise<AppDescription | undefined> {
  const client = await context.clients.find(clientId)
  const secretProved = secret !== undefined && proveSecret(context, client, secret, caller)
  if (client === undefined || client.status === 'disabled') return undefined
  const owner =
    secretProved && client.ownerId !== null ? await context.storage.accounts.find(client.ownerId) : undefined
  return { client, secretProved, ownerNumber: owner?.number ?? null }
}

function proveSecret(context: Context, client: Client | undefined, secret: string, caller: Caller): boolean {
  const key = guesserKey(client?.id, caller)
  if (context.throttle.exceeded('client', key)) {
    throw new Refusal('too_many_failures', { retryAfter: context.throttle.retryAfter([['client', key]]) })
  }
  if (client !== undefined && matchSecret(client, secret, context.clock.now()) === 'right') return true
  context.throttle.fail('client', key)
  return false
}
