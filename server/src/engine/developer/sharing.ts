/**
 * Sharing an app or a subscription key: its owner invites people, and nothing is shared before they accept. Who shares an
 * app looks after it with its owner; who shares a key signs in through it. The owner alone says who.
 */
import type { AuditDetail, AuditType } from '../../protocol/audit_events.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { AuditParties } from '../../runtime/act.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account, Acting, Team, Teams } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { endWhereClosed } from '../client/app_development.ts'
import { type Amend, actAs, type Changed, changeAs, type Developer } from './developer_apps.ts'
import { handleOf } from './developer_keys.ts'
import { findInvitee } from './invitations.ts'

/** What is shared: an app by its client ID, or a key by its ID. */
export type Shared =
  | { readonly kind: 'app'; readonly id: ClientId }
  | {
      readonly kind: 'key'
      readonly id: string
    }

/** How many people may share one app or key, with those who are asked to. */
export const collaboratorLimit = 20
/** So that nobody's list can be filled up by others without end. */
const sharedLimit = 100

/** What stands in addresses for it. */
function addressOf({ kind, id }: Shared): string {
  return kind === 'app' ? id : handleOf(id)
}

function teamsOf(storage: Pick<Acting, 'appTeams' | 'keyTeams'>, { kind }: Pick<Shared, 'kind'>): Teams<string> {
  return kind === 'app' ? storage.appTeams : storage.keyTeams
}

export interface TeamMember {
  readonly id: string
  readonly username: string
}

/** The people of an app or key, as its pages show them. */
export interface TeamFacts {
  /** By username; undefined where it is the operator's. */
  readonly owner: string | undefined
  /** By name. */
  readonly collaborators: readonly TeamMember[]
  /** Who is asked, as they were named. Somebody who has declined looks like somebody who is not there. */
  readonly invited: readonly string[]
  /** Whether there is no room for one more. */
  readonly full: boolean
}

export async function describeTeam(context: Context, of: Shared): Promise<TeamFacts> {
  const { accounts } = context.storage
  const team = await teamsOf(context.storage, of).find(of.id)
  const { owner = null, collaborators = [], invited = [] } = team ?? {}
  const found = await Promise.all(collaborators.map((id) => accounts.find(id)))
  return {
    owner: owner === null ? undefined : (await accounts.find(owner))?.username,
    collaborators: found
      .flatMap((account) => (account === undefined ? [] : [{ id: account.id, username: account.username }]))
      .sort((a, b) => a.username.localeCompare(b.username, 'en')),
    invited: invited.map(({ username }) => username),
    full: collaborators.length + invited.length >= collaboratorLimit,
  }
}

/** Asks one more person, by username or e-mail address. The answer is the same whether or not there is such a person. */
export async function invite(context: Context, by: Developer, of: Shared, login: string): Promise<Changed> {
  const invitee = await findInvitee(context, by, login)
  if (invitee.problem !== undefined) return invitee
  const { username, userId, byAddress } = invitee
  if (userId === by.account.id) return { problem: 'share_own' }
  return changeOwn(context, by, asking(of, 'invited', username), ({ collaborators, invited }) => {
    const shares = userId !== null && collaborators.includes(userId)
    // Whose the address is that was given, is not told.
    if (shares && !byAddress) return 'shared_already'
    if (invited.some((one) => one.username.toLowerCase() === username.toLowerCase())) return 'invited_already'
    if (collaborators.length + invited.length >= collaboratorLimit) {
      return { key: 'people_full', limit: collaboratorLimit }
    }
    return { collaborators, invited: [...invited, { username, userId: shares ? null : userId, declined: false }] }
  })
}

/** Takes an invitation back, whatever came of it. */
export function takeBackInvitation(context: Context, by: Developer, of: Shared, username: string): Promise<Changed> {
  return changeOwn(context, by, asking(of, 'invitation_ended', username), ({ collaborators, invited }) => {
    const left = invited.filter((one) => one.username !== username)
    return left.length === invited.length ? 'gone' : { collaborators, invited: left }
  })
}

/** Takes somebody out. What an app in development holds of them ends. */
export async function removeCollaborator(
  context: Context,
  by: Developer,
  of: Shared,
  person: string,
): Promise<Changed> {
  // Where it is nobody's id, it is no collaborator, and nothing comes of it.
  const userId = person as UserId
  const and = await endOfUse(context, of, userId)
  return changeOwn(context, by, { ...moving(of, 'unshared'), subject: userId, and }, (team) => without(team, userId))
}

/** Takes the person out of what somebody else shares with them. */
export async function leave(context: Context, by: Developer, kind: Shared['kind'], handle: string): Promise<Changed> {
  const of = await sharedWith(context, by.account, kind, handle)
  if (of === undefined) return { problem: 'gone' }
  const { id } = by.account
  const and = await endOfUse(context, of, id)
  return changeTeam(context, by, { ...moving(of, 'left'), and }, (team) => without(team, id))
}

