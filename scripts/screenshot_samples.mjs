/** What the pictures show: each page as usual, at its limits and with nothing on it. */

import { account } from '../server/dist/pages/account/account_view.js'
import { accountApp } from '../server/dist/pages/account/apps/app_view.js'
import { accountApps } from '../server/dist/pages/account/apps/apps_view.js'
import { accountConsent } from '../server/dist/pages/account/consents/consent_view.js'
import { accountConsents } from '../server/dist/pages/account/consents/consents_view.js'
import { accountDevices } from '../server/dist/pages/account/devices_view.js'
import { accountPasskeys, renamePasskeyForm } from '../server/dist/pages/account/passkeys_view.js'
import { accountSecurity } from '../server/dist/pages/account/security_view.js'
import { accountEmail } from '../server/dist/pages/by_mail/account_email_view.js'
import { forgot } from '../server/dist/pages/by_mail/forgot_view.js'
import { invitation } from '../server/dist/pages/by_mail/invitation_view.js'
import { refusedAddress } from '../server/dist/pages/by_mail/refused_address_view.js'
import { reset } from '../server/dist/pages/by_mail/reset_view.js'
import { addressDone, verify } from '../server/dist/pages/by_mail/verify_view.js'
import { confirm } from '../server/dist/pages/confirm_view.js'
import { goingOn } from '../server/dist/pages/going_on.js'
import { oauthError } from '../server/dist/pages/problem/oauth_error_view.js'
import { problem } from '../server/dist/pages/problem/problem_view.js'
import { requestLost } from '../server/dist/pages/problem/request_lost_view.js'
import { consent } from '../server/dist/pages/sign_in/consent/consent_view.js'
import { device, deviceDone, deviceEntry } from '../server/dist/pages/sign_in/device/device_view.js'
import { landing } from '../server/dist/pages/sign_in/landing_view.js'
import { outdatedPassword } from '../server/dist/pages/sign_in/outdated_password_view.js'
import { posted } from '../server/dist/pages/sign_in/response/post_view.js'
import { setUp } from '../server/dist/pages/sign_in/set_up_view.js'
import { signIn } from '../server/dist/pages/sign_in/sign_in_view.js'
import { signedOut, signOut } from '../server/dist/pages/sign_in/sign_out_view.js'
import { signUp, signUpClosed } from '../server/dist/pages/sign_in/sign_up_view.js'
import { acceptTerms } from '../server/dist/pages/sign_in/terms/terms_view.js'
import { outbox, outboxMail } from '../server/dist/pages/start/outbox_view.js'
import { start } from '../server/dist/pages/start/start_view.js'
import { builtInScopes, scopeMeaning } from '../server/dist/protocol/scope.js'
import { accessSamples } from './screenshot_access_samples.mjs'
import { accountSamples } from './screenshot_account_samples.mjs'
import { consoleSamples } from './screenshot_console_samples.mjs'
import { developerSamples } from './screenshot_developer_samples.mjs'
import { factorSamples } from './screenshot_factor_samples.mjs'
import { keySamples } from './screenshot_key_samples.mjs'
import { consolePeopleSamples } from './screenshot_people_samples.mjs'
import { requestAccessSamples } from './screenshot_request_access_samples.mjs'
import { at, csrf, longEmail, longHost, longName, minute, requestId, viewer } from './screenshot_values.mjs'
import { webhookSamples } from './screenshot_webhook_samples.mjs'

const request = 'sealed-request'
const scope = (...names) => names.map(scopeMeaning)

const tides = [
  { name: 'tides', title: { en: 'See your tides' }, detail: { en: 'Of all your harbours.' }, kind: 'see', shown: true },
  { name: 'moor', title: { en: 'Change your tides' }, kind: 'change', shown: true },
]

const meadow = {
  name: 'Meadow Journal',
  verifiedAt: at,
  registeredAt: at,
  publisher: 'Meadow Studio',
  website: 'https://meadow.example/',
  policy: 'https://meadow.example/privacy',
  terms: 'https://meadow.example/terms',
}
const sentMail = {
  id: 'job_1',
  to: 'alice@example.com',
  subject: 'Your password was changed',
  text: 'The password of your account was changed.\n\nAccount: alice\nWhen: 3 March 2026, 14:02 UTC\n\nOpen your account:\nhttps://accounts.northfield.example/account/security\n\n-- \nSent by Northfield.\n',
}
const asked = {
  csrf,
  read: 'd1gest',
  request,
  server: 'accounts.northfield.example',
  account: 'alice@example.com',
  accountName: 'Alice Meadows',
}
const web = { kind: 'web', host: 'meadow.example' }

