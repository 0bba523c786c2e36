/** What the pages of developers say: their apps, a new one, and one at a glance. */
import type { MailWords } from '../mail.ts'
import { rich } from '../rich.ts'

export const developer = {
  register: 'Register an app',
  requestsOf: rich('Requests<app/>'),
  since: rich('Since <day/>'),
  shared: 'Shared with you',
  keysLead: rich('Legacy apps that ask for passwords need a <a>subscription key</a>.'),
  none: 'You have no app yet',
  askOperator: rich(
    'The operator of this server registers apps. Ask them to name you, <username/>, as the owner of yours. It then appears here.',
  ),
  noneYet: 'You have no app yet. Get your first token in five minutes.',
  registerText: 'Say what it is called and where it runs. You get a client ID.',
  signIn: 'Sign in to it',
  signInText: 'Open the address that you get and allow the app, as people will. You return to your app with a code.',
  exchange: 'Exchange the code for a token',
  exchangeText:
    'Copy the request for curl or Node, and call the API with the token. If a request fails, the request log shows why.',
  apis: 'APIs',
  apisLead: rich(
    'What your app may call with its tokens, besides this server. Name the API as <code>resource</code> when you ask for a token.',
  ),
  sunset: rich('Switched off on <day/>'),
  reviewed: '(for verified apps)',
  ofApp: (name: string) => ` of ${name}`,
  notices: {
    deleted: 'The app is deleted.',
    accepted: 'You work on the app now.',
    declined: 'The invitation is declined.',
    left: 'You no longer work on the app.',
  },
}

export const app = {
  register: 'Register an app',
  approvalFirst:
    'The operator of this server approves each app. Until then yours is in development: it works for you and for up to 25 people whom you invite to test it.',
  name: 'Name',
  kind: 'Where it runs',
  redirectUris: 'Redirect URIs',
  permissions: 'Permissions it may request',
  nameHint: 'Shown to people when they are asked to allow the app.',
  redirectUriLines: 'Redirect URIs, one per line',
  redirectUriLinesHint: rich(
    'Example: <code>https://app.example.com/callback</code>. Where people return after allowing your app. Must match exactly, including a trailing slash. Use https; http only for localhost. A machine and a device need none.',
  ),
  detailsHeading: 'Publisher, website and privacy policy',
  detailsLead: 'Shown to people beside the name of the app. You can add them later, under Settings.',
  submit: 'Register app',
  thisApp: 'This app',
  permissionsHint: rich(
    'People will read the sentences in quotes. <code>openid</code> and <code>basic</code> are enough to sign people in. Ask for more only if the app needs it.',
  ),
  /** The pages about one app. */
  places: {
    overview: 'Overview',
    requests: 'Requests',
    secrets: 'Secrets',
    'redirect-uris': 'Redirect URIs',
    settings: 'Settings',
    people: 'People',
    testers: 'Testers',
    webhooks: 'Webhooks',
    older: 'Legacy clients',
  },
  kinds: {
    web: { label: 'On a server', detail: 'A web app with a backend. People sign in to it. It keeps a secret.' },
    native: { label: 'On a phone or desktop', detail: 'An app that people install. No secret; it uses PKCE.' },
    spa: { label: 'In the browser', detail: 'JavaScript without a backend. No secret; it uses PKCE.' },
    device: {
      label: 'On a TV or another device',
      detail:
        'An app that shows no browser. People type a code on their phone. It keeps no secret and needs no redirect URI.',
    },
    machine: {
      label: 'A machine',
      detail: 'A service or script that acts for itself; nobody signs in. It keeps a secret and needs no redirect URI.',
    },
  },
  details: {
    publisher: { label: 'Publisher', hint: 'Who makes the app: your company, or your own name.' },
    website: { label: 'Website', hint: 'Starts with https://.' },
    policy: { label: 'Privacy policy', hint: 'Starts with https://.' },
    terms: { label: 'Terms of service', hint: 'Starts with https://.' },
    logo: { label: 'Logo', hint: 'Address of a picture. Starts with https://.' },
  },
  scopeKinds: { see: 'See', change: 'Change', stay: 'Stay connected' },
  once: rich('<strong>You see this secret once.</strong> We store only a hash of it. You can add another at any time.'),
  noLog: 'The request log cannot be read at the moment. Please try again soon.',
}

