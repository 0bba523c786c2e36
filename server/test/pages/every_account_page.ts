/** The pages about what is kept of a person, in every state. */
import { accountActivity } from '../../src/pages/account/activity_view.tsx'
import type { HolderAuditType } from '../../src/protocol/audit_events.ts'
import { en } from '../../src/words/en/index.ts'
import type { Page } from '../../src/words/index.ts'

const at = Date.UTC(2026, 2, 3, 14, 2, 11)

export function accountDataViews(text: (usual: string) => string): Record<string, Page> {
  const viewer = { username: text('alice') }
  const from = { address: text('192.0.2.7'), userAgent: text('Meadow/3.1') }
  const types = Object.keys(en.activity.sentences) as HolderAuditType[]
  const named = { app: text('Meadow Journal'), provider: text('Google'), sessions: 2 }
  return {
    'account activity': accountActivity({
      viewer,
      items: types.flatMap((type, i) => [
        { at: at - i * 40_000_000, type, own: true, from, ...named },
        { at: at - i * 40_000_000, type, own: false, app: null },
      ]),
      kind: 'apps',
      retentionDays: 400,
      olderHref: '/account/activity?before=7',
      newestHref: '/account/activity',
    }),
    'account activity empty': accountActivity({ viewer, items: [], retentionDays: 400 }),
    'account activity empty of a kind': accountActivity({ viewer, items: [], kind: 'sign_ins', retentionDays: 400 }),
  }
}
