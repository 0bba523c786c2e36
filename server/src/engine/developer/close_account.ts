/** Closing one's own account: what stands against it, what it ends at once, and what is erased when it is too late to return. */
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account, Acting } from '../../storage/contract.ts'
import { endAccess } from '../account/accounts.ts'
import { isOver, isRecent, type LiveSession, takenBackWithin } from '../account/sessions.ts'
import { listOwnApps } from './developer_apps.ts'

export interface Obstacles {
  /** The account is the only one of an owner: nobody could run the server without it. */
  readonly lastOwner: boolean
  /** Apps that the account owns. */
  readonly apps: readonly Pick<Client, 'id' | 'name'>[]
}

export async function obstaclesOf(context: Context, account: Account): Promise<Obstacles> {
  const owners = await listOwners(context.storage)
  const apps = (await listOwnApps(context, account)).filter(({ ownerId }) => ownerId === account.id)
  return { lastOwner: account.roles.includes('owner') && owners.every(({ id }) => id === account.id), apps }
}

async function listOwners({ accounts }: Pick<Acting, 'accounts'>): Promise<readonly Account[]> {
  return (await accounts.listWithRoles()).filter(({ roles, enabled }) => enabled && roles.includes('owner'))
}

/** Whether there is an owner without this account. All rows are held, in one order: of two who close at once, one stays. */
async function isDispensable(acting: Acting, { id, roles }: Account): Promise<boolean> {
  if (!roles.includes('owner')) return true
  for (const owner of await listOwners(acting)) await acting.accounts.update(owner.id, {})
  return (await listOwners(acting)).some((owner) => owner.id !== id)
}

export type Closing = 'closed' | 'sign_in_again' | 'obstacles'

/**
 * Ends the account's sessions and authorizations at once, and lets nobody in but who takes it back. Notices that wait still
 * go out: whoever did this may have taken the account over, and its holder has to hear of it, at a former address, too.
 */
export async function closeAccount(context: Context, live: LiveSession, caller: Caller): Promise<Closing> {
  const { account } = live
  if (!isRecent(context, live)) return 'sign_in_again'
  const { lastOwner, apps } = await obstaclesOf(context, account)
  if (lastOwner || apps.length > 0) return 'obstacles'
  const now = context.clock.now()
  return act<Closing>(context, { actor: account.id, caller }, async (acting, record) => {
    if (!(await isDispensable(acting, account))) return 'obstacles'
    if (await isOver(context, acting, live)) return 'sign_in_again'
    await acting.accounts.update(account.id, { enabled: false, closingAt: now, validAfter: now })
    await endAccess(context, acting, account.id, 'revoked_by_user')
    await record('account_closed', {})
    await sendMail(context, acting, 'account_closed', { ids: { userId: account.id } })
    return 'closed'
  })
}

/** Accounts that are erased at one go. */
const atOnce = 20

/** Erases the accounts that nobody can take back any more. One that has come to own an app meanwhile stays closed. */
export async function eraseClosed(context: Pick<Context, 'storage' | 'clock'>): Promise<void> {
  const before = context.clock.now() - takenBackWithin
  for (const id of await context.storage.accounts.listClosed(before, atOnce)) {
    await act(context, {}, async ({ accounts }, record) => {
      if ((await accounts.erase(id, before)) === 'erased') await record('account_erased', { subject: id })
    })
  }
}
