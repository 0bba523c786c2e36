/** What pages say of a field that cannot be taken as it was filled in (`../form_problem.ts`). */
import type { DocumentProblem } from '../../protocol/client_metadata.ts'
import type { Profile, ProfileCondition } from '../../protocol/profiles/profiles.ts'
import type { RedirectUriProblem } from '../../protocol/redirect_uri.ts'
import { tell } from '../told.ts'

const redirectUri = {
  too_long: 'it is longer than 2,000 characters',
  not_ascii: 'it contains a character that is not printable ASCII',
  wildcard: 'it contains a wildcard; register each address in full',
  not_allowed: 'it contains a character that is not allowed in a URI',
  capitals: 'its scheme must be in lower case',
  not_full: 'it is not a full URL. It must start with https://',
  fragment: 'it has a fragment (RFC 6749 §3.1.2)',
  not_a_uri: 'it is not a valid URI',
  reserved_parameter: 'its query has a parameter that authorization responses use',
  forbidden_scheme: ({ scheme }: { readonly scheme: string }) =>
    `the scheme ${scheme} is of browsers or systems: it can run code, read files or open other programs there`,
  native_only: 'only native apps may use their own scheme (application_type "native")',
  not_reversed: "a scheme of an app's own is a reversed domain name, such as com.example.app (RFC 8252 §7.1)",
  no_host: 'it has no //host',
  user_name: 'it has a user name before the host',
  host_spelling: ({ host }: { readonly host: string }) => `its host must be written as ${host}`,
  not_a_host: 'its host is not a domain name or address',
  dot_at_end: 'its host ends in a dot',
  dot_segment: 'its path has a dot segment',
  plain_http: 'http is for loopback addresses only; use https',
}

/** What an app has to be that has a security profile. */
export const profileConditions: Readonly<Record<ProfileCondition, string>> = {
  switch: 'the profile sets it',
  code_only: 'an app gets codes alone (response_types)',
  own_key: 'an app authenticates by a key of its own (private_key_jwt)',
  key_registered: 'the public keys of an app have to be registered (jwks or jwks_uri)',
  strong_algorithms: 'JWTs are signed with PS256, ES256 or EdDSA',
  https_redirects: 'redirect URIs are https; native apps may have a loopback address',
  https_or_loopback: 'redirect URIs are https or a loopback address',
  fapi_grants: 'the grant types are authorization_code, refresh_token, client_credentials and token exchange',
  no_password: 'the grant types password and implicit are gone',
  mcp_grants: 'the grant types are authorization_code, refresh_token and client_credentials',
}

/** What is wrong with a member of a client's document, after the name of the member. */
export const documentProblems = {
  hidden_character: 'holds a character that cannot be seen',
  no_letter: 'has no letter or digit',
  unsound: 'is not valid',
  redirect_uri: ({ why }: { readonly why: RedirectUriProblem }) => `cannot be registered: ${tell(redirectUri, why)}`,
  no_redirect_uri: 'is empty, but the authorization_code grant needs a redirect URI',
  public_credentials: 'client_credentials needs a client that authenticates',
  short_access_token: ({ least, dialect }: { readonly least: number; readonly dialect: string }) =>
    `must be ${least} or more where dialects include "${dialect}": its apps renew a day early`,
  short_scheme_unprotected:
    'a scheme without a dot is for apps that keep no secret and send a code challenge with every request (RFC 8252 §8.1)',
  public_without_rotation: '"never" is for clients that authenticate (RFC 9700 §4.14.2)',
  admin_role_without_secret: 'needs the grant type client_credentials and an app that authenticates',
  logout_of_other_origin:
    'must have the scheme, host and port of a redirect URI (OpenID Connect Front-Channel Logout 1.0 §2)',
  sector_unreadable:
    'could not be read: it must be a public https address that answers 200 with a JSON list of addresses, and redirects nowhere',
  sector_lacks: ({ uri }: { readonly uri: string }) => `does not list ${uri}`,
  secretless_without_rotation: 'needs refresh tokens that rotate (RFC 9700 §4.14.2)',
  profile: ({ profile, condition }: { readonly profile: Profile; readonly condition: ProfileCondition }) =>
    `does not go with the profile ${profile}: ${profileConditions[condition]}`,
}

const names = {
  name_empty: 'Give it a name.',
  name_long: ({ longest }: { readonly longest: number }) => `A name has at most ${longest} characters.`,
  name_hidden_character: 'The name holds a character that cannot be seen.',
  name_no_letter: 'The name has no letter or digit.',
  name_badge: 'A name cannot hold check marks, locks or shields.',
  name_marks: 'The name has too many marks on one letter.',
  name_mixed_scripts: 'A word of the name mixes letters of different alphabets.',
  name_like_server: 'This name could be mistaken for this server or its operator.',
  name_like_verified_app: 'This name could be mistaken for an app that the operator has verified.',
  name_like_staff: 'This username could be mistaken for somebody who runs this server.',
}

