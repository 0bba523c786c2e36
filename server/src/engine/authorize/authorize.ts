/**
 * Authorization requests from the first check to the response (RFC 6749 §4.1.1, OIDC Core §3.1.2.1). This file checks
 * one. Until the redirect URI is proved an error is a page of ours; after that it goes back to the client (RFC 6749
 * §4.1.2.1).
 * Not here: pages, cookies and addresses (`http/authorize_flow.ts`, `pages/sign_in`). Neighbours: `providers/` above;
 * `token/`, which makes front-channel tokens, `client/`, `account/` and `grant/` below. To add: a check, a function in
 * `checks/` and its rule in `table.ts`; an endpoint, a list there; where parameters come from, `sources/`; how a
 * response travels, `response/`.
 */
import type { Form } from '../../lib/form.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import type { Asked, AuthorizationRequest, Found } from './request.ts'
import type { ReturnPath } from './response/authorization_response.ts'
import type { Pushed } from './sources/pushed.ts'
import { checksAt } from './table.ts'

const hintLimit = 320

/** A request that has passed its checks, or why it has not. Where `to` is known, the refusal goes there. */
export type Checked =
  | { readonly request: AuthorizationRequest; readonly client: Client; readonly to: ReturnPath }
  | { readonly refusal: Refusal; readonly client?: Client | undefined; readonly to?: ReturnPath | undefined }

/** Runs the checks of the authorization endpoint. `pushed` is what claims the request, where its app has pushed it. */
export async function checkAuthorization(
  context: Context,
  form: Form,
  trace: Trace,
  pushed?: Pushed,
): Promise<Checked> {
  const ended = await checksAt.authorize.run({ context, form, trace, pushed })
  if ('refusal' in ended) {
    const { client, to } = ended.found
    return { refusal: ended.refusal, client, to }
  }
  const { client, to } = ended.found
  return { request: requestOf(context, form, trace, { ...ended.found, pushed }), client, to }
}

/** Runs the checks of a request that its client pushes; a Refusal where one refuses. */
export async function checkPush(
  context: Context,
  form: Form,
  client: Client,
  trace: Trace,
): Promise<AuthorizationRequest | Refusal> {
  const ended = await checksAt.pushed.run({ context, form, trace }, { client })
  return 'refusal' in ended ? ended.refusal : requestOf(context, form, trace, ended.found)
}

/** What the checks have found. */
interface Passed
  extends Omit<Found, 'dialect' | 'clientId' | 'redirectUri' | 'redirectUriSent' | 'mode' | 'startedAt'> {
  readonly client: Client
  readonly to: ReturnPath
}

function requestOf(context: Context, form: Form, trace: Trace, { client, to, ...found }: Passed): AuthorizationRequest {
  return {
    ...to,
    ...found,
    clientId: client.id,
    clientForm: client.form,
    redirectUriSent: form.get('redirect_uri') !== undefined,
    nonce: form.get('nonce'),
    loginHint: form.get('login_hint')?.slice(0, hintLimit),
    startedAt: context.clock.now(),
    asked: askedIn(form, trace.endpoint),
  }
}

/** The parameters of an authorization request, which a copy of it keeps. No secret is among them, and no ticket. */
export const authorizationParameters = [
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
  'dpop_jkt',
  'ui_locales',
  'claims',
  'acr_values',
] as const

function askedIn(form: Form, path: string): Asked {
  return {
    path,
    parameters: authorizationParameters.flatMap((name) => form.all(name).map((value) => [name, value] as const)),
  }
}
