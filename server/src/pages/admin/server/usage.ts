/** /admin/usage: sign-ins and token requests by day. */
import { serverUsage } from '../../../engine/operator/usage.ts'
import { operating } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { viewerOf } from '../../visit.ts'
import { usageList } from './usage_view.tsx'

export const usagePage = page({
  path: paths.usage,
  guard: operating('read'),
  get: async (visit) => usageList({ viewer: viewerOf(visit), ...(await serverUsage(visit.context)) }),
})
