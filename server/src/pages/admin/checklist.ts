/** /admin/checklist: what those who run the server do first. A step is a line in `checklist_view.tsx`. */

import { firstSteps } from '../../engine/operator/first_steps.ts'
import { legacyDialects } from '../../protocol/dialects.ts'
import { operating } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { viewerOf } from '../visit.ts'
import { checklist } from './checklist_view.tsx'

export const checklistPage = page({
  path: paths.checklist,
  guard: operating('run_server'),
  get: async (visit) => {
    const { context } = visit
    const { issuer, appRegistration } = context.settings
    const providers = await context.providers.list()
    return checklist({
      viewer: viewerOf(visit),
      server: new URL(issuer).host,
      issuer,
      ...(await firstSteps(context)),
      providers: providers.map(({ provider }) => provider.name),
      registration: appRegistration,
      legacy: legacyDialects.filter((name) => context.settings.dialects.has(name)),
    })
  },
})
