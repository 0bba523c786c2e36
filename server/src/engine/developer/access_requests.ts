/**
 * How somebody without an account asks to be let in with an app, where people cannot sign up by themselves. Nothing is
 * stored of an address before it is proved but a sealed link, the same for every address. What the operator approves is
 * taken up by the invitation that follows: by a new account, or by the one that has the address meanwhile.
 */
import { z } from 'zod'
import { day, type Millis } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import { canonicalEmail, emailProblem } from '../../protocol/account_names.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { canonicalName, holdsHidden, nameProblem } from '../../protocol/visible_name.ts'
import { type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { tellThatSomethingWaits } from '../../runtime/jobs/queue.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { Account, Acting, MailedLink } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { acceptInvitation, type Invitation } from '../account/account_invitations.ts'
import { takeMail } from '../account/mail_budget.ts'
import { addressSubject, findLink, mailLink, newLink } from '../account/mailed_links.ts'
import type { ByLink, SignUpProved } from '../account/mailed_sign_up.ts'
import { publicNameProblem } from '../account/reserved_names.ts'
import { isBlocked, signUpIsOpen } from '../account/sign_up.ts'
import { newClientSecret } from '../client/register_client.ts'
import { addressProblem } from './app_details.ts'
import { actAs, type Developer } from './developer_apps.ts'

/** How long a request stays that nobody decides, and an approval that nobody takes up. */
export const accessKept: Millis = 90 * day
const longestPurpose = 1000

/** As it is typed. */
export interface AccessForm {
  readonly email: string
  readonly appName: string
  readonly purpose: string
  /** Empty where there is none. */
  readonly website: string
}

export type AccessProblems = { readonly [Field in keyof AccessForm]?: FormProblem }

const contentSchema = z.strictObject({
  email: z.string(),
  appName: z.string(),
  purpose: z.string(),
  website: z.string().nullable(),
  language: z.string(),
})
type Content = Readonly<z.infer<typeof contentSchema>>

export type AccessAsked =
  | { readonly outcome: 'mailed'; readonly linkId: string }
  | { readonly outcome: 'problems'; readonly problems: AccessProblems }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** Whether people without an account may ask for access: not where they can sign up, nor where no mail proves an address. */
export function accessCanBeAskedFor(context: Context): boolean {
  return !signUpIsOpen(context) && context.mailer.way !== 'none'
}

/** Takes a request, and mails a link and a code to its address. `language` is the one that the page was read in. */
export async function askAccess(
  context: Context,
  form: AccessForm,
  language: string,
  caller: Caller,
): Promise<AccessAsked> {
  const content = {
    email: canonicalEmail(form.email),
    appName: canonicalName(form.appName),
    purpose: form.purpose.replaceAll(/\r\n?/g, '\n').trim().normalize('NFC'),
    website: form.website.trim() === '' ? null : form.website.trim(),
    language,
  }
  const problems = await accessProblems(context, content)
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const network = networkUnit(caller.address)
  if (!(await context.throttle.take('sign_up', network))) {
    return { outcome: 'throttled', retryAfter: context.throttle.retryAfter([['sign_up', network]]) }
  }
  return mailProof(context, content, caller)
}

async function accessProblems(context: Context, content: Content): Promise<AccessProblems> {
  const { email, appName, purpose, website } = content
  const problems = {
    email: emailProblem(email) ?? (isBlocked(context, email) ? 'email_blocked' : undefined),
    appName: nameProblem(appName) ?? (await publicNameProblem(context, appName, { account: { roles: [] } })),
    purpose: purposeProblem(purpose),
    website: website === null ? undefined : addressProblem(website),
  } as const
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined))
}

function purposeProblem(text: string): FormProblem | undefined {
  if (text === '') return 'purpose_empty'
  if (text.length > longestPurpose) return { key: 'purpose_long', longest: longestPurpose }
  return holdsHidden(text.replaceAll('\n', ' ')) ? 'purpose_hidden_character' : undefined
}

async function mailProof(
  context: Context,
  content: Content,
  caller: Caller,
): Promise<Exclude<AccessAsked, { outcome: 'problems' }>> {
  const budget = await takeMail(context, content.email, caller)
  if (budget.outcome !== 'taken') return { outcome: 'throttled', retryAfter: budget.retryAfter }
  const link = newLink(context, 'access', { subject: addressSubject(context, content.email), content })
  await mailLink(context, link, 'access_proof')
  return { outcome: 'mailed', linkId: link.id }
}

