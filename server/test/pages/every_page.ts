/** Every page in every state, its texts passed through `text`, so that one test can say something about all of them. */
import { leniencySwitches } from '../../src/engine/developer/client_leniencies.ts'
import { account } from '../../src/pages/account/account_view.tsx'
import { accountApp } from '../../src/pages/account/apps/app_view.tsx'
import { accountApps } from '../../src/pages/account/apps/apps_view.tsx'
import { accountConsent } from '../../src/pages/account/consents/consent_view.tsx'
import { accountConsents } from '../../src/pages/account/consents/consents_view.tsx'
import { accountDevices } from '../../src/pages/account/devices_view.tsx'
import { accountPasskeys, renamePasskeyForm } from '../../src/pages/account/passkeys_view.tsx'
import { accountSecurity, type SecurityRefusal } from '../../src/pages/account/security_view.tsx'
import { accountEmail } from '../../src/pages/by_mail/account_email_view.tsx'
import { forgot } from '../../src/pages/by_mail/forgot_view.tsx'
import { invitation } from '../../src/pages/by_mail/invitation_view.tsx'
import { refusedAddress } from '../../src/pages/by_mail/refused_address_view.tsx'
import { reset } from '../../src/pages/by_mail/reset_view.tsx'
import { addressDone, verify } from '../../src/pages/by_mail/verify_view.tsx'
import { confirm } from '../../src/pages/confirm_view.tsx'
import { legacyClients } from '../../src/pages/developer/app/legacy_clients_view.tsx'
import { appNew } from '../../src/pages/developer/app/new_view.tsx'
import { appOverview } from '../../src/pages/developer/app/overview_view.tsx'
import { appPeople } from '../../src/pages/developer/app/people_view.tsx'
import { appRedirectUriEdit, appRedirectUris } from '../../src/pages/developer/app/redirect_uris_view.tsx'
import { appSettings } from '../../src/pages/developer/app/settings_view.tsx'
import { appStart } from '../../src/pages/developer/app/start_view.tsx'
import { appTesters } from '../../src/pages/developer/app/testers_view.tsx'
import { developer } from '../../src/pages/developer/developer_view.tsx'
import { subscriptionKey } from '../../src/pages/developer/keys/key_view.tsx'
import { keyShown, subscriptionKeys } from '../../src/pages/developer/keys/keys_view.tsx'
import type { RequestEntry } from '../../src/pages/developer/requests/request_line.tsx'
import { requestLog } from '../../src/pages/developer/requests/requests_view.tsx'
import { appSecretReplace, appSecretShown } from '../../src/pages/developer/secrets/secret_view.tsx'
import { appSecrets } from '../../src/pages/developer/secrets/secrets_view.tsx'
import { goingOn } from '../../src/pages/going_on.tsx'
import { oauthError } from '../../src/pages/problem/oauth_error_view.tsx'
import { type ProblemKind, problem } from '../../src/pages/problem/problem_view.tsx'
import { requestLost } from '../../src/pages/problem/request_lost_view.tsx'
import { consent } from '../../src/pages/sign_in/consent/consent_view.tsx'
import { landing } from '../../src/pages/sign_in/landing_view.tsx'
import { outdatedPassword } from '../../src/pages/sign_in/outdated_password_view.tsx'
import { posted } from '../../src/pages/sign_in/response/post_view.tsx'
import { setUp } from '../../src/pages/sign_in/set_up_view.tsx'
import { type SignInProblem, signIn } from '../../src/pages/sign_in/sign_in_view.tsx'
import { signedOut, signOut } from '../../src/pages/sign_in/sign_out_view.tsx'
import { signUp, signUpClosed } from '../../src/pages/sign_in/sign_up_view.tsx'
import { acceptTerms } from '../../src/pages/sign_in/terms/terms_view.tsx'
import { start } from '../../src/pages/start/start_view.tsx'
import { builtInScopes } from '../../src/protocol/scope.ts'
import { en } from '../../src/words/en/index.ts'
import type { Page, Words } from '../../src/words/index.ts'
import { accountAccessViews } from './every_access_page.ts'
import { accountDataViews } from './every_account_page.ts'
import { consoleViews } from './every_console_page.ts'
import { consolePeopleViews } from './every_console_people_page.ts'
import { deviceViews } from './every_device_page.ts'
import { factorViews } from './every_factor_page.ts'
import { requestAccessViews } from './every_request_access_page.ts'
import { serverViews } from './every_server_page.ts'
import { webhookViews } from './every_webhook_page.ts'

type Text = (usual: string) => string

export const at = Date.UTC(2026, 2, 3, 14, 2, 11)

export function secrets(text: Text = (usual) => usual) {
  return { csrf: text('token'), request: text('sealed') }
}

export const signInProblems: readonly SignInProblem[] = [
  'mismatch',
  'incomplete',
  'too_many',
  'too_many_accounts',
  'busy',
  'stale',
  'disabled',
  'other_account',
  'passkey',
  'passkey_copied',
  'provider',
  'provider_denied',
  'sign_up_closed',
]
export const securityRefusals: readonly SecurityRefusal[] = [
  'sign_in_again',
  'last_way',
  'identity_taken',
  'other_session',
  'account_changed',
  'provider_denied',
  'provider',
]
export const problemKinds: readonly ProblemKind[] = [
  'not_found',
  'not_allowed',
  'form_refused',
  'form_expired',
  'request_unclear',
  'sign_up_closed',
  'registration_closed',
  'set_up_link_spent',
  'too_many',
  'fault',
  'unavailable',
]

