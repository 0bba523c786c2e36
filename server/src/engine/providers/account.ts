/**
 * Which account a person from a provider has here. The key is issuer and subject alone (OIDC Core §5.7); an e-mail
 * address joins accounts only where both sides have proved it (OWASP ASVS 5 V6.8.1).
 */
import type { Millis } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import { usernameProblem } from '../../protocol/account_names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { Account } from '../../storage/contract.ts'
import { newUserId } from '../account/accounts.ts'
import { usernameTakenProblem } from '../account/reserved_names.ts'

/** The account of a person, or that it is shut. */
export type Admitted = { readonly outcome: 'signed_in'; readonly account: Account } | { readonly outcome: 'disabled' }

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
  const retryAfter = await takeSignUp(context, caller)
  if (retryAfter === undefined) return openAccount(context, identity, caller)
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
export async function openAccount(context: Context, identity: ProviderIdentity, caller: Caller): Promise<Admitted> {
  const { issuer, subject } = identity
  let email = identity.email ?? null
  let number = 0
  while (number < usernamesTried) {
    const opened = await context.storage.identities.open(
      {
        id: newUserId(),
        username: await usernameFor(context, identity, number),
        email,
        emailVerified: email !== null && identity.emailProved,
        passwordHash: null,
        roles: [],
        claims: identity.claims,
      },
      { issuer, subject, ...seenOf(identity) },
    )
    if (opened === 'email_taken') email = null
    if (opened === 'username_taken') number++
    if (typeof opened === 'string') continue
    const { account, created } = opened
    if (created) {
      context.audit.record('signed_up', { actor: account.id, caller, detail: { provider: identity.providerId } })
    }
    return signedIn(context, account, identity, caller)
  }
  throw new Error('no username was free for a new account')
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
  const { issuer, subject } = identity
  const wanted = { issuer, subject, userId: account.id, ...seenOf(identity) }
  const linked = await context.storage.identities.link(wanted, asOf)
  if (linked === 'account_changed') return { outcome: linked }
  if (linked.userId !== account.id) return { outcome: 'address_taken', account }
  context.audit.record('identity_linked', { actor: account.id, caller, detail: { provider: identity.providerId } })
  return signedIn(context, account, identity, caller)
}

function signedIn(context: Context, account: Account, { providerId }: ProviderIdentity, caller: Caller): Admitted {
  if (!account.enabled) {
    context.audit.record('sign_in_failed', { subject: account.id, caller, detail: { provider: providerId } })
    return { outcome: 'disabled' }
  }
  context.audit.record('signed_in', { actor: account.id, caller, detail: { provider: providerId } })
  return { outcome: 'signed_in', account }
}

/** What is noted of an identity when it is used. */
export function seenOf(identity: ProviderIdentity) {
  return { providerId: identity.providerId, label: identity.email ?? identity.claims.name ?? null }
}

const usernamesTried = 12

/** A free name is looked for by trying: the one that the provider tells, then with a number, at last any. */
async function usernameFor(context: Context, identity: ProviderIdentity, number: number): Promise<string> {
  const { preferredUsername, email, claims } = identity
  let wished: string | undefined
  for (const given of [preferredUsername, email?.split('@')[0], claims.name]) {
    const text = (given ?? '')
      .normalize('NFKC')
      .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '')
      .slice(0, 40)
    if (wished !== undefined || usernameProblem(text) !== undefined) continue
    if ((await usernameTakenProblem(context, text)) === undefined) wished = text
  }
  if (wished === undefined || number >= usernamesTried - 2) return `user-${randomText(9).replaceAll(/[_-]/g, '')}`
  return number === 0 ? wished : `${wished}${number + 1}`
}
