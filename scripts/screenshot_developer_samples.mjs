/** What the pictures of the developer pages show. */

import { risksBy } from '../server/dist/engine/client/risks.js'
import { leniencySwitches } from '../server/dist/engine/developer/client_leniencies.js'
import { confirm } from '../server/dist/pages/confirm_view.js'
import { legacyClients } from '../server/dist/pages/developer/app/legacy_clients_view.js'
import { appNew } from '../server/dist/pages/developer/app/new_view.js'
import { appOverview } from '../server/dist/pages/developer/app/overview_view.js'
import { appPeople } from '../server/dist/pages/developer/app/people_view.js'
import { appRedirectUriEdit, appRedirectUris } from '../server/dist/pages/developer/app/redirect_uris_view.js'
import { appSettings } from '../server/dist/pages/developer/app/settings_view.js'
import { appStart } from '../server/dist/pages/developer/app/start_view.js'
import { appTesters } from '../server/dist/pages/developer/app/testers_view.js'
import { developer } from '../server/dist/pages/developer/developer_view.js'
import { requestLog } from '../server/dist/pages/developer/requests/requests_view.js'
import { appSecretReplace, appSecretShown } from '../server/dist/pages/developer/secrets/secret_view.js'
import { appSecrets } from '../server/dist/pages/developer/secrets/secrets_view.js'
import { builtInScopes, scopeMeaning } from '../server/dist/protocol/scope.js'
import { at, csrf, longHost, longName, minute, requestId, viewer } from './screenshot_values.mjs'

const day = 1440 * minute

const passed = (text) => ({ text, outcome: 'passed' })
const failed = (text) => ({ text, outcome: 'failed' })
const unreached = (text) => ({ text, outcome: 'not_reached' })
const entry = (number, change) => ({
  requestId: `${requestId.slice(0, -2)}${String(number).padStart(2, '0')}`,
  at: at - number * 7 * minute,
  method: 'POST',
  ruleset: 'token:refresh_token',
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
      passed('The app exists and is enabled'),
      failed('The redirect URI is registered, exactly'),
      unreached('The response type is allowed'),
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
    cause: 'Too many attempts from this address failed within five minutes.',
    userAgent: null,
  }),
]

const page = { csrf, viewer, app: { clientId: 'COK3MxL4UOrZkEHKUN1LX', name: 'Meadow Journal' } }
const long = { csrf, viewer, app: { clientId: `https://${longHost}/client.json`, name: longName } }
const blank = {
  csrf,
  viewer,
  needsApproval: false,
  name: '',
  kind: 'web',
  redirectUris: '',
  scope: ['openid', 'basic'],
  scopes: builtInScopes,
}
const issuer = 'https://id.example.com'
const endpoints = [
  { id: 'issuer', uri: issuer },
  { id: 'authorization-endpoint', uri: `${issuer}/oauth/authorize` },
  { id: 'token-endpoint', uri: `${issuer}/oauth/token` },
  { id: 'discovery', uri: `${issuer}/.well-known/openid-configuration` },
]
const overview = {
  ...page,
  status: 'enabled',
  createdAt: at,
  runs: 'web',
  method: undefined,
  confidential: true,
  scopes: ['openid', 'basic', 'readmeasurements'].map(scopeMeaning),
  endpoints,
  risks: [],
  notAvailable: [],
  standard: true,
  mayDelete: true,
  legacy: true,
  plan: {
    plan: 'free',
    periods: [
      { name: 'minute', quota: 60, used: 60 },
      { name: 'day', quota: 5000, used: 4321 },
      { name: 'month', quota: 100_000, used: 51_200 },
    ],
  },
  activity: {
    requests: 1284,
    refused: 23,
    lastRefusal: { requestId, at, cause: 'The redirect URI ends in a slash that the registered one does not have.' },
  },
}
const begin = {
  ...page,
  status: 'enabled',
  kind: 'web',
  issuer,
  tokenEndpoint: `${issuer}/oauth/token`,
  proof: 'basic',
  registered: false,
  redirectUri: 'https://meadow.example/cb',
  trial: {
    uri: `${issuer}/oauth/authorize?response_type=code&client_id=COK3MxL4UOrZkEHKUN1LX&redirect_uri=https%3A%2F%2Fmeadow.example%2Fcb&scope=openid+basic&state=try&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK9t8URWbuGJSstw-cM&code_challenge_method=S256`,
    verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  },
  newest: 'none',
  detailsMissing: true,
}
const older = {
  ...page,
  changeable: true,
  protocolOpen: true,
  frontChannelOpen: false,
  replayWindow: { text: '', usual: 30, longest: 300, risks: risksBy('replay_window') },
  lostAnswerWindow: { text: '', usual: 86_400, longest: 604_800, risks: risksBy('lost_answer_window') },
  shown: { on: [], windows: { replay_window: '', lost_answer_window: '' } },
}
/** The switches but for one, those of `on` switched on. */
const switchesWithout = (left, ...on) =>
  leniencySwitches
    .filter((name) => name !== left)
    .map((name) => ({ name, on: on.includes(name), risks: risksBy(name) }))
