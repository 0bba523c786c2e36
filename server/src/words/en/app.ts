/** What the pages say on which one app is set up. */
import { rich } from '../rich.ts'

const waits = 'The operator of this server has to approve this change. Until then the app works as it is.'

export const secrets = {
  newSecret: 'Your new secret',
  newSecretLabel: 'New secret',
  secretNamed: rich('Client secret “<name/>”'),
  replacesNone: rich('It replaces <name/>, which no longer works.'),
  replacesUntil: rich('It replaces <name/>, which works until <moment/>.'),
  clientId: 'Client ID',
  saved: 'Done, I’ve saved it',
  replaceHeading: 'Replace a secret',
  replaceText: rich('You get a new secret in place of <name/>. The next page shows it once.'),
  newName: 'Name of the new secret',
  replace: 'Replace',
  heading: 'Secrets',
  add: 'Add a secret',
  name: 'Name',
  nameHint: 'Where it is used, such as “production”. You can have five secrets at a time.',
  none: 'This app has no secret',
  noneText: 'It uses PKCE, a key or a certificate instead, so there is nothing to keep here.',
  added: rich('Added on <day/>'),
  replaceOne: rich('Replace<name/>'),
  removeOne: rich('Remove<name/>'),
  lead: 'We store only a hash of each secret, so none can be shown again. If you replace one, the old one works for as long as you choose, so you can update every instance of your app. You cannot remove the last active secret.',
  expired: 'Expired',
  active: 'Active',
  replaced: rich('Replaced, works until <day/>'),
  notices: {
    removed: 'The secret is removed.',
    needed: 'This kind of app authenticates with a secret. Add one.',
  },
  removing: {
    heading: 'Remove this secret?',
    text: (app: string) => `Every instance of ${app} that still uses it is refused at once.`,
    submit: 'Remove',
  },
}

export const redirectUris = {
  heading: 'Redirect URIs',
  registered: 'Registered redirect URIs',
  none: 'No redirect URI is registered yet.',
  edit: rich('Edit<uri/>'),
  remove: rich('Remove<uri/>'),
  add: 'Add a redirect URI',
  uri: 'Redirect URI',
  addSubmit: 'Add',
  editHeading: 'Edit a redirect URI',
  editText: rich('It is <uri/> now. Requests that still use it are refused once you save.'),
  moveSubjects: 'I understand that the app gets another ID for every person',
  editHint: 'Must match exactly, including a trailing slash.',
  webHint:
    'Example: https://app.example.com/callback. Must match exactly, including a trailing slash. Use https; http only for localhost.',
  nativeHint:
    'Example: com.example.app:/callback or http://127.0.0.1/callback. Must match exactly; a loopback address may come with any port.',
  becomes:
    'So far nobody comes back to this app from a browser. With a redirect URI people can sign in to it. An app on a phone or in the browser keeps no secret, so its secrets end.',
  notices: {
    added: 'The redirect URI is registered.',
    changed: 'The redirect URI is changed.',
    removed: 'The redirect URI is removed.',
    waits,
  },
  removing: {
    heading: 'Remove this redirect URI?',
    text: (app: string) => `Requests of ${app} that use it are refused immediately.`,
    movesSubjects:
      'The app also gets another ID (sub) for every person, because that depends on the host. It does not recognise the people who use it.',
    submit: 'Remove',
  },
}

