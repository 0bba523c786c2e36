/** What an app's developer can do about a refusal, in one sentence; where nothing helps but a new sign-in, that. */
import type { Reason } from '../../protocol/refusal.ts'
import { type UndecidedReason, undecided } from '../../runtime/log/undecided.ts'
import { withoutIt } from '../client/capabilities.ts'

const startAgain = 'Send the person through the authorization flow again.'
const once = 'Exchange each code once, and keep the tokens of the first answer.'

const repairs: { readonly [Name in Reason]?: string } = {
  redirect_uri_not_registered: 'Register the URI exactly as it is sent, or send the registered one.',
  redirect_uri_missing:
    'Send redirect_uri. It is optional only if exactly one is registered and the scope has no openid.',
  redirect_uri_mismatch: 'Send the same redirect_uri to the token endpoint as to authorize.',
  redirect_uri_missing_at_token: 'Send the same redirect_uri to the token endpoint as to authorize.',
  client_secret_wrong: 'Check that it is the secret of this app and not truncated. If it is lost, make a new one.',
  client_secret_missing: 'Send the secret, or register the app as public.',
  client_secret_expired: 'Use the newer secret.',
  client_auth_method_wrong: 'Use the method that the app is registered for, or register the other one.',
  client_auth_method_not_available: 'Register the app for a secret or for private_key_jwt.',
  protection_not_available: withoutIt,
  client_authentication_ambiguous: 'Send the secret in the header or in the body, not in both.',
  client_authentication_malformed:
    'Form-encode ID and secret separately, join them with a colon, then encode the result in base64.',
  app_in_development: 'Invite the person under “Testers”, or ask the operator of the server to approve the app.',
  credentials_in_query: 'Move the parameters into the body.',
  code_verifier_wrong: 'Keep the code_verifier of each authorization request until its own code arrives.',
  code_verifier_missing: 'Send the code_verifier that belongs to the code_challenge of the authorization request.',
  code_challenge_missing: 'Send code_challenge with code_challenge_method=S256.',
  code_challenge_method_unsupported: 'Send code_challenge_method=S256.',
  code_expired: 'Exchange the code at once. It is valid for one minute.',
  code_spent: once,
  code_spent_long_ago: once,
  refresh_token_spent: 'Store the refresh token of every answer before you use it, and refresh in one place only.',
  refresh_token_expired: startAgain,
  unused_too_long: startAgain,
  grant_revoked: startAgain,
  consent_withdrawn: startAgain,
  grant_limit_reached: startAgain,
  credential_malformed: 'Check that the value comes from this server and is stored and sent in full.',
  credential_of_another_protocol: 'Refresh at the address that issued the token, or use PKCE at the standard one.',
  credential_of_another_client: 'Use each token with the client_id that it was issued to.',
  scope_not_registered: 'Ask for registered scopes only, or register the scope.',
  scope_unknown: 'Take the scope out of the request, or ask the operator to name it in a resource.',
  scope_reserved: 'Do without the scope, or ask the operator to verify the app.',
  scope_widened: 'Ask for no more than was granted, or start a new authorization.',
  grant_type_not_registered: 'Register the grant type for the app.',
  dialect_not_allowed: 'Use the endpoints on the app’s overview, or allow this protocol under “Legacy clients”.',
  dialect_closed: 'Use the standard endpoints on the app’s overview.',
  front_channel_not_registered: 'Ask for a code, or allow tokens in the redirect under “Legacy clients”.',
  other_page:
    'Send the request from the app itself, or register a redirect URI with the origin of the page for an approved app.',
  too_many_failures: 'Find out what keeps failing, and wait five minutes.',
}

/** The repair for a recorded reason, if there is one. */
export function repairOf(reason: string): string | undefined {
  if (Object.hasOwn(undecided, reason)) return undecided[reason as UndecidedReason].repair
  return Object.hasOwn(repairs, reason) ? repairs[reason as Reason] : undefined
}
