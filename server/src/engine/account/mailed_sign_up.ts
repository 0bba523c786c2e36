/**
 * Signing up where mail can be sent. What was filled in waits, sealed, for the proof of the address: until then there is
 * neither an account nor a session, and no name is taken. The answer is the same for an address that has an account here;
 * its holder learns of it by the mail.
 */
import { z } from 'zod'
import { canonicalEmail, canonicalUsername } from '../../protocol/account_names.ts'
import { type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { ThrottleKeys } from '../../runtime/limits/throttle.ts'
import type { Account, Acting, MailedLink } from '../../storage/contract.ts'
import { takeNewPassword } from './accounts.ts'
import { takeMail } from './mail_budget.ts'
import { addressSubject, findLink, mailLink, newLink } from './mailed_links.ts'
import { type AccountProblems, newUserId, openWithin } from './new_account.ts'
import { type SignUpForm, signUpIsOpen, signUpProblems } from './sign_up.ts'
import type { AcceptedVersion } from './terms/terms.ts'
import { derivedUsername, usernamesTried } from './usernames.ts'

const contentSchema = z.strictObject({
  email: z.string(),
  /** Empty where it is to be derived. */
  username: z.string(),
  passwordHash: z.string(),
  /** The app's request that waits, sealed to the browser. */
  request: z.string().optional(),
  /** The page of ours that waits. */
  next: z.string().optional(),
  /** The language of the page that asked, in which the mail is written (BCP 47). */
  language: z.string().optional(),
  /** What the form said is accepted by opening the account. */
  accepted: z
    .array(
      z.strictObject({
        document: z.enum(['terms', 'privacy']),
        version: z.string(),
        acceptedAt: z.number(),
        language: z.string(),
      }),
    )
    .optional(),
})
type Content = Readonly<z.infer<typeof contentSchema>>

/** What goes on in the browser that signs up, once the address is proved. */
export type SignUpOnward = Pick<Content, 'request' | 'next' | 'language'>

export type SignUpAsked =
  | { readonly outcome: 'mailed'; readonly linkId: string }
  | { readonly outcome: 'problems'; readonly problems: AccountProblems }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** Takes a sign-up, and mails a link and a code to its address. Throws PasswordQueueFull. */
export async function askSignUp(
  context: Context,
  form: SignUpForm,
  onward: SignUpOnward,
  caller: Caller,
): Promise<SignUpAsked> {
  const person = { username: canonicalUsername(form.username), email: canonicalEmail(form.email) }
  const accepted = form.accepted && [...form.accepted]
  const network = networkUnit(caller.address)
  const busy = await takeNewPassword(context, network)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const problems = await signUpProblems(context, { ...person, password: form.password })
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const attempts: ThrottleKeys = [['address', network]]
  const asked = await context.throttle.guard<SignUpAsked>(attempts, async () => {
    // Names are public, addresses are not: those are never looked for here.
    if (person.username !== '' && (await isTaken(context, person.username))) {
      return { ok: false, value: { outcome: 'problems', problems: { username: 'username_taken' } } }
    }
    if (!(await context.throttle.take('sign_up', network))) {
      return {
        ok: true,
        value: { outcome: 'throttled', retryAfter: context.throttle.retryAfter([['sign_up', network]]) },
      }
    }
    const budget = await takeMail(context, person.email, caller)
    if (budget.outcome !== 'taken') return { ok: true, value: { outcome: 'throttled', retryAfter: budget.retryAfter } }
    const passwordHash = await context.passwords.hash(form.password)
    return {
      ok: true,
      value: { outcome: 'mailed', linkId: await mailProof(context, { ...person, passwordHash, accepted, ...onward }) },
    }
  })
  return asked ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(attempts) }
}

async function isTaken({ storage }: Context, username: string): Promise<boolean> {
  return (await storage.accounts.findByLogin(username)) !== undefined
}

async function mailProof(context: Context, content: Content): Promise<string> {
  const link = newLink(context, 'sign_up', { subject: addressSubject(context, content.email), content })
  await mailLink(context, link, 'sign_up')
  return link.id
}

/** A sign-up that waits for the proof of its address. */
export interface WaitingSignUp {
  readonly link: MailedLink
  readonly content: Content
}

