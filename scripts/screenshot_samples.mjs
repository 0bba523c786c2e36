/** What the pictures show: each page as usual, at its limits and with nothing on it. */
import { account } from '../server/dist/pages/views/account.js'
import { accountApps } from '../server/dist/pages/views/account_apps.js'
import { accountDevices } from '../server/dist/pages/views/account_devices.js'
import { accountSecurity } from '../server/dist/pages/views/account_security.js'
import { consent } from '../server/dist/pages/views/consent.js'
import { developer } from '../server/dist/pages/views/developer.js'
import { landing } from '../server/dist/pages/views/landing.js'
import { oauthError } from '../server/dist/pages/views/oauth_error.js'
import { problem } from '../server/dist/pages/views/problem.js'
import { requestLog } from '../server/dist/pages/views/request_log.js'
import { setUp } from '../server/dist/pages/views/set_up.js'
import { signIn } from '../server/dist/pages/views/sign_in.js'
import { signedOut, signOut } from '../server/dist/pages/views/sign_out.js'
import { signUp } from '../server/dist/pages/views/sign_up.js'
import { start } from '../server/dist/pages/views/start.js'
import { subscriptionKey } from '../server/dist/pages/views/subscription_key.js'
import { keyShown, subscriptionKeys } from '../server/dist/pages/views/subscription_keys.js'
import { builtInScopes, scopeMeaning } from '../server/dist/protocol/scope.js'

const csrf = 'sample-token'
const request = 'sealed-request'
const viewer = { username: 'alice' }
const at = Date.UTC(2026, 2, 3, 14, 2, 11)
const minute = 60_000
const longName =
  'The Long and Winding Journal of Everything That Was Ever Measured, Felt or Eaten by Anybody at All, 2026'
const longEmail = 'a.very.long.local.part.that.nobody.would.like.to.type@a-rather-long-subdomain.of.example.org'
const longHost = 'a-quite-long-subdomain-of-a-preview-deployment-1234567890.eu-central-1.hosting.example.com'
const scope = (...names) => names.map(scopeMeaning)
const requestId = '01JNE4Q8S5W2M7C0K9T3XH6BZD'

const meadow = { name: 'Meadow Journal', verified: true, registeredAt: at }
const web = { kind: 'web', host: 'meadow.example' }

const keys = { csrf, viewer, limit: 20, mayCreate: true }
const subscription = (change) => ({
  handle: 'Ab3dEfGhIjKlMnOp',
  name: 'Meter app',
  start: 'Ab3d',
  createdAt: at,
  lastUsed: at,
  usesToday: 0,
  disabled: undefined,
  previous: undefined,
  openToAll: false,
  ...change,
})

const passed = (text) => ({ text, outcome: 'passed' })
const failed = (text) => ({ text, outcome: 'failed' })
const unreached = (text) => ({ text, outcome: 'unreached' })
const entry = (number, change) => ({
  requestId: `${requestId.slice(0, -2)}${String(number).padStart(2, '0')}`,
  at: at - number * 7 * minute,
  method: 'POST',
  endpoint: '/oauth/token',
  status: 200,
  reason: '',
  cause: '',
  expected: null,
  got: null,
  userAgent: 'Meadow/3.1 (iPhone; iOS 19.4)',
  authenticated: true,
  checks: [],
  ...change,
})

