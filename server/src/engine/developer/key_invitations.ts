/** Sharing a subscription key: its owner invites by username, and nothing is shared before the person accepts. */

import type { Context } from '../../runtime/context.ts'
import {
  amendKey,
  forgetInvitation,
  getKey,
  joinList,
  type KeyRecord,
  leaveList,
  listInvitedTo,
  noteInvitation,
} from '../../runtime/kept/subscription_key_record.ts'
import type { Account } from '../../storage/contract.ts'
import type { Changed, Developer } from './developer_apps.ts'
import { audit, change, gone, handleOf, keyCollaboratorLimit, sharedLimit, takesPart } from './developer_keys.ts'
import { findInvitee } from './invitations.ts'

/**
 * Asks one more person to share the key. The answer is the same whether or not there is such a person, and nobody may use
 * the key before they have accepted.
 */
export async function inviteToKey(context: Context, by: Developer, id: string, username: string): Promise<Changed> {
  const invitee = await findInvitee(context, by, username)
  if (invitee.problem !== undefined) return invitee
  if (invitee.userId === by.account.id) return { problem: 'The key is yours; you may use it as it is.' }
  const name = invitee.username.toLowerCase()
  const changed = await change(
    context,
    by,
    { id, event: 'subscription_key_invited', detail: { key: handleOf(id), username: invitee.username } },
    (present) => {
      const { collaborators, invited } = present
      if (collaborators.some((one) => one === invitee.userId)) return 'This person may use it already.'
      if (invited.some((one) => one.username.toLowerCase() === name)) return 'This username has been invited already.'
      if (collaborators.length + invited.length >= keyCollaboratorLimit) {
        return `At most ${keyCollaboratorLimit} people can share a key. Remove somebody first.`
      }
      const { username, userId } = invitee
      return { ...present, invited: [...invited, { username, userId, declined: false }] }
    },
  )
  if (changed.problem === undefined) await noteInvitation(context.storage, name, id)
  return changed
}

/** Takes an invitation back, whatever came of it. */
export async function takeBackInvitation(
  context: Context,
  by: Developer,
  id: string,
  username: string,
): Promise<Changed> {
  const noted = { id, event: 'subscription_key_invitation_ended', detail: { key: handleOf(id), username } } as const
  const changed = await change(context, by, noted, (present) => {
    const invited = present.invited.filter((one) => one.username !== username)
    return invited.length === present.invited.length ? gone : { ...present, invited }
  })
  if (changed.problem === undefined) await forgetInvitation(context.storage, username, id)
  return changed
}

/** A key that somebody asks the person to share. */
export interface KeyOffer {
  readonly handle: string
  readonly name: string
  readonly sharedBy: string
}

/** The keys that the person is asked to share and has not answered. */
export async function listKeyOffers(context: Context, account: Account): Promise<readonly KeyOffer[]> {
  const ids = await listInvitedTo(context.storage, account.username)
  const keys = await Promise.all(ids.map((id) => getKey(context.storage, id)))
  const open = keys.filter((key) => key !== undefined).filter(({ record }) => isOffered(record, account))
  return Promise.all(
    open.map(async ({ id, record }) => ({
      handle: handleOf(id),
      name: record.name,
      sharedBy: (await context.storage.accounts.find(record.owner))?.username ?? '',
    })),
  )
}

function isOffered({ invited }: KeyRecord, { id }: Account): boolean {
  return invited.some(({ userId, declined }) => userId === id && !declined)
}

/** The person's own answer to an invitation. */
export async function answerKeyOffer(
  context: Context,
  by: Developer,
  handle: string,
  answer: 'accepted' | 'declined',
): Promise<Changed> {
  const { storage, clock } = context
  const { account } = by
  const id = (await listInvitedTo(storage, account.username)).find((one) => handleOf(one) === handle)
  if (id === undefined) return { problem: gone }
  const accepted = answer === 'accepted'
  const place = { id, as: 'shared', at: clock.now() } as const
  if (accepted && !(await joinList(storage, account.id, place, { room: sharedLimit }))) {
    return { problem: 'You share as many keys as one may. Leave one first.' }
  }
  const answered = await amendKey(storage, id, (present) => {
    if (!isOffered(present, account)) return undefined
    if (!accepted) {
      const invited = present.invited.map((one) => (one.userId === account.id ? { ...one, declined: true } : one))
      return { ...present, invited }
    }
    const invited = present.invited.filter((one) => one.userId !== account.id)
    const collaborators = [...new Set([...present.collaborators, account.id])].sort()
    return { ...present, invited, collaborators }
  })
  if (answered === undefined) {
    if (accepted && !takesPart((await getKey(storage, id))?.record, account.id))
      await leaveList(storage, account.id, id)
    return { problem: gone }
  }
  await forgetInvitation(storage, account.username, id)
  audit(context, by, accepted ? 'subscription_key_shared' : 'subscription_key_declined', { key: handleOf(id) })
  return {}
}