export const overview = {
  heading: 'Overview',
  notAvailable: 'The app is registered for what this server does not have yet.',
  waiting: 'Waiting change',
  waitingText: rich(
    '<strong>A change waits for the operator of this server.</strong> Until it is approved, the app works as it is.',
  ),
  withdraw: 'Withdraw the change',
  endpoints: 'ID and endpoints',
  quickstart: 'Quickstart',
  endpointsLead: 'An OpenID Connect library needs only the client ID and the issuer; it finds the rest by itself.',
  clientId: 'Client ID',
  about: 'About the app',
  change: 'Change',
  inDevelopment: rich(
    '<strong>This app is in development.</strong> It works for you, the people who work on it with you, and the <a>testers you invite</a>. Everybody else can use it once the operator of this server has approved it.',
  ),
  notApproved: rich(
    '<strong>The operator of this server has not approved this app.</strong> The reason came by mail. Once you change the app, it waits for approval again.',
  ),
  switchedOff: rich(
    '<strong>This app is switched off.</strong> Only the operator of this server can switch it on again.',
  ),
  lastDay: 'Last 24 hours',
  noRequest: 'No request in the last 24 hours',
  noRequestHint: 'The quickstart has a sign-in to try and the token request for this app.',
  openQuickstart: 'Open the quickstart',
  requests: 'Requests',
  refused: 'Refused',
  lastRefused: rich('Last refused on <moment/>'),
  runs: 'Runs',
  authenticates: 'Authenticates',
  permissions: 'Permissions',
  risks: 'Risks taken',
  reviewed: 'Reviewed',
  notYet: 'Not yet',
  verifiedBy: rich('by <by/>, <day/>'),
  registered: 'Registered',
  danger: 'Danger zone',
  endTokens: 'End all tokens',
  endTokensText:
    'For tokens that have leaked. They stop working immediately, and people have to sign in to the app again.',
  deletion: 'Delete this app',
  deletionText: 'Everything issued to it stops working immediately. You cannot undo this.',
  deleteApp: 'Delete app',
  byPkce: rich('By PKCE alone <aside>(a public app has no secret)</aside>'),
  nothing: 'none',
  places: {
    web: 'On a server',
    native: 'On a phone or desktop',
    spa: 'In the browser',
    device: 'On a TV or another device',
    machine: 'By itself, as a machine',
  },
  withSecret: rich('With a <a>client secret</a>: <method/>'),
  eitherMethod: rich('<code>client_secret_basic</code> or <code>client_secret_post</code>'),
  endpoint: {
    issuer: 'Issuer',
    'authorization-endpoint': 'Authorize',
    'token-endpoint': 'Token',
    'older-authorization-endpoint': 'Authorize (legacy)',
    'older-token-endpoint': 'Token (legacy)',
    discovery: 'Discovery',
  },
  notices: {
    tokens_ended: 'All tokens of the app have ended.',
    withdrawn: 'The change is withdrawn.',
  },
  ending: {
    heading: 'End all tokens of this app?',
    text: 'Every access and refresh token of the app stops working immediately, and people have to sign in to it again. The app and its secrets stay.',
    submit: 'End all tokens',
  },
  deleting: {
    heading: 'Delete this app?',
    text: 'Its client ID, secrets and everything issued to it stop working immediately. You cannot undo this.',
    submit: 'Delete',
  },
}

/** The plan of an app or a subscription key, and how much of it is used. */
export const plan = {
  heading: 'Plan',
  lead: rich('The plan <name/> allows so many requests. Further ones are refused until the period is over (UTC).'),
  periods: { minute: 'This minute', day: 'Today', month: 'This month' },
  used: (used: string, quota: string) => `${used} of ${quota} requests`,
  usedUp: 'Used up',
}