/** The sign-up of a link, while it is good and anybody may still sign up. */
export async function findSignUp(context: Context, linkId: string): Promise<WaitingSignUp | undefined> {
  return signUpIsOpen(context) ? findLink(context, linkId, ['sign_up'], contentSchema) : undefined
}

/** Mails another link and code for a sign-up that waits; the former ones end. */
export async function mailSignUpAgain(
  context: Context,
  { content }: WaitingSignUp,
  caller: Caller,
): Promise<Exclude<SignUpAsked, { outcome: 'problems' }>> {
  const budget = await takeMail(context, content.email, caller)
  if (budget.outcome !== 'taken') return { outcome: 'throttled', retryAfter: budget.retryAfter }
  return { outcome: 'mailed', linkId: await mailProof(context, content) }
}

export type SignUpProved =
  | { readonly outcome: 'signed_up'; readonly account: Account }
  | { readonly outcome: 'problems'; readonly problems: AccountProblems }
  /** The link was used, or the address has an account by now. */
  | { readonly outcome: 'over' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** What the person says once more where they prove the address. */
export interface SignUpAgain {
  /** Given wherever another browser signed up: whoever did may be somebody else, whose password must not open the account. */
  readonly password?: string | undefined
  /** Another name, where the first was taken meanwhile. */
  readonly username?: string | undefined
}

/** The language in which somebody has signed up, so that their mails are in it, too; English is what is usual. */
export function languageClaims(language: string | undefined): Account['claims'] {
  return language === undefined || language === 'en' ? {} : { locale: language }
}

/** Opens the account of somebody who has proved the address of their sign-up. Throws PasswordQueueFull. */
export async function proveSignUp(
  context: Context,
  { link, content }: WaitingSignUp,
  again: SignUpAgain,
  caller: Caller,
): Promise<SignUpProved> {
  const network = networkUnit(caller.address)
  const busy = await takeNewPassword(context, network)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const { email } = content
  const username = again.username === undefined ? content.username : canonicalUsername(again.username)
  const problems = await signUpProblems(context, { username, email, password: again.password })
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const passwordHash =
    again.password === undefined ? content.passwordHash : await context.passwords.hash(again.password)
  const claims = languageClaims(content.language)
  // What was accepted in another browser may have been accepted by somebody else.
  const accepted = again.password === undefined ? content.accepted : undefined
  const person = { username, email, emailVerified: true, passwordHash, claims }
  return openByLink(context, link, person, { caller, accepted })
}

/** Who opens it, and what else comes with it in the same act. */
export interface ByLink {
  readonly caller: Caller
  readonly accepted?: readonly AcceptedVersion[] | undefined
  readonly also?: ((acting: Acting, record: ActRecorder, account: Account) => Promise<void>) | undefined
}

/** Opens an account with a mailed link, which is spent by that; under a name of its own where none is given. */
export async function openByLink(
  context: Context,
  link: MailedLink,
  person: Pick<Account, 'username' | 'email' | 'emailVerified' | 'passwordHash' | 'claims'>,
  { caller, accepted, also }: ByLink,
): Promise<SignUpProved> {
  const { username, email } = person
  for (let number = 0; number < (username === '' ? usernamesTried : 1); number++) {
    const name = username === '' ? await derivedUsername(context, [email?.split('@')[0]], number) : username
    const account = { ...person, id: newUserId(), username: name, roles: [] }
    const opened = await act(context, { actor: account.id, caller }, async (acting, record) => {
      if (!(await acting.mailedLinks.take(link.id))) return 'over'
      const made = await openWithin({ acting, record }, account, { as: 'signed_up', accepted })
      // Another name is asked for, with the same link.
      if (made === 'username_taken') await acting.mailedLinks.put(link)
      if (typeof made === 'object') {
        await acting.factors.noteLink(account.id, context.clock.now())
        await also?.(acting, record, made.account)
      }
      return made
    })
    if (opened === 'username_taken') continue
    if (typeof opened === 'string') return { outcome: 'over' }
    return { outcome: 'signed_up', account: opened.account }
  }
  return { outcome: 'problems', problems: { username: 'username_taken' } }
}
