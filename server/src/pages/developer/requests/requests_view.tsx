/** The request log of an app: one line per request and, where it is opened, cause, rules, difference and repair. */
import { LinkButton } from '../../kit/form.tsx'
import { ClockIcon } from '../../kit/icons.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { requestLogPath } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage } from '../app_page.tsx'
import { type RequestEntry, RequestLine } from './request_line.tsx'

/** What the person looks for. */
export interface RequestQuery {
  readonly outcome?: 'refused' | 'answered' | undefined
  readonly endpoint?: string | undefined
  readonly reason?: string | undefined
  /** A request id; nothing else counts then. */
  readonly request?: string | undefined
}

export interface RequestLogProps {
  readonly viewer: Viewer
  readonly app: { readonly clientId: string; readonly name: string }
  readonly legacy?: boolean | undefined
  readonly entries: readonly RequestEntry[]
  readonly query?: RequestQuery
  /** What there is to choose from. */
  readonly kinds?: { readonly endpoints: readonly string[]; readonly reasons: readonly string[] }
  readonly retentionDays: number
  readonly olderHref?: string | undefined
  /** Back to the newest, on every page but the first. */
  readonly newestHref?: string | undefined
}

export const requestLog = view((props: RequestLogProps) => {
  const { requests: say, time } = useWords()
  const { app, entries, query = {}, kinds = { endpoints: [], reasons: [] } } = props
  const sought = Object.values(query).some((value) => value !== undefined)
  return (
    <AppPage
      viewer={props.viewer}
      app={app}
      legacy={props.legacy}
      here="requests"
      heading={say.heading}
      about={say.about(props.retentionDays, time.zone)}
      act={
        <LinkButton href={requestLogPath(app.clientId)} look="plain">
          {sought ? say.all : say.refresh}
        </LinkButton>
      }
      wide
    >
      {entries.length === 0 && !sought ? null : <Filter clientId={app.clientId} query={query} kinds={kinds} />}
      {entries.length === 0 ? <NoRequests query={query} sought={sought} days={props.retentionDays} /> : null}
      <div class="card table" hidden={entries.length === 0}>
        <table id="request-log">
          <caption class="unseen">{say.caption}</caption>
          <colgroup>
            <col class="time" />
            <col class="outcome" />
            <col class="endpoint" />
            <col />
          </colgroup>
          <thead class="unseen">
            <tr>
              <th scope="col">{say.time}</th>
              <th scope="col">{say.outcome}</th>
              <th scope="col">{say.endpoint}</th>
              <th scope="col">{say.cause}</th>
            </tr>
          </thead>
          <tbody>{entries.flatMap((entry, i) => lines(app.clientId, entry, entries[i - 1], query))}</tbody>
        </table>
      </div>
      {props.olderHref === undefined && props.newestHref === undefined ? null : (
        <nav class="more" aria-label={say.pages}>
          {props.newestHref === undefined ? <span /> : <a href={props.newestHref}>{say.newest}</a>}
          {props.olderHref === undefined ? null : <a href={props.olderHref}>{say.older}</a>}
        </nav>
      )}
    </AppPage>
  )
})

/** The line of an entry, below the name of its day where that is another than the one before. */
function lines(clientId: string, entry: RequestEntry, before: RequestEntry | undefined, query: RequestQuery) {
  const { time } = useWords()
  const line = <RequestLine clientId={clientId} entry={entry} open={query.request === entry.requestId} />
  if (before !== undefined && time.day(before.at) === time.day(entry.at)) return [line]
  return [
    <tr class="day">
      <th colspan={4} scope="colgroup">
        <Day at={entry.at} />
      </th>
    </tr>,
    line,
  ]
}

const outcomes = [
  { value: undefined, name: 'all' },
  { value: 'refused', name: 'refused' },
  { value: 'answered', name: 'answered' },
] as const

function Filter(props: {
  clientId: string
  query: RequestQuery
  kinds: { readonly endpoints: readonly string[]; readonly reasons: readonly string[] }
}) {
  const say = useWords().requests
  const { query, kinds } = props
  const path = requestLogPath(props.clientId)
  return (
    <form class="filter" method="get" action={path}>
      <label>
        <span>{say.outcome}</span>
        <select name="outcome">
          {outcomes.map(({ value, name }) => (
            <option value={value ?? ''} selected={query.outcome === value}>
              {say.filters[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{say.endpoint}</span>
        <select name="endpoint">
          <option value="">{say.any}</option>
          {withChosen(kinds.endpoints, query.endpoint).map((name) => (
            <option value={name} selected={query.endpoint === name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{say.reason}</span>
        <select name="reason">
          <option value="">{say.any}</option>
          {withChosen(kinds.reasons, query.reason).map((name) => (
            <option value={name} selected={query.reason === name} lang="en">
              {reasonInWords(name)}
            </option>
          ))}
        </select>
      </label>
      <label class="grow">
        <span>{say.requestId}</span>
        <input type="search" name="request" value={query.request ?? ''} placeholder={say.requestIdHeader} />
      </label>
      <button type="submit" class="button plain">
        {say.filter}
      </button>
    </form>
  )
}

/** What is chosen stays in the list although none of the newest records has it. */
function withChosen(names: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || names.includes(chosen) ? names : [chosen, ...names]
}

function reasonInWords(reason: string): string {
  const words = reason.replaceAll('_', ' ').replace(/\b(uri|id|pkce)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function NoRequests(props: { query: RequestQuery; sought: boolean; days: number }) {
  const say = useWords().requests
  const { query } = props
  if (query.request !== undefined) {
    return (
      <section class="card empty">
        <ClockIcon />
        <h2>{say.noneWithId}</h2>
        <p class="muted">
          <Say it={say.noneWithIdText} id={<code>{query.request}</code>} days={props.days} />
        </p>
      </section>
    )
  }
  return (
    <section class="card empty">
      <ClockIcon />
      <h2>{props.sought ? say.noMatch : say.none}</h2>
      <p class="muted">{props.sought ? say.noMatchText : say.noneText}</p>
    </section>
  )
}
