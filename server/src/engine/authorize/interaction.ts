/**
 * An authorization request on its way through sign-in and consent. It is sealed and bound to the browser that started
 * it, so anonymous traffic stores nothing; steps never route to one another, each returns to `decideNext`.
 */
import type { Millis } from '../../lib/clock.ts'
import { matchRedirectUri } from '../../protocol/redirect_uri.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { isWithin } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account, Consent } from '../../storage/contract.ts'
import type { LiveSession } from '../account/sessions.ts'
import { isOpenTo, requireOpenTo } from '../client/app_development.ts'
import { requireProtections } from '../client/capabilities.ts'
import { requiresPkce } from '../client/leniencies.ts'
import { type AuthorizationRequest, anyLoopbackPort, isNativeRedirect, requireFrontChannel } from './authorize.ts'
import { issueAnswer, type Person } from './complete_authorization.ts'
import { destinationOf, lastingName } from './destination.ts'
import { browserDigest, isSpentHere, spendTicket, ticketAccount } from './ticket.ts'
import {
  copyIn,
  findWaysOn,
  openBeside,
  partRequest,
  RequestLost,
  sealBeside,
  sealCopy,
  wholeRequest,
} from './way_back.ts'

const keyPurpose = 'authorization request'
/** How long a person may take over sign-in and consent. */
const requestLife = 60 * 60 * 1000
/** How long a request that came by POST may take to come back by GET. */
const handoverLife = 2 * 60 * 1000
/** What stands in place of a browser meanwhile; no cookie has this value. */
const handover = 'handover'
/** How long a sign-in counts as the one that a request has asked for: as long as the pages after it may take. */
const signInCounts = 10 * 60 * 1000

/**
 * Characters of a sealed request. It travels in the addresses of our pages, and from a form once more in Referer; both
 * have to fit into the 16 kB of headers that the HTTP server takes.
 */
const sealedLimit = 8192

/**
 * Seals a request for one browser (its cookie's value), or for any where the cookie could not come along. What the app
 * has sent stands in a copy that is bound to no browser (`way_back.ts`); what was found in it, beside. Throws
 * request_too_large.
 */
export function sealRequest(context: Context, request: AuthorizationRequest, browser: string | undefined): string {
  const { begun, found } = partRequest(request)
  const copy = sealCopy(context, begun)
  const use = { purpose: keyPurpose, place: browser ?? handover } as const
  const sealed = sealBeside(context, copy, JSON.stringify(found), use)
  if (sealed.length > sealedLimit) throw new Refusal('request_too_large')
  return sealed
}

/** A request that a browser has brought back. */
export interface OpenedRequest {
  readonly request: AuthorizationRequest
  /** The cookie's value that it was sealed for, and is sealed for again. */
  readonly bound: string
}

/** Opens what this browser was given. Throws RequestLost where it was not, or too long ago. */
export async function openRequest(context: Context, sealed: string, browser: Sender): Promise<OpenedRequest> {
  const opened = open(context, sealed, browser.ids)
  if (opened === undefined) {
    throw await lost(context, sealed, browser.known ? 'request_not_from_this_browser' : 'cookies_missing')
  }
  if (context.clock.now() - opened.request.startedAt > requestLife) throw await lost(context, sealed, 'request_expired')
  return opened
}

type Sender = Pick<Visitor, 'ids' | 'known'>

/**
 * The same at authorize itself, which also takes what has just come by POST and is bound to no browser yet: `bound` is
 * undefined then. Throws RequestLost.
 */
export async function resumeRequest(
  context: Context,
  sealed: string,
  browser: Sender,
): Promise<{ readonly request: AuthorizationRequest; readonly bound: string | undefined }> {
  const handed = open(context, sealed, [handover])
  if (handed === undefined) return openRequest(context, sealed, browser)
  const { request } = handed
  if (context.clock.now() - request.startedAt > handoverLife) throw await lost(context, sealed, 'request_expired')
  return { request, bound: undefined }
}

function open(context: Context, sealed: string, browsers: readonly string[]): OpenedRequest | undefined {
  const opened = openBeside(context, sealed, keyPurpose, browsers)
  const request = opened && wholeRequest(context, opened.copy, JSON.parse(opened.text))
  return opened && request && { request, bound: opened.bound }
}

async function lost(context: Context, sealed: string, reason: ConstructorParameters<typeof RequestLost>[0]) {
  return new RequestLost(reason, await findWaysOn(context, copyIn(sealed)))
}

/** A browser as it comes along with a request. */
export interface Visitor {
  /** The values of the browser's cookies: what is bound to any of them is this browser's. */
  readonly ids: readonly string[]
  /** The one that new things are bound to. */
  readonly id: string
  /** Whether it has sent any. */
  readonly known: boolean
  readonly live: LiveSession | undefined
}

export type Next =
  | { readonly step: 'sign_in'; readonly client: Client }
  | { readonly step: 'consent'; readonly client: Client; readonly person: Person }
  | {
      readonly step: 'issue'
      readonly client: Client
      readonly person: Person
      readonly consent: Consent | undefined
    }

/**
 * What has to happen next, judged as of now from the sealed request and the browser's session; nothing that a page's
 * form could tamper with goes in. Throws a Refusal where `prompt=none` forbids what would be needed, or where another
 * browser has spent the request's ticket.
 */
