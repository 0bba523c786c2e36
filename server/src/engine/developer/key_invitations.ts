/** Sharing a subscription key: its owner invites by username, and nothing is shared before the person accepts. */

import type { Context } from '../../runtime/context.ts'
import type { Account, SubscriptionKey } from '../../storage/contract.ts'
import { actAs, type Changed, type Developer } from './developer_apps.ts'
import { change, changeKey, handleOf, keyCollaboratorLimit, sharedLimit } from './developer_keys.ts'
import { findInvitee } from './invitations.ts'

/**
 * Asks one more person to share the key. The answer is the same whether or not there is such a person, and nobody may use
 * the key before they have accepted.
 */
export async function inviteToKey(context: Context, by: Developer, id: string, username: string): Promise<Changed> {
  const invitee = await findInvitee(context, by, username)
  if (invitee.problem !== undefined) return invitee
  if (invitee.userId === by.account.id) return { problem: 'key_yours' }
  const name = invitee.username.toLowerCase()
  return change(
    context,
    by,
    { id, event: 'subscription_key_invited', detail: { key: handleOf(id), username: invitee.username } },
    (present) => {
      const { collaborators, invited } = present
      if (collaborators.some((one) => one === invitee.userId)) return 'key_shared_already'
      if (invited.some((one) => one.username.toLowerCase() === name)) return 'invited_already'
      if (collaborators.length + invited.length >= keyCollaboratorLimit) {
        return { key: 'key_people_full', limit: keyCollaboratorLimit }
      }
      const { username, userId } = invitee
      return { ...present, invited: [...invited, { username, userId, declined: false }] }
    },
  )
}

/** Takes an invitation back, whatever came of it. */
export function takeBackInvitation(context: Context, by: Developer, id: string, username: string): Promise<Changed> {
  const noted = { id, event: 'subscription_key_invitation_ended', detail: { key: handleOf(id), username } } as const
  return change(context, by, noted, (present) => {
    const invited = present.invited.filter((one) => one.username !== username)
    return invited.length === present.invited.length ? 'gone' : { ...present, invited }
  })
}

/** A key that somebody asks the person to share. */
export interface KeyOffer {
  readonly handle: string
  readonly name: string
  readonly sharedBy: string
}

/** The keys that the person is asked to share and has not answered. */
export async function listKeyOffers(context: Context, account: Account): Promise<readonly KeyOffer[]> {
  const keys = await context.storage.subscriptionKeys.listOffered(account.id)
  return Promise.all(
    keys.map(async ({ id, name, owner }) => ({
      handle: handleOf(id),
      name,
      sharedBy: (await context.storage.accounts.find(owner))?.username ?? '',
    })),
  )
}

/** The person's own answer to an invitation. */
export async function answerKeyOffer(
  context: Context,
  by: Developer,
  handle: string,
  answer: 'accepted' | 'declined',
): Promise<Changed> {
  const { subscriptionKeys } = context.storage
  const { account } = by
  const id = (await subscriptionKeys.listOffered(account.id)).find((key) => handleOf(key.id) === handle)?.id
  if (id === undefined) return { problem: 'gone' }
  const detail = { key: handleOf(id) }
  if (answer === 'declined') {
    return changeKey(context, by, { id, event: 'subscription_key_declined', detail }, (present) => {
      return declinedBy(present, account) ?? 'gone'
    })
  }
  return actAs(context, by, async (acting, record) => {
    const joined = await acting.subscriptionKeys.join(id, account.id, sharedLimit)
    if (joined === 'full') return { problem: 'keys_shared_full' }
    if (joined === 'not_invited') return { problem: 'gone' }
    await record('subscription_key_shared', { detail })
    return {}
  })
}

/** The key after the person has declined to share it; undefined where they were not asked, or have answered. */
function declinedBy(key: SubscriptionKey, { id }: Account): SubscriptionKey | undefined {
  if (!key.invited.some(({ userId, declined }) => userId === id && !declined)) return undefined
  return { ...key, invited: key.invited.map((one) => (one.userId === id ? { ...one, declined: true } : one)) }
}
