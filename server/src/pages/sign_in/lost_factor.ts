/** /login/factor/lost asks for the removal of a lost second factor; /login/factor/keep, from the mail about it, stops it. */
import type { FastifyReply } from 'fastify'
import {
  askRemoval,
  openStopToken,
  removalBar,
  removalOf,
  stopRemoval,
} from '../../engine/account/factors/lost_factor.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { factorPath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import { heldLink, hold, letGo } from '../by_mail/held_link.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, readQuery, secrets, type Visit } from '../visit.ts'
import { openWaiting, type Waiting } from './factor.ts'
import { keepFactor, type LostFactorProps, lostFactor } from './lost_factor_view.tsx'

export const lostFactorPages = [
  page({
    path: paths.lostFactor,
    guard: anyone,
    logged: 'sign_in',
    get: async (visit) => {
      const waiting = await openWaiting(visit, readQuery(visit))
      if (!('step' in waiting) || waiting.sealed === undefined) return goTo(visit, paths.signIn)
      const { step } = waiting
      return show(visit, waiting, 200, {
        bar: removalBar(visit.context, step),
        at: await removalOf(visit.context, step.account),
      })
    },
    post: async (visit) => {
      const waiting = await openWaiting(visit, visit.form)
      if (!('step' in waiting) || waiting.sealed === undefined) return goTo(visit, paths.signIn)
      const asked = await askRemoval(visit.context, waiting.step, callerOf(visit.request))
      return typeof asked === 'number'
        ? show(visit, waiting, 200, { at: asked })
        : show(visit, waiting, 403, { bar: asked })
    },
  }),

  page({
    path: paths.keepFactor,
    guard: anyone,
    // The link stands in no address after it was opened.
    againAt: ({ method }) => (method === 'POST' ? undefined : ''),
    get: async (visit) => {
      const { context } = visit
      const token = readQuery(visit).get('token')
      if (token === undefined) {
        const userId = await openStopToken(context, heldLink(visit, 'keep') ?? '')
        return keepFactor({ ...secrets(visit), waits: userId !== undefined })
      }
      if ((await openStopToken(context, token)) === undefined) letGo(visit, 'keep')
      else hold(visit, 'keep', token)
      return goTo(visit, paths.keepFactor)
    },
    post: async (visit) => {
      const { context, request } = visit
      const userId = await openStopToken(context, heldLink(visit, 'keep') ?? '')
      const done = userId !== undefined && (await stopRemoval(context, userId, { caller: callerOf(request) }))
      letGo(visit, 'keep')
      return keepFactor({ ...secrets(visit), waits: false, done })
    },
  }),
]

function show(
  visit: Visit,
  { step, sealed = '', open }: Waiting,
  status: number,
  shown: Pick<LostFactorProps, 'bar' | 'at'>,
): FastifyReply {
  const html = lostFactor({
    ...secrets(visit, open?.sealed),
    ...shown,
    step: sealed,
    account: step.account.email ?? step.account.username,
    backHref: factorPath(sealed, open?.sealed),
  })
  return sendPage(visit.reply, status, html)
}