const entries = [
  entry(0, { cause: 'refresh_token: the same answer as two seconds before, to a repeated request.' }),
  entry(1, {
    method: 'GET',
    endpoint: '/oauth/authorize',
    status: 400,
    error: 'invalid_request',
    reason: 'redirect_uri_not_registered',
    cause: 'The redirect URI ends in a slash that the registered one does not have.',
    expected: 'https://meadow.example/cb',
    got: 'https://meadow.example/cb/',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0',
    repair: 'Register https://meadow.example/cb/ as well, or send it without the slash.',
    rfc: 'RFC 9700 §2.1',
    checks: [
      passed('the app exists and is enabled'),
      failed('the redirect URI is registered, character by character'),
      unreached('the response type is allowed'),
      unreached('the scope is registered'),
      unreached('PKCE is there and well formed'),
    ],
  }),
  entry(2, {
    status: 400,
    error: 'invalid_grant',
    reason: 'code_spent',
    cause: 'The code had been exchanged 2.3 s before, by the same client.',
    userAgent: 'okhttp/4.12',
    rfc: 'RFC 6749 §4.1.2',
    checks: [passed('the client is authenticated'), failed('the code has not been used')],
  }),
  entry(3, {
    status: 401,
    error: 'invalid_client',
    reason: 'client_secret_wrong',
    cause: 'The client secret was none of the two that are valid.',
    userAgent: 'curl/8.14',
    authenticated: false,
    checks: [failed('the client secret is one of those that are valid')],
  }),
  entry(4, {
    endpoint: '/api/v2/oauth2/access_token',
    status: 503,
    error: 'temporarily_unavailable',
    reason: 'too_many_failures',
    cause: 'Too many attempts failed from this address within five minutes.',
    userAgent: null,
  }),
]