export const settings = {
  heading: 'Settings',
  approval:
    'The operator of this server approves changes of name, publisher, website, logo, kind, permissions and of the hosts in redirect and sign-out addresses. Until then the app works as it is. What you take away counts at once.',
  name: 'Name',
  details: 'What people read',
  access: 'Kind and permissions',
  signIn: 'Sign-in',
  begins: 'Login initiation URI',
  beginsHint:
    'Where people begin to sign in to your app from somewhere else. With it, their account shows ‘Open’ beside your app. Your app gets iss and starts a sign-in here (OpenID Connect Core §4). Use https.',
  sector: 'Sector identifier URI',
  sectorHint:
    'A JSON list at an https address that names all redirect URIs of your app. Apps of one sector know a person by the same ID (sub). Empty: the host of the redirect URIs is the sector.',
  frontChannel: 'Front-channel logout URI',
  frontChannelHint:
    'A page of your app that is loaded in a hidden frame when a person signs out, with iss and sid. On the host of a redirect URI. Most browsers send it no cookies: use the back channel where you can.',
  frontChannelOff: 'This server does not load such pages.',
  protections: 'Protections',
  protectionsText: 'Your app gets nothing without a protection that you switch on. Switch it on once your app has it.',
  protectionsLegend: 'What your app promises to do',
  protectionNames: {
    dpop_bound_access_tokens: {
      label: 'Bind tokens to a key of your app (DPoP)',
      detail:
        'Your app sends a proof of its key with each request for tokens and with each use of one, so a stolen token is worth nothing.',
    },
    require_pushed_authorization_requests: {
      label: 'Push authorization requests',
      detail: 'Your app sends what it asks for to /oauth/par first. In the browser nobody can read it or change it.',
    },
  },
  signOut: 'Sign-out',
  signOutText: 'For apps that use OpenID Connect. All of it can be left empty.',
  afterwards: 'Post-logout redirect URIs',
  afterwardsHint:
    'One on each line. Where people go after your app has signed them out at /oauth/logout. Must match exactly.',
  backChannel: 'Back-channel logout URI',
  backChannelHint:
    'Your server gets a POST with a logout token here when a person who signed in to your app signs out. Use https.',
  sessions: 'Logout tokens',
  sessionRequired: {
    label: 'Name the session in every token',
    detail: 'Your app then gets one token with a sid for each session, instead of one for the whole account.',
  },
  profile: 'Security profile',
  profileText:
    'A profile holds the app to a set of rules as a whole. It sets the switches that belong to it, and they stay so. Whatever was issued to the app before ends: people sign in to it again.',
  profiles: {
    none: { label: 'None', detail: 'The rules that this server has for every app.' },
    oauth21: {
      label: 'OAuth 2.1',
      detail: 'Codes with PKCE alone, at the standard addresses, without any relaxed rule.',
    },
    mcp: {
      label: 'MCP client',
      detail: 'OAuth 2.1, and each request names the server that its token is for (resource).',
    },
    'fapi2-security': {
      label: 'FAPI 2.0 Security Profile',
      detail:
        'Every request is pushed, the app proves itself by a key of its own (private_key_jwt), and each token is bound to a key (DPoP).',
    },
  },
  profileUnmet: (profile: string) => `What the app lacks for ${profile}`,
  profileByOperator: rich(
    'The operator of this server has put this app on the profile <name/>. Only the operator can change that.',
  ),
  accessText:
    'People who agreed before keep what they agreed to. A permission you add is asked for the next time they use the app; a permission you remove ends at once, for everybody. If you change between a kind with a secret and one without, everybody has to sign in to the app again.',
  notices: {
    saved: 'The settings are saved.',
    renamed: 'The name is saved.',
    profiled: 'The security profile is saved.',
    waits,
  },
}

export const people = {
  heading: 'People',
  yours:
    'Whom you invite works on this app with you and can see and change everything. Only you can delete it, end all its tokens, hand it over and say who works on it.',
  ofOthers:
    'You can see and change everything about this app. Only its owner can delete it, end all its tokens and say who works on it.',
  list: 'Who works on it',
  owner: 'owner',
  you: 'you',
  ofOperator: 'It belongs to the operator of this server.',
  invite: 'Invite somebody',
  secrets: rich('Whoever you remove may have kept a client secret. <a>Replace the secrets</a> afterwards.'),
  full: (limit: number) => `At most ${limit} people can work on an app with you.`,
  leave: 'Stop working on it',
  leaveText: 'The app is no longer among yours. Its owner can invite you again.',
  leaveApp: 'Leave this app',
  notices: {
    invited: 'The invitation is on its way.',
    taken_back: 'The invitation is taken back.',
    unshared: 'The person no longer works on the app.',
  },
}

export const testers = {
  heading: 'Testers',
  open: 'This app is approved. Everybody with an account can use it, so it needs no testers.',
  lead: (limit: number) =>
    `While the app is in development, up to ${limit} people can test it. Each of them accepts first, under Connected apps.`,
  invitedPeople: 'Invited people',
  tester: 'tester',
  invited: 'invited',
  remove: rich('Remove<username/>'),
  invite: 'Invite a tester',
  username: 'Username or e-mail address',
  usernameHint:
    'If somebody has this username or confirmed address, the invitation appears on their page of connected apps.',
  submit: 'Invite',
  notices: { invited: 'The invitation is on its way.', removed: 'The person is removed.' },
}

