/**
 * What has to happen next with an authorization request that has passed its checks: sign-in, consent, or its answer. Steps
 * never route to one another, each comes back here.
 */
import { type Millis, minute } from '../../lib/clock.ts'
import type { SessionId } from '../../protocol/names.ts'
import { isNativeRedirect, matchRedirectUri } from '../../protocol/redirect_uri.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { isAdminScope, isWithin } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account, Consent } from '../../storage/contract.ts'
import { mustEnrol } from '../account/factors/requirement.ts'
import { findSignedIn, type LiveSession, lacksFactor, type SignedIn } from '../account/sessions.ts'
import { termsDue } from '../account/terms/terms.ts'
import { whyNotOpen } from '../client/app_development.ts'
import { whyUnprotected } from '../client/capabilities.ts'
import { requiresPkce } from '../client/leniencies.ts'
import { whyAcrUnmet } from './acr.ts'
import { whyNotPushed } from './checks/pushed.ts'
import { anyLoopbackPort } from './checks/redirect_uri.ts'
import { whyNoFrontChannel } from './checks/response_type.ts'
import { permissionsOf } from './permissions.ts'
import type { AuthorizationRequest } from './request.ts'
import { browserDigest, type Ticket, ticketAccount, whoSpent } from './ticket.ts'

/** How long a sign-in counts as the one that a request has asked for: as long as the pages after it may take. */
const signInCounts: Millis = 10 * minute

/** A browser as it comes along with a request, and the session in it. */
export interface Visitor {
  /** The values of the browser's cookies: what is bound to any of them is this browser's. */
  readonly ids: readonly string[]
  /** The one that new things are bound to. */
  readonly id: string
  /** Whether it has sent any. */
  readonly known: boolean
  readonly live: LiveSession | undefined
  /** The session of somebody who must accept the operator's terms first. */
  readonly accepting?: LiveSession | undefined
}

export type { Consent }

/** The person that a request is for, and how it is known. */
export interface Person {
  readonly account: Account
  readonly authTime: Millis
  /** When they signed in here; a provider may have authenticated them long before. */
  readonly since: Millis
  readonly amr: readonly string[]
  /** The browser's session, unless a ticket tells who it is. */
  readonly session: SessionId | undefined
  readonly ticket: Ticket | undefined
}

export type Next =
  | { readonly step: 'sign_in'; readonly client: Client }
  /** The ticket's person has a second factor, which was not asked for yet. A session has it from its beginning. */
  | { readonly step: 'factor'; readonly client: Client }
  | {
      readonly step: 'consent'
      readonly client: Client
      readonly person: Person
      /** What the person has allowed the app before, where that counts. */
      readonly before: Consent | undefined
    }
  | {
      readonly step: 'complete'
      readonly client: Client
      readonly person: Person
      readonly consent: Consent | undefined
    }

/**
 * What has to happen next, judged as of now from the sealed request and the browser's session; nothing that a page's
 * form could tamper with goes in. A Refusal where `prompt=none` forbids what would be needed, where another browser has
 * spent the request's ticket, or where the app may no longer have what it asks for. `checked` is the client of a request
 * whose checks it has only just passed.
 */
