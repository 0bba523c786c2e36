/** /admin/jobs: what the server does beside its requests, and another attempt at what did not succeed. */
import { type JobState, listJobs, retryJob } from '../../../engine/operator/jobs.ts'
import { may, roleOf } from '../../../engine/operator/ranks.ts'
import { operating } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, operatorOf, PageProblem, readQuery, secrets, viewerOf } from '../../visit.ts'
import { readAsk, readChoice, requirePage, waysThrough } from '../people/list_query.ts'
import { jobList, jobStates } from './jobs_view.tsx'

export const jobsPages = [
  page({
    path: paths.jobs,
    guard: operating('read'),
    get: async (visit) => {
      const query = readQuery(visit)
      const state: JobState = readChoice(query, 'state', jobStates) ?? 'waiting'
      const found = requirePage(await listJobs(visit.context, state, readAsk(query)))
      return jobList({
        ...secrets(visit),
        viewer: viewerOf(visit),
        state,
        jobs: found.items,
        ways: waysThrough(paths.jobs, { state }, found),
        mayRetry: may(roleOf(visit.by.account), 'run_server'),
        notice: noticeOf(visit, visit.words.jobsPage.notices),
      })
    },
  }),
  page({
    path: paths.jobs,
    guard: operating('run_server'),
    post: async (visit) => {
      const { form } = visit
      const job = form.get('job')
      if (form.get('act') !== 'retry' || job === undefined) throw new PageProblem('request_unclear')
      const state = readChoice(form, 'state', jobStates) ?? 'waiting'
      const done = await retryJob(visit.context, operatorOf(visit), job)
      return goTo(visit, `${paths.jobs}?state=${state}&done=${done}`)
    },
  }),
]
