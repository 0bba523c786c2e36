/** /admin/access: where those who run the server decide on requests for access. */
import type { FastifyReply } from 'fastify'
import { approveAccess, listAccess, reasonProblem, refuseAccess } from '../../engine/operator/access.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { operating } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page, type WithForm } from '../page.ts'
import { goTo, noticeOf, operatorOf, PageProblem, type SignedIn, secrets, viewerOf } from '../visit.ts'
import { type AccessQueueProps, accessQueue } from './access_view.tsx'

export const accessPage = page({
  path: paths.accessRequests,
  guard: operating('apps'),
  get: (visit) => show(visit, 200, { notice: noticeOf(visit, visit.words.accessQueue.notices) }),
  post: (visit) => {
    const decision = visit.form.get('decision')
    if (decision === 'approve') return approve(visit)
    if (decision === 'refuse') return refuse(visit)
    throw new PageProblem('request_unclear')
  },
})

async function approve(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, form } = visit
  const approved = await approveAccess(context, operatorOf(visit), form.get('id') ?? '', context.settings)
  if (approved.outcome === 'unknown') return done(visit, 'gone')
  // Without mail the link is the operator's to hand over, and is shown in answer alone.
  if (approved.href !== undefined) return show(visit, 200, { handOver: approved.href })
  return done(visit, approved.outcome)
}

async function refuse(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, form } = visit
  const id = form.get('id') ?? ''
  const reason = (form.get('reason') ?? '').trim()
  const problem = reasonProblem(reason)
  if (problem !== undefined) return show(visit, 400, { refused: { id, reason, problem } })
  return done(visit, (await refuseAccess(context, operatorOf(visit), id, reason)) ? 'refused' : 'gone')
}

function done(visit: SignedIn, what: keyof SignedIn['words']['accessQueue']['notices']): FastifyReply {
  return goTo(visit, `${paths.accessRequests}?done=${what}`)
}

async function show(
  visit: SignedIn,
  status: number,
  shown: Pick<AccessQueueProps, 'notice' | 'refused' | 'handOver'>,
): Promise<FastifyReply> {
  const requests = await listAccess(visit.context)
  const html = accessQueue({ ...secrets(visit), ...shown, viewer: viewerOf(visit), requests })
  return sendPage(visit.reply, status, html)
}
