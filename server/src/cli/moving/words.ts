/** Why an entry of an import was left, and what of one was left out, in one sentence each. */
import type { NoteReason, SkipReason } from '../../engine/operator/moving/found.ts'

export const skipWords: Readonly<Record<SkipReason, string>> = {
  unreadable: 'The entry is not as this source writes it.',
  no_name: 'It has neither a username nor an e-mail address.',
  twice_in_file: 'The file has this name, address or ID before.',
  username_taken: 'Somebody else has this username.',
  email_taken: 'Somebody else has this e-mail address.',
  deleted_here: 'The account came by an earlier import and was deleted here since.',
  service_account: 'It is the account of an app, which needs none here.',
  built_in: 'It belongs to the other server itself, or to this one.',
  not_openid_connect: 'It speaks another protocol than OpenID Connect.',
  no_sign_in: 'Nobody signs in with it, and it gets no tokens: it only takes them.',
  client_id_unsound:
    'A client ID has 1 to 255 printable ASCII characters without space, and does not begin with https://.',
  redirect_uri_wildcard: 'All its redirect URIs hold a *. Here a redirect URI is compared character by character.',
  no_redirect_uri: 'It has no redirect URI that can be registered.',
  client_unsound: 'A member has a value that cannot be registered.',
  token_unsound: 'Its scope is empty or not a list of scopes.',
  token_expired: 'The token has expired.',
  token_of_another: 'The token is here already, and belongs to another app or person.',
  client_unknown: 'There is no such client.',
  client_without_refresh: 'The client is not registered for the refresh_token grant.',
  user_unknown: 'There is no such user.',
}

export const noteWords: Readonly<Record<NoteReason, string>> = {
  hash_unknown: 'came without its password or secret: its hash is of a kind that cannot be checked here',
  hash_malformed: 'came without its password or secret: its hash is broken',
  hash_too_costly: 'came without its password or secret: checking its hash would take too much time or memory',
  username_changed: 'is called otherwise here, because the name cannot be a username',
  email_left_out: 'came without its e-mail address, which is none',
  claim_left_out: 'came without a claim whose value cannot be kept',
  members_left_out: 'came without members that mean nothing here',
  authenticator_left_out: 'came without an authenticator that cannot be moved',
  redirect_uri_left_out: 'came without a redirect URI that cannot be registered',
  grant_type_left_out: 'came without a grant type that does not exist here',
  secret_hidden: 'came without a secret, because the file does not hold it; give it one by `apply`',
  scope_missing: 'has no scope of an API, so that it gets no token of its own; give it one by `apply`',
  owner_unknown: 'came without its owner, who is not here',
  pkce_needed: 'is public, so it must use PKCE (RFC 7636) here',
}