const apps = [
  {
    clientId: 'meadow',
    name: 'Meadow Journal',
    opens: 'https://meadow.example/login',
    scopes: scope('basic', 'readmeasurements', 'writemeasurements'),
    since: at,
    lastUsed: at + 40 * 1440 * minute,
  },
  {
    clientId: 'tablet',
    name: 'Front desk tablet',
    scopes: scope('readmeasurements'),
    since: at,
    networks: 2,
  },
]
const person = {
  username: 'alice',
  email: 'alice@example.com',
  emailVerified: true,
  emailRefusedAt: null,
  roles: [],
  createdAt: at,
  name: 'Alice Meadows',
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.4 Mobile/15E148 Safari/604.1'
const sessions = [
  { id: 'ses_1', userAgent: firefox, signedIn: at, lastSeen: at + 3 * minute, address: '192.0.2.7', here: true },
  {
    id: 'ses_2',
    userAgent: safari,
    signedIn: at - 9000 * minute,
    lastSeen: at - 40 * minute,
    address: '2001:db8::7',
    here: false,
  },
  {
    id: 'ses_3',
    userAgent: null,
    signedIn: at - 22_000 * minute,
    lastSeen: at - 9000 * minute,
    address: null,
    here: false,
  },
]
const receiptOf = (id, name, publisher, at) => ({
  id,
  at,
  read: {
    language: 'en',
    app: { name, publisher },
    permissions: [
      { sentence: 'See your account details', detail: '' },
      { sentence: 'Add, change and delete measurements', detail: '' },
      { sentence: 'Stay connected when you are away', detail: '' },
    ],
    lasts: 'It stays connected for a year at most, and for 90 days without use.',
  },
})
const uses = [0, 1, 2].flatMap((ago) =>
  ['measurements', 'user', 'variables'].map((resource, i) => ({
    day: new Date(at - ago * 1440 * minute).toISOString().slice(0, 10),
    resource,
    reads: 1204 - 400 * i,
    writes: i === 0 ? 12 : 0,
    records: 90_412 - 30_000 * i,
  })),
)
const ended = [
  { clientId: 'lines', name: 'Tide Lines', at, reason: 'revoked_by_user' },
  { clientId: 'long', name: longName, at: at - 9000 * minute, reason: 'refresh_token_reused' },
  { clientId: 'old', name: 'Old Diary', at: at - 22_000 * minute, reason: 'app_deleted' },
]
const places = [
  { id: 'a', appName: 'Meadow Journal', userAgent: 'Meadow/3.1 (iPhone; iOS 19.4)', since: at, lastUsed: at },
  { id: 'b', appName: longName, userAgent: 'x'.repeat(300), since: at - 90_000 * minute, lastUsed: at },
  { id: 'c', appName: 'Tide', userAgent: 'okhttp/4.12.0', device: null, endsFirst: true, since: at, lastUsed: at },
]

const providers = [
  { id: 'google', name: 'Google' },
  { id: 'facebook', name: 'Facebook' },
  { id: 'campus', name: longName },
]

const security = {
  csrf,
  viewer,
  hasPassword: true,
  passwordMinimum: 8,
  connected: [
    { id: 'a', name: 'Google', label: 'alice@example.com', since: at, open: true },
    { id: 'b', name: 'old-campus', label: null, since: at - 90_000 * minute, open: false },
    { id: 'c', name: longName, label: longEmail, since: at, open: true },
  ],
  others: providers.slice(1),
  recent: true,
  twoStep: { on: false },
  appAccess: ['appPasswords', 'personalTokens'],
  recentSignIns: [
    { at, type: 'signed_in', own: true, from: { address: '192.0.2.7', userAgent: safari } },
    {
      at: at - 9000 * minute,
      type: 'signed_in',
      own: true,
      provider: 'Google',
      from: { address: null, userAgent: null },
    },
  ],
}

const ceremony = { options: { challenge: 'AAAA', rpId: 'localhost', allowCredentials: [] }, state: 'sealed' }

const passkeys = {
  csrf,
  viewer,
  passkeys: [
    { id: 'a', name: 'Chrome on a Mac', synced: true, added: at - 90_000 * minute, lastUsed: at },
    { id: 'b', name: 'YubiKey on my key ring', synced: false, added: at, lastUsed: null },
    { id: 'c', name: longName, synced: true, elsewhere: 'login.northfield.example', added: at, lastUsed: at },
  ],
  adding: { ...ceremony, options: { ...ceremony.options, user: { id: 'AAAA', name: 'a', displayName: 'a' } } },
  suggested: 'Firefox on Linux',
}
const link = 'a-link'
const proof = { csrf, link, email: 'alice@example.com' }

const lastSignIn = { at, userAgent: firefox }

const home = {
  server: 'id.northfield.example',
  issuer: 'https://id.northfield.example',
  mayRegister: true,
  maySignUp: true,
  version: '0.1.0',
}
const terms = [
  { document: 'terms', url: 'https://northfield.example/terms', version: '3' },
  { document: 'privacy', url: 'https://northfield.example/privacy', version: '2026-01' },
]

export const samples = {
  'outdated-password': {
    html: outdatedPassword({
      csrf,
      request,
      username: 'alice',
      passwordMinimum: 15,
      clientName: 'Meadow Journal',
      laterHref: '/account',
    }),
  },
  'sign-in': { html: signIn({ csrf, request, clientName: 'Meadow Journal', signUpHref: '/signup' }) },
  'sign-in-passkey': {
    html: signIn({
      csrf,
      request,
      clientName: 'Meadow Journal',
      passkey: ceremony,
      signUpHref: '/signup',
      forgotHref: '/forgot',
      providers,
    }),
  },
  'sign-in-passkey-alone': { html: signIn({ csrf, passkey: ceremony, signUpHref: '/signup', problem: 'passkey' }) },
  'sign-in-mismatch': {
    html: signIn({ csrf, clientName: longName, login: longEmail, problem: 'mismatch', signUpHref: '/signup' }),
  },
  'sign-in-providers': {
    html: signIn({
      csrf,
      request,
      clientName: 'Meadow Journal',
      signUpHref: '/signup',
      providers: [{ ...providers[0], unreachable: true }, ...providers.slice(1)],
    }),
  },
  'sign-in-provider-failed': {
    html: signIn({ csrf, providers, problem: 'provider', provider: longName, signUpHref: '/signup' }),
  },
  'sign-in-connect': {
    html: signIn({
      csrf,
      providers,
      signUpHref: '/signup',
      link: { sealed: 'sealed-link', provider: 'Google', email: longEmail },
    }),
  },
  'sign-in-not-checked': { html: signIn({ csrf, login: 'alice', problem: 'not_checked', retryAfter: 5 }) },
  'sign-in-throttled': { html: signIn({ csrf, login: 'alice', problem: 'too_many', retryAfter: 240 }) },
  'going-on': { html: goingOn({ provider: 'Google', href: 'https://provider.example/authorize' }) },
  forgot: { html: forgot({ csrf, byMail: true, clientName: 'Meadow Journal', signInHref: '/login' }) },
  'forgot-sent': { html: forgot({ csrf, byMail: true, sent: true, signInHref: '/login' }) },
  'forgot-operator': { html: forgot({ csrf, byMail: false, signInHref: '/login' }) },
  reset: { html: reset({ csrf, link, username: 'alice', passwordMinimum: 15 }) },
  'reset-problem': {
    html: reset({
      csrf,
      link,
      username: longName,
      passwordMinimum: 15,
      problem: { key: 'password_short', minimum: 15 },
    }),
  },
  'verify-code': { html: verify({ ...proof, of: 'sign_up', by: 'code', clientName: 'Meadow Journal' }) },
  'verify-code-problem': {
    html: verify({ ...proof, of: 'sign_up', by: 'code', code: 'mail_code_over', email: longEmail }),
  },
  'verify-link': { html: verify({ ...proof, of: 'address', by: 'link', account: 'alice' }) },
  'verify-elsewhere': { html: verify({ ...proof, of: 'sign_up', by: 'link', passwordMinimum: 15 }) },
  'verify-done': { html: addressDone({ email: 'alice@example.com', taken: false }) },
  'refused-address': {
    html: refusedAddress({ email: 'alice@example.com', clientName: 'Meadow Journal', laterHref: '/account' }),
  },
  invitation: { html: invitation({ ...proof, passwordMinimum: 15 }) },
  'sign-up-invite': { html: signUpClosed({ how: 'invite', signInHref: '/login', clientName: 'Meadow Journal' }) },
  'account-email': {
    html: accountEmail({ csrf, viewer, byMail: true, recent: true, account: { ...person, emailRefusedAt: null } }),
  },
  'account-email-unconfirmed': {
    html: accountEmail({
      csrf,
      viewer,
      byMail: true,
      recent: false,
      account: { email: longEmail, emailVerified: false, emailRefusedAt: at },
      problem: 'email_unsound',
    }),
  },
  'account-email-no-mail': {
    html: accountEmail({
      csrf,
      viewer,
      byMail: false,
      recent: true,
      account: { email: null, emailVerified: false, emailRefusedAt: null },
    }),
  },
  'accept-terms': { html: acceptTerms({ csrf, account: 'alice@example.com', documents: terms, hasData: true }) },
  'accept-terms-changed': {
    html: acceptTerms({
      csrf,
      request,
      account: longEmail,
      documents: terms.map((one) => ({ ...one, version: 'Northfield-2026-01-31-with-a-long-name' })),
      changed: true,
      hasData: false,
      clientName: longName,
    }),
  },
  'sign-up-terms': {
    html: signUp({ csrf, clientName: 'Meadow Journal', passwordMinimum: 8, signInHref: '/login', terms }),
  },
  'sign-up': { html: signUp({ csrf, clientName: 'Meadow Journal', passwordMinimum: 8, signInHref: '/login' }) },
  'sign-up-providers': {
    html: signUp({ csrf, request, providers, clientName: longName, passwordMinimum: 15, signInHref: '/login' }),
  },
  'sign-up-problems': {
    html: signUp({
      csrf,
      email: longEmail,
      username: 'alice',
      passwordMinimum: 8,
      signInHref: '/login',
      problems: {
        username: 'username_taken',
        password: 'password_common',
      },
    }),
  },
  'set-up': { html: setUp({ csrf, token: 'one-time', passwordMinimum: 15 }) },
  'consent-services': {
    html: consent({
      ...asked,
      client: meadow,
      scopes: [...scope('openid'), ...tides],
      services: [
        {
          name: 'Tide Data',
          publisher: 'Northfield Labs',
          website: 'https://tide.example/',
          terms: 'https://tide.example/terms',
          permissions: tides,
        },
        { name: 'data.harbours.example', permissions: tides.slice(0, 1) },
      ],
      redirect: web,
    }),
  },
  consent: {
    html: consent({
      ...asked,
      client: meadow,
      scopes: scope('openid', 'profile', 'readmeasurements', 'writemeasurements', 'offline_access'),
      redirect: web,
      switchHref: '/login',
    }),
  },
  device: { html: deviceEntry({ csrf }) },
  'device-wrong': { html: deviceEntry({ csrf, code: 'WDJB-MJHT', problem: 'device_code_unknown' }) },
  'device-asks': {
    html: device({
      ...asked,
      client: { ...meadow, name: 'Meadow on TV' },
      scopes: scope('basic', 'readmeasurements', 'offline_access'),
      stay: { unused: 7_776_000, longest: 31_536_000 },
      redirect: undefined,
      code: 'WDJB-MJHT',
      askedAt: at,
      network: undefined,
    }),
  },
  'device-asks-elsewhere': {
    html: device({
      ...asked,
      client: { ...meadow, name: 'Meadow on TV', verifiedAt: undefined },
      scopes: scope('basic', 'readmeasurements'),
      ends: { seconds: 3600, withSession: false },
      redirect: undefined,
      code: 'WDJB-MJHT',
      askedAt: at,
      network: '203.0.113.*',
    }),
  },
  'device-allowed': { html: deviceDone({ done: 'allowed' }) },
  'consent-more': {
    html: consent({
      ...asked,
      client: meadow,
      scopes: scope('basic', 'email', 'readmeasurements', 'writemeasurements'),
      before: { scope: ['basic', 'email'], name: 'Meadow', destination: 'old.meadow.example' },
      redirect: web,
      switchHref: '/login',
    }),
    open: 'summary',
  },
  'consent-in-development': {
    html: consent({
      ...asked,
      client: { ...meadow, verifiedAt: undefined, inDevelopment: true, developer: 'alice.k' },
      ends: { seconds: 3600, withSession: true },
      scopes: scope('openid', 'email'),
      redirect: web,
      switchHref: '/login',
    }),
  },
  'consent-registered-itself': {
    html: consent({
      ...asked,
      client: { name: 'Note taker', registeredAt: Date.UTC(2026, 9, 4), registeredItself: true },
      ends: { seconds: 3600, withSession: false },
      scopes: scope('basic', 'email'),
      redirect: { kind: 'loopback', host: '127.0.0.1:51234' },
      switchHref: '/login',
    }),
  },
  'consent-choice': {
    html: consent({
      ...asked,
      client: { ...meadow, verifiedAt: undefined },
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
      ...asked,
      client: { name: 'mdw', registeredAt: null },
      account: 'alice',
      accountName: undefined,
      scopes: scope('basic'),
      redirect: { kind: 'loopback', host: '127.0.0.1:51234' },
      ends: { seconds: 3600, withSession: false },
      once: true,
    }),
  },
  'consent-long': {
    html: consent({
      ...asked,
      client: { ...meadow, name: longName, publisher: longName, verifiedAt: undefined },
      account: longEmail,
      accountName: longName,
      scopes: [
        ...builtInScopes,
        ...scope('manage_shares', 'sleep:read', 'heart_rate:read', 'https://api.example.com/auth/everything', 'x'),
      ],
      redirect: { kind: 'web', host: longHost },
      switchHref: '/login',
    }),
  },
  'sign-out': { html: signOut({ csrf, account: 'alice@example.com', told: [] }) },
  'sign-out-asked': { html: signOut({ csrf, account: longEmail, clientName: longName, told: [longName, 'Harbor'] }) },
  'signed-out': { html: signedOut() },
  'landing-back-to-app': { html: landing('back_to_app') },
  'response-post': { html: posted({ to: 'https://meadow.example/cb', parameters: [['code', 'x']] }) },
  'landing-close-window': { html: landing('close_window') },
  'signed-out-onward': { html: signedOut({ continueHref: 'https://meadow.example/', clientName: longName }) },
  'oauth-error': {
    html: oauthError({
      code: 'invalid_request',
      text: 'The redirect_uri is not registered for this client.',
      requestId,
    }),
  },
  'oauth-error-own': {
    html: oauthError({
      code: 'invalid_request',
      text: 'The redirect_uri is not registered for this client.',
      requestId,
      app: { name: 'Meadow Journal', href: 'https://meadow.example/' },
      entryHref: '/developer/apps/meadow/requests',
    }),
  },
  'lost-sign-in': {
    html: requestLost({
      kind: 'sign_in_over',
      code: 'invalid_request',
      text: 'This sign-in was not started in this browser, or took too long. Please start again.',
      requestId,
      ways: {
        againHref: '/oauth/authorize?again=copy',
        back: { appName: 'Meadow Journal', href: 'https://meadow.example/cb', host: 'meadow.example' },
      },
    }),
  },
  'lost-page': {
    html: requestLost({
      kind: 'sign_in_over',
      code: 'invalid_request',
      text: 'This sign-in was not started in this browser, or took too long. Please start again.',
      requestId,
      ways: { againHref: '/account/security' },
    }),
  },
  'problem-signed-in': { html: problem({ kind: 'not_found', requestId, signedIn: true }) },
  'problem-not-found': { html: problem({ kind: 'not_found', requestId }) },
  'problem-form': { html: problem({ kind: 'form_refused', requestId }) },
  'problem-unavailable': { html: problem({ kind: 'unavailable', requestId, retryAfter: 5, againHref: '' }) },
  'problem-unavailable-signed-in': {
    html: problem({ kind: 'unavailable', requestId, retryAfter: 5, againHref: '', signedIn: true }),
  },
  'problem-link': { html: problem({ kind: 'set_up_link_spent' }) },
  start: { html: start({ ...home, visitor: 'stranger' }) },
  'start-new': { html: start({ ...home, visitor: 'stranger', mayRegister: false, needsAdministrator: true }) },
  'start-signed-in': {
    html: start({ ...home, server: longHost, issuer: `https://${longHost}`, viewer, visitor: 'developer' }),
  },
  'start-operator': { html: start({ ...home, viewer, visitor: 'operator' }) },
  account: {
    html: account({ csrf, account: person, apps, lastSignIn }),
  },
  'account-empty': {
    html: account({
      csrf,
      lastSignIn,
      account: { ...person, name: undefined, email: null, roles: ['owner', 'admin'] },
      consoleHref: '/admin',
      apps: [],
    }),
  },
  'account-long': {
    html: account({
      csrf,
      lastSignIn,
      account: {
        ...person,
        username: longEmail,
        email: longEmail,
        emailVerified: false,
        emailRefusedAt: at,
        name: longName,
      },
      apps: [
        { clientId: 'long', name: longName, scopes: builtInScopes, since: at, opens: 'https://meadow.example/login' },
      ],
    }),
  },
  'account-apps': {
    html: accountApps({
      csrf,
      viewer,
      apps,
      invitations: [],
      ended,
      toldFor: 30,
      notice: 'Tide Lines has been removed. It can no longer access your account.',
    }),
  },
  'account-apps-empty': {
    html: accountApps({
      csrf,
      viewer,
      apps: [],
      invitations: [{ clientId: 'meadow', name: 'Meadow Journal', owner: 'alice.k', state: 'invited' }],
    }),
  },
  'account-apps-long': {
    html: accountApps({
      invitations: [],
      csrf,
      viewer,
      apps: [
        { clientId: 'long', name: longName, scopes: builtInScopes, since: at, opens: 'https://meadow.example/login' },
      ],
    }),
  },
  'account-consents': {
    html: accountConsents({
      viewer,
      more: true,
      receipts: [
        receiptOf('rcp_a', 'Meadow Journal', 'Meadow Studio', at),
        receiptOf('rcp_b', longName, longName, at - 9000 * minute),
        receiptOf('rcp_c', 'Tide', undefined, at - 22_000 * minute),
      ],
    }),
  },
  'account-consent': {
    html: accountConsent({
      viewer,
      receipt: {
        ...receiptOf('rcp_a', 'Meadow Journal', 'Meadow Studio', at),
        clientId: 'meadow',
        read: {
          ...receiptOf('rcp_a', 'Meadow Journal', 'Meadow Studio', at).read,
          app: {
            name: 'Meadow Journal',
            publisher: 'Meadow Studio',
            verified: true,
            website: 'https://meadow.example/',
            policy: 'https://meadow.example/privacy',
          },
          destination: 'meadow.example',
          scope: ['basic', 'writemeasurements', 'offline_access'],
          services: [],
          policies: [
            { document: 'terms', url: 'https://northfield.example/terms', version: '2026-01' },
            { document: 'privacy', url: 'https://northfield.example/privacy', version: '3' },
          ],
        },
      },
    }),
  },
  'account-consents-empty': { html: accountConsents({ viewer, receipts: [] }) },
  'account-app': {
    html: accountApp({
      viewer,
      services: [
        {
          name: 'Tide Data',
          publisher: 'Northfield Labs',
          website: 'https://tide.example/',
          terms: 'https://tide.example/terms',
          permissions: tides,
        },
      ],
      server: 'accounts.northfield.example',
      clientId: 'meadow',
      app: meadow,
      scopes: scope('basic', 'readmeasurements', 'writemeasurements', 'offline_access'),
      opens: 'https://meadow.example/login',
      since: at,
      lastUsed: at + 40 * 1440 * minute,
      uses,
      places: places,
    }),
  },
  'account-app-few': {
    html: accountApp({
      services: [],
      viewer,
      server: 'accounts.northfield.example',
      clientId: 'tablet',
      app: { name: 'Front desk tablet', registeredAt: at },
      scopes: scope('readmeasurements'),
      since: at,
      networks: 2,
      uses: [],
      lastEnd: { at, reason: 'refresh_token_reused' },
      places: [],
    }),
  },
  'account-app-long': {
    html: accountApp({
      services: [],
      viewer,
      server: longHost,
      clientId: 'long',
      app: { ...meadow, name: longName, publisher: longName, website: `https://${longHost}/` },
      scopes: builtInScopes,
      since: at,
      places: [{ userAgent: longHost, since: at, lastUsed: at }],
      morePlaces: 80,
    }),
  },
  'account-app-remove': {
    html: confirm({
      csrf,
      id: 'app-remove',
      heading: 'Remove this app?',
      name: 'Meadow Journal',
      text: 'It loses access to your account at once, on every device. You can allow it again later.',
      submit: 'Remove',
      action: '/',
      backHref: '/',
    }),
  },
  'account-devices': { html: accountDevices({ csrf, viewer, sessions, places, moreSessions: 3, unknown: true }) },
  'account-devices-one': {
    html: accountDevices({
      csrf,
      viewer,
      sessions: sessions.slice(0, 1),
      places: [],
      notice: 'You have been signed out everywhere else.',
    }),
  },
  ...accountSamples,
  'account-passkeys': { html: accountPasskeys({ ...passkeys, notice: 'The passkey has been added.' }) },
  'account-passkeys-empty': { html: accountPasskeys({ ...passkeys, passkeys: [], turnsOn: true }) },
  'account-passkeys-required': {
    html: accountPasskeys({
      ...passkeys,
      passkeys: [],
      turnsOn: true,
      required: { appHref: '/account/security/totp' },
    }),
  },
  'account-passkeys-stale': { html: accountPasskeys({ ...passkeys, barred: 'sign_in_again', adding: undefined }) },
  'account-passkeys-refused': { html: accountPasskeys({ ...passkeys, refused: 'refused' }) },
  'account-passkey-rename': { html: renamePasskeyForm({ csrf, id: 'a', name: 'Chrome on a Mac' }) },
  'account-security': { html: accountSecurity({ ...security, passkeys: 2 }) },
  ...factorSamples,
  'account-security-removal': {
    html: accountSecurity({ ...security, twoStep: { on: true, removalAt: at + 1440 * minute } }),
  },
  ...accessSamples,
  ...requestAccessSamples,
  ...consoleSamples,
  ...consolePeopleSamples,
  ...webhookSamples,
  'account-security-wrong': {
    html: accountSecurity({
      ...security,
      problems: { current: 'password_wrong' },
    }),
  },
  'account-security-throttled': {
    html: accountSecurity({
      ...security,
      wait: { cause: 'too_many', seconds: 240 },
    }),
  },
  'account-security-without': { html: accountSecurity({ ...security, hasPassword: false }) },
  'account-security-unconnected': { html: accountSecurity({ ...security, connected: [] }) },
  'account-security-stale': { html: accountSecurity({ ...security, hasPassword: false, recent: false }) },
  'account-security-stale-refused': {
    html: accountSecurity({ ...security, recent: false, refused: 'sign_in_again' }),
  },
  'account-security-last-way': {
    html: accountSecurity({
      ...security,
      hasPassword: false,
      connected: security.connected.slice(0, 1),
      refused: 'last_way',
    }),
  },
  'account-security-connected': {
    html: accountSecurity({
      ...security,
      others: [],
      notice: 'It is connected. From now on you can sign in with it.',
    }),
  },
  'account-security-changed': {
    html: accountSecurity({
      ...security,
      notice: 'Your password has been changed. Every other browser and every app has been signed out.',
    }),
  },
  outbox: {
    html: outbox({
      mails: [
        { ...sentMail, to: 'alice@example.com' },
        { ...sentMail, to: longEmail },
      ],
    }),
  },
  'outbox-empty': { html: outbox({ mails: [] }) },
  'outbox-mail': { html: outboxMail({ mail: sentMail }) },
  ...keySamples,
  ...developerSamples,
}
