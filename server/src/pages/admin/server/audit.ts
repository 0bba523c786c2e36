/** /admin/audit: who did what, and when. */
import { type AuditQuestion, listAudit } from '../../../engine/operator/audit_log/list.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { operating } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { readQuery, viewerOf } from '../../visit.ts'
import { auditList } from './audit_view.tsx'

/** Events on a page. */
const pageSize = 50

const fields = ['type', 'who', 'whom', 'app', 'from', 'to', 'after'] as const

export const auditPage = page({
  path: paths.audit,
  guard: operating('read'),
  get: async (visit) => {
    const query = readQuery(visit)
    const question = Object.fromEntries(
      fields.map((name) => [name, query.get(name)?.trim() ?? '']),
    ) as unknown as AuditQuestion
    const list = await listAudit(visit.context, question, pageSize)
    const html = auditList({ viewer: viewerOf(visit), question, ...list, hrefs: hrefsOf(question, list.next) })
    return sendPage(visit.reply, list.problem === undefined ? 200 : 400, html)
  },
})

/** The ways to the newest events that the filter finds, and to older ones. */
function hrefsOf(question: AuditQuestion, next: string | undefined) {
  const href = (after: string) => {
    const given = Object.entries({ ...question, after }).filter(([, value]) => value !== '')
    return given.length === 0 ? paths.audit : `${paths.audit}?${new URLSearchParams(given)}`
  }
  return {
    newest: question.after === '' ? undefined : href(''),
    older: next === undefined ? undefined : href(next),
  }
}
