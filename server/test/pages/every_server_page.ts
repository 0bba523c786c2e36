/** The console's pages on how the server runs, for the tests that look at every page. */
import { protocolPlan } from '../../src/pages/admin/server/protocol_view.tsx'
import { protocolList } from '../../src/pages/admin/server/protocols_view.tsx'
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
  return {
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
