/** Pages of the console. */
import { consoleHome } from '../server/dist/pages/admin/home_view.js'
import { auditList } from '../server/dist/pages/admin/server/audit_view.js'
import { jobList } from '../server/dist/pages/admin/server/jobs_view.js'
import { protocolPlan } from '../server/dist/pages/admin/server/protocol_view.js'
import { protocolList } from '../server/dist/pages/admin/server/protocols_view.js'
import { apiList, providerList } from '../server/dist/pages/admin/server/registered_view.js'
import { settingsInForce } from '../server/dist/pages/admin/server/settings_view.js'
import { healthPage, keyList } from '../server/dist/pages/admin/server/state_view.js'
import { usageList } from '../server/dist/pages/admin/server/usage_view.js'
import { viewer as person } from './screenshot_values.mjs'

const viewer = { ...person, role: 'owner' }
const home = { viewer, server: 'id.northfield.example' }

const at = Date.UTC(2026, 5, 1, 9)
const day = 86_400_000
const listed = { inSettings: true, state: 'open', apps: 0, uses: 0 }
const brownouts = [{ from: at + 14 * day, until: at + 14 * day + 900_000 }]
const plan = { viewer, csrf: 'token', inSettings: true, now: at, mail: true, apps: [], keys: [], told: [] }

const facts = { count: 0, names: '' }
const todo = [
  { ...facts, id: 'mail', state: 'problem', case: 'failing' },
  { ...facts, id: 'backup', state: 'todo', case: 'old', count: 3 },
  { ...facts, id: 'secondFactor', state: 'todo', case: 'missing', names: 'olga, tom' },
  { ...facts, id: 'protocols', state: 'todo', case: 'unused', names: 'jwt_login' },
]
const done = [
  { ...facts, id: 'keys', state: 'ok', case: 'signing' },
  { ...facts, id: 'issuer', state: 'ok', case: 'published', names: 'https://id.northfield.example' },
  { ...facts, id: 'signUp', state: 'ok', case: 'invite' },
  { ...facts, id: 'api', state: 'ok', case: 'some', count: 2 },
]

