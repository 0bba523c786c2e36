/** The request log of an app: one line per request and, where it is opened, cause, rules, difference and repair. */
import { LinkButton } from '../../kit/form.tsx'
import { ClockIcon } from '../../kit/icons.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { requestLogPath } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { view } from '../../kit/words.tsx'
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
  const { app, entries, query = {}, kinds = { endpoints: [], reasons: [] } } = props
  const sought = Object.values(query).some((value) => value !== undefined)
  return (
    <AppPage
      viewer={props.viewer}
      app={app}
      legacy={props.legacy}
      here="requests"
      heading="Requests"
      about={`Newest first. Kept for ${props.retentionDays} days. Times are in UTC.`}
      act={
        <LinkButton href={requestLogPath(app.clientId)} look="plain">
          {sought ? 'All requests' : 'Refresh'}
        </LinkButton>
      }
      wide
    >
      {entries.length === 0 && !sought ? null : <Filter clientId={app.clientId} query={query} kinds={kinds} />}
      {entries.length === 0 ? <NoRequests query={query} sought={sought} days={props.retentionDays} /> : null}
      <div class="card table" hidden={entries.length === 0}>
        <table id="request-log">
          <caption class="unseen">Requests of this app, newest first</caption>
          <colgroup>
            <col class="time" />
            <col class="outcome" />
            <col class="endpoint" />
            <col />
          </colgroup>
          <thead class="unseen">
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Outcome</th>
              <th scope="col">Endpoint</th>
              <th scope="col">Cause</th>
            </tr>
          </thead>
          <tbody>{entries.flatMap((entry, i) => lines(app.clientId, entry, entries[i - 1], query))}</tbody>
        </table>
      </div>
      {props.olderHref === undefined && props.newestHref === undefined ? null : (
        <nav class="more" aria-label="Pages">
          {props.newestHref === undefined ? <span /> : <a href={props.newestHref}>Newest requests</a>}
          {props.olderHref === undefined ? null : <a href={props.olderHref}>Older requests</a>}
        </nav>
      )}
    </AppPage>
  )
})

/** The line of an entry, below the name of its day where that is another than the one before. */
function lines(clientId: string, entry: RequestEntry, before: RequestEntry | undefined, query: RequestQuery) {
  const line = <RequestLine clientId={clientId} entry={entry} open={query.request === entry.requestId} />
  if (before !== undefined && dayOf(before) === dayOf(entry)) return [line]
  return [
    <tr class="day">
      <th colspan={4} scope="colgroup">
        <Day at={entry.at} />
      </th>
    </tr>,
    line,
  ]
}

function dayOf({ at }: RequestEntry): string {
  return new Date(at).toISOString().slice(0, 10)
}

const outcomes = [
  { value: undefined, text: 'All' },
  { value: 'refused', text: 'Refused' },
  { value: 'answered', text: 'Succeeded' },
] as const

function Filter(props: {
  clientId: string
  query: RequestQuery
  kinds: { readonly endpoints: readonly string[]; readonly reasons: readonly string[] }
}) {
  const { query, kinds } = props
  const path = requestLogPath(props.clientId)
  return (
    <form class="filter" method="get" action={path}>
      <label>
        <span>Outcome</span>
        <select name="outcome">
          {outcomes.map(({ value, text }) => (
            <option value={value ?? ''} selected={query.outcome === value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Endpoint</span>
        <select name="endpoint">
          <option value="">All</option>
          {withChosen(kinds.endpoints, query.endpoint).map((name) => (
            <option value={name} selected={query.endpoint === name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Reason</span>
        <select name="reason">
          <option value="">All</option>
          {withChosen(kinds.reasons, query.reason).map((name) => (
            <option value={name} selected={query.reason === name}>
              {reasonInWords(name)}
            </option>
          ))}
        </select>
      </label>
      <label class="grow">
        <span>Request ID</span>
        <input type="search" name="request" value={query.request ?? ''} placeholder="X-Request-Id" />
      </label>
      <button type="submit" class="button plain">
        Filter
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
  const { query } = props
  if (query.request !== undefined) {
    return (
      <section class="card empty">
        <ClockIcon />
        <h2>No request with this ID</h2>
        <p class="muted">
          Nothing was recorded for this app under <code>{query.request}</code>. Check that the ID is whole and that the
          request named this app’s client ID. Entries are kept for {props.days} days.
        </p>
      </section>
    )
  }
  return (
    <section class="card empty">
      <ClockIcon />
      <h2>{props.sought ? 'No request matches' : 'No requests yet'}</h2>
      <p class="muted">
        {props.sought
          ? 'Choose other filters, or show all requests.'
          : 'Send one: open the authorization URL of your app in a browser, or ask for a token. It appears here within a second, with its cause if it is refused.'}
      </p>
    </section>
  )
}