export function entry(text: Text = (usual) => usual): RequestEntry {
  return {
    requestId: text('01JNE4Q8S5'),
    at,
    method: text('GET'),
    endpoint: text('/oauth/authorize'),
    status: 400,
    error: text('invalid_request'),
    reason: text('redirect_uri_not_registered'),
    ruleset: text('authorize'),
    cause: text('The redirect URI ends in a slash that the registered one does not have.'),
    expected: text('https://meadow.example/cb'),
    got: `${text('https://meadow.example/cb')}/`,
    userAgent: text('Firefox 152'),
    authenticated: false,
    checks: [
      { text: text('the app exists'), outcome: 'passed' },
      { text: text('the redirect URI is registered'), outcome: 'failed' },
      { text: text('the scope is registered'), outcome: 'not_reached' },
    ],
    rfc: text('RFC 9700 §2.1'),
    repair: text('Send it without the slash.'),
  }
}

export function everyPage(text: Text, words: Words = en): Record<string, string> {
  return Object.fromEntries(Object.entries(everyView(text)).map(([name, page]) => [name, page(words)]))
}

const see = (title: string) => ({ name: 'tides', title: { en: title }, kind: 'see', shown: true }) as const

export function everyView(text: Text): Record<string, Page> {
  const every = secrets(text)
  const terms = (['terms', 'privacy'] as const).map((document) => ({
    document,
    url: `https://northfield.example/${document}`,
    version: text('2026-01'),
  }))
  const viewer = { username: text('alice') }
  const name = text('Meadow Journal')
  const problems = {
    email: 'email_unsound',
    username: 'username_taken',
    password: { key: 'password_short', minimum: 15 },
    form: 'sign_up_too_many',
  } as const
  const person = {
    username: text('alice'),
    email: text('alice@example.com'),
    emailVerified: true,
    emailRefusedAt: null,
    roles: ['owner'] as const,
    createdAt: at,
    name: text('Alice'),
  }
  const scopes = [
    ...builtInScopes,
    {
      name: text('extra'),
      title: { en: text('Do more') },
      detail: { en: text('of it') },
      kind: 'change',
      shown: true,
      optional: true,
    },
    {
      name: text('other'),
      title: { en: text('Do other things') },
      detail: { en: text('at times') },
      kind: 'see',
      shown: true,
    },
  ] as const
  const asked = {
    ...every,
    read: text('d1gest'),
    server: text('localhost:3000'),
    account: text('alice@example.com'),
    accountName: text('Alice'),
    scopes,
    switchHref: '/login',
  }
  const published = {
    publisher: text('Meadow Studio'),
    website: 'https://meadow.example/',
    policy: 'https://meadow.example/privacy',
    terms: 'https://meadow.example/terms',
  }
  const connected = { clientId: text('meadow'), name, scopes, since: at, networks: 2 }
  const app = { clientId: text('meadow'), name }
  const receipt = {
    id: text('rcp_1'),
    userId: 'usr_alice' as const,
    clientId: text('meadow'),
    at,
    read: {
      language: 'en',
      app: { name, publisher: text('Meadow Studio'), verified: true, inDevelopment: false },
      destination: text('meadow.example'),
      scope: ['basic'],
      permissions: [{ scope: 'basic', sentence: text('See it'), detail: text('All of it.') }],
      services: [],
      lasts: text('For a year.'),
    },
  }
  const seat = { id: text('ses_1'), userAgent: text('Meadow/3.1') }
  const key = {
    handle: text('hAnd1e'),
    name: text('meter app'),
    start: text('Ab3d'),
    createdAt: at,
    lastUsed: at,
    usesToday: 1,
    disabled: undefined,
    previous: { start: text('x9Yz'), until: at },
    openToAll: true,
  }
  const bare = { ...key, name: '', start: '', createdAt: undefined, lastUsed: undefined, usesToday: 0 }
  const keys = { csrf: every.csrf, viewer, limit: 20, mayCreate: true }
  const security = {
    csrf: every.csrf,
    viewer,
    hasPassword: true,
    passwordMinimum: 8,
    connected: [
      { id: text('h4nd1e'), name: text('Google'), label: text('alice@example.com'), since: at, open: true },
      { id: text('h4nd2e'), name: text('gone'), label: null, since: at, open: false },
    ],
    others: [{ id: text('facebook'), name: text('Facebook') }],
    recent: true,
    appAccess: ['appPasswords'] as const,
    recentSignIns: [
      {
        at,
        type: 'signed_in',
        own: true,
        provider: text('Google'),
        from: { address: text('192.0.2.7'), userAgent: null },
      },
    ] as const,
  }
  const ceremony = { options: { challenge: text('c'), rpId: text('localhost') }, state: text('sealed') }
  const totp = { appHref: '/account/security/totp' }
  const passkeys = {
    csrf: every.csrf,
    viewer,
    passkeys: [
      { id: 'h4nd1e', name: text('Laptop'), synced: true, added: at, lastUsed: at },
      { id: 'h4nd2e', name: text('Key'), synced: false, elsewhere: text('old.example'), added: at, lastUsed: null },
    ],
    adding: ceremony,
    suggested: text('Chrome on Linux'),
    turnsOn: true,
  }
  const begin = {
    viewer,
    app,
    status: 'pending' as const,
    kind: 'web' as const,
    issuer: text('http://localhost:3000'),
    tokenEndpoint: text('http://localhost:3000/oauth/token'),
    proof: 'basic' as const,
    registered: false,
    redirectUri: 'http://localhost:8080/callback',
    trial: { uri: text('http://localhost:3000/oauth/authorize?response_type=code'), verifier: text('verifier') },
    newest: 'none' as const,
    detailsMissing: true,
  }
  const lastSignIn = { at, userAgent: text('Meadow/3.1') }
  const home = {
    server: text('localhost:3000'),
    issuer: text('http://localhost:3000'),
    maySignUp: true,
    mayRegister: true,
    version: text('1.0.0'),
  }
  const proof = { ...every, link: 'id', email: text('alice@example.com') }
  const email = { csrf: every.csrf, viewer, byMail: true, recent: true }
  const older = {
    csrf: every.csrf,
    viewer,
    app,
    changeable: true,
    protocolOpen: true,
    frontChannelOpen: false,
    switches: leniencySwitches.map((name) => ({
      name,
      on: name === 'quantimodo',
      risks: ['front_channel_tokens'] as const,
    })),
    replayWindow: {
      text: text('20'),
      usual: 30,
      longest: 300,
      risks: ['long_replay_window', 'no_replay_window'] as const,
    },
    lostAnswerWindow: {
      text: text('60'),
      usual: 86_400,
      longest: 604_800,
      risks: ['long_lost_answer_window'] as const,
    },
    shown: { on: leniencySwitches.slice(0, 1), windows: { replay_window: text('20'), lost_answer_window: '' } },
  }
  return {
    'sign-in': signIn(every),
    ...Object.fromEntries(
      signInProblems.map((one) => [
        `sign-in ${one}`,
        signIn({
          ...every,
          problem: one,
          login: text('alice'),
          clientName: name,
          signUpHref: '/signup',
          retryAfter: 7,
        }),
      ]),
    ),
    'sign-in providers': signIn({
      ...every,
      providers: [
        { id: 'google', name: text('Google') },
        { id: 'hub', name: text('The Hub') },
      ],
      provider: text('Google'),
      next: '/account',
    }),
    'sign-in passkey': signIn({ ...every, passkey: ceremony, next: '/account' }),
    'sign-in other person': signIn({
      ...every,
      clientName: name,
      wanted: text('alice@example.com'),
      unmet: { why: 'other_person', account: text('bob@example.com') },
    }),
    'sign-in not anew': signIn({ ...every, clientName: name, unmet: { why: 'not_anew', account: text('bob') } }),
    'sign-in wanted': signIn({ ...every, clientName: name, wanted: text('alice@example.com') }),
    'sign-in connect': signIn({
      ...every,
      link: { sealed: 'sealed', provider: text('Google'), email: text('alice@example.com') },
    }),
    'request expired': requestLost({
      kind: 'expired',
      code: 'invalid_request',
      text: text('Expired.'),
      requestId: text('01JNE4Q8S5'),
      ways: {
        againHref: '/oauth/authorize?again=copy',
        back: {
          appName: name,
          href: 'https://meadow.example/cb?error=access_denied',
          host: text('meadow.example'),
        },
      },
    }),
    'sign-in lost': requestLost({
      kind: 'sign_in_over',
      code: 'invalid_request',
      text: text('Not of this browser.'),
      requestId: text('01JNE4Q8S5'),
      ways: { againHref: '/account/security' },
    }),
    'request without cookies': requestLost({
      kind: 'no_cookies',
      code: 'invalid_request',
      text: text('No cookie.'),
      requestId: text('01JNE4Q8S5'),
    }),
    'going on': goingOn({ provider: name, href: 'https://provider.example/authorize' }),
    'forgot password': forgot({ ...every, byMail: true, signInHref: '/login', clientName: text('Meadow Journal') }),
    'forgot password problem': forgot({ ...every, byMail: true, signInHref: '/login', problem: 'email_unsound' }),
    'forgot password sent': forgot({ ...every, byMail: true, sent: true, signInHref: '/login' }),
    'forgot password operator': forgot({ ...every, byMail: false, signInHref: '/login' }),
    'reset password': reset({ ...every, link: 'id', username: text('alice'), passwordMinimum: 8 }),
    'reset password problem': reset({
      ...every,
      link: 'id',
      username: text('alice'),
      passwordMinimum: 8,
      problem: 'password_common',
      wait: { cause: 'busy', seconds: 5 },
    }),
    'verify by code': verify({ ...proof, of: 'sign_up', by: 'code', clientName: text('Meadow Journal') }),
    'verify by code problem': verify({
      ...proof,
      of: 'sign_up',
      by: 'code',
      code: 'mail_code_wrong',
      problems: { username: 'username_taken', form: { key: 'mails_too_many', wait: text('3 minutes') } },
      username: text('alice'),
      notice: text('Done.'),
    }),
    'verify sign-up by link': verify({ ...proof, of: 'sign_up', by: 'link' }),
    'verify sign-up elsewhere': verify({ ...proof, of: 'sign_up', by: 'link', passwordMinimum: 8 }),
    'verify address by link': verify({ ...proof, of: 'address', by: 'link', account: text('alice') }),
    'verify done': addressDone({ email: text('alice@example.com'), taken: false }),
    'verify taken': addressDone({ email: text('alice@example.com'), taken: true }),
    'refused address': refusedAddress({
      email: text('alice@example.com'),
      clientName: text('Meadow Journal'),
      laterHref: '/account',
    }),
    invitation: invitation({ ...proof, passwordMinimum: 8 }),
    'invitation problems': invitation({
      ...proof,
      passwordMinimum: 8,
      username: text('alice'),
      problems: { username: 'username_taken', password: 'password_common', form: 'sign_up_too_many' },
    }),
    'sign-up closed': signUpClosed({ how: 'closed', signInHref: '/login' }),
    'sign-up by invitation': signUpClosed({ how: 'invite', signInHref: '/login', clientName: text('Meadow Journal') }),
    'e-mail addresses': accountEmail({ ...email, account: { ...person, emailRefusedAt: null } }),
    'e-mail addresses unconfirmed': accountEmail({
      ...email,
      account: { email: text('alice@example.com'), emailVerified: false, emailRefusedAt: at },
      problem: 'email_unsound',
      email: text('alice'),
    }),
    'e-mail addresses none': accountEmail({
      ...email,
      account: { email: null, emailVerified: false, emailRefusedAt: null },
      byMail: false,
      recent: false,
    }),
    'e-mail addresses refused': accountEmail({
      ...email,
      account: { ...person, emailRefusedAt: null },
      recent: false,
      signInAgain: true,
    }),
    'sign-up': signUp({ ...every, passwordMinimum: 8, signInHref: '/login', terms }),
    'sign-up privacy': signUp({ ...every, passwordMinimum: 8, signInHref: '/login', terms: terms.slice(1) }),
    'accept terms': acceptTerms({ ...secrets(text), account: text('alice'), documents: terms, hasData: true }),
    'accept terms changed': acceptTerms({
      ...secrets(text),
      account: text('alice'),
      documents: terms,
      changed: true,
      hasData: false,
      clientName: name,
      next: '/account',
    }),
    'sign-up providers': signUp({
      ...every,
      providers: [{ id: 'hub', name: text('The Hub') }],
      passwordMinimum: 8,
      signInHref: '/login',
      next: '/account',
    }),
    'sign-up problems': signUp({
      ...every,
      problems,
      email: text('a'),
      username: text('b'),
      clientName: name,
      passwordMinimum: 8,
      signInHref: '/login',
    }),
    'set-up': setUp({ csrf: every.csrf, token: text('one-time'), problems, passwordMinimum: 15 }),
    'consent web': consent({
      ...asked,
      client: { name, registeredAt: at },
      redirect: { kind: 'web', host: text('meadow.example') },
    }),
    'consent app': consent({
      ...asked,
      scopes: [],
      client: { name, verifiedAt: at, registeredAt: null },
      redirect: { kind: 'app', host: text('com.example.app') },
    }),
    'consent loopback': consent({
      ...asked,
      client: { name, registeredAt: null },
      redirect: { kind: 'loopback', host: text('127.0.0.1:4000') },
      once: true,
    }),
    'consent to more': consent({
      ...asked,
      client: { name, verifiedAt: at, registeredAt: at, ...published },
      redirect: { kind: 'web', host: text('meadow.example') },
      before: { scope: ['openid', 'email'], name: text('Meadow'), destination: text('old.example') },
    }),
    'consent at services': consent({
      ...asked,
      client: { name, registeredAt: at },
      services: [
        {
          name: text('Tide Data'),
          publisher: text('Northfield Labs'),
          website: 'https://tide.example/',
          terms: 'https://tide.example/terms',
          permissions: [see(text('See your tides')), see(text('Change your tides'))],
        },
        { name: text('data.example'), permissions: [see(text('See it'))] },
      ],
      redirect: { kind: 'web', host: text('meadow.example') },
    }),
    'consent again': consent({
      ...asked,
      client: { name, verifiedAt: at, registeredAt: at, ...published },
      redirect: { kind: 'web', host: text('meadow.example') },
      before: { scope: scopes.map((scope) => scope.name) },
    }),
    'consent in development': consent({
      ...asked,
      scopes: scopes.filter((scope) => scope.kind !== 'stay'),
      client: { name, registeredAt: at, ...published, inDevelopment: true, developer: text('bob') },
      redirect: { kind: 'web', host: text('meadow.example') },
      ends: { seconds: 3600, withSession: true },
    }),
    'consent by a ticket': consent({
      ...asked,
      client: { name, registeredAt: at },
      redirect: { kind: 'web', host: text('meadow.example') },
      once: true,
      signedInAs: { account: text('bob@example.com'), href: '/oauth/authorize?resume=sealed' },
    }),
    'sign-out': signOut({ ...every, account: text('alice'), told: [] }),
    'sign-out asked': signOut({ ...every, account: text('alice'), clientName: name, told: [name, text('Harbor')] }),
    'signed-out': signedOut(),
    'landing back to the app': landing('back_to_app'),
    'response posted to the app': posted({ to: 'https://meadow.example/cb', parameters: [['code', 'x']] }),
    'landing close the window': landing('close_window'),
    'signed-out at apps': signedOut({
      continueHref: 'https://meadow.example/',
      clientName: name,
      frames: ['https://harbor.example/out?iss=https%3A%2F%2Fissuer.example&sid=one'],
    }),
    'signed-out onward': signedOut({ continueHref: 'https://meadow.example/', clientName: name }),
    'oauth-error for its developer': oauthError({
      code: 'server_error',
      repeatable: true,
      text: text('No.'),
      requestId: text('01JNE4Q8S5'),
      app: { name, href: 'https://meadow.example/' },
      entryHref: '/developer/apps/meadow/requests?request=01JNE4Q8S5',
    }),
    'problem signed in': problem({ kind: 'not_found', requestId: text('01JNE4Q8S5'), signedIn: true, againHref: '' }),
    'oauth-error': oauthError({ code: 'invalid_request', text: text('No.'), requestId: text('01JNE4Q8S5') }),
    ...Object.fromEntries(
      problemKinds.map((kind) => [
        `problem ${kind}`,
        problem({ kind, requestId: text('01JNE4Q8S5'), retryAfter: 5, onwardHref: '/account' }),
      ]),
    ),
    start: start({ ...home, visitor: 'stranger', mayRegister: false, needsAdministrator: true }),
    ...Object.fromEntries(
      (['person', 'developer', 'operator'] as const).map((visitor) => [
        `start of a ${visitor}`,
        start({ ...home, viewer, visitor }),
      ]),
    ),
    account: account({
      csrf: every.csrf,
      account: person,
      apps: [connected],
      lastSignIn,
      consoleHref: '/admin',
    }),
    'account empty': account({
      csrf: every.csrf,
      account: { ...person, email: null, name: undefined },
      apps: [],
      lastSignIn,
    }),
    'account apps': accountApps({
      csrf: every.csrf,
      viewer,
      apps: [connected],
      invitations: [
        { clientId: text('meadow'), name, owner: text('bob'), state: 'invited' },
        { clientId: text('other'), name, owner: undefined, state: 'accepted' },
      ],
      ended: [
        { clientId: text('gone'), name, at, reason: 'app_deleted' },
        { clientId: text('old'), name, at, reason: 'refresh_token_reused' },
      ],
      toldFor: 30,
      notice: text('Removed.'),
    }),
    'account apps second page': accountApps({
      csrf: every.csrf,
      viewer,
      apps: [connected],
      page: 2,
      more: true,
      invitations: [],
    }),
    'account apps empty': accountApps({ csrf: every.csrf, viewer, apps: [], invitations: [] }),
    'account consents': accountConsents({ viewer, receipts: [receipt, { ...receipt, id: text('rcp_2') }], page: 2 }),
    'account consent': accountConsent({ viewer, receipt }),
    'account consent in development': accountConsent({
      viewer,
      receipt: {
        ...receipt,
        read: {
          ...receipt.read,
          app: {
            ...receipt.read.app,
            inDevelopment: true,
            website: text('web'),
            policy: text('law'),
            terms: text('terms'),
          },
          services: [{ name: text('Tides'), publisher: text('Moon'), permissions: [text('Read tides')] }],
          policies: [
            { document: 'terms', url: text('https://northfield.example/terms'), version: text('2') },
            { document: 'privacy', url: text('https://northfield.example/privacy') },
          ],
        },
      },
    }),
    'account consents empty': accountConsents({ viewer, receipts: [] }),
    'account app': accountApp({
      viewer,
      server: text('localhost:3000'),
      clientId: text('meadow'),
      app: { name, verifiedAt: at, registeredAt: at, ...published },
      scopes,
      since: at,
      lastUsed: at,
      networks: 2,
      services: [{ name: text('Tide Data'), publisher: text('Northfield'), permissions: [see(text('See it'))] }],
      places: [
        { ...seat, endsFirst: false },
        { ...seat, device: text('My phone'), endsFirst: false },
        { ...seat, endsFirst: true },
      ].map((one) => ({ ...one, since: at, lastUsed: at })),
      morePlaces: 3,
      lastEnd: { at, reason: 'expired' },
      uses: ['measurements', text('tides')].map((resource) => ({
        day: '2026-03-03',
        resource,
        reads: 3,
        writes: 1,
        records: 9,
      })),
    }),
    'account app switched off': accountApp({
      viewer,
      server: text('localhost:3000'),
      app: { name, ...published, verifiedAt: at, registeredAt: at },
      ...connected,
      disabled: true,
      services: [],
      places: [],
    }),
    'account app unused': accountApp({
      viewer,
      server: text('localhost:3000'),
      clientId: text('meadow'),
      app: { name, registeredAt: at, inDevelopment: true, developer: text('bob') },
      scopes: [],
      since: at,
      services: [],
      uses: [],
      places: [],
    }),
    'account devices': accountDevices({
      csrf: every.csrf,
      viewer,
      sessions: [true, false].map((here) => ({
        ...seat,
        signedIn: at,
        lastSeen: at,
        address: text('192.0.2.7'),
        here,
      })),
      moreSessions: 2,
      places: [true, false].map((endsFirst) => ({ ...seat, appName: name, since: at, lastUsed: at, endsFirst })),
      unknown: true,
      notice: text('Ended.'),
    }),
    'account devices empty': accountDevices({ csrf: every.csrf, viewer, sessions: [], places: [] }),
    ...accountDataViews(text),
    ...accountAccessViews(text),
    ...consoleViews(text),
    ...consolePeopleViews(text),
    ...serverViews(text),
    ...webhookViews(text),
    ...requestAccessViews(text),
    ...deviceViews(text),
    ...factorViews(text),
    'account security two steps': accountSecurity({ ...security, twoStep: { on: false } }),
    'account security removal': accountSecurity({ ...security, twoStep: { on: true, removalAt: at } }),
    'outdated password': outdatedPassword({
      ...secrets(text),
      username: text('alice'),
      passwordMinimum: 15,
      clientName: text('Meadow'),
      laterHref: '/oauth/authorize?resume=sealed',
    }),
    'outdated password wrong': outdatedPassword({
      ...secrets(text),
      username: text('alice'),
      passwordMinimum: 15,
      next: '/account/security',
      laterHref: '/account/security',
      problems: { current: 'password_wrong', next: 'password_common' },
      wait: { cause: 'too_many', seconds: 240 },
    }),
    'account passkeys': accountPasskeys({ ...passkeys, notice: text('Added.') }),
    'account passkeys empty': accountPasskeys({ ...passkeys, passkeys: [] }),
    'account passkeys stale': accountPasskeys({ ...passkeys, barred: 'sign_in_again', adding: undefined }),
    'account passkeys required': accountPasskeys({
      ...passkeys,
      required: totp,
      passkeys: [],
      next: text('/developer'),
    }),
    'account passkeys required refused': accountPasskeys({ ...passkeys, required: totp, refused: 'refused' }),
    'account passkeys required without link': accountPasskeys({
      ...passkeys,
      required: totp,
      barred: 'needs_link',
      adding: undefined,
    }),
    'account passkeys without link': accountPasskeys({ ...passkeys, barred: 'needs_link', adding: undefined }),
    'account passkeys refused': accountPasskeys({ ...passkeys, refused: 'refused' }),
    'account passkeys refused again': accountPasskeys({
      ...passkeys,
      barred: 'sign_in_again',
      adding: undefined,
      refused: 'sign_in_again',
    }),
    'account passkey renamed': renamePasskeyForm({ ...secrets(text), id: 'h4nd1e', name: text('Laptop') }),
    'account passkey renamed wrong': renamePasskeyForm({
      ...secrets(text),
      id: 'h4nd1e',
      name: text('x'),
      problem: 'name_no_letter',
    }),
    'account security with passkeys': accountSecurity({ ...security, passkeys: 2 }),
    'account security without passkeys': accountSecurity({ ...security, passkeys: 0 }),
    'account security': accountSecurity({ ...security, notice: text('Changed.') }),
    'account security wrong': accountSecurity({
      ...security,
      problems: { current: 'password_missing', next: { key: 'password_short', minimum: 15 } },
    }),
    'account security throttled': accountSecurity({ ...security, wait: { cause: 'too_many', seconds: 240 } }),
    'account security busy': accountSecurity({ ...security, wait: { cause: 'busy', seconds: 5 } }),
    'account security without': accountSecurity({
      ...security,
      hasPassword: false,
      problems: { next: 'password_common' },
    }),
    'account security alone': accountSecurity({ ...security, connected: [], others: [] }),
    'account security unconnected': accountSecurity({ ...security, connected: [] }),
    'account security all connected': accountSecurity({ ...security, others: [], notice: text('Connected.') }),
    'account security stale': accountSecurity({ ...security, recent: false }),
    'account security stale without': accountSecurity({ ...security, hasPassword: false, recent: false }),
    ...Object.fromEntries(
      securityRefusals.map((refused) => [
        `account security refused ${refused}`,
        accountSecurity({ ...security, refused, recent: refused !== 'sign_in_again' }),
      ]),
    ),
    developer: developer({
      csrf: every.csrf,
      viewer,
      offers: [{ handle: 'orchard', name: text('Orchard'), sharedBy: text('bob') }],
      problem: 'shares_full',
      apis: [
        {
          uri: text('https://tide.example'),
          name: text('Tide Data'),
          publisher: text('Northfield Labs'),
          website: text('https://tide.example/about'),
          terms: text('https://tide.example/terms'),
          openapi: text('https://tide.example/openapi.json'),
          stability: text('beta'),
          sunset: '2030-12-31',
          scopes: [
            { name: text('tides'), title: { en: text('See tides') }, kind: 'see', shown: true, for: 'reviewed' },
          ],
        },
      ],
      apps: [{ ...app, status: 'pending', createdAt: at, collaborator: true }],
      newAppHref: '/developer/new',
      keysHref: '/developer/keys',
    }),
    'developer empty': developer({ csrf: every.csrf, viewer, apps: [] }),
    'developer first': developer({ csrf: every.csrf, viewer, apps: [], newAppHref: '/developer/new' }),
    'app new': appNew({
      csrf: every.csrf,
      viewer,
      needsApproval: true,
      name: text('Meadow'),
      kind: 'spa',
      redirectUris: text('https://meadow.example/cb'),
      scope: ['basic'],
      scopes,
      details: { publisher: text('Meadow Ltd'), website: text('https://meadow.example') },
      problems: {
        name: 'name_empty',
        kind: 'kind_missing',
        redirectUris: { key: 'redirect_uri_of_list_refused', uri: text('http://meadow.example'), why: 'plain_http' },
        scope: 'scope_missing',
        form: { key: 'apps_full', limit: 100 },
        details: { publisher: 'name_like_server' },
      },
    }),
    'app overview': appOverview({
      csrf: every.csrf,
      viewer,
      app,
      notice: text('Saved.'),
      status: 'pending',
      refused: true,
      createdAt: at,
      runs: 'web',
      method: text('client_secret_post'),
      confidential: true,
      scopes,
      plan: { plan: text('free'), periods: [{ name: 'day', quota: 1000, used: 1000 }] },
      risks: [{ setting: text('code_without_pkce'), risk: 'code_without_pkce' }],
      notAvailable: [{ member: text('subject_type'), refused: true, missing: 'pairwise_hosts' }],
      endpoints: [{ id: 'issuer', uri: text('http://localhost:3000') }],
      standard: true,
      mayDelete: true,
      activity: {
        requests: 12,
        refused: 3,
        lastRefusal: { requestId: text('01JNE4Q8S5'), at, cause: text('It is not registered.') },
      },
    }),
    'app settings': appSettings({
      csrf: every.csrf,
      viewer,
      app,
      rename: { name: text('Meadow'), problem: 'name_mixed_scripts' },
      details: {
        publisher: text('Meadow Ltd'),
        website: text('https://meadow.example'),
        policy: text('https://meadow.example/privacy'),
        terms: text('https://meadow.example/terms'),
        logo: text('https://meadow.example/logo.png'),
      },
      detailProblems: {
        publisher: { key: 'name_long', longest: 100 },
        website: 'address_not_https',
        policy: 'address_long',
        terms: 'address_user_name',
        logo: 'address_not_https',
      },
      kind: 'web',
      scope: ['basic'],
      scopes,
      accessProblem: { field: 'kind', problem: { key: 'member_refused', member: text('scope'), why: 'unsound' } },
      profile: {
        profile: undefined,
        byOperator: false,
        unmet: {
          'fapi2-security': [
            { member: 'token_endpoint_auth_method', condition: 'own_key' },
            { member: 'jwks', condition: 'key_registered' },
          ],
          oauth21: [],
          mcp: [{ member: 'redirect_uris', condition: 'https_or_loopback' }],
        },
        tried: { profile: text('fapi1'), problem: 'profile_missing' },
      },
      signOut: {
        afterwards: text('https://meadow.example/goodbye'),
        backChannel: text('http://meadow.example/logout'),
        sessionRequired: true,
        frontChannel: text('https://meadow.example/out'),
        shows: true,
        problem: { field: 'backChannel', it: 'sign_out_uri_not_called' },
      },
      protections: {
        offered: ['dpop_bound_access_tokens', 'require_pushed_authorization_requests'],
        on: ['dpop_bound_access_tokens'],
        problem: { key: 'member_refused', member: text('scope'), why: 'unsound' },
      },
      signIn: {
        begins: text('https://meadow.example/in'),
        sector: text('https://meadow.example/sector.json'),
        problem: {
          field: 'sector',
          it: {
            key: 'member_refused',
            member: text('https://meadow.example/sector.json'),
            why: { key: 'sector_lacks', uri: text('https://meadow.example/cb') },
          },
        },
      },
      needsApproval: true,
    }),
    'app people': appPeople({
      csrf: every.csrf,
      viewer,
      app,
      mine: true,
      owner: text('alice'),
      collaborators: [{ id: text('usr_b'), username: text('bob') }],
      invited: [text('carol@example.com')],
      full: false,
      limit: 20,
      secrets: true,
      notice: text('Saved.'),
      problem: 'gone',
      add: { username: text('dan'), problem: 'shared_already' },
    }),
    'app people of others': appPeople({
      csrf: every.csrf,
      viewer,
      app,
      mine: false,
      owner: undefined,
      collaborators: [{ id: text('usr_b'), username: text('bob') }],
      invited: [],
      full: true,
      limit: 20,
      secrets: false,
    }),
    'app people full': appPeople({
      csrf: every.csrf,
      viewer,
      app,
      mine: true,
      owner: text('alice'),
      collaborators: [],
      invited: [text('carol@example.com')],
      full: true,
      limit: 20,
      secrets: false,
    }),
    'app testers': appTesters({
      csrf: every.csrf,
      viewer,
      app,
      open: false,
      limit: 25,
      testers: [
        { username: text('bob'), accepted: true },
        { username: text('carol'), accepted: false },
      ],
      problem: 'gone',
      invite: { username: text('dave'), problem: 'invited_already' },
    }),
    'app delete': confirm({
      csrf: every.csrf,
      id: 'app-delete',
      heading: text('Delete?'),
      name,
      text: text('At once.'),
      submit: text('Delete it'),
      action: '/developer/apps/meadow/delete',
      backHref: '/developer/apps/meadow',
    }),
    'app secrets': appSecrets({
      csrf: every.csrf,
      viewer,
      app,
      usesSecrets: true,
      limit: 5,
      secrets: [
        { id: text('a'), name: text('first'), createdAt: at, expiresAt: at, expired: true, removable: true },
        { id: text('b'), name: text('second'), createdAt: at, expiresAt: null, expired: false, removable: false },
      ],
      problem: 'secret_last',
      add: { name: text('third'), problem: 'secret_name_taken' },
    }),
    'app secrets none': appSecrets({ csrf: every.csrf, viewer, app, usesSecrets: false, limit: 5, secrets: [] }),
    'app secret shown': appSecretShown({
      viewer,
      app,
      secret: text('s3cret'),
      name: text('second'),
      replaces: { name: text('first'), worksUntil: at },
    }),
    'app registered': appStart({ ...begin, registered: true, secret: text('s3cret') }),
    'app start': appStart({
      ...begin,
      status: 'enabled',
      newest: {
        requestId: text('01JNE4Q8S5'),
        at,
        method: text('GET'),
        endpoint: text('/oauth/authorize'),
        refused: true,
        cause: text('It is not registered.'),
      },
    }),
    'app start public': appStart({ ...begin, kind: 'spa', proof: 'none', newest: undefined }),
    'app start by key': appStart({ ...begin, proof: 'other', redirectUri: undefined, trial: undefined }),
    'app start device': appStart({ ...begin, kind: 'device', proof: 'none', redirectUri: undefined, trial: undefined }),
    'app start machine': appStart({ ...begin, kind: 'machine', proof: 'post', trial: undefined }),
    'app secret replaced': appSecretReplace({
      csrf: every.csrf,
      viewer,
      app,
      secret: { id: text('a'), name: text('first') },
      name: text('first 2'),
      problem: 'secret_name_taken',
    }),
    'app redirect URIs': appRedirectUris({
      csrf: every.csrf,
      viewer,
      app,
      redirectUris: [text('https://meadow.example/cb')],
      kind: 'web',
      problem: 'redirect_uri_last',
      add: { uri: text('http://meadow.example'), problem: { key: 'redirect_uri_refused', why: 'plain_http' } },
    }),
    'app redirect URIs of a machine': appRedirectUris({
      csrf: every.csrf,
      viewer,
      app,
      redirectUris: [],
      kind: 'machine',
      becomes: 'native',
    }),
    'app redirect URI edit': appRedirectUriEdit({
      csrf: every.csrf,
      viewer,
      app,
      uri: text('https://meadow.example/cb'),
      to: text('https://meadow.example/callback'),
      problem: { key: 'redirect_uri_refused', why: { key: 'host_spelling', host: text('meadow.example') } },
    }),
    'app older': legacyClients({ ...older, notice: text('Saved.') }),
    'app older problems': legacyClients({
      ...older,
      protocolOpen: false,
      frontChannelOpen: true,
      replayWindow: { ...older.replayWindow, text: text('soon') },
      problems: {
        form: { key: 'leniency_unfit', name: text('refresh_rotation') },
        quantimodo: 'only_dialect',
        refresh_without_secret: { key: 'leniency_refused', why: 'secretless_without_rotation' },
        replay_window: { key: 'leniency_seconds', longest: 300 },
      },
    }),
    'app older closed': legacyClients({ ...older, protocolOpen: false, switches: older.switches.slice(1, 3) }),
    'app older built in': legacyClients({ ...older, changeable: false }),
    'subscription keys': subscriptionKeys({
      offers: [{ handle: 'abc', name: text('Key'), sharedBy: text('alice') }],
      ...keys,
      keys: [key, { ...bare, disabled: 'operator' }, { ...key, usesToday: 3, disabled: 'developer' }],
      shared: [{ ...key, sharedBy: text('bob') }],
      notice: text('Deleted.'),
      problem: 'shares_full',
      add: { name: text('meter'), problem: 'name_empty' },
    }),
    'subscription keys empty': subscriptionKeys({ ...keys, keys: [], shared: [] }),
    'subscription keys closed': subscriptionKeys({ ...keys, mayCreate: false, keys: [], shared: [] }),
    'subscription key': subscriptionKey({
      ...keys,
      subscriptionKey: key,
      plan: { plan: text('free'), periods: [{ name: 'minute', quota: 60, used: 12 }] },
      collaborators: [{ id: text('usr_b'), username: text('bob') }],
      invited: [text('bob')],
      full: false,
      notice: text('Saved.'),
      problem: 'key_off_by_operator',
      rename: { name: text('meter'), problem: 'name_empty' },
      add: { username: text('carol'), problem: 'shared_already' },
    }),
    ...Object.fromEntries(
      (['developer', 'operator'] as const).map((disabled) => [
        `subscription key off by ${disabled}`,
        subscriptionKey({
          ...keys,
          subscriptionKey: { ...bare, previous: undefined, openToAll: false, disabled },
          collaborators: [],
          invited: [],
          full: true,
        }),
      ]),
    ),
    'subscription key shown': keyShown({
      viewer,
      name: text('meter app'),
      subscriptionKey: text('Ab3dEf'),
      before: text('The old one works.'),
    }),
    requests: requestLog({
      viewer,
      app,
      entries: [entry(text), { ...entry(text), reason: '', status: 200, checks: [], expected: null, got: null }],
      retentionDays: 14,
      olderHref: '?before=1',
      newestHref: '?',
    }),
    'requests empty': requestLog({ viewer, app, entries: [], retentionDays: 14 }),
  }
}
