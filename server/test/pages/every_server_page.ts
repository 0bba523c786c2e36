/** The console's pages on how the server runs, for the tests that look at every page. */
import { auditList } from '../../src/pages/admin/server/audit_view.tsx'
import { jobList } from '../../src/pages/admin/server/jobs_view.tsx'
import { protocolPlan } from '../../src/pages/admin/server/protocol_view.tsx'
import { protocolList } from '../../src/pages/admin/server/protocols_view.tsx'
import { apiList, providerList } from '../../src/pages/admin/server/registered_view.tsx'
import { settingsInForce } from '../../src/pages/admin/server/settings_view.tsx'
import { healthPage, keyList } from '../../src/pages/admin/server/state_view.tsx'
import { usageList } from '../../src/pages/admin/server/usage_view.tsx'
import type { Page } from '../../src/words/index.ts'

export function serverViews(text: (usual: string) => string): Record<string, Page> {
  const viewer = { username: text('olga'), role: 'owner' } as const
  const at = Date.UTC(2026, 5, 1, 9)
  const day = 86_400_000
  const brownouts = [
    { from: at - day, until: at - day + 60_000 },
    { from: at + day, until: at + day + 60_000 },
  ]
  const listed = { inSettings: true, sunset: undefined, nextBrownout: undefined, apps: 0, uses: 0, lastAt: undefined }
  const plan = { viewer, csrf: 'token', inSettings: true, now: at, mail: true, apps: [], keys: [], told: [] }
  const app = { clientId: text('app1'), name: text('Old Journal'), ownerId: null, count: 12, lastAt: at }
  const question = { type: '', who: text('olga'), whom: '', app: '', from: '2026-06-01', to: '', after: '' }
  const event = { at, seq: 2, name: 'account.disabled', who: text('olga'), whom: text('alice'), app: null, detail: {} }
  const job = { target: null, dueAt: at, attempts: 0, error: null, createdAt: at, endedAt: null, retryable: false }
  const retention = {
    requests: 14,
    audit: 365,
    grants: 30,
    sessions: 90,
    usage: 30,
    appUses: 30,
    webhooks: 30,
    jobs: 7,
  }
  return {
    'settings in force': settingsInForce({
      viewer,
      retention,
      settings: [
        { name: 'PORT', value: '3000', secret: false, from: 'flag' },
        { name: 'CONSENTRY_SECRET', value: null, secret: true, from: 'file' },
        { name: 'CONSENTRY_ISSUER', value: text('https://login.example.com'), secret: false, from: 'environment' },
        { name: 'CONSENTRY_BRAND', value: null, secret: false, from: 'default' },
      ],
    }),
    apis: apiList({
      viewer,
      apis: [
        {
          uri: 'https://api.northfield.example',
          name: text('Northfield API'),
          publisher: text('Northfield Ltd'),
          website: text('https://northfield.example'),
          terms: text('https://northfield.example/terms'),
          openapi: text('openapi.yaml'),
          stability: text('beta'),
          sunset: '2027-01-31',
          format: 'opaque',
          proxy: 'northfield',
          clientId: 'northfield-api',
          scopes: [
            { name: 'orders.read', kind: 'see', shown: true, title: { en: text('See your orders') }, for: 'every_app' },
            { name: 'orders.write', kind: 'change', shown: true, title: { en: text('Place orders') }, for: 'reviewed' },
          ],
        },
        {
          uri: 'https://plain.northfield.example',
          name: text('Plain'),
          format: 'opaque',
          clientId: undefined,
          scopes: undefined,
        },
      ],
    }),
    'no apis': apiList({ viewer, apis: [] }),
    providers: providerList({
      viewer,
      providers: [
        {
          id: 'google',
          name: text('Google'),
          kind: 'oidc',
          host: text('accounts.google.com'),
          clientId: '1234.apps',
          state: 'ready',
        },
        {
          id: 'work',
          name: text('Acme'),
          kind: 'oidc',
          host: text('id.acme.example'),
          clientId: 'acme-web',
          state: 'away',
        },
        {
          id: 'facebook',
          name: text('Facebook'),
          kind: 'facebook',
          host: text('www.facebook.com'),
          clientId: '42',
          state: 'unreadable',
        },
      ],
    }),
    usage: usageList({
      viewer,
      days: Array.from({ length: 30 }, (_, i) => ({
        day: new Date(at - (29 - i) * day).toISOString().slice(0, 10),
        signIns: 40 + i,
        failedSignIns: i % 4,
        tokenRequests: 900 + ((i * 347) % 600),
      })),
      protocols: [{ dialect: 'jwt_login', clientId: 'app1', count: 12, lastAt: at }],
    }),
    'signing keys': keyList({
      viewer,
      csrf: 'token',
      generation: 2,
      generations: [1, 2],
      notice: text('Done.'),
      keys: [
        { kid: 'k1', alg: 'ES256', state: 'signing', createdAt: at, activatedAt: at, retiredAt: null, turnsAt: at },
        { kid: 'k2', alg: 'ES256', state: 'next', createdAt: at, activatedAt: null, retiredAt: null, turnsAt: null },
      ],
    }),
    jobs: jobList({
      viewer,
      csrf: 'token',
      state: 'waiting',
      mayRetry: true,
      ways: { next: '/admin/jobs?after=a' },
      notice: text('Done.'),
      jobs: [
        { ...job, id: 'j1', kind: 'sweep' },
        { ...job, id: 'j2', kind: 'mail.reset', target: 'usr_a', attempts: 3, error: 'refused', retryable: true },
      ],
    }),
    'jobs none': jobList({ viewer, csrf: 'token', state: 'given_up', jobs: [], ways: {}, mayRetry: false }),
    health: healthPage({
      viewer,
      database: 'postgres',
      nodes: [{ id: 'n1', release: '1.0.0', startedAt: at, seenAt: at }],
      alarms: [],
      restored: undefined,
      lost: { audit: 0, requests: 2 },
      failing: 1,
    }),
    'health not well': healthPage({
      viewer,
      database: 'sqlite',
      nodes: [],
      alarms: ['database_behind'],
      restored: {
        backupAt: at,
        restoredAt: at,
        clone: false,
        reappliedUntil: null,
        paused: true,
        unacknowledged: true,
      },
      lost: { audit: 0, requests: 0 },
      failing: 0,
    }),
    audit: auditList({
      viewer,
      question,
      problem: undefined,
      next: '1-2',
      hrefs: { newest: '/admin/audit', older: '/admin/audit?after=1-2' },
      events: [
        event,
        { ...event, seq: 1, name: 'app.registered', whom: null, app: text('app1'), detail: { name: text('Journal') } },
        { ...event, seq: 0, who: null, detail: { roles: ['admin'], count: 2 } },
      ],
    }),
    'audit not found': auditList({
      viewer,
      question,
      problem: 'who',
      next: undefined,
      events: [],
      hrefs: { newest: undefined, older: undefined },
    }),
    protocols: protocolList({
      viewer,
      protocols: [
        { ...listed, protocol: 'quantimodo', state: 'open', apps: 3, uses: 1200, lastAt: at },
        { ...listed, protocol: 'jwt_login/v1', state: 'announced', sunset: at + 30 * day, nextBrownout: at + day },
        { ...listed, protocol: 'jwt_login', state: 'brown_out' },
        { ...listed, protocol: 'quantimodo/social', state: 'closed' },
        { ...listed, protocol: 'password_token', state: 'open', inSettings: false },
      ],
    }),
    'protocol plan': protocolPlan({
      ...plan,
      protocol: 'jwt_login/v1',
      state: 'announced',
      decision: { closed: false, since: at, sunset: at + 30 * day, link: 'https://example.com/moving', brownouts },
      apps: [app, { ...app, name: undefined }],
      keys: [{ name: text('phone'), start: 'abcd', owner: text('kurt'), lastAt: at }],
      told: [{ app: text('Old Journal'), username: text('kurt'), sunset: at + 30 * day, at }],
    }),
    'protocol plan not taken': protocolPlan({
      ...plan,
      protocol: 'quantimodo/unversioned',
      state: 'closed',
      decision: { closed: true, since: at },
      problem: 'time',
      typed: { date: '2026-06-01', time: '9', minutes: '15' },
    }),
  }
}