/** What the person shares, by what stands for it in addresses. */
async function sharedWith(
  { storage }: Context,
  { id: userId }: Account,
  kind: Shared['kind'],
  handle: string,
): Promise<Shared | undefined> {
  if (kind === 'app') return { kind, id: handle }
  const id = (await storage.subscriptionKeys.listByUser(userId)).find((key) => handleOf(key.id) === handle)?.id
  return id === undefined ? undefined : { kind, id }
}

/** Something that somebody asks the person to share. */
export interface Offer {
  /** What stands for it in addresses. */
  readonly handle: string
  /** Empty where a key has none. */
  readonly name: string
  /** By username; undefined where it is the operator's now. */
  readonly sharedBy: string | undefined
}

/** What the person is asked to share and has not answered. */
export async function listOffers(
  context: Context,
  { id: userId }: Account,
  kind: Shared['kind'],
): Promise<readonly Offer[]> {
  const { accounts } = context.storage
  const offers = (await teamsOf(context.storage, { kind }).listOffered(userId)).map(async (id) => {
    const found = await namedOf(context, { kind, id })
    const owner = found?.owner ? await accounts.find(found.owner) : undefined
    return found === undefined ? [] : [{ handle: addressOf({ kind, id }), name: found.name, sharedBy: owner?.username }]
  })
  return (await Promise.all(offers)).flat()
}

async function namedOf(
  { storage, clients }: Context,
  { kind, id }: Shared,
): Promise<{ readonly name: string; readonly owner: UserId | null } | undefined> {
  if (kind === 'key') return storage.subscriptionKeys.find(id)
  const client = await clients.find(id)
  return client && { name: client.name, owner: client.ownerId }
}

/** The person's own answer to an invitation. */
export async function answerOffer(
  context: Context,
  by: Developer,
  offer: { readonly kind: Shared['kind']; readonly handle: string },
  answer: 'accepted' | 'declined',
): Promise<Changed> {
  const { kind, handle } = offer
  const userId = by.account.id
  const offered = await teamsOf(context.storage, offer).listOffered(userId)
  const id = offered.find((one) => addressOf({ kind, id: one }) === handle)
  if (id === undefined) return { problem: 'gone' }
  const of: Shared = { kind, id }
  if (answer === 'declined') {
    return changeTeam(context, by, moving(of, 'declined'), ({ collaborators, invited }) => {
      if (!invited.some((one) => one.userId === userId && !one.declined)) return 'gone'
      const answered = invited.map((one) => (one.userId === userId ? { ...one, declined: true } : one))
      return { collaborators, invited: answered }
    })
  }
  return actAs(context, by, async (acting, record) => {
    const joined = await teamsOf(acting, of).join(id, userId, sharedLimit)
    if (joined === 'full') return { problem: 'shares_full' }
    if (joined === 'not_invited') return { problem: 'gone' }
    const { of: _, event, ...parties } = moving(of, 'shared')
    await record(event, parties)
    return {}
  })
}

type People = Omit<Team, 'owner'>

function without({ collaborators, invited }: Team, userId: UserId): People | FormProblem {
  const left = collaborators.filter((one) => one !== userId)
  return left.length === collaborators.length ? 'gone' : { collaborators: left, invited }
}

/** What goes with taking somebody out: what an app in development holds of them. */
async function endOfUse({ clients }: Context, { kind, id }: Shared, userId: UserId) {
  const client = kind === 'app' ? await clients.find(id) : undefined
  return client && ((acting: Acting) => endWhereClosed(acting, client, userId))
}

/** The event of an invitation. */
function asking(of: Shared, what: 'invited' | 'invitation_ended', username: string) {
  return of.kind === 'app'
    ? ({ of, event: `app_${what}`, clientId: of.id, detail: { username } } as const)
    : ({ of, event: `subscription_key_${what}`, detail: { key: handleOf(of.id), username } } as const)
}

/** The event of somebody who comes or goes. */
function moving(of: Shared, what: 'shared' | 'declined' | 'unshared' | 'left') {
  return of.kind === 'app'
    ? ({ of, event: `app_${what}`, clientId: of.id, detail: {} } as const)
    : ({ of, event: `subscription_key_${what}`, detail: { key: handleOf(of.id) } } as const)
}

type Noted<Type extends AuditType> = Pick<AuditParties, 'clientId' | 'subject'> & {
  readonly of: Shared
  readonly event: Type
  readonly detail: AuditDetail<Type>
  readonly and?: ((acting: Acting) => Promise<unknown>) | undefined
}

type Decide = (present: Team) => People | FormProblem

/** Makes a change that is decided on the team as it is. */
function changeTeam<Type extends AuditType>(
  context: Context,
  by: Developer,
  { of, ...noted }: Noted<Type>,
  decide: Decide,
): Promise<Changed> {
  const amend: Amend<Team, People> = (acting, decided) => teamsOf(acting, of).amend(of.id, decided)
  return changeAs(context, by, { ...noted, amend }, decide)
}

/** The same by the owner. */
function changeOwn<Type extends AuditType>(
  context: Context,
  by: Developer,
  noted: Noted<Type>,
  decide: Decide,
): Promise<Changed> {
  return changeTeam(context, by, noted, (present) => (present.owner === by.account.id ? decide(present) : 'gone'))
}