export const quickstart = {
  registeredTitle: 'Registered',
  heading: 'Quickstart',
  registered: rich('<name/> is registered'),
  twoSteps: 'Two steps to your first token. This takes about two minutes.',
  threeSteps: 'Three steps to your first token. This takes about five minutes.',
  inDevelopment: rich(
    '<strong>The app is in development.</strong> It works for you and for the <a>testers you invite</a>. Everybody else can use it once the operator of this server has approved it.',
  ),
  saveBoth: 'Save your ID and secret',
  saveId: 'Save your ID',
  clientId: 'Client ID',
  clientSecret: 'Client secret',
  secretShown: rich('The secret was shown when it was made. If you do not have it, <a>add another or replace it</a>.'),
  noSecret:
    'This app has no secret: whoever has the app could read it. It uses PKCE instead, which every OpenID Connect library does for you.',
  environment: '.env',
  sayWhere: 'Say where people return',
  sayWhereText: 'Register a redirect URI. Then this page shows a sign-in to try, and the token request.',
  addRedirectUri: 'Add a redirect URI',
  signIn: 'Try the sign-in yourself',
  signInText: rich(
    'This address is ready. Open it, sign in and allow. You return to <redirectUri/> with a <code>code</code> in the address, even if nothing runs there yet.',
  ),
  tryIt: 'Try it',
  changePermissions: 'Change permissions',
  exchange: 'Exchange the code for a token',
  exchangeText: rich(
    'Copy the code from the address and put it in place of <code>CODE</code>. A code lives for a minute and works once.',
  ),
  libraryText: rich(
    'In your app, leave this to an OpenID Connect library. It needs the issuer <issuer/> and the values above, and finds the rest by itself. It makes a new <code>code_verifier</code> and <code>state</code> for each sign-in.',
  ),
  ask: 'Ask for a token',
  askText: 'The app acts for itself, so nobody signs in. It proves itself and gets a token.',
  onDevice: 'Ask on the device, and sign in elsewhere',
  onDeviceText: rich(
    'The device asks for two codes. It shows its <code>user_code</code>, and you type it at <a>the page for devices</a>.',
  ),
  onDevicePoll: rich(
    'Meanwhile it asks for the tokens every five seconds, with the <code>device_code</code> in place of <code>DEVICE_CODE</code>, until you have decided.',
  ),
  byKey: rich(
    'This app proves itself with a key or a certificate. Send the request to <tokenEndpoint/> through a library that can do so.',
  ),
  curl: 'curl',
  secretVariable: rich(
    'It reads the secret from the variable <code>OIDC_CLIENT_SECRET</code>: run <code>set -a; . ./.env</code> first.',
  ),
  node: 'Node',
  saveAs: rich('Save it as <code>token.mjs</code> and run <run/>.'),
  example: 'All of it as one command',
  exampleText: 'In a checkout of the server, this signs you in and prints each step.',
  waiting: 'Waiting for your first request',
  requests: 'Your requests',
  reload: 'Reload this page after you have sent one. It appears here, with the cause if it fails.',
  openLog: 'Open the request log',
  received: 'First request received',
  refused: 'Refused',
  answered: 'Answered',
  newest: rich('The newest one came on <moment/>.'),
  openEntry: 'Open it in the request log',
  next: 'Next steps',
  addDetails: 'Add publisher, website and privacy policy',
  inviteTesters: 'Invite testers',
  letPeopleIn: 'Let people sign in: add a redirect URI',
  seeApp: 'See the app and all endpoints',
  readReference: 'Read the API reference',
}

