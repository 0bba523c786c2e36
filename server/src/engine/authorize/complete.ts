/** What follows from a person's yes: a grant with its code out (RFC 6749 §4.1.2), or one with its tokens (§4.2.2). */
import type { Seconds } from '../../lib/clock.ts'
import type { Grant, GrantContext } from '../../protocol/grant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { FrontChannel } from '../../protocol/response_type.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account, Consent } from '../../storage/contract.ts'
import { type ConsentRead, keepReceipt } from '../account/receipts.ts'
import { isOver, type LiveSession } from '../account/sessions.ts'
import { makeCode } from '../grant/credentials.ts'
import { endsWithSession, type Lifetimes, lifetimesOf, staysConnected } from '../grant/lifetimes.ts'
import { newGrant } from '../grant/new_grant.ts'
import { audienceOf } from '../grant/resources.ts'
import { isOwnScope } from '../grant/scopes.ts'
import { mintFrontChannel } from '../token/mint.ts'
import { acrOf } from './acr.ts'
import { destinationOf, lastingName } from './destination.ts'
import type { Next, Person, Visitor } from './next_step.ts'
import { claimsAgreedOn, permissionsOf } from './permissions.ts'
import type { AuthorizationRequest } from './request.ts'
import {
  type AuthorizationResponse,
  authorizationResponse,
  type ResponseParameters,
} from './response/authorization_response.ts'
import { claimOf } from './sources/pushed.ts'
import { spendTicket } from './ticket.ts'

/** Who has agreed to which app, and the row of that; undefined where none is kept. */
export interface Agreement {
  readonly client: Client
  readonly person: Person
  readonly consent?: Consent | undefined
}

/**
 * Stores the grant that the person has agreed to, and answers with its code or tokens, which are for the browser of
 * `caller`; or a Refusal, with nothing stored.
 */
export async function completeAuthorization(
  context: Context,
  request: AuthorizationRequest,
  { client, person, consent }: Agreement,
  caller: Pick<Caller, 'userAgent'>,
): Promise<AuthorizationResponse | Refusal> {
  const lifetimes = lifetimesOf(context.settings, client, request.dialect)
  const agreed = agreedOn(context, request, { client, person }, lifetimes)
  const now = context.clock.now()
  const made = (state: 'offered' | 'live', life: Seconds, agreedOn: GrantContext) =>
    newGrant(context, client, person.account, {
      createdAt: now,
      state,
      step: 0,
      expiresAt: now + life * 1000,
      dialect: request.dialect,
      context: agreedOn,
      // Whoever exchanges a code says so there.
      label: state === 'live' ? caller.userAgent : null,
      consentValidAfter: consent?.validAfter ?? null,
    })
  const front = request.frontChannel
  const offered = front === undefined || front.code === true ? made('offered', lifetimes.code, agreed) : undefined
  const code = offered === undefined ? undefined : makeCode(context, offered)
  // Nothing renews these tokens, so the grant is over when they are. With a code, the ID token is of the code's grant.
  const life = Math.max(
    front?.accessToken === true ? lifetimes.accessToken : 0,
    front?.idToken === true ? context.settings.idTokenTtl : 0,
  )
  const live =
    front === undefined || (offered !== undefined && !front.accessToken)
      ? undefined
      : made('live', life, { ...agreed, refreshable: false })
  const parameters: (readonly [string, string])[] = code === undefined ? [] : [['code', code]]
  const of = live ?? offered
  if (front !== undefined && of !== undefined) {
    const tokens = await tokenParameters(context, of, { client, account: person.account, code }, front)
    if (tokens instanceof Refusal) return tokens
    parameters.push(...tokens)
  }
  const grants = [offered, live].filter((grant) => grant !== undefined)
  const used = await insertGrants(context, request, grants)
  if (used !== undefined) return used
  if (front !== undefined) {
    context.tokenRequests.count(person.account.id)
    context.legacyDialects.count(request.dialect, client.id)
  }
  return authorizationResponse(context, request, parameters)
}

/** Stores the grants of a request. One that was pushed is claimed with them: of two completions one wins, the other is refused. */
async function insertGrants(
  { storage: { grants } }: Context,
  { pushed }: AuthorizationRequest,
  [first, ...others]: readonly Grant[],
): Promise<Refusal | undefined> {
  if (first === undefined) return undefined
  if (pushed === undefined) await grants.insert(first)
  else if ((await grants.insertOnce(first, claimOf(pushed))) === 'seen') return new Refusal('request_uri_used')
  for (const grant of others) await grants.insert(grant)
  return undefined
}

/**
 * The person has agreed: keeps a receipt of what they read, remembers the yes, unless a ticket brought them, and completes it.
 * 'session_over': the session in which they agreed has ended meanwhile, and nothing is stored.
 */
