/**
 * Handing an app to another account. The owner names it and gets a link, which is good for that account alone, for a week and
 * once; whose account it is, or whether there is one, is told to nobody. The app changes hands when it is accepted there.
 */
import { z } from 'zod'
import { day, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { type Client, toClient } from '../../runtime/kept/clients.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import type { Account } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { actInSession, type LiveSession } from '../account/sessions.ts'
import { endWhereClosed } from '../client/app_development.ts'
import { usesAdminApi } from '../grant/scopes.ts'
import { appLimit, type Developer, isOperator } from './developer_apps.ts'
import { findInvitee } from './invitations.ts'

const life: Millis = 7 * day
/** Days that a link is good. */
export const handOverDays = life / day

const place = 'hand over'
const schema = z.object({
  client: z.string(),
  owner: z.string(),
  /** Null where the username is nobody's. */
  heir: z.string().nullable(),
  nonce: z.string(),
})
const offers = sealed({ purpose: 'hand over', schema, life, version: 1 })

export type Offered =
  | { readonly username: string; readonly link: string; readonly problem?: undefined }
  | { readonly problem: FormProblem }

/** Offers an app of the person's own to the account of this username; `link` is the last part of the address to send there. */
export async function offerApp(context: Context, by: Developer, client: Client, username: string): Promise<Offered> {
  const invitee = await findInvitee(context, by, username)
  if (invitee.problem !== undefined) return { problem: invitee.problem }
  const offer = { client: client.id, owner: by.account.id, heir: invitee.userId, nonce: randomText(9) }
  return { username: invitee.username, link: offers.seal(context, offer, { place }) }
}

export interface Offer {
  readonly client: Client
  /** Who offers it, by username. */
  readonly owner: string
}

/** What is offered to the account by the link; undefined where it is not for this account, over, or used. */
export async function findOffer(context: Context, account: Account, link: string): Promise<Offer | undefined> {
  const offer = openOffer(context, account, link)
  if (offer === undefined) return undefined
  const { storage } = context
  if (await storage.claims.isClaimed('hand_over', offer.claim, offer.expires)) return undefined
  const [record, owner] = await Promise.all([storage.clients.find(offer.client), storage.accounts.find(offer.owner)])
  if (record?.ownerId !== offer.owner || owner === undefined || !stands(owner, offer)) return undefined
  return { client: toClient(record), owner: owner.username }
}

/** Whether an offer is still its owner's: not once the account is shut, or its password or sign-in was renewed since. */
function stands({ enabled, validAfter }: Account, { since }: { readonly since: Millis }): boolean {
  return enabled && validAfter <= since
}

function openOffer(context: Context, account: Account, link: string) {
  const opened = offers.open(context, link, { places: [place] })
  if (opened.outcome !== 'open' || opened.value.heir !== account.id) return undefined
  const { client, owner, nonce } = opened.value
  return {
    client: client as ClientId,
    owner: owner as Account['id'],
    claim: sha256(nonce),
    since: opened.since,
    expires: opened.since + life,
  }
}

type Taken = { readonly taken: ClientId } | 'gone' | 'full' | 'session_over'

/**
 * Takes over the app that is offered by the link. Its secrets, settings and people stay; that the operator has verified it
 * goes, because that was said of who ran it. `gone`: there is no such offer any more.
 */
export async function takeOver(context: Context, live: LiveSession, link: string, caller: Caller): Promise<Taken> {
  const { account } = live
  const offer = openOffer(context, account, link)
  if (offer === undefined) return 'gone'
  const own = (await context.storage.clients.listByUser(account.id)).filter((one) => one.ownerId === account.id)
  if (own.length >= appLimit && !isOperator(account)) return 'full'
  return actInSession<Taken>(context, { live, caller, over: 'session_over' }, async ({ acting, record }) => {
    const { claims, clients, accounts, appTeams } = acting
    const former = await accounts.find(offer.owner)
    if (former === undefined || !stands(former, offer)) return 'gone'
    const { client, owner, claim, expires } = offer
    if ((await claims.claimOnce('hand_over', claim, expires)) === 'seen') return 'gone'
    const taken = await clients.amend(client, (present) =>
      present.ownerId === owner && !usesAdminApi(toClient(present))
        ? { ownerId: account.id, verification: null }
        : undefined,
    )
    if (taken === undefined) return 'gone'
    await appTeams.amend(client, ({ collaborators, invited }) => ({
      collaborators: collaborators.filter((one) => one !== account.id),
      invited: invited.filter((one) => one.userId !== account.id),
    }))
    await endWhereClosed(acting, toClient(taken), owner)
    await record('app_taken_over', { clientId: client, subject: owner })
    return { taken: client }
  })
}
