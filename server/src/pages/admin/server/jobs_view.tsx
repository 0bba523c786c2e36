/** The list of jobs, with a button at each that did not succeed. */
import type { JobState, ListedJob } from '../../../engine/operator/jobs.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import { FilterForm, FilterSelect, ListLinks, type ListWays } from '../../kit/console/listing.tsx'
import { Button, Form, type FormSecrets } from '../../kit/form.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { consoleAppPath, paths, personPath } from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

export const jobStates = ['waiting', 'given_up', 'done'] as const satisfies readonly JobState[]

export interface JobListProps extends FormSecrets {
  readonly viewer: Viewer
  readonly state: JobState
  readonly jobs: readonly ListedJob[]
  readonly ways: ListWays
  readonly mayRetry: boolean
  readonly notice?: string | undefined
}

export const jobList = view((props: JobListProps) => {
  const { jobsPage: say, number } = useWords()
  const { state, jobs } = props
  const acts = props.mayRetry && jobs.some(({ retryable }) => retryable)
  return (
    <ConsolePage
      title={say.title}
      heading={say.title}
      about={say.lead}
      viewer={props.viewer}
      here="jobs"
      notice={props.notice}
    >
      <FilterForm action={paths.jobs}>
        <FilterSelect
          id="jobs-state"
          name="state"
          label={say.state}
          value={state}
          options={jobStates.map((value) => ({ value, label: say.states[value] }))}
        />
      </FilterForm>
      <ConsoleTable
        id="jobs"
        caption={say.title}
        none={say.none}
        columns={[
          { name: say.kind },
          { name: say.about },
          { name: say.attempts, figure: true },
          { name: say.lastError },
          { name: state === 'waiting' ? say.due : say.ended },
          ...(acts ? [{ name: say.again }] : []),
        ]}
        rows={jobs.map((job) => ({
          data: { 'data-job': job.id, 'data-kind': job.kind },
          cells: [
            <code class="small">{job.kind}</code>,
            job.target === null ? '' : <Target id={job.target} />,
            number(job.attempts),
            job.error === null ? '' : <code class="small">{job.error}</code>,
            <Minute at={state === 'waiting' ? job.dueAt : (job.endedAt ?? job.createdAt)} />,
            ...(acts ? [job.retryable ? <Retry job={job} {...props} /> : ''] : []),
          ],
        }))}
      />
      <ListLinks label={say.pages} ways={props.ways} />
    </ConsolePage>
  )
})

/** The account or app that a job is about. */
function Target({ id }: { id: string }) {
  return (
    <a href={id.startsWith('usr_') ? personPath(id) : consoleAppPath(id)}>
      <code class="small">{id}</code>
    </a>
  )
}

function Retry({ job, state, csrf }: { readonly job: ListedJob } & JobListProps) {
  const say = useWords().jobsPage
  return (
    <Form secrets={{ csrf }} action={paths.jobs}>
      <input type="hidden" name="job" value={job.id} />
      <input type="hidden" name="state" value={state} />
      <Button id={`retry-${job.id}`} name="act" value="retry" look="plain">
        {say.retry}
      </Button>
    </Form>
  )
}
