/**
 * /admin: where those who run the server begin. The room has the pages of the console.
 * Not here: what may be done and by whom (`engine/operator/`, its table `ranks.ts`). Neighbours: `kit/` for what pages are made
 * of. To add: a page, a route that says `operating` with the right it takes as its guard, a view side by side in the frame
 * `kit/console/console_page.tsx`, its line among the places there, and its row in `server/test/pages/console_matrix.test.ts`.
 */
import { checkServer } from '../../engine/operator/checks/checks.ts'
import { firstSteps } from '../../engine/operator/first_steps.ts'
import { may } from '../../engine/operator/ranks.ts'
import { operating } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { viewerOf } from '../visit.ts'
import { consoleHome } from './home_view.tsx'

export const consoleHomePage = page({
  path: paths.console,
  guard: operating('read'),
  get: async (visit) => {
    const { accessRequests, waitingApps } = await firstSteps(visit.context)
    const viewer = viewerOf(visit)
    const checks = may(viewer.role, 'run_server') ? await checkServer(visit.context) : []
    const server = new URL(visit.context.settings.issuer).host
    return consoleHome({ viewer, server, accessRequests, waitingApps, checks })
  },
})
