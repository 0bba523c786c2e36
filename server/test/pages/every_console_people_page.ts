/** The pages of the console about people, for the tests that look at every page. */
import { consoleApp } from '../../src/pages/admin/apps/app_view.tsx'
import { appList } from '../../src/pages/admin/apps/apps_view.tsx'
import { peopleList } from '../../src/pages/admin/people/people_view.tsx'
import { person } from '../../src/pages/admin/people/person_view.tsx'
import type { Page } from '../../src/words/index.ts'

export function consolePeopleViews(text: (usual: string) => string): Record<string, Page> {
  const viewer = { username: text('olga'), role: 'owner' } as const
  const at = Date.UTC(2026, 2, 3, 14, 2, 11)
  const account = {
    id: `usr_${text('a')}`,
    number: 7,
    username: text('alice'),
    email: text('alice@example.com'),
    emailVerified: false,
    emailRefusedAt: null,
    passwordHash: text('hash'),
    roles: ['support'],
    claims: {},
    secondFactor: true,
    enabled: true,
    closingAt: null,
    validAfter: 0,
    guessesForgivenAt: null,
    createdAt: at,
    updatedAt: at,
  } as const
  const facts = {
    totp: true,
    passkeys: 2,
    removalAt: undefined,
    sessions: [
      {
        id: 'ses_a',
        userId: account.id,
        authTime: at,
        amr: ['pwd'],
        createdAt: at,
        lastSeenAt: at,
        userAgent: text('Firefox 152'),
        address: text('192.0.2.1'),
        userValidAfter: 0,
        termsDue: false,
      },
    ],
    apps: [
      {
        clientId: text('meadow'),
        name: text('Meadow Journal'),
        scope: [],
        since: at,
        lastUsed: at,
        disabled: false,
        networks: 0,
      },
    ],
    moreApps: true,
    ownApps: [{ clientId: text('meadow'), name: text('Meadow Journal') }],
    activity: [{ at, type: 'signed_in', own: true }],
  } as const
  const may = { people: true, endSessions: true, clearCounters: true, removeFactor: true, roles: true }
  const about = { viewer, csrf: text('token'), account, facts, may, own: false, mailed: true }
  const none = { ...facts, sessions: [], apps: [], moreApps: false, ownApps: [], activity: [] }
  const app = {
    clientId: text('meadow'),
    name: text('Meadow Journal'),
    status: 'pending',
    owner: text('alice'),
    verified: true,
    waiting: text('abc'),
    createdAt: at,
  } as const
  const apps = { viewer, csrf: text('token'), mayDecide: true, plans: [text('free')], ways: {} }
  const plan = { plan: text('free'), periods: [{ name: 'day', quota: 1000, used: 1000 }] } as const
  const oneApp = {
    ...app,
    members: [{ name: 'client_name', now: text('Meadow Journal'), proposed: text('Meadow') }],
    verifiedBy: text('operator'),
    collaborators: [text('bob')],
    secrets: [{ name: text('first'), createdAt: at, expiresAt: at }],
  } as const
  return {
    'console apps': appList({ ...apps, apps: [app, { ...app, clientId: text('b'), waiting: undefined }] }),
    'console apps none': appList({ ...apps, apps: [], beginning: text('z') }),
    'console app': consoleApp({ ...apps, app: oneApp, plan, notice: text('Done.') }),
    'console app off': consoleApp({ ...apps, app: { ...oneApp, status: 'disabled', waiting: undefined, secrets: [] } }),
    'console people': peopleList({
      viewer,
      people: [account, { ...account, id: 'usr_b', enabled: false, email: null, roles: [] }],
      wanted: { beginning: text('al'), status: 'enabled' },
      ways: { first: '/admin/people', previous: '/admin/people?before=a', next: '/admin/people?after=b' },
    }),
    'console people none': peopleList({ viewer, people: [], wanted: {}, ways: {} }),
    'console person': person({ ...about, notice: text('Done.') }),
    'console person disabled': person({
      ...about,
      account: { ...account, enabled: false, closingAt: at, email: null },
      facts: { ...none, removalAt: at },
    }),
    'console person own': person({ ...about, own: true }),
    'console person above': person({
      ...about,
      may: { people: false, endSessions: false, clearCounters: false, removeFactor: false, roles: false },
    }),
  }
}