/** The page on which access is asked for. */
export const requestAccess = {
  title: 'Request access',
  lead: 'Build an app that signs people in here and uses their data with their permission. Tell the operator of this server about it, and they will invite you.',
  haveAccount: rich('Already have an account? <a>Sign in</a>'),
  email: 'E-mail',
  emailHint: 'We first send a code to it, and later the answer.',
  appName: 'Name of your app',
  appNameHint: 'People see it when your app asks to use their account.',
  purpose: 'What is it for?',
  purposeHint: 'What the app does, for whom, and which data it needs.',
  website: 'Website',
  websiteHint: 'A full address that starts with https://.',
  submit: 'Request access',
  byHand:
    'This server does not send mail, so you cannot request access here. Ask its operator for an account, and tell them what your app is for.',
  proves: rich('Confirm that <email/> is your address. Your request then goes to the operator of this server.'),
  sentHeading: 'Your request is on its way',
  sent: rich(
    'The operator of this server will look at it and answer to <email/>. If they agree, the answer leads you to your account and your app.',
  ),
}

/** An invitation that brings an app with it. */
export const appInvitation = {
  lead: rich(
    'Your request for access with <app/> was approved. Open an account with the address <email/> to get your app.',
  ),
  takeUp: 'Get your app',
  takeUpLead: rich(
    'Your request for access with <app/> was approved. It becomes an app of your account <account/>, and its client secret is shown once.',
  ),
  submit: 'Get the app',
  signInLead: rich(
    'Your request for access with <app/> was approved. There is already an account with the address <email/>. Sign in to it in this browser to get the app.',
  ),
  signIn: 'Sign in',
  otherAccount: rich('You are signed in as <account/>, which has another address.'),
}

/** The operator’s page. */
export const accessQueue = {
  title: 'Access requests',
  lead: 'Developers without an account who ask for access with an app. Their addresses are confirmed. If you approve a request, the app is registered and the developer is invited. If you refuse it, they are told why.',
  none: 'No request waits.',
  waiting: 'Waiting',
  approved: 'Invited, not yet accepted',
  approvedLead: 'An invitation works for seven days. You can send another one.',
  email: 'E-mail',
  purpose: 'Purpose',
  website: 'Website',
  asked: 'Asked',
  clientId: 'Client ID',
  approve: 'Approve and invite',
  refuse: 'Refuse',
  reason: 'Reason',
  reasonHint: 'The developer reads it in a mail.',
  again: 'Send the invitation again',
  notices: {
    approved: 'The app is registered, and its developer is invited.',
    invited_again: 'Another invitation is on its way. Earlier ones no longer work.',
    refused: 'The request is refused, and its developer is told why.',
    gone: 'Somebody else has already decided on it.',
  },
  handOver: 'This server does not send mail. Give this link to the developer and to nobody else:',
}

const lives =
  'The code works for 10 minutes, in the browser that asked for it. The link works for 24 hours, in any browser.'

export const accessMails = {
  proof: (of: { readonly code: string; readonly href: string }): MailWords => ({
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'Somebody, probably you, asked for access to this server with an app and gave this address for the answer.',
      lives,
      'If you did not ask for this, do nothing. Nothing will change.',
    ],
    code: of.code,
    link: { text: 'Confirm address', href: of.href },
    reason: 'You get this message because this address was given for a request for access.',
  }),
  approved: (of: { readonly app: string; readonly href: string }): MailWords => ({
    subject: `You can build ${of.app} here`,
    paragraphs: [
      `The operator of this server has approved your request for access with ${of.app}, and the app is registered.`,
      'Open the link to set up your account, or to sign in if you have one by now. It shows the client ID and the client secret of your app. The link works once, within seven days.',
    ],
    link: { text: 'Get your app', href: of.href },
    reason: 'You get this message because you asked for access with this address.',
  }),
  refused: (of: { readonly app: string; readonly reason: string }): MailWords => ({
    subject: `Your request for access with ${of.app} was refused`,
    paragraphs: [
      `The operator of this server has refused your request for access with ${of.app}. You can make another one that answers the reason.`,
    ],
    facts: [['Reason', of.reason]],
    reason: 'You get this message because you asked for access with this address.',
  }),
}