export async function decideNext(context: Context, request: AuthorizationRequest, visitor: Visitor): Promise<Next> {
  const client = await requireUnchangedClient(context, request)
  const silent = request.prompt.includes('none')
  const brought = await personOfTicket(context, request, visitor)
  if (brought !== undefined) {
    if (silent) throw new Refusal('ticket_needs_page')
    await requireOpenTo(context, client, brought.account.id)
    // Always, even for an app of our own: a link with a stranger's ticket must not sign anybody in unasked.
    if (!needsSignIn(context, request, brought)) return { step: 'consent', client, person: brought }
  }
  const person = visitor.live === undefined ? undefined : personOfSession(visitor.live)
  if (person === undefined || needsSignIn(context, request, person)) {
    if (silent) throw new Refusal('login_required')
    return { step: 'sign_in', client }
  }
  if (silent && !(await isOpenTo(context, client, person.account.id))) {
    throw new Refusal('consent_required', {
      cause: 'The app is in development, and the person is not one of its testers.',
    })
  }
  await requireOpenTo(context, client, person.account.id)
  if (needsNoConsent(client, request)) return { step: 'issue', client, person, consent: undefined }
  const consent = await context.storage.consents.find(person.account.id, client.id)
  const remembered = consent?.enabled === true ? consent : undefined
  const enough =
    remembered !== undefined &&
    isWithin(request.scope, remembered.scope) &&
    !request.prompt.includes('consent') &&
    // A yes is never silent where another program could pose as the app (RFC 8252 §8.6).
    !(isNativeRedirect(request.redirectUri) && !client.confidential)
  if (enough) return { step: 'issue', client, person, consent: remembered }
  if (silent) throw new Refusal('consent_required')
  return { step: 'consent', client, person }
}

/**
 * Whether the operator's own app gets its answer unasked: only where no other program could pose as it (RFC 8252 §8.6), so
 * with a secret or key of its own and at an https address, and never against `prompt=consent`.
 */
function needsNoConsent({ confidential, metadata }: Client, { redirectUri, prompt }: AuthorizationRequest): boolean {
  return metadata.first_party && confidential && redirectUri.startsWith('https:') && !prompt.includes('consent')
}

function personOfSession({ session, account }: LiveSession): Person {
  const { authTime, createdAt: since, amr, id } = session
  return { account, authTime, since, amr, session: id, ticket: undefined }
}

/** The person whose ticket came with the request, unless it has run out, is spent here, or is for another browser. */
async function personOfTicket(
  context: Context,
  { ticket }: AuthorizationRequest,
  visitor: Visitor,
): Promise<Person | undefined> {
  if (ticket === undefined) return undefined
  const account = await ticketAccount(context, ticket)
  if (account === undefined || (await isSpentHere(context, ticket, visitor.ids))) return undefined
  const { browser } = ticket
  if (browser !== undefined && !visitor.ids.some((id) => browserDigest(id) === browser)) return undefined
  const { issuedAt } = ticket
  return { account, authTime: issuedAt, since: issuedAt, amr: [], session: undefined, ticket }
}

/** The client as it is now; a request sealed for what has since been taken away goes no further. */
export async function requireUnchangedClient(context: Context, request: AuthorizationRequest): Promise<Client> {
  const client = await context.clients.find(request.clientId)
  if (client === undefined || client.status === 'disabled')
    throw new Refusal('client_disabled', { text: 'Unknown client_id.' })
  if (matchRedirectUri(request.redirectUri, client.metadata.redirect_uris, anyLoopbackPort(client)) === undefined) {
    throw new Refusal('redirect_uri_not_registered')
  }
  const { dialects } = context.settings
  if (!dialects.has(request.dialect) || !client.metadata.dialects.includes(request.dialect)) {
    throw new Refusal('dialect_not_allowed', { expected: client.metadata.dialects.join(' '), got: request.dialect })
  }
  requireProtections(client)
  if (request.frontChannel !== undefined) requireFrontChannel(context, client)
  else if (request.codeChallenge === undefined && requiresPkce(client, request.dialect))
    throw new Refusal('code_challenge_missing')
  return client
}

function needsSignIn(context: Context, request: AuthorizationRequest, person: Person): boolean {
  const { account, authTime, since } = person
  if (isOtherPerson(request, account)) return true
  const age = context.clock.now() - authTime
  // An address of ours that is opened again from the history must not stand in for a sign-in.
  const counts = (moment: Millis) => moment >= request.startedAt && context.clock.now() - moment <= signInCounts
  if (counts(authTime)) return false
  // Whoever came through a provider has chosen an account, however long ago they were authenticated there.
  if (request.prompt.includes('select_account') && !counts(since)) return true
  if (request.prompt.includes('login')) return true
  return request.maxAge !== undefined && age > request.maxAge * 1000
}

function isOtherPerson({ hintSubject }: AuthorizationRequest, { id }: Account): boolean {
  return hintSubject !== undefined && hintSubject !== id
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
  if (isOtherPerson(request, account)) return { why: 'other_person', signedIn: account }
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

/** The person has agreed: remembers the yes, unless a ticket brought them, and issues the answer. Throws Refusal. */
export async function allow(
  context: Context,
  request: AuthorizationRequest,
  next: Extract<Next, { person: Person }>,
  visitor: Visitor,
): Promise<string> {
  const { client, person } = next
  if (next.step === 'issue') return issueAnswer(context, request, next)
  if (person.ticket !== undefined) {
    if (!(await spendTicket(context, person.ticket, visitor.id))) throw new Refusal('ticket_spent')
    return issueAnswer(context, request, { client, person })
  }
  const shown = { name: client.name, destination: lastingName(destinationOf(request, client)) }
  const consent = await context.storage.consents.remember(person.account.id, client.id, request.scope, shown)
  return issueAnswer(context, request, { client, person, consent })
}

/** The same request for whoever is signed in in the browser. */
export function withoutTicket(request: AuthorizationRequest): AuthorizationRequest {
  return { ...request, ticket: undefined }
}