export async function allow(
  context: Context,
  request: AuthorizationRequest,
  next: Extract<Next, { person: Person }>,
  visitor: Pick<Visitor, 'id'> & {
    readonly caller: Caller
    readonly read: ConsentRead
    readonly live: LiveSession | undefined
  },
): Promise<AuthorizationResponse | Refusal | 'session_over'> {
  const { client, person } = next
  if (next.step === 'complete') return completeAuthorization(context, request, next, visitor.caller)
  const { account, ticket } = person
  const { live } = visitor
  const scope = permissionsOf(request, client)
  const { form } = client
  const destination = lastingName(destinationOf(request, client))
  const shown = { name: client.name, destination, ...(form === undefined ? {} : { form }) }
  const consent = await act(context, { actor: account.id, caller: visitor.caller }, async (acting, record) => {
    // A ticket is no session: it is spent instead.
    if (ticket === undefined && (live === undefined || (await isOver(context, acting, live)))) return 'session_over'
    if (ticket !== undefined && !(await spendTicket({ storage: acting }, ticket, visitor.id)))
      return new Refusal('ticket_spent')
    const byTicket = ticket === undefined ? {} : { ticket: true as const }
    await record('consent_given', { clientId: client.id, detail: { scope, ...byTicket } })
    const ids = { userId: account.id, clientId: client.id }
    const before = ticket === undefined ? await acting.consents.find(account.id, client.id) : undefined
    await keepReceipt(context, acting, { ...ids, read: visitor.read }, before)
    if (ticket !== undefined) return undefined
    if (next.before === undefined) await sendMail(context, acting, 'app_authorized', { ids })
    return acting.consents.remember(account.id, client.id, scope, shown)
  })
  if (consent instanceof Refusal || consent === 'session_over') return consent
  return completeAuthorization(context, request, { client, person, consent }, visitor.caller)
}

/** The tokens of an answer in the front channel (RFC 6749 §4.2.2, OIDC Core §3.2.2.5, §3.3.2.5). A Refusal has stored nothing. */
async function tokenParameters(
  context: Context,
  grant: Grant,
  { client, account, code }: { readonly client: Client; readonly account: Account; readonly code: string | undefined },
  asked: FrontChannel,
): Promise<ResponseParameters | Refusal> {
  const exceeded = context.tokenRequests.whyExceeded(account.id)
  if (exceeded !== undefined) return exceeded
  const audience = await audienceOf(context, client, grant.context.scope, grant.context.resources)
  if (audience instanceof Refusal) return audience
  const ordered = { client, grant, audience, senderKey: null }
  const { accessToken, expiresIn, idToken } = mintFrontChannel(context, ordered, { account, code }, asked)
  return [
    ...(accessToken === undefined
      ? []
      : ([
          ['access_token', accessToken],
          ['token_type', 'Bearer'],
          ['expires_in', String(expiresIn)],
          ['scope', audience.scope.join(' ')],
        ] as const)),
    ...(idToken === undefined ? [] : [['id_token', idToken] as const]),
  ]
}

function agreedOn(
  context: Context,
  request: AuthorizationRequest,
  { client, person }: { readonly client: Client; readonly person: Person },
  lifetimes: Lifetimes,
): GrantContext {
  const tells = tellsOfSignIn(context, request)
  return {
    grantType: 'authorization_code',
    scope: request.scope,
    resources: request.resources,
    redirectUri: request.redirectUri,
    redirectUriSent: request.redirectUriSent,
    refreshable: staysConnected(client, request),
    accessTokenTtl: lifetimes.accessToken,
    refreshTokenTtl: lifetimes.refreshToken,
    ...(request.codeChallenge === undefined ? {} : { codeChallenge: request.codeChallenge }),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...(request.dpopJkt === undefined ? {} : { dpopJkt: request.dpopJkt }),
    ...(tells ? { authTime: Math.floor(person.authTime / 1000) } : {}),
    ...(tells ? { acr: acrOf(request, client.metadata, person.amr) } : {}),
    ...(tells && person.amr.length > 0 ? { amr: person.amr } : {}),
    ...claimsAgreedOn(request, client, person.account),
    ...sessionFor(request, client, person),
  }
}

/** The session of a sign-in, which ends the grant; one that is outlasted is kept for an app that wants to hear of its end. */
function sessionFor(
  request: AuthorizationRequest,
  { metadata }: Client,
  { session }: Person,
): Pick<GrantContext, 'session' | 'outlivedSession'> {
  if (session === undefined) return {}
  if (endsWithSession(request)) return { session }
  const { backchannel_logout_uri: called, frontchannel_logout_uri: shown } = metadata
  const hears = (called ?? shown) !== undefined && request.scope.includes('openid')
  return hears ? { outlivedSession: session } : {}
}

/**
 * Whether the grant says how and when the person signed in: ID tokens tell it, and so are APIs told that may ask for a better
 * sign-in (RFC 9470), the admin API and those of the operator.
 */
export function tellsOfSignIn(
  context: Pick<Context, 'settings'>,
  { scope, resources }: Pick<GrantContext, 'scope' | 'resources'>,
): boolean {
  return scope.includes('openid') || resources.length > 0 || !scope.every((name) => isOwnScope(context, name))
}
