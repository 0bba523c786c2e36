/**
 * The social endpoints of the QuantiModo documents: an app opens a provider's sign-in in a popup and gets a code at its
 * own page, or brings a token of the provider's SDK; for either it gets a sign-in ticket. No rights come of this: the
 * ticket leads to authorize, where the person is asked.
 */
import { anyHas, socialDialect } from '../../protocol/dialects.ts'
import type { UserId } from '../../protocol/names.ts'
import { appendQuery, matchRedirectUri } from '../../protocol/redirect_uri.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { Trace } from '../../runtime/log/trace.ts'
import { ProviderFailed } from '../../runtime/providers/failure.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'
import type { Account } from '../../storage/contract.ts'
import { anyLoopbackPort } from '../authorize/checks/redirect_uri.ts'
import { browserDigest, makeTicket } from '../authorize/ticket.ts'
import { isOpen } from '../developer/client_leniencies.ts'
import { type Admitted, admitPerson, recognizePerson } from './account.ts'
import { startAttempt } from './attempt.ts'
import type { SocialDestination } from './destination.ts'
import { recognizeToken } from './native.ts'
import { makeSocialCode, redeemSocialCode, type SocialCode } from './social_code.ts'

/** Where the code of a sign-in may be sent, and the app where it is known. */
export type SocialReturn = Pick<SocialDestination, 'redirectUrl' | 'clientId'>

/**
 * Where the code of a sign-in may be sent: to a redirect URI of the app that is named, or of the apps that have it where
 * none is. A Refusal says why there is no such place.
 */
export async function findSocialDestination(
  context: Context,
  redirectUrl: string | undefined,
  clientId: string | undefined,
  trace: Trace,
): Promise<SocialReturn | Refusal> {
  trace.at('client')
  if (!(await isOpen(context, socialDialect))) return new Refusal('dialect_not_allowed')
  const client = clientId === undefined ? undefined : await findSocialClient(context, clientId, trace)
  if (client instanceof Refusal) return client
  trace.at('redirect_uri')
  if (redirectUrl === undefined) return new Refusal('parameter_missing', missing('redirectUrl'))
  if (client !== undefined) {
    if (matchRedirectUri(redirectUrl, client.metadata.redirect_uris, anyLoopbackPort(client)) === undefined) {
      return new Refusal('social_redirect_not_registered', { got: redirectUrl })
    }
    return { redirectUrl, clientId: client.id }
  }
  const [only, another] = await clientsAt(context, redirectUrl)
  if (only === undefined) return new Refusal('social_redirect_not_registered')
  // Of several apps with one address, such as that of a phone, none can be told from it.
  if (another !== undefined) return { redirectUrl }
  trace.client(only.id)
  return { redirectUrl, clientId: only.id }
}

/** The same, thrown where it is a Refusal. */
export async function requireSocialDestination(
  ...asked: Parameters<typeof findSocialDestination>
): Promise<SocialReturn> {
  return orThrow(await findSocialDestination(...asked))
}

/** The apps of the dialect that have registered the redirect URI, two at most: more are as good as two. */
async function clientsAt(context: Context, redirectUrl: string): Promise<readonly Client[]> {
  const clients: Client[] = []
  for (const id of await context.storage.clients.withRedirectUri(redirectUrl)) {
    const client = await context.clients.find(id)
    if (client !== undefined && anyHas(client.metadata.dialects, 'socialSignIn')) clients.push(client)
    if (clients.length === 2) break
  }
  return clients
}

/** The app that an endpoint of the dialect was called for, or why it is none. */
async function findSocialClient(context: Context, clientId: string, trace: Trace): Promise<Client | Refusal> {
  const client = await context.clients.find(clientId)
  if (client === undefined) return new Refusal('client_unknown', { text: unknownApp })
  trace.client(client.id)
  if (client.status === 'disabled') return new Refusal('client_disabled', { text: unknownApp })
  if (!anyHas(client.metadata.dialects, 'socialSignIn')) return new Refusal('dialect_not_allowed')
  return client
}

const unknownApp = 'Unknown client_id.'

function missing(name: string) {
  return { text: `The parameter ${name} is missing.`, cause: `The request has no ${name}.` }
}

async function requireParty(context: Context, providerId: string | undefined, trace: Trace): Promise<RelyingParty> {
  trace.at('provider')
  if (providerId === undefined) throw new Refusal('parameter_missing', missing('provider'))
  const party = await context.providers.find(providerId)
  if (party === undefined) throw new Refusal('provider_unknown')
  return party
}

/** Starts a sign-in of a browser through a provider; answers where to send it. Throws Refusal. */
export async function startSocial(
  context: Context,
  { providerId, browser }: { readonly providerId: string | undefined; readonly browser: string },
  to: SocialReturn,
  trace: Trace,
): Promise<string> {
  const party = await requireParty(context, providerId, trace)
  const destination = { ...to, kind: 'social', path: trace.endpoint, provider: party.provider.id } as const
  try {
    return await startAttempt(context, party, browser, destination)
  } catch (error) {
    if (!(error instanceof ProviderFailed)) throw error
    context.log.warn({ provider: providerId, why: error.message }, 'a provider cannot be reached')
    throw new Refusal('upstream_unavailable')
  }
}