const account = {
  username_length: 'Use 1 to 60 characters.',
  username_not_plain: 'Use plain letters.',
  username_characters: 'Use letters, digits, dot, hyphen and underscore only.',
  username_invisible: 'Use letters or digits that can be seen.',
  username_taken: 'That username is taken.',
  username_same: 'That is already your username.',
  username_changes: ({ most, days }: { readonly most: number; readonly days: number }) =>
    `You have changed your username ${most} times in ${days} days. Please wait until the oldest of your former usernames is free.`,
  username_asked: ({ wait }: { readonly wait: string }) =>
    `Too many usernames were tried. Please try again in ${wait}.`,
  language_unknown: 'Choose a language from the list.',
  zone_unknown: 'Choose a time zone from the list.',
  email_unsound: 'That is not an e-mail address.',
  email_taken: 'There is an account with that address. Sign in instead?',
  email_blocked: 'Addresses of that domain cannot be used here.',
  email_same: 'That is already your confirmed address.',
  email_of_another: 'There is already another account with that address, so nothing was changed.',
  mail_code_wrong: 'That is not the code in the newest mail.',
  mail_code_over: 'This code is no longer valid. Have another one sent, or open the link in the mail.',
  mails_too_many: ({ wait }: { readonly wait: string }) =>
    `Too many mails were asked for, or codes tried, from here. Please try again in ${wait}.`,
  device_code_unknown: 'No device waits under this code. Check it on the device; it may also be too old, or used.',
  device_code_over: 'The request of the device is over. Let it show a new code.',
  device_codes_too_many: ({ wait }: { readonly wait: string }) =>
    `Too many codes were wrong. Please try again in ${wait}.`,
  sign_up_too_many: 'Too many attempts came from your network. Please try again in a few minutes.',
}

const picture = {
  picture_none: 'Choose a file first.',
  picture_large: ({ megabytes }: { readonly megabytes: number }) => `The file is larger than ${megabytes} MB.`,
  picture_svg: 'SVG files are not accepted, because they can contain programs. Save the picture as PNG or JPEG.',
  picture_unknown: 'This is not a picture that we can read. Use JPEG, PNG, WebP, GIF or AVIF.',
  picture_pixels: 'The picture has more than 16 million pixels. Make it smaller first.',
  picture_broken: 'The picture is damaged or cut off, so it cannot be read. Save it again and try once more.',
  picture_slow: 'It took too long to read the picture. Save it again or make it smaller first.',
  picture_busy: 'Too many pictures are being read right now. Please try again in a few seconds.',
  picture_unavailable: 'This server cannot read pictures right now.',
  picture_often: ({ wait }: { readonly wait: string }) => `Too many pictures were sent. Please try again in ${wait}.`,
}

const password = {
  password_long: 'Use at most 1,024 bytes.',
  password_short: ({ minimum }: { readonly minimum: number }) => `Use at least ${minimum} characters.`,
  password_personal: 'Do not use your name or address as the password.',
  password_common: 'This password is too common. Choose another.',
  password_breached: 'This password has been found in a data breach, so others may try it. Choose another.',
  password_same: 'That is the password you have now.',
  password_missing: 'Enter your current password.',
  password_wrong: 'That is not your current password.',
}

const signIn = {
  mismatch: 'Wrong username or password.',
  incomplete: 'Please fill in both fields.',
}

const app = {
  gone: 'It is no longer there.',
  app_operators: 'The operator lets this app use the admin API, so only the operator can change it.',
  profile_missing: 'Choose one of the security profiles.',
  profile_of_operator:
    'The operator of this server has put this app on its profile, so only the operator can change that.',
  kind_missing: 'Choose where the app runs.',
  scope_missing: 'Choose at least one.',
  scope_unknown: 'One of them is not known to this server.',
  apps_full: ({ limit }: { readonly limit: number }) =>
    `You have ${limit} apps, and no more are allowed. Delete one first.`,
  address_long: 'It is too long.',
  address_not_https: 'Give a full address that starts with https://.',
  address_user_name: 'Take the username or password out of the address.',
  redirect_uris_missing: 'Give at least one: it is where people come back to with the code.',
  redirect_uris_full: ({ limit }: { readonly limit: number }) => `At most ${limit} can be registered.`,
  redirect_uris_repeated: 'One of them is there twice.',
  redirect_uri_missing: 'Give an address.',
  redirect_uri_needed: 'Add a redirect URI first.',
  redirect_uri_known: 'It is registered already.',
  redirect_uri_last: 'It is the last one, and the app needs one to get codes. Add another one first.',
  redirect_uri_other_host:
    'This app has an ID of its own for each person, so all its redirect URIs need the same host. Edit the present one instead.',
  subjects_move:
    'This is another host. This app has an ID of its own for each person, which depends on the host: afterwards it gets another ID (sub) for everybody and does not recognise the people who use it.',
  redirect_uri_refused: ({ why }: { readonly why: RedirectUriProblem }) =>
    `It cannot be registered: ${tell(redirectUri, why)}.`,
  sign_out_uri_not_called: 'This server calls public https addresses only. Use https.',
  redirect_uri_of_list_refused: ({ uri, why }: { readonly uri: string; readonly why: RedirectUriProblem }) =>
    `${uri} cannot be registered: ${tell(redirectUri, why)}.`,
  member_refused: ({ member, why }: { readonly member: string; readonly why: DocumentProblem }) =>
    `${member} ${tell(documentProblems, why)}.`,
}

