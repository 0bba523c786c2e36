/** Pages of the console about people. */
import { consoleApp } from '../server/dist/pages/admin/apps/app_view.js'
import { appList } from '../server/dist/pages/admin/apps/apps_view.js'
import { peopleList } from '../server/dist/pages/admin/people/people_view.js'
import { person } from '../server/dist/pages/admin/people/person_view.js'
import { en } from '../server/dist/words/en/index.js'
import { at, csrf, longEmail, longName, minute, viewer as reader } from './screenshot_values.mjs'

const viewer = { ...reader, role: 'owner' }
const account = {
  id: 'usr_2f8Kq0ZpXw7RtY4s',
  number: 4711,
  username: 'alice',
  email: 'alice@example.com',
  emailVerified: true,
  emailRefusedAt: null,
  passwordHash: 'hash',
  roles: [],
  claims: {},
  secondFactor: true,
  enabled: true,
  closingAt: null,
  validAfter: 0,
  guessesForgivenAt: null,
  createdAt: at - 400 * 1440 * minute,
  updatedAt: at,
}
const others = [
  account,
  {
    ...account,
    id: 'usr_b',
    username: 'bob',
    email: 'bob@example.com',
    emailVerified: false,
    secondFactor: false,
    enabled: false,
  },
  { ...account, id: 'usr_c', username: 'carol', email: null, roles: ['admin'] },
  {
    ...account,
    id: 'usr_d',
    username: longName.slice(0, 60).replaceAll(' ', '_'),
    email: longEmail,
    closingAt: at,
    enabled: false,
  },
]
const session = {
  id: 'ses_a',
  userId: account.id,
  authTime: at,
  amr: ['pwd', 'mfa'],
  createdAt: at - 3000 * minute,
  lastSeenAt: at - 4 * minute,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  address: '192.0.2.17',
  userValidAfter: 0,
  termsDue: false,
}
const app = {
  clientId: 'meadow',
  name: 'Meadow Journal',
  scope: [],
  since: at - 90000 * minute,
  lastUsed: at,
  disabled: false,
  networks: 0,
}
const facts = {
  totp: true,
  passkeys: 1,
  removalAt: undefined,
  sessions: [session, { ...session, id: 'ses_b', userAgent: null, address: '' }],
  apps: [app, { ...app, clientId: 'tide', name: longName }],
  moreApps: false,
  ownApps: [{ clientId: 'meadow', name: 'Meadow Journal' }],
  activity: [
    { at, type: 'signed_in', own: true, from: { address: '192.0.2.17', userAgent: null } },
    { at: at - 60 * minute, type: 'consent_given', own: true, app: 'Meadow Journal' },
    { at: at - 600 * minute, type: 'user_enabled', own: false },
  ],
}
const may = { people: true, endSessions: true, clearCounters: true, removeFactor: true, roles: true }
const about = { viewer, csrf, account, facts, may, own: false, mailed: true }

const listedApp = {
  clientId: 'meadow',
  name: 'Meadow Journal',
  status: 'pending',
  owner: 'alice',
  verified: false,
  waiting: 'abcdef123456',
  createdAt: at,
}
const apps = { viewer, csrf, mayDecide: true, plans: ['free', 'partner'], ways: {} }
const plan = {
  plan: 'free',
  periods: [
    { name: 'minute', quota: 60, used: 60 },
    { name: 'day', quota: 5000, used: 4321 },
  ],
}
const oneApp = {
  ...listedApp,
  members: [
    { name: 'client_name', now: 'Meadow Journal', proposed: 'Meadow' },
    { name: 'redirect_uris', now: ['https://meadow.example/cb'] },
    { name: 'scope', now: 'openid profile basic readmeasurements' },
  ],
  verifiedBy: undefined,
  collaborators: ['bob'],
  secrets: [{ name: 'first', createdAt: at, expiresAt: null }],
}

export const consolePeopleSamples = {
  'console-apps': {
    html: appList({
      ...apps,
      apps: [
        listedApp,
        { ...listedApp, clientId: 'tide', name: longName, status: 'enabled', verified: true, waiting: undefined },
      ],
    }),
  },
  'console-app': { html: consoleApp({ ...apps, app: oneApp, plan }) },
  'console-people': {
    html: peopleList({
      viewer,
      people: others,
      wanted: { status: 'enabled' },
      ways: { first: '/', previous: '/?before=a', next: '/?after=b' },
    }),
  },
  'console-people-none': { html: peopleList({ viewer, people: [], wanted: { beginning: 'zzz' }, ways: {} }) },
  'console-person': { html: person({ ...about, notice: en.consolePerson.notices.forgiven }) },
  'console-person-support': {
    html: person({ ...about, may: { ...may, people: false, roles: false }, facts: { ...facts, removalAt: at } }),
  },
  'console-person-own': { html: person({ ...about, own: true }) },
  'console-person-disabled': {
    html: person({
      ...about,
      account: { ...account, enabled: false },
      facts: { ...facts, sessions: [], apps: [], ownApps: [] },
    }),
  },
}