export const consoleSamples = {
  'console-home': { html: consoleHome({ ...home, accessRequests: 2, waitingApps: 3, checks: [...todo, ...done] }) },
  'console-home-done': { html: consoleHome({ ...home, accessRequests: 0, waitingApps: 0, checks: done }) },
  'console-protocols': {
    html: protocolList({
      viewer,
      protocols: [
        { ...listed, protocol: 'quantimodo', apps: 3, uses: 1204, lastAt: at },
        { ...listed, protocol: 'quantimodo/v3', apps: 2, uses: 1100, lastAt: at },
        { ...listed, protocol: 'password_token', inSettings: false },
        { ...listed, protocol: 'jwt_login', apps: 1, uses: 40, lastAt: at - day },
        {
          ...listed,
          protocol: 'jwt_login/v1',
          state: 'announced',
          sunset: at + 90 * day,
          nextBrownout: at + 14 * day,
          apps: 1,
          uses: 2,
          lastAt: at - 9 * day,
        },
        { ...listed, protocol: 'jwt_login/v2', state: 'closed' },
      ],
    }),
  },
  'console-protocol': {
    html: protocolPlan({
      ...plan,
      protocol: 'jwt_login/v1',
      state: 'announced',
      decision: { closed: false, since: at, sunset: at + 90 * day, link: 'https://example.com/moving', brownouts },
      apps: [{ clientId: 'jwt-login', name: 'API sign-in', ownerId: null, count: 2, lastAt: at - 9 * day }],
      keys: [{ name: 'Phone app', start: 'k3Xa', owner: 'kurt', lastAt: at - 2 * day }],
      told: [{ app: 'API sign-in', username: 'kurt', sunset: at + 90 * day, at }],
    }),
  },
  'console-usage': {
    html: usageList({
      viewer,
      days: Array.from({ length: 30 }, (_, i) => ({
        day: new Date(at - (29 - i) * day).toISOString().slice(0, 10),
        signIns: 40 + i,
        failedSignIns: i % 4,
        tokenRequests: 900 + ((i * 347) % 600),
      })),
      protocols: [{ dialect: 'jwt_login', clientId: 'app1', count: 12, lastAt: at }],
    }),
  },
  'console-settings': {
    html: settingsInForce({
      viewer,
      retention: { requests: 14, audit: 365, grants: 30, sessions: 90, usage: 30, appUses: 30, webhooks: 30, jobs: 7 },
      settings: [
        { name: 'PORT', value: '3000', secret: false, from: 'flag' },
        { name: 'CONSENTRY_ISSUER', value: 'https://login.example.com', secret: false, from: 'environment' },
        { name: 'DATABASE_URL', value: null, secret: true, from: 'environment' },
        {
          name: 'DATABASE_URL_FILE',
          value: '/run/secrets/a_rather_long_name_of_a_file_with_the_database_url',
          secret: false,
          from: 'file',
        },
        { name: 'CONSENTRY_DIALECTS', value: 'jwt_login, quantimodo, password_token', secret: false, from: 'file' },
        { name: 'CONSENTRY_BRAND', value: null, secret: false, from: 'default' },
      ],
    }),
  },
  'console-audit': {
    html: auditList({
      viewer,
      question: { type: 'account.disabled', who: '', whom: '', app: '', from: '', to: '', after: '' },
      hrefs: { newest: undefined, older: '/admin/audit?after=1-2' },
      events: [
        { seq: 9, at, name: 'account.disabled', who: 'olga', whom: 'alice', app: null, detail: {} },
        {
          seq: 8,
          at: at - 60_000,
          name: 'legacy_protocol.decided',
          who: 'command:root',
          whom: null,
          app: null,
          detail: { protocol: 'jwt_login/v1', closed: false, sunset: '2026-09-01', link: null },
        },
        {
          seq: 7,
          at: at - day,
          name: 'consent.given',
          who: 'alice',
          whom: null,
          app: 'appV7mXk2Pq',
          detail: { scope: ['openid', 'readmeasurements'] },
        },
      ],
    }),
  },
  'console-keys': {
    html: keyList({
      viewer,
      csrf: 'token',
      generation: 2,
      generations: [1, 2],
      keys: [
        { kid: 'Zx3k', alg: 'ES256', state: 'signing', createdAt: at, activatedAt: at, turnsAt: at + 90 * day },
        { kid: 'Qm81', alg: 'ES256', state: 'next', createdAt: at, activatedAt: null, turnsAt: null },
        {
          kid: 'Lp20',
          alg: 'RS256',
          state: 'retired',
          createdAt: at - 99 * day,
          activatedAt: at - 99 * day,
          turnsAt: null,
        },
      ],
    }),
  },
  'console-jobs': {
    html: jobList({
      viewer,
      state: 'waiting',
      csrf: 'token',
      mayRetry: true,
      ways: { next: '/admin/jobs?after=a' },
      jobs: [
        {
          id: 'j1',
          kind: 'mail.password_changed',
          target: 'usr_7Kq2vXw9',
          dueAt: at,
          attempts: 3,
          error: 'connection_refused',
          retryable: true,
        },
        { id: 'j3', kind: 'webhooks.deliver', target: null, dueAt: at, attempts: 5, error: 'timeout', retryable: true },
        { id: 'j2', kind: 'sweep', target: null, dueAt: at, attempts: 0, error: null, retryable: false },
      ],
    }),
  },
  'console-apis': {
    html: apiList({
      viewer,
      apis: [
        {
          uri: 'https://api.northfield.example',
          name: 'Northfield API',
          publisher: 'Northfield Ltd',
          website: 'https://northfield.example',
          terms: 'https://northfield.example/terms',
          openapi: 'openapi.yaml',
          stability: 'beta',
          sunset: '2027-01-31',
          format: 'opaque',
          proxy: 'northfield',
          clientId: 'northfield-api',
          scopes: [
            { name: 'orders.read', kind: 'see', shown: true, title: { en: 'See your orders' }, for: 'every_app' },
            { name: 'orders.write', kind: 'change', shown: true, for: 'reviewed' },
          ],
        },
        {
          uri: 'https://plain.northfield.example',
          name: 'Plain',
          format: 'opaque',
          clientId: undefined,
          scopes: undefined,
        },
      ],
    }),
  },
  'console-apis-none': { html: apiList({ viewer, apis: [] }) },
  'console-providers': {
    html: providerList({
      viewer,
      providers: [
        {
          id: 'google',
          name: 'Google',
          kind: 'oidc',
          host: 'accounts.google.com',
          clientId: '1234.apps',
          state: 'ready',
        },
        { id: 'work', name: 'Acme', kind: 'oidc', host: 'id.acme.example', clientId: 'acme-web', state: 'away' },
        {
          id: 'facebook',
          name: 'Facebook',
          kind: 'facebook',
          host: 'www.facebook.com',
          clientId: '42',
          state: 'unreadable',
        },
      ],
    }),
  },
  'console-health': {
    html: healthPage({
      viewer,
      database: 'postgres',
      nodes: [{ id: 'n1', release: '0.2.0', startedAt: at - day, seenAt: at }],
      alarms: [],
      restored: undefined,
      lost: { audit: 0, requests: 0 },
      failing: 1,
    }),
  },
}
