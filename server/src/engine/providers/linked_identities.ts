/**
 * The providers that open an account, looked after by its holder. Whoever gives an account one more way in has it for
 * good, so a session and a recent sign-in are asked for when one sets out to a provider and again on coming back.
 */

import type { Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { Provider } from '../../runtime/providers/provider.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'
import type { Account, Identity } from '../../storage/contract.ts'
import { actInSession, isRecent, type LiveSession } from '../account/sessions.ts'
import { giveIdentity, seenOf } from './account.ts'
import { startAttempt } from './attempt.ts'
import type { ConnectDestination } from './destination.ts'

/** An identity as its holder sees it. */
export interface WayIn {
  /** By which the holder names it to us: a digest, so that a form says nothing of issuer, subject or account. */
  readonly id: string
  /** The provider's name; its id where the operator has taken it out. */
  readonly name: string
  readonly label: string | null
  readonly since: Millis
  /** Whether people can sign in through it: the operator has not taken the provider out. */
  readonly open: boolean
}

/** The identities of the account, and the parties that none of them is of. */
export async function listWaysIn(
  context: Context,
  account: Account,
): Promise<{ readonly connected: readonly WayIn[]; readonly others: readonly RelyingParty[] }> {
  const parties = await context.providers.list()
  const providers = parties.map(({ provider }) => provider)
  const identities = await context.storage.identities.listByUser(account.id)
  const issuers = new Set(identities.map(({ issuer }) => issuer))
  return {
    connected: identities.map((identity) => {
      const provider = providerOf(identity, providers)
      return {
        id: handleOf(identity),
        name: provider?.name ?? identity.providerId,
        label: identity.label,
        since: identity.createdAt,
        open: provider !== undefined,
      }
    }),
    others: parties.filter(({ provider }) => !issuers.has(provider.issuer)),
  }
}

function handleOf({ issuer, subject }: Pick<Identity, 'issuer' | 'subject'>): string {
  return sha256(JSON.stringify([issuer, subject]))
    .toString('base64url')
    .slice(0, 22)
}

/** Of two entries with one issuer, that by which the person came. */
function providerOf({ issuer, providerId }: Identity, providers: readonly Provider[]): Provider | undefined {
  const same = providers.filter((provider) => provider.issuer === issuer)
  return same.find(({ id }) => id === providerId) ?? same[0]
}

/** Sets out to a provider for one more way in; answers where to send the browser. Throws ProviderFailed. */
export async function startConnecting(
  context: Context,
  party: RelyingParty,
  browser: string,
  live: LiveSession,
): Promise<{ readonly outcome: 'started'; readonly uri: string } | { readonly outcome: 'sign_in_again' }> {
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  const destination: ConnectDestination = {
    kind: 'connect',
    session: live.session.id,
    asOf: live.account.updatedAt,
  }
  return { outcome: 'started', uri: await startAttempt(context, party, browser, destination) }
}

export type Connecting =
  | 'connected'
  /** It opened this account before. */
  | 'connected_already'
  /** It opens another account, and goes on doing so. */
  | 'identity_taken'
  | 'other_session'
  | 'sign_in_again'
  /** Something was disconnected, or changed otherwise, since the start. */
  | 'account_changed'

/** Gives the identity that a provider has named to the account of the session that set out for it, and to no other. */
export async function finishConnecting(
  context: Context,
  { destination, identity }: { readonly destination: ConnectDestination; readonly identity: ProviderIdentity },
  live: LiveSession | undefined,
  caller: Caller,
): Promise<Connecting> {
  if (live === undefined || live.session.id !== destination.session) return 'other_session'
  if (!isRecent(context, live)) return 'sign_in_again'
  const { account } = live
  const { identities } = context.storage
  const { issuer, subject } = identity
  const found = await identities.find(issuer, subject)
  if (found?.account.id === account.id) {
    await identities.touch(issuer, subject, seenOf(identity))
    return 'connected_already'
  }
  const { asOf } = destination
  return actInSession(context, { live, caller, over: 'sign_in_again' }, async (underWay) => {
    const linked = await giveIdentity(underWay, account, identity, asOf)
    return linked === 'linked' ? 'connected' : linked
  })
}

/** Takes an identity from the account of a session. Sessions and grants that came through it stay. */
export async function disconnect(
  context: Context,
  live: LiveSession,
  handle: string,
  caller: Caller,
): Promise<'disconnected' | 'not_found' | 'last_way' | 'sign_in_again'> {
  if (!isRecent(context, live)) return 'sign_in_again'
  const { id } = live.account
  const identity = (await context.storage.identities.listByUser(id)).find((one) => handleOf(one) === handle)
  if (identity === undefined) return 'not_found'
  const issuers = (await context.providers.list()).map(({ provider }) => provider.issuer)
  return actInSession(context, { live, caller, over: 'sign_in_again' }, async ({ acting: { identities }, record }) => {
    const outcome = await identities.unlink(id, identity, issuers)
    if (outcome !== 'unlinked') return outcome
    await record('identity_unlinked', { detail: { provider: identity.providerId } })
    return 'disconnected'
  })
}
