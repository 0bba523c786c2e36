/**
 * Signing a person out because an app asks for it (OpenID Connect RP-Initiated Logout 1.0): what the request has to pass,
 * whether it proves that the person in this browser is meant, and where the browser goes afterwards. The room has what
 * apps and this server tell each other of a sign-out.
 * Not here: ending the session itself (`../account/sessions.ts`). Neighbours: `providers/` and `operator/` are beside and
 * unknown; `dialects/oauth/logout.ts` and the page at /logout are above. To add: a parameter, its check here and its
 * member of the sealed request.
 */
import { z } from 'zod'
import { hour, minute } from '../../lib/clock.ts'
import type { Form } from '../../lib/form.ts'
import { normalizeLogin } from '../../protocol/account_names.ts'
import type { UserId } from '../../protocol/names.ts'
import { isIdToken } from '../../protocol/openid/claims.ts'
import { whyTwice } from '../../protocol/parameters.ts'
import { appendQuery } from '../../protocol/redirect_uri.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import { sectorOf } from '../../runtime/keys/subjects.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import type { LiveSession } from '../account/sessions.ts'
import { isStateTooLong } from '../authorize/checks/parameters.ts'
import { sidOf } from '../grant/session_id.ts'

const hintSchema = z.object({ subject: z.string(), sector: z.string().optional(), sid: z.string().optional() })

const requestSchema = z.object({
  /** The app that asks; undefined where nothing names one. */
  clientId: z.string().optional(),
  /** Registered for the app, and without it not there. */
  redirectUri: z.string().optional(),
  state: z.string().optional(),
  hint: hintSchema.optional(),
  loginHint: z.string().optional(),
  uiLocales: z.string().optional(),
  /** The session that has ended by it. */
  ended: z.object({ subject: z.string(), session: z.string() }).optional(),
})

/** A request to sign a person out, as it has passed its checks. */
export type LogoutRequest = Readonly<z.infer<typeof requestSchema>>

const parameters = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'logout_hint', 'ui_locales']

/** Characters of a logout_hint, and those that are read of ui_locales. */
const longestHint = 320

/** What the request asks for, once it has passed its checks. Throws Refusal, which is for a page: nothing is sent back. */
export async function checkLogout(context: Context, form: Form, trace: Trace): Promise<LogoutRequest> {
  for (const name of parameters) orThrow(whyTwice(form, name))
  const state = form.get('state')
  if (state !== undefined && isStateTooLong(state)) throw new Refusal('state_too_long')
  const loginHint = form.get('logout_hint')
  if ((loginHint?.length ?? 0) > longestHint) {
    throw new Refusal('parameter_too_long', { cause: `logout_hint is longer than ${longestHint} characters.` })
  }
  const redirectUri = form.get('post_logout_redirect_uri')
  const uiLocales = form.get('ui_locales')
  trace.at('client')
  const named = form.get('client_id')
  const asking = named === undefined ? undefined : await requireClient(context, named, trace)
  trace.at('id_token_hint')
  const hint = readHint(context, form, asking)
  if (hint === undefined) trace.skip('id_token_hint')
  const client = asking ?? (hint && (await requireClient(context, hint.clientId, trace)))
  if (client === undefined) trace.skip('client')
  const sector = client && sectorOf(client)
  // A person who has an ID in a sector only is known by their session, when that is looked at.
  if (hint !== undefined) trace.proved(sector === undefined ? (hint.subject as UserId) : undefined)
  trace.at('post_logout_redirect_uri')
  if (redirectUri === undefined) trace.skip('post_logout_redirect_uri')
  else {
    requireRegistered(client, redirectUri)
    trace.proved()
  }
  return {
    ...(client === undefined ? {} : { clientId: client.id }),
    ...(redirectUri === undefined ? {} : { redirectUri, state }),
    ...(hint === undefined ? {} : { hint: { subject: hint.subject, sector, sid: hint.sid } }),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(uiLocales === undefined ? {} : { uiLocales: uiLocales.slice(0, longestHint) }),
  }
}

interface Hint {
  readonly clientId: string
  readonly subject: string
  readonly sid?: string | undefined
}

/**
 * The ID token in the request, however old: "the OP SHOULD accept ID Tokens [...] even when the exp time has passed" (§4).
 * One whose key has left the key set since says nothing; then the client_id has to say which app asks. Throws Refusal.
 */
function readHint({ signer, settings }: Context, form: Form, asking: Client | undefined): Hint | undefined {
  const text = form.get('id_token_hint')
  if (text === undefined) return undefined
  const claims = signer.verify(text, 'JWT')
  if (claims === undefined && asking !== undefined && !signer.namesOurKey(text)) return undefined
  if (claims === undefined || !isIdToken(claims)) throw new Refusal('id_token_hint_invalid')
  const { iss, sub: subject, aud, sid } = claims
  if (iss !== settings.issuer || typeof aud !== 'string') throw new Refusal('id_token_hint_invalid')
  if (asking !== undefined && aud !== asking.id) {
    throw new Refusal('id_token_hint_of_another_client', { expected: asking.id, got: aud })
  }
  return { clientId: aud, subject, sid: typeof sid === 'string' ? sid : undefined }
}

