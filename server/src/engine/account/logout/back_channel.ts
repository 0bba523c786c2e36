/** Which apps hear of a sign-out (OpenID Connect Back-Channel Logout 1.0), and queueing that in the act that ends the sessions. */
import type { ClientId, SessionId, UserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import { addJob } from '../../../runtime/jobs/queue.ts'
import type { Acting } from '../../../storage/contract.ts'

/** What queueing a logout needs. */
export type LogoutQueue = Pick<Context, 'keyring' | 'clock'>

/** Each app that the person has signed in to in this session is told that it has ended. */
export async function tellOfSession(
  queue: LogoutQueue,
  acting: Acting,
  userId: UserId,
  session: SessionId,
): Promise<void> {
  for (const { clientId } of await acting.grants.hearers('backchannel', userId, session)) {
    await addJob(queue, acting, 'logout.back_channel', { payload: { clientId, subject: userId, session } })
  }
}

/**
 * Each app that the person has signed in to is told that all of it has ended; one that wants to know the session of each
 * logout (backchannel_logout_session_required) is told of each.
 */
export async function tellOfAll(queue: LogoutQueue, acting: Acting, userId: UserId): Promise<void> {
  const told = new Set<ClientId>()
  for (const { clientId, session, bySession } of await acting.grants.hearers('backchannel', userId)) {
    if (!bySession && told.has(clientId)) continue
    told.add(clientId)
    const payload = { clientId, subject: userId, ...(bySession ? { session } : {}) }
    await addJob(queue, acting, 'logout.back_channel', { payload })
  }
}

/** The names of the apps that are told when this session ends, each once and in order. */
export async function appsTold(
  { storage, clients, settings }: Pick<Context, 'storage' | 'clients' | 'settings'>,
  userId: UserId,
  session: SessionId,
): Promise<readonly string[]> {
  const channels = settings.frontChannelLogout ? (['backchannel', 'frontchannel'] as const) : (['backchannel'] as const)
  const hearers = (await Promise.all(channels.map((by) => storage.grants.hearers(by, userId, session)))).flat()
  const found = await Promise.all(hearers.map(({ clientId }) => clients.find(clientId)))
  const names = found.flatMap((client) => (client === undefined || client.status === 'disabled' ? [] : [client.name]))
  return [...new Set(names)].sort()
}
