/**
 * Handing an app to another account. The owner names it and gets a link, which is good for that account alone, for a week and
 * once; whose account it is, or whether there is one, is told to nobody. The app changes hands when it is accepted there.
 */
import { z } from 'zod'
import { day, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { type Client, toClient } from '../../runtime/kept/clients.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import type { Account } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { actAs, appLimit, type Developer, isOperator } from './developer_apps.ts'
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
  if (record?.ownerId !== offer.owner || owner?.enabled !== true) return undefined
  return { client: toClient(record), owner: owner.username }
}

function openOffer(context: Context, account: Account, link: string) {
  const opened = offers.open(context, link, { places: [place] })
  if (opened.outcome !== 'open' || opened.value.heir !== account.id) return undefined
  const { client, owner, nonce } = opened.value
  return {
    client: client as ClientId,
    owner: owner as Account['id'],
    claim: sha256(nonce),
    expires: opened.since + life,
  }
}

/**
 * Takes over the app that is offered by the link. Its secrets, settings and people stay; that the operator has verified it
 * goes, because that was said of who ran it. `gone`: there is no such offer any more.
 */
export async function takeOver(context: Context, by: Developer, link: string): Promise<ClientId | 'gone' | 'full'> {
  const offer = openOffer(context, by.account, link)
  if (offer === undefined) return 'gone'
  const own = (await context.storage.clients.listByUser(by.account.id)).filter((one) => one.ownerId === by.account.id)
  if (own.length >= appLimit && !isOperator(by.account)) return 'full'
  return actAs(context, by, async ({ claims, clients, accounts }, record) => {
    if ((await accounts.find(offer.owner))?.enabled !== true) return 'gone'
    const { client, owner, claim, expires } = offer
    if ((await claims.claimOnce('hand_over', claim, expires)) === 'seen') return 'gone'
    const taken = await clients.amend(client, ({ ownerId }) =>
      ownerId === owner ? { ownerId: by.account.id, verification: null } : undefined,
    )
    if (taken === undefined) return 'gone'
    await record('app_taken_over', { clientId: client, subject: owner })
    return client
  })
}
