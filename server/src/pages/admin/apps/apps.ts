/** /admin/apps and /admin/apps/ID: every app, and what the operator decides on one. */
import type { FastifyReply } from 'fastify'
import { type AppFacts, describeApp, listApps } from '../../../engine/operator/app_facts.ts'
import { changeAppPlan, planNames } from '../../../engine/operator/app_plans.ts'
import { approveApp, refuseApp, switchApp, verifyApp } from '../../../engine/operator/apps.ts'
import { may, roleOf } from '../../../engine/operator/ranks.ts'
import { operatorName } from '../../../runtime/kept/app_form.ts'
import type { Words } from '../../../words/index.ts'
import { further, type Guard, operating } from '../../guards.ts'
import { consoleAppPath, paths } from '../../kit/paths.ts'
import { page, type WithForm } from '../../page.ts'
import {
  goTo,
  noticeOf,
  operatorOf,
  PageProblem,
  partOfPath,
  readQuery,
  type SignedIn,
  secrets,
  viewerOf,
} from '../../visit.ts'
import { confirmed } from '../confirmed.ts'
import { readAsk, readBeginning, readChoice, requirePage, waysThrough } from '../people/list_query.ts'
import { consoleApp } from './app_view.tsx'
import { appChoices, appList } from './apps_view.tsx'

type OfApp = SignedIn & { readonly app: AppFacts }
type Notice = keyof Words['consoleApps']['notices']

function ofApp(guard: Guard<SignedIn>): Guard<OfApp> {
  return further(guard, async (visit) => {
    const app = await describeApp(visit.context, partOfPath(visit, 'id'))
    if (app === undefined) throw new PageProblem('not_found')
    return { app }
  })
}

function back({ app, ...visit }: OfApp, done: Notice): FastifyReply {
  return goTo(visit, `${consoleAppPath(app.clientId)}?done=${done}`)
}

/** What is done at once, by the field `act` of its form. */
const acts: Readonly<Record<string, (visit: OfApp & WithForm) => Promise<Notice>>> = {
  approve: async (visit) => {
    const form = visit.form.get('form')
    return approvals[await approveApp(visit.context, operatorOf(visit), visit.app.clientId, form)]
  },
  refuse: async (visit) => {
    const reason = (visit.form.get('reason') ?? '').trim().slice(0, 1000)
    const said = reason === '' ? undefined : reason
    const refused = await refuseApp(visit.context, operatorOf(visit), visit.app.clientId, said)
    return refused === undefined ? 'nothing' : 'refused'
  },
  verify: async (visit) => {
    const outcome = await verifyApp(visit.context, operatorOf(visit), visit.app.clientId, operatorName)
    return outcome === 'registered_itself' ? outcome : 'verified'
  },
  unverify: async (visit) => {
    await verifyApp(visit.context, operatorOf(visit), visit.app.clientId, null)
    return 'unverified'
  },
  plan: async (visit) => {
    // An empty field is none: no plan.
    const wanted = visit.form.get('plan') ?? null
    return planNotices[await changeAppPlan(visit.context, operatorOf(visit), visit.app.clientId, wanted)]
  },
  enable: async (visit) => {
    await switchApp(visit.context, operatorOf(visit), visit.app.clientId, true)
    return 'enabled'
  },
}

const approvals = {
  approved: 'approved',
  nothing_waits: 'nothing',
  another_waits: 'another_waits',
  unknown: 'nothing',
} as const satisfies Record<Awaited<ReturnType<typeof approveApp>>, Notice>

const planNotices = {
  changed: 'plan_changed',
  unchanged: 'nothing',
  unknown_app: 'nothing',
  unknown_plan: 'plan_unknown',
} as const satisfies Record<Awaited<ReturnType<typeof changeAppPlan>>, Notice>

export const consoleAppsPages = [
  page({
    path: paths.consoleApps,
    guard: operating('read'),
    get: async (visit) => {
      const query = readQuery(visit)
      const beginning = readBeginning(query)
      const show = readChoice(query, 'show', appChoices)
      const wanted = show === 'waiting' || show === 'verified' ? { [show]: true as const } : { status: show }
      const found = requirePage(await listApps(visit.context, { beginning, ...wanted }, readAsk(query)))
      return appList({
        ...secrets(visit),
        viewer: viewerOf(visit),
        apps: found.items,
        beginning,
        show,
        ways: waysThrough(paths.consoleApps, { q: beginning, show }, found),
        mayDecide: may(roleOf(visit.by.account), 'apps'),
      })
    },
  }),

  page({
    path: `${paths.consoleApps}/:id`,
    guard: ofApp(operating('read')),
    get: async (visit) =>
      consoleApp({
        ...secrets(visit),
        viewer: viewerOf(visit),
        app: visit.app,
        plan: await visit.context.quotas.find(`client:${visit.app.clientId}`),
        plans: await planNames(visit.context),
        mayDecide: may(roleOf(visit.by.account), 'apps'),
        notice: noticeOf(visit, visit.words.consoleApps.notices),
      }),
    post: async (visit) => {
      const act = visit.form.get('act') ?? ''
      const done = Object.hasOwn(acts, act) ? acts[act] : undefined
      if (done === undefined) throw new PageProblem('request_unclear')
      return back(visit, await done(visit))
    },
  }),

  confirmed({
    path: `${paths.consoleApps}/:id/disable`,
    guard: ofApp(operating('apps', 'recently')),
    backHref: ({ app }) => consoleAppPath(app.clientId),
    ask: ({ words, app }) => ({
      ...words.consoleApps.disableQuestion,
      name: app.name,
      action: consoleAppPath(app.clientId, 'disable'),
    }),
    act: async (visit) => {
      await switchApp(visit.context, operatorOf(visit), visit.app.clientId, false)
      return back(visit, 'disabled')
    },
  }),
]