export const legacy = {
  heading: 'Legacy clients',
  about: 'What old versions of your app may need. Leave off whatever they do not.',
  replayWindow: 'Replay window',
  lostAnswerWindow: 'Lost answer window',
  builtIn: 'This app is built in',
  builtInText: 'It has a legacy protocol of its own. The operator of this server looks after its settings.',
  closed: 'The operator of this server has not opened the legacy protocol of the QuantiModo and CureDAO API.',
  protocol: 'Legacy protocol',
  rules: 'Relaxed security rules',
  replayWindowField: 'Replay window, in seconds',
  lostAnswerWindowField: 'Lost answer window, in seconds',
  known: 'What known apps need',
  knownQuantimodo: rich(
    'The QuantiModo app of 2022 needs <code>token_in_header_and_query</code>, and with a client secret also <code>refresh_without_secret</code>.',
  ),
  knownBasic: rich(
    'That app and the WordPress plugin never ask for <code>basic</code>, so they do not get the e-mail address.',
  ),
  knownOrigins:
    'Calls from a browser are answered for the origins of your redirect URIs only. A page of a file and a browser extension have no such origin: call from a native or background part, or register a page at an https address.',
  knownSocial: 'Social sign-in by the native Android SDK does not work here. Sign-in in its WebView does.',
  risk: 'Risk:',
  switches: {
    quantimodo: {
      label: 'Apps written for the QuantiModo or CureDAO API may connect',
      detail: 'At the addresses that their documents name, such as /api/oauth2/authorize and /api/oauth2/token.',
    },
    code_without_pkce: {
      label: 'Sign-ins without PKCE',
      detail: 'For old versions that send no code_challenge.',
    },
    refresh_without_secret: {
      label: 'Refreshing without the secret',
      detail: 'For an app whose phone version has no secret. A code is still exchanged with it only.',
    },
    refresh_rotation: {
      label: 'Refresh tokens that stay the same',
      detail: 'For an app that does not store the new refresh token of each answer.',
    },
    token_in_header_and_query: {
      label: 'Access tokens in the header and in the address at once',
      detail: 'For an app that sends its token in both places at the legacy addresses. The two must be equal.',
    },
    front_channel_tokens: {
      label: 'Tokens in the redirect',
      detail:
        'For an app that asks for tokens in place of a code, or beside it (response_type=id_token, token, code id_token …).',
    },
  },
  replayWindowHint: ({ usual, longest }: { usual: number; longest: number }) =>
    `A refresh that is repeated within it gets the same answer again. Default ${usual} seconds, maximum ${longest}. 0 follows the old specification strictly.`,
  lostAnswerWindowHint: ({ usual, longest }: { usual: number; longest: number }) =>
    `An app that was cut off can ask again within it for an answer that it never used. Default ${usual} seconds, or 0 if the replay window is 0. Maximum ${longest}. 0 switches it off.`,
  operatorAllows: rich(
    'The operator of this server has to allow it as well (<code>CONSENTRY_FRONT_CHANNEL_TOKENS</code>), and has.',
  ),
  operatorDoesNot: rich(
    'The operator of this server has to allow it as well (<code>CONSENTRY_FRONT_CHANNEL_TOKENS</code>), and has not. Until then it changes nothing.',
  ),
  notices: { saved: 'The settings for legacy clients are saved.' },
}

/** What each named setting risks by which an app is let off a rule. */
export const risks = {
  code_without_pkce: 'Anyone who intercepts a code can exchange it, because no code_challenge is required.',
  refresh_without_secret: 'A stolen refresh token works without the secret until it is detected.',
  front_channel_tokens: 'Tokens are passed in the URL of a page, where scripts and the browser history can read them.',
  token_in_header_and_query: 'Access tokens in URLs end up in logs and browser histories.',
  assertion_for_endpoint:
    'A server that the app also signs in to can use an assertion made for it here, if it calls itself by our URL.',
  no_rotation: 'Refresh tokens do not change, so a stolen one is not detected.',
  long_replay_window:
    'With a longer window than usual, a stolen refresh token that is used soon after the app’s own is not detected.',
  no_replay_window:
    'Without a window, an app that loses an answer, or refreshes twice at once, loses its authorization.',
  long_lost_answer_window:
    'Whoever steals a refresh token of an app that does not authenticate can use it for longer after the app’s own refresh, until the new tokens are used.',
}

/** What an app is registered for and this server does not have. */
export const unavailable = {
  missing: {
    tls_authentication: 'This server does not authenticate apps by TLS certificates yet.',
    assertion_algorithm: 'This server does not check assertions that are signed by this algorithm yet.',
    pairwise_hosts:
      'An app whose people return to several hosts has an ID of its own for each person only with a sector_identifier_uri.',
    signed_userinfo: 'This server does not sign UserInfo answers with this algorithm.',
    signed_introspection: 'This server does not sign introspection answers with this algorithm.',
    acr: 'This server does not know one of these ways of signing in (acr) yet.',
    certificate_binding: 'This server does not bind tokens to a TLS certificate yet.',
    request_objects: 'This server does not take request objects by reference yet.',
  },
  refused: 'Requests of the app are refused while it is registered.',
  noEffect: 'It has no effect yet.',
}