/** A sign-in of a browser (its cookie's value) through a provider, and where its code is to go. */
interface SocialSignIn {
  readonly destination: SocialDestination
  readonly providerId: string
  readonly browser: string
}

/**
 * Where a browser goes with the code of a person who has signed in, or with why there is none. The app is judged again:
 * what has been taken from it meanwhile gets no code. Throws Refusal.
 */
export async function socialAnswer(
  context: Context,
  { destination, providerId, browser }: SocialSignIn,
  found: Admitted,
  caller: Caller,
): Promise<string> {
  const trace = new Trace('/login/return', 'GET', caller, { dialect: socialDialect })
  await requireSocialDestination(context, destination.redirectUrl, destination.clientId, trace)
  if (found.outcome === 'not_admitted') return socialErrorUri(destination, found.refusal)
  if (found.outcome === 'disabled') return socialErrorUri(destination, new Refusal('account_disabled'))
  const { redirectUrl, clientId } = destination
  await noteSignIn(context, found.account, providerId, caller)
  const code = makeSocialCode(context, {
    userId: found.account.id,
    providerId,
    redirectUrl,
    clientId,
    browser: browserDigest(browser),
  })
  return appendQuery(redirectUrl, [['code', code]])
}

export function socialErrorUri({ redirectUrl }: SocialReturn, refusal: Refusal): string {
  return appendQuery(redirectUrl, [
    ['error', refusal.error],
    ['error_description', refusal.text],
  ])
}

/** The ticket for a code, which is spent by that. Throws Refusal. */
export async function ticketForCode(
  context: Context,
  providerId: string | undefined,
  text: string | undefined,
  trace: Trace,
): Promise<string> {
  const { provider } = await requireParty(context, providerId, trace)
  trace.at('once')
  if (text === undefined) throw new Refusal('parameter_missing', missing('code'))
  const code = await redeemSocialCode(context, text, provider.id)
  trace.client(code.clientId)
  if (code.clientId !== undefined) trace.proved()
  await requireSocialDestination(context, code.redirectUrl, code.clientId, trace)
  trace.at('allowed_person')
  return ticketFor(context, code.userId, code, trace)
}

/** A provider's token as an app has sent it. */
interface PresentedToken {
  readonly providerId: string | undefined
  readonly text: string | undefined
  readonly clientId: string | undefined
}

/** The ticket for a token that the app has from the provider itself. Throws Refusal. */
export async function ticketForToken(
  context: Context,
  { providerId, text, clientId }: PresentedToken,
  trace: Trace,
): Promise<string> {
  trace.at('client')
  const client = clientId === undefined ? undefined : orThrow(await findSocialClient(context, clientId, trace))
  const party = await requireParty(context, providerId, trace)
  trace.at('vouched')
  if (text === undefined) throw new Refusal('parameter_missing', missing('accessToken'))
  const { caller } = trace
  const identity = await recognizeToken(context, party, text, caller)
  const known = await recognizePerson(context, identity, caller)
  // Nobody can be asked here: somebody whose address is taken gets an account of their own, without it.
  const found =
    known === undefined || known.outcome === 'address_taken' ? await admitPerson(context, identity, caller) : known
  if (found.outcome === 'not_admitted') throw found.refusal
  if (found.outcome !== 'signed_in') throw new Refusal('account_disabled')
  const ticket = await ticketFor(context, found.account.id, { clientId: client?.id }, trace)
  await noteSignIn(context, found.account, party.provider.id, caller)
  return ticket
}

/** What the audit log says of a sign-in that starts no session here, unless a second factor is still to be asked for. */
async function noteSignIn(context: Context, account: Account, provider: string, caller: Caller): Promise<void> {
  if (account.secondFactor) return
  await act(context, { actor: account.id, caller }, (_acting, record) => record('signed_in', { detail: { provider } }))
}

/** Made for who may sign in as of now. Throws Refusal. */
async function ticketFor(
  context: Context,
  userId: UserId,
  binding: Partial<SocialCode>,
  trace: Trace,
): Promise<string> {
  trace.at('allowed_person')
  const account = await context.storage.accounts.find(userId)
  if (account === undefined || !account.enabled) throw new Refusal('account_disabled')
  // What ended everything of the account's a moment ago ends a code that was out as well.
  if (binding.issuedAt !== undefined && account.validAfter > binding.issuedAt) throw new Refusal('social_code_invalid')
  const { clientId, redirectUrl, browser } = binding
  return makeTicket(context, userId, { clientId, redirectUri: redirectUrl, browser })
}