const secrets = {
  secret_replaced: 'It has been replaced already.',
  secret_name_taken: 'Another secret has this name. Choose a different one, so that you can tell them apart.',
  secrets_unused: 'This app proves itself without a secret.',
  secrets_full: ({ limit }: { readonly limit: number }) =>
    `There are ${limit} secrets, and no more are allowed. Remove one that is no longer used.`,
  secret_last: 'You cannot remove the last active secret. Add another one first.',
}

const people = {
  username_missing: 'Give a username or an e-mail address.',
  invitations_too_many: 'Too many invitations came from your network. Try again in a few minutes.',
  invited_already: 'This username or address has been invited already.',
  share_own: 'It is yours already.',
  shared_already: 'This person shares it already.',
  people_full: ({ limit }: { readonly limit: number }) =>
    `At most ${limit} people can share it. Remove somebody first.`,
  shares_full: 'You share as many as one may. Leave one first.',
  testers_full: ({ limit }: { readonly limit: number }) => `You can invite ${limit} people. Remove somebody first.`,
}

const keys = {
  keys_full: ({ limit }: { readonly limit: number }) =>
    `You have ${limit} keys, and no more are allowed. Delete one that is no longer used.`,
  key_off_by_operator: 'The operator of this server has switched it off.',
  overlap_missing: 'Choose how long the old one works.',
}

const legacy = {
  leniency_unfit: ({ name }: { readonly name: string }) => `This app cannot have ${name}.`,
  leniency_seconds: ({ longest }: { readonly longest: number }) =>
    `Give whole seconds from 0 to ${longest}, or nothing for what is usual.`,
  only_dialect: 'It is the only way in that this app has.',
  leniency_refused: ({ why }: { readonly why: DocumentProblem }) => `It ${tell(documentProblems, why)}.`,
  leniency_member_refused: ({ member, why }: { readonly member: string; readonly why: DocumentProblem }) =>
    `Its ${member} ${tell(documentProblems, why)}.`,
}

const factors = {
  password_barred:
    'Your password cannot be changed while the removal of your second step waits. Stop the removal first.',
  address_stands: 'Your address cannot be changed while the removal of your second step waits. Stop the removal first.',
  code_wrong: 'That code is wrong. An authenticator app shows a new one every 30 seconds.',
  code_used: 'That code has already been used. Please wait for the next one.',
  new_code_wrong:
    'That code is wrong. Check that the clock of your phone is right, and enter the code that the app shows now.',
  new_key: 'This page was open for too long, so its key has changed. Please add the new one to your app.',
}

const accessRequest = {
  purpose_empty: 'Say what the app is for.',
  purpose_long: ({ longest }: { readonly longest: number }) => `Use at most ${longest} characters.`,
  purpose_hidden_character: 'The text holds a character that cannot be seen.',
  reason_empty: 'Give a reason. The developer reads it.',
  reason_long: ({ longest }: { readonly longest: number }) => `Use at most ${longest} characters.`,
}

const access = {
  app_passwords_full: ({ limit }: { readonly limit: number }) =>
    `You have ${limit} app passwords, and no more are allowed. Remove one that you do not use.`,
  personal_tokens_full: ({ limit }: { readonly limit: number }) =>
    `You have ${limit} personal tokens, and no more are allowed. Remove one that you do not use.`,
  expiry_missing: 'Choose how long it works.',
  day_unsound: 'Give a day, such as 2027-03-31.',
  day_out_of_range: 'Give a day from today to a year from now.',
}

export const formProblems = {
  webhook_uri_unclear: 'Enter a full address, without a name or a fragment in it.',
  webhook_uri_not_https: 'Enter an address that begins with https://.',
  webhook_event_unknown: 'Choose events from the list.',
  webhooks_too_many: ({ limit }: { readonly limit: number }) => `There can be ${limit} webhooks. Remove one first.`,
  ...access,
  ...accessRequest,
  ...names,
  ...account,
  ...picture,
  ...password,
  ...signIn,
  ...app,
  ...secrets,
  ...people,
  ...keys,
  ...legacy,
  ...factors,
}
