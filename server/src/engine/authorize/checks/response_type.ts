/** What is asked for: a code, tokens in the front channel, or both (RFC 6749 §3.1.1), in a response mode that fits it. */
import type { Form } from '../../../lib/form.ts'
import { has, responseTypesOf } from '../../../protocol/capabilities.ts'
import { type Dialect, dialectFacts, isLegacy } from '../../../protocol/dialects.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { type FrontChannel, frontChannelOf, inOrder, modesFor } from '../../../protocol/response_type.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { ReturnPath } from '../response/authorization_response.ts'
import type { Asking } from './checks.ts'

/** The tokens that are asked for; undefined where it is a code alone. */
export function findFrontChannel(
  { context, form, trace }: Asking,
  { client, to }: { readonly client: Client; readonly to: ReturnPath },
): { readonly frontChannel: FrontChannel | undefined } | Refusal {
  const asked = form.get('response_type')
  if (asked === undefined) return new Refusal('response_type_missing')
  const kinds = dialectFacts[trace.dialect].frontChannel
  const frontChannel = kinds === undefined ? undefined : frontChannelOf(asked, { withCode: kinds === 'every' })
  const refused =
    (frontChannel === undefined
      ? whyNoCode(context, client, asked)
      : (whyNoFrontChannel(context, client) ?? whyNotHybrid(client, frontChannel, trace.dialect, asked))) ??
    (frontChannel?.accessToken === true ? whyUnbound(client) : undefined) ??
    whyNotInMode(form, { responseType: asked, redirectUri: to.redirectUri, mayChoose: !isLegacy(trace.dialect) })
  if (refused !== undefined) return refused
  // "nonce: REQUIRED" where an ID token comes by the front channel (OIDC Core §3.2.2.1, §3.3.2.11).
  if (frontChannel?.idToken === true && form.get('nonce') === undefined) return new Refusal('nonce_missing')
  return { frontChannel }
}

/** The refusal unless both the operator and the app's owner let tokens travel in the redirect (RFC 9700 §2.1.2). */
export function whyNoFrontChannel(context: Context, client: Client): Refusal | undefined {
  const registered = client.metadata.front_channel_tokens === true
  if (!context.settings.frontChannelTokens) {
    const both = registered ? '' : ' Nor does the app have its own switch on (front_channel_tokens).'
    return new Refusal('front_channel_closed', {
      cause: `Tokens in the redirect are disabled on this server (CONSENTRY_FRONT_CHANNEL_TOKENS).${both}`,
    })
  }
  return registered ? undefined : new Refusal('front_channel_not_registered')
}

/** A token in the redirect is bound to no key, as nobody has proved one (RFC 9449 §5.2). */
function whyUnbound({ metadata }: Client): Refusal | undefined {
  return metadata.dpop_bound_access_tokens === true ? new Refusal('front_channel_unbound') : undefined
}

function whyNoCode(context: Context, client: Client, asked: string): Refusal | undefined {
  if (!has('responseTypes', asked)) {
    const expected = responseTypesOf(context.settings).join(', ')
    return new Refusal('response_type_unsupported', { expected, got: asked })
  }
  return whyNotRegistered(client, asked) ?? whyNoCodeGrant(client)
}

/** At the standard protocol an app that names its response types is held to them, and a code needs its grant. */
function whyNotHybrid(
  client: Client,
  frontChannel: FrontChannel,
  dialect: Dialect,
  asked: string,
): Refusal | undefined {
  if (isLegacy(dialect)) return undefined
  return whyNotRegistered(client, asked) ?? (frontChannel.code === true ? whyNoCodeGrant(client) : undefined)
}

function whyNotRegistered({ metadata: { response_types: types } }: Client, asked: string): Refusal | undefined {
  if (types === undefined || types.some((type) => inOrder(type) === inOrder(asked))) return undefined
  return new Refusal('response_type_not_registered', { expected: types.join(', '), got: asked })
}

function whyNoCodeGrant({ metadata: { grant_types: grants } }: Client): Refusal | undefined {
  if (grants.includes('authorization_code')) return undefined
  return new Refusal('response_type_not_registered', {
    cause: 'The app is not registered for the authorization_code grant.',
    expected: grants.join(' '),
    got: 'authorization_code',
  })
}

function whyNotInMode(form: Form, travel: Parameters<typeof modesFor>[0]): Refusal | undefined {
  const mode = form.get('response_mode')
  const modes = modesFor(travel)
  if (mode === undefined || modes.some((one) => one === mode)) return undefined
  return new Refusal('response_mode_unsupported', {
    cause: `The response_mode must be ${modes.join(' or ')}.`,
    expected: modes.join(' '),
    got: mode,
  })
}
