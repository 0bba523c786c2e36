/** The request log of an app: every answer it got and, where it was refused, the cause, the checks and the difference. */
import type { RequestRecord } from '../../storage/contract.ts'
import { type Difference, findDifference, Side } from '../kit/difference.tsx'
import { LinkButton } from '../kit/form.tsx'
import { ClockIcon, OpenIcon } from '../kit/icons.tsx'
import { renderPage, type Viewer } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { requestLogPath } from '../kit/paths.ts'
import { Moment } from '../kit/time.tsx'
import { AppPage } from './app_page.tsx'

export interface Check {
  /** The rule as a statement that holds or does not: "the redirect URI is registered". */
  readonly text: string
  readonly outcome: 'passed' | 'failed' | 'unreached'
}

export interface RequestEntry
  extends Pick<
    RequestRecord,
    | 'requestId'
    | 'at'
    | 'method'
    | 'endpoint'
    | 'status'
    | 'reason'
    | 'cause'
    | 'expected'
    | 'got'
    | 'userAgent'
    | 'authenticated'
  > {
  /** The OAuth error code that was answered. */
  readonly error?: string | undefined
  /** In the order in which they ran. */
  readonly checks: readonly Check[]
  /** The section that asks for the check that failed. */
  readonly rfc?: string | undefined
  /** What to change so that it works. */
  readonly repair?: string | undefined
}

export interface RequestLogProps {
  readonly viewer: Viewer
  readonly app: { readonly clientId: string; readonly name: string }
  readonly entries: readonly RequestEntry[]
  readonly retentionDays: number
  readonly olderHref?: string | undefined
  /** Back to the newest, on every page but the first. */
  readonly newestHref?: string | undefined
}

export function requestLog(props: RequestLogProps): string {
  const { app } = props
  return renderPage(
    <AppPage
      viewer={props.viewer}
      app={app}
      here="requests"
      heading="Requests"
      about={`Newest first, kept for ${props.retentionDays} days. Times are UTC.`}
      act={
        <LinkButton href={requestLogPath(app.clientId)} look="plain">
          Refresh
        </LinkButton>
      }
      wide
    >
      {props.entries.length === 0 ? <NoRequests /> : null}
      <div class="card table" hidden={props.entries.length === 0}>
        <table id="request-log">
          <caption class="unseen">Requests of this app, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Endpoint</th>
              <th scope="col">Answer</th>
              <th scope="col">User agent</th>
              <th scope="col">Cause</th>
            </tr>
          </thead>
          <tbody>
            {props.entries.map((entry) => (
              <Entry entry={entry} />
            ))}
          </tbody>
        </table>
      </div>
      {props.olderHref === undefined && props.newestHref === undefined ? null : (
        <nav class="more" aria-label="Pages">
          {props.newestHref === undefined ? <span /> : <a href={props.newestHref}>Newest requests</a>}
          {props.olderHref === undefined ? null : <a href={props.olderHref}>Older requests</a>}
        </nav>
      )}
    </AppPage>,
  )
}

function NoRequests() {
  return (
    <section class="card empty">
      <ClockIcon />
      <h2>No requests yet</h2>
      <p class="muted">
        Send one: open the authorization URL of your app in a browser, or ask for a token. It appears here within a
        second, with its cause if it is refused.
      </p>
    </section>
  )
}

function Entry(props: { entry: RequestEntry }) {
  const { entry } = props
  const refused = entry.reason !== ''
  return (
    <tr data-reason={entry.reason} data-request-id={entry.requestId}>
      <td data-label="Time">
        <Moment at={entry.at} />
      </td>
      <td data-label="Endpoint">
        <code>
          {entry.method} {entry.endpoint}
        </code>
      </td>
      <td data-label="Answer">
        <span class="answer">
          <Tag kind={refused || entry.status >= 400 ? 'bad' : 'good'}>{entry.status}</Tag>{' '}
          {entry.error === undefined ? null : <code>{entry.error}</code>}
        </span>
      </td>
      <td data-label="User agent" class="small muted">
        <bdi>{entry.userAgent ?? 'none sent'}</bdi>
      </td>
      <td data-label="Cause" class="whole">
        <details>
          <summary>
            <OpenIcon />
            <span>{entry.cause === '' ? 'Answered as asked.' : entry.cause}</span>
          </summary>
          <Inside entry={entry} />
        </details>
      </td>
    </tr>
  )
}

function Inside(props: { entry: RequestEntry }) {
  const { entry } = props
  return (
    <div class="inside">
      {entry.checks.length === 0 ? null : (
        <div>
          <h2>Checks</h2>
          <ol class="rules">
            {entry.checks.map((check) => (
              <CheckLine check={check} />
            ))}
          </ol>
        </div>
      )}
      {entry.expected === null && entry.got === null ? null : <ExpectedAndGot {...entry} />}
      {entry.repair === undefined && entry.rfc === undefined ? null : (
        <p>
          {entry.repair} {entry.rfc === undefined ? null : <span class="muted">({entry.rfc})</span>}
        </p>
      )}
      {entry.authenticated ? null : (
        <p class="muted">Nobody proved to be this app: the request only named its client id.</p>
      )}
      <p class="muted">
        X-Request-Id <code>{entry.requestId}</code>
        {entry.reason === '' ? null : (
          <>
            {' '}
            · reason <code>{entry.reason}</code>
          </>
        )}
      </p>
    </div>
  )
}

const marks = {
  passed: { sign: '✓', word: 'passed: ' },
  failed: { sign: '✗', word: 'failed: ' },
  unreached: { sign: '·', word: 'not reached: ' },
} as const

function CheckLine(props: { check: Check }) {
  const { sign, word } = marks[props.check.outcome]
  return (
    <li class={props.check.outcome}>
      <span aria-hidden="true">{sign}</span>
      <span>
        <span class="unseen">{word}</span>
        {props.check.text}
      </span>
    </li>
  )
}

function ExpectedAndGot(props: { expected: string | null; got: string | null }) {
  const { expected, got } = props
  const difference: Difference | undefined =
    expected === null || got === null ? undefined : findDifference(expected, got)
  return (
    <div>
      <h2>Expected and got</h2>
      <dl class="diff">
        {expected === null ? null : (
          <>
            <dt>expected</dt>
            <dd>
              <Side text={expected} at={difference?.at} />
            </dd>
          </>
        )}
        {got === null ? null : (
          <>
            <dt>got</dt>
            <dd>
              <Side text={got} at={difference?.at} />
            </dd>
          </>
        )}
      </dl>
      {difference === undefined ? null : <p class="hint">{difference.sentence}</p>}
    </div>
  )
}
