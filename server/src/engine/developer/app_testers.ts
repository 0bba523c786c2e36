/**
 * The testers of an app in development: invited by username, and testers once they have accepted. Whether a username
 * that is invited is anybody's is told to nobody.
 */
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Tester } from '../../storage/contract.ts'
import { endWhereClosed } from '../client/app_development.ts'
import { actAs, type Changed, type Developer } from './developer_apps.ts'
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
  return actAs(context, by, async ({ testers }, record) => {
    const outcome = await testers.invite(client.id, invitee, testerLimit)
    if (outcome === 'gone') return { problem: 'gone' }
    if (outcome === 'present') return { problem: 'invited_already' }
    if (outcome === 'full') return { problem: { key: 'testers_full', limit: testerLimit } }
    await record('tester_invited', { clientId: client.id, detail: { username: invitee.username } })
    return {}
  })
}

/** Takes an invitation back; what the app holds of a tester ends with it. */
export async function removeTester(
  context: Context,
  by: Developer,
  client: Client,
  username: string,
): Promise<Changed> {
  return actAs(context, by, async (acting, record) => {
    const removed = await acting.testers.remove(client.id, username)
    if (removed === undefined) return { problem: 'gone' }
    await record('tester_removed', { clientId: client.id, detail: { username: removed.username } })
    if (removed.userId !== null && removed.state === 'accepted') await endWhereClosed(acting, client, removed.userId)
    return {}
  })
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
  by: Developer,
  clientId: ClientId,
  answer: 'accepted' | 'declined',
): Promise<boolean> {
  const client = await context.clients.find(clientId)
  return actAs(context, by, async (acting, record) => {
    if (!(await acting.testers.answer(clientId, by.account.id, answer))) return false
    await record(`invitation_${answer}`, { clientId })
    if (answer === 'declined' && client !== undefined) await endWhereClosed(acting, client, by.account.id)
    return true
  })
}
