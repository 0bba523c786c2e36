/** Apps whose access to a person's account is over: when that was, and why. */
import { day, type Millis } from '../../../lib/clock.ts'
import type { EndReason } from '../../../protocol/grant.ts'
import type { ClientId, UserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import { personalClient } from '../../../runtime/kept/builtin_clients.ts'

/** Why an app has no access any more. */
export type AppEndReason = EndReason | 'expired' | 'app_deleted'

export interface AppEnd {
  readonly at: Millis
  readonly reason: AppEndReason
}

export interface EndedApp extends AppEnd {
  readonly clientId: ClientId
  readonly name: string
}

/** How long it is told, unless the rows are kept for a shorter time. */
const toldFor: Millis = 30 * day

/** How many are told of at most. */
const mostTold = 50

/** Days that it is told. */
export function endsToldFor({ settings }: Pick<Context, 'settings'>): number {
  return Math.floor(Math.min(toldFor, settings.retention) / day)
}

/** For each app how the last authorization of it was over, where it was lately. */
export async function lastEnds(context: Context, userId: UserId): Promise<Map<ClientId, AppEnd>> {
  const since = context.clock.now() - toldFor
  const [withdrawn, over] = await Promise.all([
    context.storage.consents.listWithdrawn(userId, since),
    context.storage.grants.endedOfUser(userId, since),
  ])
  const ends = new Map<ClientId, AppEnd>()
  for (const { clientId, validAfter } of withdrawn) ends.set(clientId, { at: validAfter, reason: 'revoked_by_user' })
  for (const { clientId, at, reason } of over) {
    if (clientId === personalClient.clientId) continue
    const known = ends.get(clientId)
    if (known === undefined || at >= known.at) ends.set(clientId, { at, reason: reason ?? 'expired' })
  }
  return ends
}

/** Apps that had access lately and have none any more, those that lost it last first. */
export async function listEndedApps(context: Context, userId: UserId): Promise<readonly EndedApp[]> {
  const { storage, clients } = context
  const [ends, consents, used] = await Promise.all([
    lastEnds(context, userId),
    storage.consents.listByUser(userId),
    storage.grants.appsOfUser(userId),
  ])
  const live = new Set(used.map(({ clientId }) => clientId))
  const connected = new Set([...consents.map(({ clientId }) => clientId), ...live])
  const known = [...new Set([...ends.keys(), ...live])]
  const found = await Promise.all(known.map(async (clientId) => ({ clientId, client: await clients.find(clientId) })))
  const gone = found.filter(({ client }) => client === undefined).map(({ clientId }) => clientId)
  const deleted = new Map((await storage.clients.listDeleted(gone)).map((one) => [one.clientId, one]))
  const ended = found.flatMap(({ clientId, client }): EndedApp[] => {
    const end = ends.get(clientId)
    if (client !== undefined) {
      return end === undefined || connected.has(clientId) ? [] : [{ clientId, name: client.name, ...end }]
    }
    const app = deleted.get(clientId)
    if (app === undefined) return []
    const before = end !== undefined && end.at < app.deletedAt && !live.has(clientId)
    return [{ clientId, name: app.name, ...(before ? end : { at: app.deletedAt, reason: 'app_deleted' }) }]
  })
  return ended.sort((a, b) => b.at - a.at).slice(0, mostTold)
}
