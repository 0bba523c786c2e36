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
): { readonly frontChannel: FrontChannel | undefined } {
  const asked = form.get('response_type')
  if (asked === undefined) throw new Refusal('response_type_missing')
  const frontChannel = dialectFacts[trace.dialect].frontChannel ? frontChannelOf(asked) : undefined
  if (frontChannel === undefined) requireCode(client, asked)
  else requireFrontChannel(context, client)
  requireResponseMode(form, frontChannel === undefined ? 'query' : 'fragment')
  // "nonce: REQUIRED" where an ID token comes by the redirect (OIDC Core §3.2.2.1).
  if (frontChannel?.idToken === true && form.get('nonce') === undefined) throw new Refusal('nonce_missing')
  return { frontChannel }
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

function requireCode(client: Client, asked: string): void {
  if (!has('responseTypes', asked)) {
    throw new Refusal('response_type_unsupported', { expected: capabilities.responseTypes.join(' '), got: asked })
  }
  const { response_types: types, grant_types: grants } = client.metadata
  if (types !== undefined && !types.includes(asked)) {
    throw new Refusal('response_type_not_registered', { expected: types.join(' '), got: asked })
  }
  if (!grants.includes('authorization_code')) {
    throw new Refusal('response_type_not_registered', {
      cause: 'The app is not registered for the authorization_code grant.',
      expected: grants.join(' '),
      got: 'authorization_code',
    })
  }
}

function requireResponseMode(form: Form, only: ResponseMode): void {
  const mode = form.get('response_mode')
  if (mode !== undefined && mode !== only) {
    throw new Refusal('response_mode_unsupported', {
      cause: `The response_mode must be ${only}.`,
      expected: only,
      got: mode,
    })
  }
}
