/**
 * Apps in development: they work for their owner, the people who work on them, and the testers who accepted an
 * invitation. Approval lifts that limit and nothing else.
 */
import type { UserId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { ownApi } from '../../runtime/kept/known_resources.ts'
import type { Acting, Storage } from '../../storage/contract.ts'

/** Whether the person may use the app as it is now. */
export async function isOpenTo(
  { storage: { clients, testers } }: { readonly storage: Pick<Storage, 'clients' | 'testers'> },
  client: Client,
  userId: UserId,
): Promise<boolean> {
  if (client.status === 'enabled') return true
  if (client.status === 'disabled') return false
  return (
    client.ownerId === userId ||
    (await clients.isCollaborator(client.id, userId)) ||
    (await testers.isTester(client.id, userId))
  )
}

/** Ends what an app holds of a person who may no longer use it. */
export async function endWhereClosed(acting: Acting, client: Client, userId: UserId): Promise<void> {
  if (await isOpenTo({ storage: acting }, client, userId)) return
  await acting.consents.withdraw(userId, client.id)
  await acting.grants.endAll({ userId, clientId: client.id }, 'revoked_by_client')
}

/** The refusal where the app is in development, and not for this person. */
export async function whyNotOpen(context: Context, client: Client, userId: UserId): Promise<Refusal | undefined> {
  const open = client.status !== 'pending' || (await isOpenTo(context, client, userId))
  return open ? undefined : new Refusal('app_in_development')
}

/** The refusal of an app in development whose owner has no account any more that may be used. */
export async function whyOwnerless(context: Context, client: Client): Promise<Refusal | undefined> {
  if (client.status !== 'pending') return undefined
  const owner = client.ownerId === null ? undefined : await context.storage.accounts.find(client.ownerId)
  if (owner?.enabled === true) return undefined
  return new Refusal('app_in_development', { cause: 'The app is in development, and its owner can no longer use it.' })
}

/** Throws Refusal where a machine client in development asks for a token of its own for somebody else's API. */
export function requireOwnApiOnly(context: Context, client: Client, resources: readonly string[]): void {
  const own = ownApi(context.settings.issuer)
  if (client.status !== 'pending' || resources.every((resource) => resource === own)) return
  throw new Refusal('app_in_development', {
    cause: 'The app is in development. Its own tokens are for the API of this server only.',
    expected: own,
    got: resources.join(' '),
  })
}
