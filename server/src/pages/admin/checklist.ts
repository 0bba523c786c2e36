/**
 * /admin/checklist: what those who run the server do first. The room has the pages of operators.
 * Not here: what is left to set up, which is `engine/operator/first_steps.ts`. Neighbours: `kit/` for what pages are made
 * of. To add: a step of the checklist, its line in `checklist_view.tsx`; a page, a route that says `operator` as its
 * guard and a view side by side.
 */

import { firstSteps } from '../../engine/operator/first_steps.ts'
import { legacyDialects } from '../../protocol/dialects.ts'
import { operator } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { viewerOf } from '../visit.ts'
import { checklist } from './checklist_view.tsx'

export const checklistPage = page({
  path: paths.checklist,
  guard: operator,
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
