/**
 * Which account a person from a provider has here. The key is issuer and subject alone (OIDC Core §5.7); an e-mail
 * address joins accounts only where both sides have proved it (OWASP ASVS 5 V6.8.1).
 */
import type { Millis } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { Account } from '../../storage/contract.ts'
import { newAccount, openAccount } from '../account/new_account.ts'
import { type ActUnderWay, mayEnter } from '../account/sessions.ts'
import { isBlocked, signUpIsOpen } from '../account/sign_up.ts'
import { derivedUsername, usernamesTried } from '../account/usernames.ts'

/** The account of a person, or that it is shut. */
export type Admitted =
  | { readonly outcome: 'signed_in'; readonly account: Account }
  | { readonly outcome: 'disabled' }
  /** Somebody new, where nobody new is let in. */
  | { readonly outcome: 'not_admitted'; readonly refusal: Refusal }

export type Recognized =
  | Admitted
  /** Somebody's account here has the address, and nothing proves that it is the same person's. */
  | { readonly outcome: 'address_taken'; readonly account: Account }

/** The account of a known identity, or the one that its proved address belongs to. Undefined for somebody new. */
export async function recognizePerson(
  context: Context,
  identity: ProviderIdentity,
  caller: Caller,
): Promise<Recognized | undefined> {
  const { identities, accounts } = context.storage
  const found = await identities.find(identity.issuer, identity.subject)
  if (found !== undefined) {
    await identities.touch(identity.issuer, identity.subject, seenOf(identity))
    return signedIn(context, found.account, identity, caller)
  }
  const holder = identity.email === undefined ? undefined : await accounts.findByLogin(identity.email)
  if (holder === undefined) return undefined
  // Providers give an address that is free again to somebody else; who is known there by another subject is another.
  const known = (await identities.listByUser(holder.id)).some(({ issuer }) => issuer === identity.issuer)
  if (known || !identity.emailProved || !holder.emailVerified) return { outcome: 'address_taken', account: holder }
  if (!holder.enabled) return { outcome: 'disabled' }
  const linked = await linkPerson(context, holder, { identity, asOf: holder.updatedAt }, caller)
  // Decided again, from what the account is now.
  return linked.outcome === 'account_changed' ? recognizePerson(context, identity, caller) : linked
}

/** Takes one from the network's budget of new accounts; answers the seconds to wait where it is used up. */
export async function takeSignUp(context: Context, caller: Caller): Promise<number | undefined> {
  const network = networkUnit(caller.address)
  if (await context.throttle.take('sign_up', network)) return undefined
  return context.throttle.retryAfter([['sign_up', network]])
}

/** Opens an account for somebody new. Throws too_many_failures where enough were opened from the network. */
export async function admitPerson(context: Context, identity: ProviderIdentity, caller: Caller): Promise<Admitted> {
  const refusal = signUpRefusal(context, identity.email)
  if (refusal !== undefined) return { outcome: 'not_admitted', refusal }
  const retryAfter = await takeSignUp(context, caller)
  if (retryAfter === undefined) return openAccountFor(context, identity, caller)
  throw new Refusal('too_many_failures', {
    text: 'Too many accounts were opened from your network. Try again later.',
    cause: 'Too many accounts were opened from this network within five minutes.',
    retryAfter,
  })
}

/**
 * Opens an account for somebody new, or signs in who was faster; without the address where it is somebody's. Whoever
 * calls has taken it from the budget.
 */
export async function openAccountFor(context: Context, identity: ProviderIdentity, caller: Caller): Promise<Admitted> {
  const refusal = signUpRefusal(context, identity.email)
  if (refusal !== undefined) return { outcome: 'not_admitted', refusal }
  const { issuer, subject } = identity
  let email = identity.email ?? null
  let number = 0
  while (number < usernamesTried) {
    const wanted = await newAccount(context, {
      username: await derivedUsername(context, namesOf(identity), number),
      email,
      emailVerified: email !== null && identity.emailProved,
      claims: identity.claims,
    })
    const by = { as: 'signed_up', identity: { issuer, subject, ...seenOf(identity) }, caller } as const
    const opened = await openAccount(context, wanted, by)
    if (opened === 'email_taken') email = null
    if (opened === 'username_taken') number++
    if (typeof opened === 'string') continue
    return signedIn(context, opened.account, identity, caller)
  }
  throw new Error('no username was free for a new account')
}

/** Why nobody new is let in, or nobody with such an address, if so. */
function signUpRefusal(context: Context, email: string | undefined): Refusal | undefined {
  if (!signUpIsOpen(context)) return new Refusal('sign_up_closed')
  if (email === undefined || !isBlocked(context, email)) return undefined
  return new Refusal('sign_up_closed', {
    text: 'This server opens no accounts for addresses of that domain.',
    cause: 'The operator has blocked the domain of the e-mail address of the person.',
  })
}

/**
 * Gives the identity to an account whose holder has just been authenticated; one that somebody has stays there. `asOf` is
 * the account's `updatedAt` when the two were brought together: where it has been changed since, nothing is given.
 */
export async function linkPerson(
  context: Context,
  account: Account,
  { identity, asOf }: { readonly identity: ProviderIdentity; readonly asOf: Millis },
  caller: Caller,
): Promise<Recognized | { readonly outcome: 'account_changed' }> {
  const linked = await act(context, { actor: account.id, caller }, (acting, record) =>
    giveIdentity({ acting, record }, account, identity, asOf),
  )
  if (linked === 'account_changed') return { outcome: linked }
  if (linked === 'identity_taken') return { outcome: 'address_taken', account }
  return signedIn(context, account, identity, caller)
}

/** Gives the identity to the account, unless it is another's or the account has been changed since `asOf`. */
export async function giveIdentity(
  { acting: { identities }, record }: ActUnderWay,
  { id }: Account,
  identity: ProviderIdentity,
  asOf: Millis,
): Promise<'linked' | 'identity_taken' | 'account_changed'> {
  const { issuer, subject, providerId } = identity
  const linked = await identities.link({ issuer, subject, userId: id, ...seenOf(identity) }, asOf)
  if (linked === 'account_changed') return linked
  if (linked.userId !== id) return 'identity_taken'
  await record('identity_linked', { detail: { provider: providerId } })
  return 'linked'
}

function signedIn(context: Context, account: Account, { providerId }: ProviderIdentity, caller: Caller): Admitted {
  if (!mayEnter(context, account)) {
    context.audit.record('sign_in_failed', { subject: account.id, caller, detail: { provider: providerId } })
    return { outcome: 'disabled' }
  }
  if (account.secondFactor) {
    context.audit.record('second_factor_asked', { subject: account.id, caller, detail: { provider: providerId } })
  }
  return { outcome: 'signed_in', account }
}

/** What is noted of an identity when it is used. */
export function seenOf(identity: ProviderIdentity) {
  return { providerId: identity.providerId, label: identity.email ?? identity.claims.name ?? null }
}

/** What the provider calls the person, the likeliest username first. */
function namesOf({ preferredUsername, email, claims }: ProviderIdentity): readonly (string | undefined)[] {
  return [preferredUsername, email?.split('@')[0], claims.name]
}