const apps = [
  {
    clientId: 'meadow',
    name: 'Meadow Journal',
    scopes: scope('basic', 'readmeasurements', 'writemeasurements'),
    since: at,
    lastUsed: at + 40 * 1440 * minute,
  },
  {
    clientId: 'tablet',
    name: 'Front desk tablet',
    scopes: scope('readmeasurements'),
    since: at,
    warning: 'It repeats its refreshes from two networks. If that is not you travelling, remove it.',
  },
]
const person = {
  username: 'alice',
  email: 'alice@example.com',
  emailVerified: true,
  roles: [],
  createdAt: at,
  name: 'Alice Meadows',
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.4 Mobile/15E148 Safari/604.1'
const sessions = [
  { id: 'ses_1', userAgent: firefox, signedIn: at, lastSeen: at + 3 * minute, here: true },
  { id: 'ses_2', userAgent: safari, signedIn: at - 9000 * minute, lastSeen: at - 40 * minute, here: false },
  { id: 'ses_3', userAgent: null, signedIn: at - 22_000 * minute, lastSeen: at - 9000 * minute, here: false },
]
const places = [
  { id: 'a', appName: 'Meadow Journal', userAgent: 'Meadow/3.1 (iPhone; iOS 19.4)', since: at, lastUsed: at },
  { id: 'b', appName: longName, userAgent: 'x'.repeat(300), since: at - 90_000 * minute, lastUsed: at },
]

export const samples = {
  'sign-in': { html: signIn({ csrf, request, clientName: 'Meadow Journal', signUpHref: '/signup' }) },
  'sign-in-mismatch': {
    html: signIn({ csrf, clientName: longName, login: longEmail, problem: 'mismatch', signUpHref: '/signup' }),
  },
  'sign-in-throttled': { html: signIn({ csrf, login: 'alice', problem: 'too_many', retryAfter: 240 }) },
  'sign-up': { html: signUp({ csrf, clientName: 'Meadow Journal', passwordMinimum: 8, signInHref: '/login' }) },
  'sign-up-problems': {
    html: signUp({
      csrf,
      email: longEmail,
      username: 'alice',
      passwordMinimum: 8,
      signInHref: '/login',
      problems: {
        username: 'Somebody already has this username.',
        password: 'This is one of the passwords that are tried first. Please choose another.',
      },
    }),
  },
  'set-up': { html: setUp({ csrf, token: 'one-time', passwordMinimum: 15 }) },
  consent: {
    html: consent({
      csrf,
      request,
      client: meadow,
      account: 'alice@example.com',
      scopes: scope('openid', 'readmeasurements', 'writemeasurements'),
      redirect: web,
      switchHref: '/login',
    }),
  },
  'consent-choice': {
    html: consent({
      csrf,
      client: { ...meadow, verified: false },
      account: 'alice@example.com',
      scopes: [
        ...scope('basic', 'readmeasurements'),
        ...scope('writemeasurements', 'offline_access').map((one) => ({ ...one, optional: true })),
      ],
      redirect: web,
      switchHref: '/login',
    }),
  },
  'consent-native': {
    html: consent({
      csrf,
      client: { name: 'mdw', verified: false, registeredAt: null },
      account: 'alice',
      scopes: scope('basic'),
      redirect: { kind: 'loopback', host: '127.0.0.1:51234' },
      once: true,
    }),
  },
  'consent-long': {
    html: consent({
      csrf,
      client: { name: longName, verified: false, registeredAt: at },
      account: longEmail,
      scopes: [
        ...builtInScopes,
        ...scope('manage_shares', 'sleep:read', 'heart_rate:read', 'https://api.example.com/auth/everything', 'x'),
      ],
      redirect: { kind: 'web', host: longHost },
      switchHref: '/login',
    }),
  },
  'sign-out': { html: signOut({ csrf, account: 'alice@example.com' }) },
  'sign-out-asked': { html: signOut({ csrf, account: longEmail, clientName: longName }) },
  'signed-out': { html: signedOut() },
  'landing-back-to-app': { html: landing('back_to_app') },
  'landing-close-window': { html: landing('close_window') },
  'signed-out-onward': { html: signedOut({ continueHref: 'https://meadow.example/', clientName: longName }) },
  'oauth-error': {
    html: oauthError({
      code: 'invalid_request',
      text: 'The redirect_uri is not registered for this client.',
      requestId,
    }),
  },
  'problem-not-found': { html: problem({ kind: 'not_found', requestId }) },
  'problem-form': { html: problem({ kind: 'form_refused', requestId }) },
  'problem-unavailable': { html: problem({ kind: 'unavailable', requestId, retryAfter: 5 }) },
  'problem-link': { html: problem({ kind: 'set_up_link_spent' }) },
  start: { html: start({ issuer: 'http://localhost:3000', signUpHref: '/signup', needsAdministrator: true }) },
  'start-signed-in': { html: start({ issuer: `https://${longHost}`, viewer }) },
  account: {
    html: account({ csrf, account: person, apps, browsers: 3 }),
  },
  'account-empty': {
    html: account({
      csrf,
      account: { ...person, name: undefined, email: null, roles: ['owner', 'admin'] },
      apps: [],
    }),
  },
  'account-long': {
    html: account({
      csrf,
      account: { ...person, username: longEmail, email: longEmail, emailVerified: false, name: longName },
      apps: [{ clientId: 'long', name: longName, scopes: builtInScopes, since: at }],
    }),
  },
  'account-apps': {
    html: accountApps({ csrf, viewer, apps, notice: 'The app has been disconnected.' }),
  },
  'account-apps-empty': { html: accountApps({ csrf, viewer, apps: [] }) },
  'account-apps-long': {
    html: accountApps({
      csrf,
      viewer,
      apps: [{ clientId: 'long', name: longName, scopes: builtInScopes, since: at }],
    }),
  },
  'account-devices': { html: accountDevices({ csrf, viewer, sessions, places }) },
  'account-devices-one': {
    html: accountDevices({
      csrf,
      viewer,
      sessions: sessions.slice(0, 1),
      places: [],
      notice: 'You have been signed out everywhere else.',
    }),
  },
  'account-security': { html: accountSecurity({ csrf, viewer, hasPassword: true, passwordMinimum: 8 }) },
  'account-security-wrong': {
    html: accountSecurity({
      csrf,
      viewer,
      hasPassword: true,
      passwordMinimum: 8,
      problems: { current: 'That is not your current password.' },
    }),
  },
  'account-security-throttled': {
    html: accountSecurity({
      csrf,
      viewer,
      hasPassword: true,
      passwordMinimum: 8,
      wait: { cause: 'too_many', seconds: 240 },
    }),
  },
  'account-security-changed': {
    html: accountSecurity({
      csrf,
      viewer,
      hasPassword: true,
      passwordMinimum: 8,
      notice: 'Your password has been changed. Every other browser and every app has been signed out.',
    }),
  },
  developer: {
    html: developer({
      viewer,
      newAppHref: '/developer/new',
      keysHref: '/developer/keys',
      apps: [
        { clientId: 'meadow', name: 'Meadow Journal', enabled: true, createdAt: at },
        {
          clientId: `https://${longHost}/client.json`,
          name: longName,
          enabled: false,
          createdAt: at,
          collaborator: true,
        },
      ],
    }),
  },
  'developer-empty': { html: developer({ viewer, apps: [] }) },
  'developer-first': {
    html: developer({ viewer, apps: [], newAppHref: '/developer/new', keysHref: '/developer/keys' }),
  },
  'keys-list': {
    html: subscriptionKeys({
      ...keys,
      keys: [
        subscription({ usesToday: 1312 }),
        subscription({ name: longName, previous: { start: 'x9Yz', until: at + 7 * 1440 * minute }, openToAll: true }),
        subscription({ name: 'Old gateway', disabled: 'developer' }),
        subscription({ name: '', start: '', createdAt: undefined, lastUsed: undefined, disabled: 'operator' }),
      ],
      shared: [subscription({ name: 'Stall climate', sharedBy: 'bob' })],
    }),
  },
  'keys-empty': { html: subscriptionKeys({ ...keys, keys: [], shared: [] }) },
  'keys-problem': {
    html: subscriptionKeys({
      ...keys,
      keys: [subscription({})],
      shared: [],
      add: { name: '', problem: 'Give it a name.' },
    }),
  },
  'key-page': {
    html: subscriptionKey({
      ...keys,
      subscriptionKey: subscription({ usesToday: 1312, previous: { start: 'x9Yz', until: at + 7 * 1440 * minute } }),
      collaborators: [
        { id: 'usr_b', username: 'bob' },
        { id: 'usr_c', username: 'c'.repeat(60) },
      ],
      collaboratorLimit: 20,
      notice: 'The key is shared.',
    }),
  },
  'key-page-off': {
    html: subscriptionKey({
      ...keys,
      subscriptionKey: subscription({ name: longName, disabled: 'operator', openToAll: true, lastUsed: undefined }),
      collaborators: [],
      collaboratorLimit: 20,
      add: { username: 'bob@example.com', problem: 'Nobody here has this username.' },
    }),
  },
  'key-shown': {
    html: keyShown({
      viewer,
      name: 'Meter app',
      subscriptionKey: 'Ab3dEfGhIjKlMnOpQrStUvWxYz012345',
      before: 'The key that it replaces goes on working for 7 days.',
    }),
  },
  requests: {
    html: requestLog({
      viewer,
      app: { clientId: 'meadow', name: 'Meadow Journal' },
      entries,
      retentionDays: 14,
      olderHref: '?before=1',
    }),
    open: '[data-reason="redirect_uri_not_registered"] summary',
  },
  'requests-long': {
    html: requestLog({
      viewer,
      app: { clientId: 'long', name: longName },
      entries: [
        entry(0, {
          status: 400,
          error: 'invalid_request',
          reason: 'redirect_uri_not_registered',
          cause: 'The redirect URI is not registered.',
          expected: `https://${longHost}/a/rather/long/path/to/a/callback`,
          got: `https://${longHost}/a/rather/long/path/to/a`,
          userAgent: `Mozilla/5.0 ${'x'.repeat(150)}`,
          checks: [failed('the redirect URI is registered')],
        }),
      ],
      retentionDays: 14,
      newestHref: '?',
    }),
    open: 'summary',
  },
  'requests-empty': {
    html: requestLog({ viewer, app: { clientId: 'm', name: 'Meadow Journal' }, entries: [], retentionDays: 14 }),
  },
}
