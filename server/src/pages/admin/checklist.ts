/** /admin/checklist: leads to the first page of the console, which has the checklist now; old mails link here. */
import { operating } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo } from '../visit.ts'

export const checklistPage = page({
  path: '/admin/checklist',
  guard: operating('read'),
  get: (visit) => goTo(visit, paths.console),
})
