/**
 * /admin/protocols: the plans by which legacy protocols end. The room has the pages on how the server runs.
 * Not here: people and apps (`../`). Neighbours: `../home.ts` says how a page of the console is added.
 */
import type { FastifyReply } from 'fastify'
import { findPlan, listProtocols } from '../../../engine/operator/protocol_plans.ts'
import {
  addBrownout,
  decideProtocol,
  findProtocol,
  removeBrownouts,
  undoPlan,
} from '../../../engine/operator/protocols.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { minute } from '../../../lib/clock.ts'
import type { ClosableDialect } from '../../../protocol/dialects.ts'
import { confirm } from '../../confirm_view.tsx'
import { operating } from '../../guards.ts'
import { paths, protocolPath } from '../../kit/paths.ts'
import { page, type WithForm } from '../../page.ts'
import { goTo, noticeOf, operatorOf, PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { type PlanProblem, protocolPlan } from './protocol_view.tsx'
import { protocolList } from './protocols_view.tsx'

export const protocolsPages = [
  page({
    path: paths.protocols,
    guard: operating('read'),
    get: async (visit) => protocolList({ viewer: viewerOf(visit), protocols: await listProtocols(visit.context) }),
  }),
  page({
    path: `${paths.protocols}/:protocol`,
    guard: operating('read'),
    get: (visit) => show(visit, 200, {}),
  }),
  page({
    path: `${paths.protocols}/:protocol`,
    guard: operating('run_server'),
    post: (visit) => decide(visit),
  }),
]

function readProtocol(visit: SignedIn): ClosableDialect {
  const protocol = findProtocol(partOfPath(visit, 'protocol').replace('.', '/'))
  if (protocol === undefined) throw new PageProblem('not_found')
  return protocol
}

async function decide(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, form } = visit
  const protocol = readProtocol(visit)
  const by = operatorOf(visit)
  const done = (what: keyof SignedIn['words']['protocols']['notices']) =>
    goTo(visit, `${protocolPath(protocol)}?done=${what}`)
  switch (form.get('act')) {
    case 'announce':
      return announce(visit, protocol)
    case 'take-back':
      await decideProtocol(context, by, protocol, { sunset: undefined })
      return done('taken_back')
    case 'brown-out':
      return brownOut(visit, protocol)
    case 'remove-brown-out':
      await removeBrownouts(context, by, protocol, Number(form.get('from')))
      return done('brownout_removed')
    case 'close':
      if (form.get('confirmed') !== 'yes') return askToClose(visit, protocol)
      await decideProtocol(context, by, protocol, { closed: true })
      return done('closed')
    case 'open':
      await decideProtocol(context, by, protocol, { closed: false })
      return done('opened')
    case 'undo':
      await undoPlan(context, by, protocol)
      return done('undone')
    default:
      throw new PageProblem('request_unclear')
  }
}

async function announce(visit: SignedIn & WithForm, protocol: ClosableDialect): Promise<FastifyReply> {
  const { context, form } = visit
  const [date = '', link = ''] = [form.get('sunset')?.trim(), form.get('link')?.trim()]
  const sunset = momentOf(date, '00:00')
  const typed = { sunset: date, link }
  if (sunset === undefined || sunset <= context.clock.now()) return show(visit, 400, { problem: 'date', typed })
  if (link !== '' && (!/^https?:\/\//.test(link) || !URL.canParse(link)))
    return show(visit, 400, { problem: 'link', typed })
  // Written anew, so that nothing in it can leave the header that it goes into.
  const change = { sunset, link: link === '' ? undefined : new URL(link).href }
  await decideProtocol(context, operatorOf(visit), protocol, change)
  return goTo(visit, `${protocolPath(protocol)}?done=announced`)
}

async function brownOut(visit: SignedIn & WithForm, protocol: ClosableDialect): Promise<FastifyReply> {
  const { context, form } = visit
  const [date = '', time = '', minutes = ''] = ['date', 'time', 'minutes'].map((name) => form.get(name)?.trim())
  const typed = { date, time, minutes }
  const from = momentOf(date, time)
  if (from === undefined) return show(visit, 400, { problem: 'time', typed })
  if (!/^\d{1,4}$/.test(minutes)) return show(visit, 400, { problem: 'minutes', typed })
  const brownout = { from, until: from + Number(minutes) * minute }
  const problem = await addBrownout(context, operatorOf(visit), protocol, brownout)
  if (problem !== undefined) return show(visit, 400, { problem, typed })
  return goTo(visit, `${protocolPath(protocol)}?done=brownout_added`)
}

/** The moment of a date (YYYY-MM-DD) and a time (HH:MM) in UTC. */
function momentOf(date: string, time: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{2}:\d{2}$/.test(time)) return undefined
  const at = Date.parse(`${date}T${time}:00Z`)
  return Number.isNaN(at) ? undefined : at
}

function askToClose(visit: SignedIn, protocol: ClosableDialect): FastifyReply {
  const say = visit.words.protocols
  const html = confirm({
    ...secrets(visit),
    heading: say.closing.heading,
    name: say.name(protocol),
    text: say.closing.text,
    submit: say.closing.submit,
    fields: { act: 'close', confirmed: 'yes' },
    id: 'close-protocol',
    submitId: 'confirm-submit',
    action: protocolPath(protocol),
    backHref: protocolPath(protocol),
  })
  return sendPage(visit.reply, 200, html)
}

async function show(
  visit: SignedIn,
  status: number,
  shown: { readonly problem?: PlanProblem; readonly typed?: Readonly<Record<string, string>> },
): Promise<FastifyReply> {
  const plan = await findPlan(visit.context, readProtocol(visit))
  const notice = noticeOf(visit, visit.words.protocols.notices)
  return sendPage(
    visit.reply,
    status,
    protocolPlan({ ...secrets(visit), ...shown, ...plan, viewer: viewerOf(visit), notice }),
  )
}