export async function decideNext(
  context: Context,
  request: AuthorizationRequest,
  visitor: Visitor,
  checked?: Client,
): Promise<Next | Refusal> {
  const client = checked ?? (await findUnchangedClient(context, request))
  if (client instanceof Refusal) return client
  const silent = request.prompt.includes('none')
  const inDevelopment = client.status === 'pending'
  const brought = await personOfTicket(context, request, visitor)
  if (brought instanceof Refusal) return brought
  if (brought !== undefined) {
    if (silent) return new Refusal('ticket_needs_page')
    const closed = inDevelopment && (await whyNotOpen(context, client, brought.account.id))
    if (closed) return closed
    // Always, even for an app of our own: a link with a stranger's ticket must not sign anybody in unasked.
    if (!needsSignIn(context, request, brought)) {
      if (lacksFactor(brought.account, brought.amr)) return { step: 'factor', client }
      const unmet = whyAcrUnmet(request, brought.amr)
      if (unmet !== undefined) return unmet
      // A yes to a ticket is for once: what is remembered of the account is no part of it.
      return { step: 'consent', client, person: brought, before: undefined }
    }
  }
  const person = visitor.live === undefined ? undefined : personOfSession(visitor.live)
  if (person === undefined || needsSignIn(context, request, person)) {
    if (!silent) return { step: 'sign_in', client }
    const waits = visitor.accepting && !needsSignIn(context, request, personOfSession(visitor.accepting))
    return new Refusal(waits ? 'terms_not_accepted' : 'login_required')
  }
  // Whoever is signed in has proved all factors that they have, so that signing in again would change nothing.
  const unmet = whyAcrUnmet(request, person.amr)
  if (unmet !== undefined) return unmet
  const closed = inDevelopment && (await whyNotOpen(context, client, person.account.id))
  if (closed) return silent ? new Refusal('consent_required', { cause: notTester }) : closed
  if (needsNoConsent(client, request)) return { step: 'complete', client, person, consent: undefined }
  const consent = await context.storage.consents.find(person.account.id, client.id)
  const remembered = consent?.enabled === true ? consent : undefined
  const enough =
    remembered !== undefined &&
    isWithin(permissionsOf(request, client), remembered.scope) &&
    remembered.shown?.form === client.form &&
    !request.scope.some(isAdminScope) &&
    !request.prompt.includes('consent') &&
    // A yes is never silent where another program could pose as the app (RFC 8252 §8.6).
    !(isNativeRedirect(request.redirectUri) && !client.confidential)
  if (enough) return { step: 'complete', client, person, consent: remembered }
  return silent ? new Refusal('consent_required') : { step: 'consent', client, person, before: remembered }
}

const notTester = 'The app is in development, and the person is not one of its testers.'

/** The same for a browser in which nobody has looked yet who is signed in; and who that is. */
export async function decideNextIn(
  context: Context,
  request: AuthorizationRequest,
  browser: Omit<Visitor, 'live'> & { readonly sessionToken: string | undefined },
  checked?: Client,
): Promise<{ readonly next: Next | Refusal; readonly signedIn: SignedIn }> {
  const signedIn = await findSignedIn(context, browser.sessionToken)
  return { next: await decideNext(context, request, { ...browser, ...signedIn }, checked), signedIn }
}

/**
 * Whether the operator's own app gets its answer unasked: only where no other program could pose as it (RFC 8252 §8.6), so
 * with a secret or key of its own and at an https address, and never against `prompt=consent` or for the admin API.
 */
function needsNoConsent(
  { confidential, metadata }: Client,
  { redirectUri, prompt, scope }: AuthorizationRequest,
): boolean {
  const alone = metadata.first_party && confidential && redirectUri.startsWith('https:')
  return alone && !prompt.includes('consent') && !scope.some(isAdminScope)
}

function personOfSession({ session, account }: LiveSession): Person {
  const { authTime, createdAt: since, amr, id } = session
  return { account, authTime, since, amr, session: id, ticket: undefined }
}

/** The person whose ticket came with the request, unless it has run out, is spent, or is for another browser. */
async function personOfTicket(
  context: Context,
  { ticket }: AuthorizationRequest,
  visitor: Visitor,
): Promise<Person | Refusal | undefined> {
  if (ticket === undefined) return undefined
  const account = await ticketAccount(context, ticket)
  if (account === undefined) return undefined
  const by = await whoSpent(context, ticket, visitor.ids)
  if (by !== 'nobody') return by === 'this_browser' ? undefined : new Refusal('ticket_spent')
  // Whoever has to add a second factor or to accept the terms first does that on our pages, signed in there.
  if (mustEnrol(context.settings, account)) return undefined
  if ((await termsDue(context, context.storage.acceptances, account.id)).length > 0) return undefined
  const { browser } = ticket
  if (browser !== undefined && !visitor.ids.some((id) => browserDigest(id) === browser)) return undefined
  const { at, amr } = ticket.factor ?? { at: ticket.issuedAt, amr: [] }
  return { account, authTime: at, since: at, amr, session: undefined, ticket }
}

