/** /account/activity: what the holder of the account did, and what happened to it. */
import { listActivity } from '../../engine/account/activity.ts'
import { day } from '../../lib/clock.ts'
import type { ActivityKind } from '../../protocol/audit_events.ts'
import { signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { type Arrival, PageProblem, readQuery, viewerOf } from '../visit.ts'
import { accountActivity } from './activity_view.tsx'

const pageSize = 50

export const activityPage = page({
  path: paths.accountActivity,
  guard: signedIn,
  get: async (visit) => {
    const { context, by } = visit
    const asked = readAsked(visit)
    const { items, next } = await listActivity(context, by.account.id, pageSize, asked)
    return accountActivity({
      viewer: viewerOf(visit),
      items,
      kind: asked.kind,
      retentionDays: Math.round(context.settings.auditRetention / day),
      olderHref: next === null ? undefined : hrefOf({ kind: asked.kind, before: next }),
      newestHref: asked.before === undefined ? undefined : hrefOf({ kind: asked.kind }),
    })
  },
})

interface Asked {
  readonly kind?: ActivityKind | undefined
  readonly before?: number | undefined
}

/** The page's query, from a form or a link of ours. Throws PageProblem where it is neither. */
function readAsked(visit: Arrival): Asked {
  const query = readQuery(visit)
  const show = query.get('show') ?? ''
  const before = query.get('before')
  if (!isKind(show) && show !== '') throw new PageProblem('request_unclear')
  if (before !== undefined && !/^[1-9][0-9]{0,14}$/.test(before)) throw new PageProblem('request_unclear')
  return { kind: show === '' ? undefined : show, before: before === undefined ? undefined : Number(before) }
}

function isKind(text: string): text is ActivityKind {
  return text === 'sign_ins' || text === 'apps' || text === 'account'
}

function hrefOf({ kind, before }: Asked): string {
  const search = new URLSearchParams()
  if (kind !== undefined) search.set('show', kind)
  if (before !== undefined) search.set('before', String(before))
  return search.size === 0 ? paths.accountActivity : `${paths.accountActivity}?${search}`
}
