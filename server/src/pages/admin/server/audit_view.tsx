/** The audit log: a filter, and one line per event. */
import type { AuditList, AuditProblem, AuditQuestion, ListedEvent } from '../../../engine/operator/audit_log/list.ts'
import { eventNames } from '../../../protocol/audit/names.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

export interface AuditListProps extends AuditList {
  readonly viewer: Viewer
  readonly question: AuditQuestion
  readonly hrefs: { readonly newest: string | undefined; readonly older: string | undefined }
}

export const auditList = view((props: AuditListProps) => {
  const { auditPage: say } = useWords()
  const { problem, events, hrefs } = props
  return (
    <ConsolePage
      title={say.title}
      heading={say.title}
      about={say.lead}
      viewer={props.viewer}
      here="audit"
      failed={problem !== undefined}
    >
      <Filter {...props} />
      {problem === undefined ? null : (
        <Note kind="bad">
          <p>{say.problems[problem]}</p>
        </Note>
      )}
      <ConsoleTable
        id="audit"
        caption={say.title}
        none={problem === undefined ? say.none : ''}
        columns={[
          { name: say.time },
          { name: say.type },
          { name: say.who },
          { name: say.whom },
          { name: say.app },
          { name: say.detail },
        ]}
        rows={events.map((event) => ({
          data: { 'data-type': event.name, 'data-seq': String(event.seq) },
          cells: cells(event),
        }))}
      />
      {hrefs.newest === undefined && hrefs.older === undefined ? null : (
        <nav class="more" aria-label={say.pages}>
          {hrefs.newest === undefined ? <span /> : <a href={hrefs.newest}>{say.newest}</a>}
          {hrefs.older === undefined ? null : (
            <a href={hrefs.older} rel="next">
              {say.older}
            </a>
          )}
        </nav>
      )}
    </ConsolePage>
  )
})

function cells({ at, name, who, whom, app, detail }: ListedEvent) {
  const told = Object.entries(detail)
  return [
    <Minute at={at} />,
    <code class="small">{name}</code>,
    who === null ? '' : <bdi>{who}</bdi>,
    whom === null ? '' : <bdi>{whom}</bdi>,
    app === null ? '' : <bdi>{app}</bdi>,
    told.map(([member, value]) => (
      <div class="small">
        <code class="muted">{member}</code>{' '}
        {typeof value === 'string' ? <bdi>{value}</bdi> : <code>{JSON.stringify(value)}</code>}
      </div>
    )),
  ]
}

const typed = ['who', 'whom', 'app'] as const
const moments = ['from', 'to'] as const

function Filter({ question, problem }: { question: AuditQuestion; problem: AuditProblem | undefined }) {
  const { auditPage: say } = useWords()
  const wrong = (name: string) => (name === problem ? 'true' : undefined)
  return (
    <form class="filter" method="get" action={paths.audit} id="audit-filter">
      <label>
        <span>{say.type}</span>
        <select name="type" id="audit-type" aria-invalid={wrong('type')}>
          <option value="">{say.every}</option>
          {eventNames.map((name) => (
            <option value={name} selected={name === question.type}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {typed.map((name) => (
        <label>
          <span>{say.fields[name]}</span>
          <input
            name={name}
            id={`audit-${name}`}
            value={question[name]}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={wrong(name)}
          />
        </label>
      ))}
      {moments.map((name) => (
        <label>
          <span>{say.fields[name]}</span>
          <input
            type="datetime-local"
            name={name}
            id={`audit-${name}`}
            value={/^\d{4}-\d{2}-\d{2}$/.test(question[name]) ? `${question[name]}T00:00` : question[name]}
            aria-invalid={wrong(name)}
          />
        </label>
      ))}
      <button type="submit" class="button plain" id="audit-submit">
        {say.filter}
      </button>
    </form>
  )
}