async function requireClient(context: Context, id: string, trace: Trace): Promise<Client> {
  const client = await context.clients.find(id)
  if (client === undefined) throw new Refusal('client_unknown', { text: unknownClient })
  trace.client(client.id)
  if (client.status === 'disabled') throw new Refusal('client_disabled', { text: unknownClient })
  return client
}

const unknownClient = 'Unknown client_id.'

/** "MUST NOT perform post-logout redirection if the [...] value supplied does not exactly match" a registered one (§3). */
function requireRegistered(client: Client | undefined, redirectUri: string): void {
  if (client === undefined) throw new Refusal('post_logout_redirect_uri_without_client')
  const registered = client.metadata.post_logout_redirect_uris ?? []
  if (registered.includes(redirectUri)) return
  throw new Refusal('post_logout_redirect_uri_not_registered', { expected: registered.join(' '), got: redirectUri })
}

/**
 * Whether the request comes from an app that the person has signed in to in this very session. Where it does not, anybody
 * may have made the link, so the person is asked (§2).
 */
export function isProved(context: Context, request: LogoutRequest, { account, session }: LiveSession): boolean {
  const { hint, clientId, loginHint } = request
  if (hint === undefined || clientId === undefined) return false
  const subject = context.subjects.in(hint.sector, account.id)
  if (hint.subject !== subject) return false
  const sid = sidOf(context, session.id, clientId)
  if (hint.sid !== sid) return false
  if (loginHint === undefined) return true
  const names = [subject, sid, account.email, account.username].map((name) => name && normalizeLogin(name))
  return names.includes(normalizeLogin(loginHint))
}

/** The app's address for afterwards, with its state; undefined where it has named none. */
export function onwardFrom({ redirectUri, state }: LogoutRequest): string | undefined {
  if (redirectUri === undefined || state === undefined) return redirectUri
  return appendQuery(redirectUri, [['state', state]])
}

const kind = { purpose: 'logout request', schema: requestSchema, version: 2 } as const
const parked = sealed({ ...kind, life: hour })
/** A request that came by POST without our cookies comes back by GET at once. */
const handedOver = sealed({ ...kind, life: 2 * minute })
/** What stands in place of a browser meanwhile; no cookie has this value. */
const handover = 'handover'

/** Characters of a sealed request, which travels in an address of ours. */
const sealedLimit = 8192

/**
 * Seals a request for one browser (its cookie's value), or for any where the cookie could not come along. Throws
 * request_too_large.
 */
export function parkLogout(context: Context, request: LogoutRequest, browser: string | undefined): string {
  const text =
    browser === undefined
      ? handedOver.seal(context, request, { place: handover })
      : parked.seal(context, request, { place: browser })
  if (text.length > sealedLimit) throw new Refusal('request_too_large', { text: tooLarge })
  return text
}

const tooLarge = 'The request is too large. Send a shorter state.'

/** Opens what has just come by POST. Throws Refusal. */
export function resumeLogout(context: Context, text: string): LogoutRequest {
  const opened = handedOver.open(context, text, { places: [handover] })
  if (opened.outcome !== 'open') throw new Refusal('request_expired')
  return opened.value
}

/** What this browser was given; a request that says nothing where it was not. */
export function openLogout(context: Context, text: string | undefined, browsers: readonly string[]): LogoutRequest {
  const opened = text === undefined ? undefined : parked.open(context, text, { places: browsers })
  return opened?.outcome === 'open' ? opened.value : {}
}

interface Taken extends Pick<LogoutRequest, 'uiLocales' | 'ended'> {
  readonly client?: Client | undefined
  readonly onward?: string | undefined
  readonly sealed?: string
}

/**
 * Opens what this browser was given, with the app as it is now. Where it was not, or too long ago, or the app has taken the
 * address away, there is nothing left but to sign out here.
 */
export async function takeLogout(
  context: Context,
  text: string | undefined,
  browsers: readonly string[],
): Promise<Taken> {
  if (text === undefined) return {}
  const opened = parked.open(context, text, { places: browsers })
  if (opened.outcome !== 'open') return {}
  const { clientId, redirectUri, uiLocales, ended } = opened.value
  const client = clientId === undefined ? undefined : await context.clients.find(clientId)
  if (client === undefined || client.status === 'disabled') return { uiLocales, ended, sealed: text }
  const registered = client.metadata.post_logout_redirect_uris ?? []
  const stands = redirectUri !== undefined && registered.includes(redirectUri)
  return { client, onward: stands ? onwardFrom(opened.value) : undefined, uiLocales, ended, sealed: text }
}

/** What came of a request, for the log of the app. */
export const logoutEnds = {
  asked: 'The person was asked whether to sign out.',
  signed_out: 'The person was signed out.',
  stayed: 'The person chose to stay signed in.',
  nobody: 'The person was not signed in.',
} as const
