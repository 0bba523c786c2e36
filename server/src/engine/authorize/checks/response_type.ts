/** What is asked for: a code, or tokens in the redirect (RFC 6749 §3.1.1), in the response mode that belongs to it. */
import type { Form } from '../../../lib/form.ts'
import { capabilities, has } from '../../../protocol/capabilities.ts'
import { dialectFacts } from '../../../protocol/dialects.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { type FrontChannel, frontChannelOf, type ResponseMode } from '../../../protocol/response_type.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Asking } from './checks.ts'

/** The tokens that are asked for; undefined where it is a code. */
export function findFrontChannel(
  { context, form, trace }: Asking,
  { client }: { readonly client: Client },
): { readonly frontChannel: FrontChannel | undefined } | Refusal {
  const asked = form.get('response_type')
  if (asked === undefined) return new Refusal('response_type_missing')
  const frontChannel = dialectFacts[trace.dialect].frontChannel ? frontChannelOf(asked) : undefined
  const refused =
    (frontChannel === undefined ? whyNoCode(client, asked) : whyNoFrontChannel(context, client)) ??
    whyNotInMode(form, frontChannel === undefined ? 'query' : 'fragment')
  if (refused !== undefined) return refused
  // "nonce: REQUIRED" where an ID token comes by the redirect (OIDC Core §3.2.2.1).
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

function whyNoCode(client: Client, asked: string): Refusal | undefined {
  if (!has('responseTypes', asked)) {
    return new Refusal('response_type_unsupported', { expected: capabilities.responseTypes.join(' '), got: asked })
  }
  const { response_types: types, grant_types: grants } = client.metadata
  if (types !== undefined && !types.includes(asked)) {
    return new Refusal('response_type_not_registered', { expected: types.join(' '), got: asked })
  }
  if (!grants.includes('authorization_code')) {
    return new Refusal('response_type_not_registered', {
      cause: 'The app is not registered for the authorization_code grant.',
      expected: grants.join(' '),
      got: 'authorization_code',
    })
  }
  return undefined
}

function whyNotInMode(form: Form, only: ResponseMode): Refusal | undefined {
  const mode = form.get('response_mode')
  if (mode === undefined || mode === only) return undefined
  return new Refusal('response_mode_unsupported', {
    cause: `The response_mode must be ${only}.`,
    expected: only,
    got: mode,
  })
}
