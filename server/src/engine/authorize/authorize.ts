/**
 * The authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1) as a table of named checks. Until the redirect URI is
 * proved an error is a page of ours; after that it goes back to the client (RFC 6749 §4.1.2.1).
 */
import type { Form } from '../../lib/form.ts'
import type { Dialect } from '../../protocol/names.ts'
import { isCodeChallenge } from '../../protocol/pkce.ts'
import { isLoopback, matchRedirectUri } from '../../protocol/redirect_uri.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { asksForTokens, type FrontChannel, frontChannelOf } from '../../protocol/response_type.ts'
import { isWithin, parseScope } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import { referenceClient } from '../../runtime/kept/builtin_clients.ts'
import { type Client, registeredScope } from '../../runtime/kept/clients.ts'
import type { RuleName } from '../../runtime/log/rules.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { requireProtections } from '../client/capabilities.ts'
import { requiresPkce } from '../client/leniencies.ts'
import { requireResources } from '../grant/resources.ts'
import { requireUsableScopes, usableScopes } from '../grant/scopes.ts'
import type { ReturnPath } from './authorization_response.ts'
import { type Hint, readHint } from './id_token_hint.ts'
import type { Ticket } from './ticket.ts'

/** What an app has asked for, as it came: the path, and the parameters that hold nothing secret. */
export interface Asked {
  readonly path: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** A request that has passed its checks, as it is sealed and carried from page to page. */
export interface AuthorizationRequest extends ReturnPath, Hint {
  readonly clientId: string
  readonly redirectUriSent: boolean
  /** The tokens to answer with; a code where there is none. */
  readonly frontChannel?: FrontChannel | undefined
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  readonly codeChallenge?: string | undefined
  readonly nonce?: string | undefined
  readonly prompt: readonly string[]
  /** Seconds. */
  readonly maxAge?: number | undefined
  readonly loginHint?: string | undefined
  /** When it came in; a sign-in that prompt or max_age ask for must be later. */
  readonly startedAt: number
  /** What the app has sent, so that the request can be begun anew. */
  readonly asked: Asked
  /** The ticket that it came with: who the person is, for this one request. */
  readonly ticket?: Ticket | undefined
}

/** What is known of a request so far; where `to` is set, refusals go there. */
export interface Progress {
  client?: Client
  to?: ReturnPath
}

/** Characters of a state, which comes back as it was sent (RFC 6749 §4.1.2). */
const stateLimit = 4096
const nonceLimit = 1024
const hintLimit = 320

interface Checking {
  readonly context: Context
  readonly form: Form
  readonly progress: Progress
  readonly trace: Trace
  readonly found: { scope: readonly string[]; resources: readonly string[]; prompt: readonly string[]; maxAge?: number }
}

/** The checks in order. Each throws a Refusal or leaves what it found. */
const checks: readonly (readonly [RuleName, (checking: Checking) => void | Promise<void>])[] = [
  ['client', requireClient],
  ['redirect_uri', requireRedirectUri],
  ['protections', ({ progress }) => requireProtections(clientOf(progress))],
  ['parameters', requireSoundParameters],
  ['response_type', requireResponseType],
  ['scope', requireScope],
  ['resource', requireKnownResources],
  ['pkce', requirePkce],
  ['prompt', requirePrompt],
]

/** A sentence that names the parameter only where the name is one of the protocol's. */
export function repeatedCause(name: string): string {
  return /^[a-z_]{1,40}$/.test(name) ? `${name} was sent more than once.` : 'A parameter was sent more than once.'
}

/** Runs the checks; answers the request or throws a Refusal. `progress` tells where a refusal has to go. */
export async function checkAuthorization(
  context: Context,
  form: Form,
  progress: Progress,
  trace: Trace,
): Promise<AuthorizationRequest> {
  const checking: Checking = { context, form, progress, trace, found: { scope: [], resources: [], prompt: [] } }
  for (const [rule, check] of checks) {
    trace.at(rule)
    await check(checking)
  }
  const { found } = checking
  const request: AuthorizationRequest = {
    ...returnPathOf(progress),
    clientId: clientOf(progress).id,
    redirectUriSent: form.get('redirect_uri') !== undefined,
    frontChannel: frontChannelAsked(form, trace),
    scope: found.scope,
    resources: found.resources,
    codeChallenge: form.get('code_challenge'),
    nonce: form.get('nonce'),
    prompt: found.prompt,
    maxAge: found.maxAge,
    loginHint: form.get('login_hint')?.slice(0, hintLimit),
    ...readHint(context, form.get('id_token_hint'), clientOf(progress)),
    startedAt: context.clock.now(),
    asked: askedIn(form, trace.endpoint),
  }
  return request
}

/** What of an app's parameters a copy of the request keeps. No secret, and no ticket. */
const copied = [
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'scope',
  'resource',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'login_hint',
  'id_token_hint',
  'code_challenge',
  'code_challenge_method',
] as const

function askedIn(form: Form, path: string): Asked {
  return { path, parameters: copied.flatMap((name) => form.all(name).map((value) => [name, value] as const)) }
}

async function requireClient({ context, form, progress, trace }: Checking): Promise<void> {
  requireOnce(form, 'client_id')
  const clientId = form.get('client_id')
  if (clientId === undefined) throw new Refusal('client_id_missing')
  const client = await context.clients.find(clientId)
  if (client === undefined) throw new Refusal('client_unknown', { text: unknownClient })
  trace.client(client.id)
  // The same words for both: which apps exist is nobody's business.
  if (client.status === 'disabled') throw new Refusal('client_disabled', { text: unknownClient })
  if (!client.metadata.dialects.includes(trace.caller.dialect)) throw new Refusal('dialect_not_allowed')
  progress.client = client
}

const unknownClient = 'Unknown client_id.'

function requireRedirectUri({ form, progress, trace }: Checking): void {
  const redirectUri = soundRedirectUri(form, clientOf(progress))
  const state = form.get('state')
  const sound = state !== undefined && [...state].length <= stateLimit && !form.repeated.includes('state')
  progress.to = {
    dialect: trace.caller.dialect,
    redirectUri,
    fragment: asksForTokens(form.get('response_type')),
    ...(sound ? { state } : {}),
  }
}

function soundRedirectUri(form: Form, client: Client): string {
  const registered = client.metadata.redirect_uris
  requireOnce(form, 'redirect_uri')
  const requested = form.get('redirect_uri')
  if (requested === undefined) {
    const openid = form.get('scope')?.split(' ').includes('openid') === true
    if (openid || registered.length !== 1) {
      throw new Refusal('redirect_uri_missing', { expected: registered.join(' ') })
    }
    return registered[0] as string
  }
  const matched = matchRedirectUri(requested, registered, anyLoopbackPort(client))
  if (matched === undefined) throw notRegistered(requested, registered)
  return requested
}

/** An empty one counts: which of two is meant is not to be guessed where the answer's address hangs on it. */
function requireOnce(form: Form, name: string): void {
  if (form.repeated.includes(name)) throw new Refusal('parameter_repeated', { cause: repeatedCause(name) })
}

/**
 * RFC 8252 §7.3: apps on a person's own machine cannot know their port in advance. Others can, and the reference's client
 * returns to a page of this server alone.
 */
export function anyLoopbackPort(client: Client): boolean {
  if (client.id === referenceClient.clientId) return false
  return !client.confidential || client.metadata.application_type === 'native'
}

/** The refusal with the registered URI that comes closest, and how it differs. */
function notRegistered(requested: string, registered: readonly string[]): Refusal {
  const nearest =
    registered.find((uri) => uri.toLowerCase() === requested.toLowerCase()) ?? nearestByPrefix(requested, registered)
  if (nearest === undefined) {
    return new Refusal('redirect_uri_not_registered', {
      cause: 'The app has no registered redirect URI.',
      got: requested,
    })
  }
  return new Refusal('redirect_uri_not_registered', {
    cause: difference(requested, nearest),
    expected: nearest,
    got: requested,
  })
}

function nearestByPrefix(requested: string, registered: readonly string[]): string | undefined {
  let best: string | undefined
  let length = -1
  for (const uri of registered) {
    let same = 0
    while (same < uri.length && uri[same] === requested[same]) same++
    if (same > length) [best, length] = [uri, same]
  }
  return best
}

function difference(requested: string, registered: string): string {
  if (requested === `${registered}/`) return 'The redirect URI ends in a slash that the registered one does not have.'
  if (`${requested}/` === registered) return 'The redirect URI lacks the slash at its end that the registered one has.'
  if (requested.replace(/^http:/, 'https:') === registered) return 'The redirect URI is http, the registered one https.'
  if (requested.toLowerCase() === registered.toLowerCase())
    return 'The redirect URI differs from the registered one in upper and lower case.'
  if (requested.startsWith(`${registered}?`))
    return 'The redirect URI has a query that the registered one does not have.'
  return 'The redirect URI is not registered, character by character.'
}

function requireSoundParameters({ form }: Checking): void {
  const state = form.get('state')
  // An answer without its state would be none that the app can take.
  if (state !== undefined && [...state].length > stateLimit) throw new Refusal('state_too_long')
  // "Request and response parameters MUST NOT be included more than once" (RFC 6749 §3.1).
  const repeated = form.repeated.find((name) => name !== 'resource' && name !== 'audience')
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  if ((form.get('nonce')?.length ?? 0) > nonceLimit) {
    throw new Refusal('parameter_too_long', { cause: `nonce is longer than ${nonceLimit} characters.` })
  }
  if (form.has('request')) throw new Refusal('request_object_unsupported')
  if (form.has('request_uri')) throw new Refusal('request_uri_unsupported')
  if (form.has('registration')) throw new Refusal('registration_unsupported')
}

/** Doors at which tokens may be asked for in the redirect at all. */
const frontChannelDialects: ReadonlySet<Dialect> = new Set(['quantimodo'])

function frontChannelAsked(form: Form, trace: Trace): FrontChannel | undefined {
  return frontChannelDialects.has(trace.caller.dialect) ? frontChannelOf(form.get('response_type')) : undefined
}

/** Throws unless both the operator and the app's owner let tokens travel in the redirect (RFC 9700 §2.1.2). */
export function requireFrontChannel(context: Context, client: Client): void {
  const registered = client.metadata.front_channel_tokens === true
  if (!context.settings.frontChannelTokens) {
    const both = registered ? '' : ' Nor does the app have its own switch on (front_channel_tokens).'
    throw new Refusal('front_channel_closed', {
      cause: `Tokens in the redirect are disabled on this server (CONSENTRY_FRONT_CHANNEL_TOKENS).${both}`,
    })
  }
  if (!registered) throw new Refusal('front_channel_not_registered')
}

function requireResponseType(checking: Checking): void {
  const { context, form, progress, trace } = checking
  const asked = form.get('response_type')
  if (asked === undefined) throw new Refusal('response_type_missing')
  const frontChannel = frontChannelAsked(form, trace)
  if (frontChannel !== undefined) {
    requireFrontChannel(context, clientOf(progress))
    requireResponseMode(form, 'fragment')
    // "nonce: REQUIRED" where an ID token comes by the redirect (OIDC Core §3.2.2.1).
    if (frontChannel.idToken && form.get('nonce') === undefined) throw new Refusal('nonce_missing')
    return
  }
  if (asked !== 'code') throw new Refusal('response_type_unsupported', { expected: 'code', got: asked })
  const { response_types: types, grant_types: grants } = clientOf(progress).metadata
  if (types !== undefined && !types.includes('code')) {
    throw new Refusal('response_type_not_registered', { expected: types.join(' '), got: asked })
  }
  if (!grants.includes('authorization_code')) {
    throw new Refusal('response_type_not_registered', {
      cause: 'The app is not registered for the authorization_code grant.',
      expected: grants.join(' '),
      got: 'authorization_code',
    })
  }
  requireResponseMode(form, 'query')
}

function requireResponseMode(form: Form, only: 'query' | 'fragment'): void {
  const mode = form.get('response_mode')
  if (mode !== undefined && mode !== only) {
    throw new Refusal('response_mode_unsupported', {
      cause: `The response_mode must be ${only}.`,
      expected: only,
      got: mode,
    })
  }
}

async function requireScope(checking: Checking): Promise<void> {
  const { context, form, progress } = checking
  const scope = soundScope(checking)
  if (form.has('scope')) await requireUsableScopes(context, clientOf(progress), scope)
  checking.found.scope = form.has('scope') ? scope : await usableScopes(context, clientOf(progress), scope)
  const idToken = frontChannelAsked(checking.form, checking.trace)?.idToken === true
  if (idToken && !checking.found.scope.includes('openid')) throw new Refusal('openid_scope_missing')
}

function soundScope({ form, progress }: Checking): readonly string[] {
  const client = clientOf(progress)
  const registered = registeredScope(client)
  const asked = form.get('scope')
  if (asked === undefined) return registered
  const scope = parseScope(asked)
  if (scope === undefined || scope.length === 0) throw new Refusal('scope_malformed')
  // An offline_access that cannot be honoured is ignored (OIDC Core §11).
  const wanted = scope.filter((name) => name !== 'offline_access' || mayBeOffline(client, scope))
  if (!isWithin(wanted, registered)) {
    const foreign = wanted.filter((name) => !registered.includes(name))
    throw new Refusal('scope_not_registered', {
      cause: 'The app is not registered for a scope that it asked for.',
      expected: registered.join(' '),
      got: foreign.join(' '),
    })
  }
  return wanted
}

function mayBeOffline(client: Client, scope: readonly string[]): boolean {
  return (
    scope.includes('openid') &&
    client.metadata.grant_types.includes('refresh_token') &&
    registeredScope(client).includes('offline_access')
  )
}

async function requireKnownResources({ context, form, found, trace }: Checking): Promise<void> {
  if (!form.has('resource')) trace.skip('resource')
  found.resources = await requireResources(context, form.all('resource'))
}

function requirePkce({ form, progress, trace }: Checking): void {
  // There is no code that could be intercepted.
  if (frontChannelAsked(form, trace) !== undefined) {
    trace.skip('pkce')
    return
  }
  const challenge = form.get('code_challenge')
  const method = form.get('code_challenge_method')
  if (challenge === undefined) {
    if (method !== undefined)
      throw new Refusal('code_challenge_malformed', {
        cause: 'The request has a code_challenge_method but no code_challenge.',
      })
    if (requiresPkce(clientOf(progress), trace.caller.dialect)) throw new Refusal('code_challenge_missing')
    trace.skip('pkce')
    return
  }
  if (method !== 'S256') {
    throw new Refusal('code_challenge_method_unsupported', {
      expected: 'S256',
      got: method ?? 'none, which means plain',
    })
  }
  if (!isCodeChallenge(challenge)) {
    throw new Refusal('code_challenge_malformed', { expected: '43 characters of A-Z a-z 0-9 - _', got: challenge })
  }
}

const prompts = new Set(['none', 'login', 'consent', 'select_account', 'create'])

function requirePrompt({ form, progress, found, trace }: Checking): void {
  if (!form.has('prompt') && !form.has('max_age')) trace.skip('prompt')
  const prompt = (form.get('prompt') ?? '').split(' ').filter((value) => value !== '')
  if (prompt.some((value) => !prompts.has(value)) || (prompt.includes('none') && prompt.length > 1)) {
    throw new Refusal('prompt_invalid', { expected: [...prompts].join(' '), got: prompt.join(' ') })
  }
  found.prompt = prompt
  const maxAge = form.get('max_age')
  if (maxAge === undefined) {
    const { default_max_age: registered } = clientOf(progress).metadata
    if (registered !== undefined) found.maxAge = registered
    return
  }
  if (!/^[0-9]{1,9}$/.test(maxAge)) throw new Refusal('max_age_invalid', { expected: 'whole seconds', got: maxAge })
  found.maxAge = Number(maxAge)
}

/** Whether the answer goes to an app on the person's own machine, where any program could be listening. */
export function isNativeRedirect(redirectUri: string): boolean {
  const scheme = redirectUri.split(':', 1)[0]
  if (scheme !== 'https' && scheme !== 'http') return true
  return isLoopback(new URL(redirectUri).hostname)
}

function returnPathOf(progress: Progress): ReturnPath {
  if (progress.to === undefined) throw new Error('authorize: the redirect URI check has not run')
  return progress.to
}

function clientOf(progress: Progress): Client {
  if (progress.client === undefined) throw new Error('authorize: the client check has not run')
  return progress.client
}
