/** What anybody may know of a registered app, and what only those who know its secret. */
import type { ClientId } from '../../protocol/names.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { guesserKey } from '../../runtime/limits/network.ts'
import { tooManyFailures } from '../../runtime/limits/throttle.ts'
import { matchSecret } from '../client/client_secrets.ts'

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
  const secretProved = secret !== undefined && (await proveSecret(context, client, secret, caller))
  if (client === undefined || client.status === 'disabled') return undefined
  const owner =
    secretProved && client.ownerId !== null ? await context.storage.accounts.find(client.ownerId) : undefined
  return { client, secretProved, ownerNumber: owner?.number ?? null }
}

async function proveSecret(
  context: Context,
  client: Client | undefined,
  secret: string,
  caller: Caller,
): Promise<boolean> {
  const key = guesserKey(client?.id, caller)
  const closed = context.throttle.exceeded('client', key)
  const proved = await context.throttle.prove('client', key, async () => {
    const match = matchSecret(client, secret, context.clock.now())
    const right = client !== undefined && (match === 'right' || (match === 'right_given' && !closed))
    // An app without secrets has nothing to be guessed.
    return { ok: right || client?.confidential === false, value: right }
  })
  if (proved === undefined) throw tooManyFailures(context.throttle, [['client', key]])
  return proved
}