const secret = (id, name, change) => ({
  id,
  name,
  createdAt: at,
  expiresAt: null,
  expired: false,
  removable: true,
  ...change,
})
const production = secret('a', 'production', { createdAt: at - 90 * day, expiresAt: at + 7 * day })
const shownSecret = '4gT9sQxV2mLr7KpYw1ZbNcJ8hUeD6aFo3iRkXt5vBqMSyH0'

export const developerSamples = {
  developer: {
    html: developer({
      viewer,
      newAppHref: '/developer/new',
      keysHref: '/developer/keys',
      csrf,
      offers: [{ handle: 'orchard', name: 'Orchard Watch', sharedBy: 'dana' }],
      apis: [
        {
          uri: 'https://api.teashop.example/v1',
          name: 'Orders',
          publisher: 'The Tea Shop',
          website: 'https://teashop.example/api',
          terms: 'https://teashop.example/terms',
          openapi: 'https://teashop.example/openapi.json',
          stability: 'beta',
          sunset: '2030-12-31',
          scopes: [
            {
              name: 'orders.read',
              title: { en: 'See your orders', de: 'Ihre Bestellungen sehen' },
              kind: 'see',
              shown: true,
              for: 'every_app',
            },
            {
              name: 'orders.report',
              title: { en: 'See how many orders there are' },
              kind: 'see',
              shown: true,
              for: 'reviewed',
            },
          ],
        },
        { uri: `https://${longHost}/api`, name: longName, scopes: [] },
      ],
      apps: [
        { clientId: 'meadow', name: 'Meadow Journal', status: 'enabled', createdAt: at },
        {
          clientId: `https://${longHost}/client.json`,
          name: longName,
          status: 'pending',
          createdAt: at,
          collaborator: true,
        },
      ],
    }),
  },
  'developer-empty': { html: developer({ csrf, viewer, apps: [] }) },
  'developer-first': { html: developer({ csrf, viewer, apps: [], newAppHref: '/developer/new' }) },
  requests: {
    html: requestLog({
      viewer,
      app: { clientId: 'meadow', name: 'Meadow Journal' },
      entries,
      kinds: {
        endpoints: ['/oauth/authorize', '/oauth/token'],
        reasons: ['client_secret_wrong', 'redirect_uri_not_registered'],
      },
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
          cause: 'This redirect URI is not registered. (It must match exactly.)',
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
  'app-new': { html: appNew(blank) },
  'app-new-problems': {
    html: appNew({
      ...blank,
      needsApproval: true,
      kind: 'spa',
      redirectUris: `http://meadow.example/cb#done\nhttps://${longHost}/a/rather/long/path`,
      scope: [],
      problems: {
        name: 'name_empty',
        redirectUris: { key: 'redirect_uri_of_list_refused', uri: 'http://meadow.example/cb#done', why: 'fragment' },
        scope: 'scope_missing',
      },
    }),
  },
  'app-new-full': {
    html: appNew({
      ...blank,
      name: 'One more',
      redirectUris: 'https://more.example/cb',
      problems: { form: { key: 'apps_full', limit: 100 } },
    }),
  },
  'app-overview': { html: appOverview({ ...overview, notice: 'The change is withdrawn.' }) },
  'app-overview-waiting': {
    html: appOverview({
      ...overview,
      ...long,
      status: 'pending',
      runs: 'spa',
      confidential: false,
      method: 'none',
      scopes: builtInScopes,
      risks: [
        { setting: 'code_without_pkce', risk: 'code_without_pkce' },
        { setting: 'token_in_header_and_query', risk: 'token_in_header_and_query' },
      ],
      mayDelete: false,
      activity: { requests: 0, refused: 0 },
    }),
  },
  'app-overview-older': {
    html: appOverview({
      ...overview,
      risks: [{ setting: 'refresh_without_secret', risk: 'refresh_without_secret' }],
      endpoints: [
        ...endpoints.slice(0, 3),
        { id: 'older-authorization-endpoint', uri: `${issuer}/api/oauth2/authorize` },
        { id: 'older-token-endpoint', uri: `${issuer}/api/oauth2/token` },
        ...endpoints.slice(3),
      ],
    }),
  },
  'app-delete': {
    html: confirm({
      csrf,
      id: 'app-delete',
      heading: 'Delete this app?',
      name: 'Meadow Journal',
      text: 'Its client ID, secrets and everything issued to it stop working immediately. You cannot undo this.',
      submit: 'Delete',
      action: '/',
      backHref: '/',
    }),
  },
  'app-registered': {
    html: appStart({ ...begin, status: 'pending', registered: true, secret: shownSecret }),
  },
  'app-start': {
    html: appStart({
      ...begin,
      newest: { ...entries[1], refused: true },
      detailsMissing: false,
    }),
  },
  'app-start-native': {
    html: appStart({ ...begin, ...long, kind: 'native', proof: 'none', redirectUri: 'http://127.0.0.1/cb' }),
  },
  'app-start-machine': {
    html: appStart({
      ...begin,
      kind: 'machine',
      redirectUri: undefined,
      trial: undefined,
      registered: true,
      secret: shownSecret,
    }),
  },
  'app-secret-shown': {
    html: appSecretShown({
      ...page,
      secret: shownSecret,
      name: 'production 2',
      replaces: { name: 'production', worksUntil: at + 7 * day },
    }),
  },
  'app-secret-replace': { html: appSecretReplace({ ...page, secret: production, name: 'production 2' }) },
  'app-secrets': {
    html: appSecrets({
      ...page,
      usesSecrets: true,
      limit: 5,
      secrets: [production, secret('b', 'production 2'), secret('c', 'staging', { expiresAt: at, expired: true })],
    }),
  },
  'app-secrets-full': {
    html: appSecrets({
      ...long,
      usesSecrets: true,
      limit: 2,
      secrets: [secret('a', longName, { removable: false }), secret('b', 'staging', { expiresAt: at, expired: true })],
      problem: { key: 'secrets_full', limit: 5 },
    }),
  },
  'app-secrets-none': { html: appSecrets({ ...page, usesSecrets: false, limit: 5, secrets: [] }) },
  'app-redirect-uris': {
    html: appRedirectUris({
      ...page,
      redirectUris: ['https://meadow.example/cb', `https://${longHost}/a/rather/long/path/to/a/callback`],
      native: false,
      add: {
        uri: 'http://meadow.example/cb',
        problem: { key: 'redirect_uri_refused', why: 'plain_http' },
      },
    }),
  },
  'app-redirect-uri-edit': {
    html: appRedirectUriEdit({ ...page, uri: 'https://meadow.example/cb', to: 'https://meadow.example/cb' }),
  },
  'app-settings': {
    html: appSettings({
      ...page,
      details: {
        publisher: 'Meadow Studio',
        website: 'https://meadow.example',
        policy: 'https://meadow.example/privacy',
        terms: '',
        logo: '',
      },
      kind: 'web',
      scope: ['openid', 'basic'],
      scopes: builtInScopes,
      profile: {
        profile: 'oauth21',
        byOperator: false,
        unmet: {
          'fapi2-security': [
            { member: 'token_endpoint_auth_method', condition: 'own_key' },
            { member: 'jwks', condition: 'key_registered' },
          ],
          oauth21: [],
          mcp: [{ member: 'redirect_uris', condition: 'https_or_loopback' }],
        },
      },
      signOut: {
        afterwards: 'https://meadow.example/goodbye',
        backChannel: 'http://meadow.example/logout',
        sessionRequired: true,
        frontChannel: '',
        shows: true,
        problem: { field: 'backChannel', it: 'sign_out_uri_not_called' },
      },
      protections: {
        offered: ['dpop_bound_access_tokens', 'require_pushed_authorization_requests'],
        on: ['dpop_bound_access_tokens'],
      },
      signIn: { begins: 'https://meadow.example/login', sector: 'https://meadow.example/sector.json' },
      needsApproval: true,
    }),
  },
  'app-people': {
    html: appPeople({
      ...page,
      mine: true,
      owner: 'alice',
      collaborators: [
        { id: 'usr_b', username: 'bob' },
        { id: 'usr_c', username: 'c'.repeat(60) },
      ],
      invited: ['dana@example.com'],
      full: false,
      limit: 20,
      secrets: true,
      notice: 'The invitation is on its way.',
    }),
  },
  'app-people-alone': {
    html: appPeople({
      ...page,
      mine: true,
      owner: 'alice',
      collaborators: [],
      invited: [],
      full: false,
      limit: 20,
      secrets: false,
      add: { username: 'bob@', problem: 'email_unsound' },
    }),
  },
  'app-people-shared': {
    html: appPeople({
      ...page,
      mine: false,
      owner: 'dana',
      collaborators: [
        { id: 'usr_a', username: viewer.username },
        { id: 'usr_b', username: 'bob' },
      ],
      invited: ['carol'],
      full: false,
      limit: 20,
      secrets: true,
    }),
  },
  'app-testers': {
    html: appTesters({
      ...page,
      open: false,
      limit: 25,
      testers: [
        { username: 'bob', accepted: true },
        { username: 'carol', accepted: false },
      ],
    }),
  },
  'app-redirect-uris-native': {
    html: appRedirectUris({
      ...page,
      redirectUris: ['com.example.meadow:/cb'],
      native: true,
      problem: 'redirect_uri_last',
    }),
  },
  'app-older': {
    html: legacyClients({
      ...older,
      notice: 'Saved.',
      switches: switchesWithout('code_without_pkce', 'quantimodo', 'refresh_without_secret'),
    }),
  },
  'app-older-problems': {
    html: legacyClients({
      ...older,
      ...long,
      frontChannelOpen: true,
      switches: switchesWithout('code_without_pkce', 'quantimodo', 'refresh_without_secret', 'refresh_rotation'),
      replayWindow: { ...older.replayWindow, text: '-1' },
      problems: {
        refresh_without_secret: { key: 'leniency_refused', why: 'secretless_without_rotation' },
        replay_window: { key: 'leniency_seconds', longest: 300 },
      },
    }),
  },
  'app-older-closed': {
    html: legacyClients({
      ...older,
      protocolOpen: false,
      switches: [{ name: 'code_without_pkce', on: false, risks: risksBy('code_without_pkce') }],
      replayWindow: { ...older.replayWindow, usual: 10 },
    }),
  },
  'app-older-built-in': { html: legacyClients({ ...older, changeable: false, switches: [] }) },
}
