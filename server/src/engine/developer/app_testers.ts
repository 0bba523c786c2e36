/**
 * The testers of an app in development: invited by username, and testers once they have accepted. Whether a username
 * that is invited is anybody's is told to nobody.
 */
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Tester } from '../../storage/contract.ts'
import { isOpenTo } from '../client/app_development.ts'
import { type Changed, type Developer, gone, record } from './developer_apps.ts'
import { findInvitee } from './invitations.ts'

/** How many people may be invited to one app. */
export const testerLimit = 25

/** Who is invited to an app, and who has accepted. Somebody who has declined looks like somebody who is not there. */
export async function listTesters(context: Context, client: Client) {
  const testers = await context.storage.testers.list(client.id)
  return testers.map(({ username, state }) => ({ username, accepted: state === 'accepted' }))
}

/** Invites a person by username. The answer is the same whether or not there is such a person. */
export async function inviteTester(
  context: Context,
  by: Developer,
  client: Client,
  username: string,
): Promise<Changed> {
  const invitee = await findInvitee(context, by, username)
  if (invitee.problem !== undefined) return invitee
  const outcome = await context.storage.testers.invite(client.id, invitee, testerLimit)
  if (outcome === 'gone') return { problem: gone }
  if (outcome === 'present') return { problem: 'This username has been invited already.' }
  if (outcome === 'full') return { problem: `You can invite ${testerLimit} people. Remove somebody first.` }
  record(context, by, { clientId: client.id, event: 'tester_invited', detail: { username: invitee.username } })
  return {}
}

/** Takes an invitation back; what the app holds of a tester ends with it. */
export async function removeTester(
  context: Context,
  by: Developer,
  client: Client,
  username: string,
): Promise<Changed> {
  const removed = await context.storage.testers.remove(client.id, username)
  if (removed === undefined) return { problem: gone }
  record(context, by, { clientId: client.id, event: 'tester_removed', detail: { username: removed.username } })
  if (removed.userId !== null && removed.state === 'accepted') await endTest(context, client.id, removed.userId)
  return {}
}

/** Ends what an app in development holds of a person who may no longer use it. */
async function endTest(context: Context, clientId: ClientId, userId: UserId): Promise<void> {
  const client = await context.clients.find(clientId)
  if (client === undefined || (await isOpenTo(context, client, userId))) return
  await context.storage.consents.withdraw(userId, clientId)
  await context.storage.grants.endAll({ userId, clientId }, 'revoked_by_client')
}

/** The owner of an app, by username. */
export async function ownerOf(context: Context, { ownerId }: Client): Promise<string | undefined> {
  return ownerId === null ? undefined : (await context.storage.accounts.find(ownerId))?.username
}

/** An app that asks the person to test it, or that the person tests. */
export interface Invitation extends Tester {
  readonly name: string
  /** The app's owner, by username. */
  readonly owner: string | undefined
}

/** The invitations of a person to apps that are still in development. */
export async function listInvitations(context: Context, userId: UserId): Promise<readonly Invitation[]> {
  const invitations = await context.storage.testers.listOf(userId)
  const found = await Promise.all(
    invitations.map(async (tester) => {
      const client = await context.clients.find(tester.clientId)
      if (client?.status !== 'pending') return []
      return [{ ...tester, name: client.name, owner: await ownerOf(context, client) }]
    }),
  )
  return found.flat()
}

/** The person's own answer to an invitation, or the end of a test. False where there is none. */
export async function answerInvitation(
  context: Context,
  { account: { id: userId }, caller }: Developer,
  clientId: ClientId,
  answer: 'accepted' | 'declined',
): Promise<boolean> {
  if (!(await context.storage.testers.answer(clientId, userId, answer))) return false
  context.audit.record(`invitation_${answer}`, { actor: userId, clientId, caller })
  if (answer === 'declined') await endTest(context, clientId, userId)
  return true
}
