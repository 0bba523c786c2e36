/** /developer/apps/ID/requests: an app's requests with the cause of every refusal, filtered, searched, each at an address. */

import { authorizeRulesets } from '../../../engine/authorize/table.ts'
import { repairOf } from '../../../engine/developer/repairs.ts'
import { type LoggedRequest, readRequests } from '../../../engine/developer/request_log.ts'
import { tokenRulesets } from '../../../engine/token/grants/index.ts'
import type { Form } from '../../../lib/form.ts'
import type { ClientId } from '../../../protocol/names.ts'
import { refusals } from '../../../protocol/refusal.ts'
import { ruleResults } from '../../../runtime/log/rules.ts'
import { requestLogPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { type Arrival, PageProblem, readQuery } from '../../visit.ts'
import { frame, ownApp } from '../own_app.ts'
import type { RequestEntry } from './request_line.tsx'
import { type RequestQuery, requestLog } from './requests_view.tsx'

const rulesOfEngine = { ...authorizeRulesets, ...tokenRulesets }

const pageSize = 100

export const requestsPage = page({
  path: '/developer/apps/:id/requests',
  guard: ownApp,
  get: async (visit) => {
    const { context, client } = visit
    const query = readRequestQuery(visit)
    const { entries, kinds } = await readRequests(context, client.id, pageSize, {
      ...query,
      refused: query.outcome === undefined ? undefined : query.outcome === 'refused',
    })
    const last = entries.length === pageSize && query.request === undefined ? entries.at(-1) : undefined
    return requestLog({
      ...frame(visit),
      entries: entries.map(toEntry),
      query,
      kinds,
      retentionDays: 14,
      olderHref: last === undefined ? undefined : pageHref(client.id, query, `${last.at}.${last.seq}`),
      newestHref: query.before === undefined ? undefined : pageHref(client.id, query),
    })
  },
})

/** The page's query, from a form or a link of ours. Throws PageProblem where it is neither. */
function readRequestQuery(visit: Arrival): RequestQuery & { readonly before?: { at: number; seq: number } } {
  const form = readQuery(visit)
  const outcome = given(form, 'outcome')
  const before = given(form, 'before')
  if (outcome !== undefined && outcome !== 'refused' && outcome !== 'answered') throw new PageProblem('request_unclear')
  const [, at, seq] = /^([0-9]{1,15})\.([0-9]{1,15})$/.exec(before ?? '') ?? []
  if (before !== undefined && at === undefined) throw new PageProblem('request_unclear')
  return {
    outcome,
    endpoint: given(form, 'endpoint'),
    reason: given(form, 'reason'),
    request: given(form, 'request'),
    ...(before === undefined ? {} : { before: { at: Number(at), seq: Number(seq) } }),
  }
}

/** A field that was filled in; a form sends those that were not as empty ones. */
function given(form: Form, name: string): string | undefined {
  const value = form.get(name)?.trim().slice(0, 200)
  return value === '' ? undefined : value
}

function pageHref(clientId: ClientId, query: RequestQuery, before?: string): string {
  const { outcome, endpoint, reason } = query
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries({ outcome, endpoint, reason, before })) {
    if (value !== undefined) search.set(name, value)
  }
  return search.size === 0 ? requestLogPath(clientId) : `${requestLogPath(clientId)}?${search}`
}

function toEntry(record: LoggedRequest): RequestEntry {
  const row = Object.hasOwn(refusals, record.reason) ? refusals[record.reason as keyof typeof refusals] : undefined
  return {
    ...record,
    error: row?.error,
    rfc: row?.rfc,
    repair: repairOf(record.reason),
    checks: ruleResults(record.ruleset, record.rule, rulesOfEngine).map(({ title, result }) => ({
      text: title,
      outcome: result,
    })),
  }
}