/** A request that waits for the proof of its address. */
export interface UnprovedAccess {
  readonly link: MailedLink
  readonly content: Content
}

/** The request of a link, while that is good and access may still be asked for. */
export async function findUnprovedAccess(context: Context, linkId: string): Promise<UnprovedAccess | undefined> {
  return accessCanBeAskedFor(context) ? findLink(context, linkId, ['access'], contentSchema) : undefined
}

/** Mails another link and code for a request; the former ones end. */
export function mailAccessAgain(context: Context, { content }: UnprovedAccess, caller: Caller) {
  return mailProof(context, content, caller)
}

/** Puts a request whose address is proved into the operator's queue. 'over': the link was used. */
export function proveAccess(
  context: Context,
  { link, content }: UnprovedAccess,
  caller: Caller,
): Promise<'waiting' | 'over'> {
  const now = context.clock.now()
  const id = `acc_${randomText(12)}`
  return act(context, { caller }, async (acting, record) => {
    if (!(await acting.mailedLinks.take(link.id))) return 'over'
    await acting.accessRequests.put({ id, ...content, askedAt: now, expiresAt: now + accessKept })
    await record('access_requested', { detail: { request: id, app: content.appName } })
    await tellThatSomethingWaits(context, acting)
    return 'waiting'
  })
}

/** An app that its developer has just got; its secret is shown once. */
export interface TakenUp {
  readonly clientId: ClientId
  readonly clientSecret: string
}

/** Opens the account of somebody whose request was approved, with their app. Throws PasswordQueueFull. */
export async function acceptAccess(
  context: Context,
  invitation: Invitation,
  form: { readonly username: string; readonly password: string; readonly language: string },
  by: Omit<ByLink, 'also'>,
): Promise<SignUpProved & { readonly app?: TakenUp | undefined }> {
  let app: TakenUp | undefined
  const also = async (acting: Acting, record: ActRecorder, { id }: Account) => {
    app = await takeUp(context, { acting, record }, invitation, id)
  }
  const proved = await acceptInvitation(context, invitation, form, { ...by, also })
  return { ...proved, app }
}

/** Gives the app to whoever has an account with the address by now. 'over': the invitation was used. */
export function claimAccess(
  context: Context,
  invitation: Invitation,
  by: Developer,
): Promise<'over' | { readonly app: TakenUp | undefined }> {
  return actAs(context, by, async (acting, record) => {
    if (!(await acting.mailedLinks.take(invitation.link.id))) return 'over'
    return { app: await takeUp(context, { acting, record }, invitation, by.account.id) }
  })
}

/** Undefined where the operator has deleted the app meanwhile, or given it to somebody. */
async function takeUp(
  context: Pick<Context, 'clock'>,
  { acting, record }: { readonly acting: Acting; readonly record: ActRecorder },
  { content: { access } }: Invitation,
  ownerId: UserId,
): Promise<TakenUp | undefined> {
  const request = access === undefined ? undefined : await acting.accessRequests.takeApproved(access.id)
  if (request === undefined || request.clientId === null) return undefined
  const { clientId } = request
  const { text: clientSecret, secret } = newClientSecret('first', context.clock.now())
  const given = await acting.clients.amend(clientId, (present) =>
    present.ownerId === null ? { ownerId, addSecret: secret } : undefined,
  )
  if (given === undefined) return undefined
  await record('access_taken_up', { clientId, detail: { request: request.id } })
  return { clientId, clientSecret }
}

/** What an invitation brings beside an account. */
export interface Brought {
  /** The name of the app. */
  readonly app: string
  /** The account that has the address by now, if there is one. */
  readonly holder: Account | undefined
}

/** The app that comes with an invitation; undefined where none does. */
export async function broughtBy(
  { storage }: Pick<Context, 'storage'>,
  { content: { access, email } }: Invitation,
): Promise<Brought | undefined> {
  const request = access === undefined ? undefined : await storage.accessRequests.find(access.id)
  return request && { app: request.appName, holder: await storage.accounts.findByLogin(email) }
}
