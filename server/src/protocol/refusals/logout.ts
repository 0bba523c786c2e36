/** Refusals of requests to sign a person out (OpenID Connect RP-Initiated Logout 1.0). */
import { type Row, request } from './row.ts'

export const logoutRefusals = {
  id_token_hint_invalid: {
    ...request,
    text: 'The id_token_hint is not an ID token of this server.',
    cause: 'The id_token_hint was not issued by this server, or it was changed on the way.',
    rfc: 'OIDC Core §3.1.2.1, OpenID Connect RP-Initiated Logout §2',
    repair: 'Send the last ID token that the app has received for the person, exactly as it came. It may have expired.',
  },
  id_token_hint_of_another_client: {
    ...request,
    text: 'The id_token_hint was issued to another client.',
    cause: 'The id_token_hint was issued to another app than the one that sends it.',
    rfc: 'OIDC Core §3.1.2.1, OpenID Connect RP-Initiated Logout §2',
    repair: 'Send an ID token of the same app. At sign-out, client_id can be left out instead.',
  },
  post_logout_redirect_uri_without_client: {
    ...request,
    text: 'A post_logout_redirect_uri needs an id_token_hint or a client_id.',
    cause: 'The request has a post_logout_redirect_uri, but nothing that says of which app it is.',
    rfc: 'OpenID Connect RP-Initiated Logout §3',
    repair: 'Send the person’s ID token as id_token_hint, or the client ID as client_id.',
  },
  post_logout_redirect_uri_not_registered: {
    ...request,
    text: 'The post_logout_redirect_uri is not registered for this client.',
    cause: 'This post-logout redirect URI is not registered. It must match exactly.',
    rfc: 'OpenID Connect RP-Initiated Logout §3',
    repair: 'Send a registered URI, exactly as it is registered. You register it in the settings of your app.',
  },
} as const satisfies Record<string, Row>