/** The client as it is now; a request sealed for what has since been taken away goes no further. */
export async function findUnchangedClient(context: Context, request: AuthorizationRequest): Promise<Client | Refusal> {
  const client = await context.clients.find(request.clientId)
  if (client === undefined || client.status === 'disabled')
    return new Refusal('client_disabled', { text: 'Unknown client_id.' })
  if (matchRedirectUri(request.redirectUri, client.metadata.redirect_uris, anyLoopbackPort(client)) === undefined) {
    return new Refusal('redirect_uri_not_registered')
  }
  if (client.form !== request.clientForm) return new Refusal('client_document_changed')
  const { dialects } = context.settings
  if (!dialects.has(request.dialect) || !client.metadata.dialects.includes(request.dialect)) {
    return new Refusal('dialect_not_allowed', { expected: client.metadata.dialects.join(' '), got: request.dialect })
  }
  const notPushed = request.pushed === undefined ? whyNotPushed(context, client, request.dialect) : undefined
  return whyUnprotected(client) ?? notPushed ?? whyNotAsked(context, request, client) ?? client
}

/** The refusal where the client may no longer be answered in the way that the request asks for. */
function whyNotAsked(context: Context, request: AuthorizationRequest, client: Client): Refusal | undefined {
  if (request.frontChannel !== undefined) {
    const refused = whyNoFrontChannel(context, client)
    if (refused !== undefined || request.frontChannel.code !== true) return refused
  }
  const lacksPkce = request.codeChallenge === undefined && requiresPkce(client, request.dialect)
  return lacksPkce ? new Refusal('code_challenge_missing') : undefined
}

function needsSignIn(context: Context, request: AuthorizationRequest, person: Person): boolean {
  const { account, authTime, since } = person
  if (isOtherPerson(context, request, account)) return true
  const age = context.clock.now() - authTime
  // An address of ours that is opened again from the history must not stand in for a sign-in.
  const counts = (moment: Millis) => moment >= request.startedAt && context.clock.now() - moment <= signInCounts
  if (counts(authTime)) return false
  // Whoever came through a provider has chosen an account, however long ago they were authenticated there.
  if (request.prompt.includes('select_account') && !counts(since)) return true
  if (request.prompt.includes('login')) return true
  // A new account is wanted, whoever is signed in (Prompt Create 1.0 §4); a hint names one that is there.
  if (asksForNewAccount(request) && !counts(since)) return true
  return request.maxAge !== undefined && age > request.maxAge * 1000
}

/** Whether the app wants the person to open an account: none of ours, as a hint would name (R79). */
export function asksForNewAccount({
  prompt,
  hintSubject,
  subjectsWanted,
}: Pick<AuthorizationRequest, 'prompt' | 'hintSubject' | 'subjectsWanted'>): boolean {
  return prompt.includes('create') && hintSubject === undefined && subjectsWanted === undefined
}

function isOtherPerson(
  { subjects }: Context,
  { hintSubject, hintSector, subjectsWanted, subjectSector }: AuthorizationRequest,
  { id }: Account,
): boolean {
  if (hintSubject !== undefined && hintSubject !== subjects.in(hintSector, id)) return true
  return subjectsWanted !== undefined && !subjectsWanted.includes(subjects.in(subjectSector, id))
}

/** Why somebody who is signed in is asked to sign in all the same, where signing in as before would lead back here. */
export interface Unmet {
  /** The app wants another person, or the provider has not asked anew. */
  readonly why: 'other_person' | 'not_anew'
  readonly signedIn: Account
}

/** What the browser's session lacks for the request that doing the same again would not mend; undefined where nothing. */
export function unmetBySession(
  context: Context,
  request: AuthorizationRequest,
  live: LiveSession | undefined,
): Unmet | undefined {
  if (live === undefined) return undefined
  const { session, account } = live
  if (isOtherPerson(context, request, account)) return { why: 'other_person', signedIn: account }
  // They have signed in here for this request, but their provider had authenticated them before it.
  const old = session.createdAt >= request.startedAt && session.authTime < request.startedAt
  return old && needsSignIn(context, request, personOfSession(live))
    ? { why: 'not_anew', signedIn: account }
    : undefined
}

/** What the app is told where the person leaves such a page. */
export function unmetRefusal(unmet: Unmet | undefined): Refusal {
  return new Refusal('login_required', {
    cause:
      unmet?.why === 'other_person'
        ? 'The id_token_hint names another person than the one who is signed in, and that person went back to the app.'
        : 'The person did not sign in anew, as the request asks for, and went back to the app.',
  })
}

/** The same request for whoever is signed in in the browser. */
export function withoutTicket(request: AuthorizationRequest): AuthorizationRequest {
  return { ...request, ticket: undefined }
}
