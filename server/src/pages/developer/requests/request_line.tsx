/** One request of the log: a line, and all that is known of it where the line is opened. */
import type { LoggedRequest } from '../../../engine/developer/request_log.ts'
import { agentInWords } from '../../../words/user_agent.ts'
import { type Difference, differenceInWords, findDifference, Side } from '../../kit/difference.tsx'
import { OpenIcon } from '../../kit/icons.tsx'
import { Fact } from '../../kit/layout.tsx'
import { requestLogPath } from '../../kit/paths.ts'
import { Second } from '../../kit/time.tsx'
import { English, useWords } from '../../kit/words.tsx'

export interface Check {
  /** The rule as a statement that holds or does not: "the redirect URI is registered". */
  readonly text: string
  readonly outcome: 'passed' | 'failed' | 'not_applicable' | 'not_reached'
}

export interface RequestEntry
  extends Pick<
    LoggedRequest,
    | 'requestId'
    | 'at'
    | 'method'
    | 'endpoint'
    | 'status'
    | 'reason'
    | 'ruleset'
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

export function RequestLine(props: { clientId: string; entry: RequestEntry; open: boolean }) {
  const say = useWords().requests
  const { entry } = props
  const { look, words } = outcomeOf(entry)
  return (
    <tr data-reason={entry.reason} data-request-id={entry.requestId}>
      <td>
        <Second at={entry.at} />
      </td>
      <td>
        <span class={`state ${look}`}>{words}</span>
      </td>
      <td>
        <code>
          {entry.method} {entry.endpoint}
        </code>
      </td>
      <td class="cause">
        <details open={props.open}>
          <summary>
            <OpenIcon />
            <span>{entry.cause === '' ? say.answeredAsAsked : <English>{entry.cause}</English>}</span>
          </summary>
          <Inside entry={entry} href={`${requestLogPath(props.clientId)}?request=${entry.requestId}`} />
        </details>
      </td>
    </tr>
  )
}

/** How a request ended, in words: its status alone says neither who was asked for what nor whose decision it was. */
function outcomeOf({ reason, status, ruleset }: RequestEntry): { look: 'good' | 'warn' | 'bad'; words: string } {
  const say = useWords().requests
  if (decidedByThePerson.has(reason)) return { look: 'warn', words: say.declined }
  if (reason !== '') return { look: 'bad', words: status < 400 && status >= 300 ? say.redirected : say.refused }
  const list = ruleset.split(' ', 1)[0] ?? ''
  // An API that is not ours has answered: all that is known of it is the status.
  if (list === 'usage') return { look: status < 400 ? 'good' : 'warn', words: String(status) }
  if (status >= 500) return { look: 'bad', words: say.fault }
  if (list.startsWith('token')) return { look: 'good', words: say.issued }
  return { look: 'good', words: say.sentOn[list] ?? say.answered }
}

const decidedByThePerson: ReadonlySet<string> = new Set(['consent_denied', 'login_cancelled'])

function Inside(props: { entry: RequestEntry; href: string }) {
  const say = useWords().requests
  const { entry } = props
  return (
    <div class="inside">
      {entry.checks.length === 0 ? null : (
        <section>
          <h2>{say.rules}</h2>
          <ol class="rules">
            {entry.checks.map((check) => (
              <CheckLine check={check} />
            ))}
          </ol>
        </section>
      )}
      <section>
        {entry.expected === null && entry.got === null ? null : <ExpectedAndGot {...entry} />}
        {entry.repair === undefined ? null : (
          <>
            <h2>{say.repair}</h2>
            <p>
              <English>{entry.repair}</English>
            </p>
          </>
        )}
        <h2>{say.facts}</h2>
        <dl class="facts-list">
          <Fact name={say.status}>
            {entry.status} {entry.error === undefined ? null : <code>{entry.error}</code>}
          </Fact>
          <Fact name={say.userAgent}>
            {entry.userAgent === null ? say.noUserAgent : agentInWords(useWords().kit, entry.userAgent)}
            {entry.userAgent === null ? null : <bdi class="small muted given">{entry.userAgent}</bdi>}
          </Fact>
          {entry.authenticated ? null : <Fact name={say.app}>{say.notAuthenticated}</Fact>}
          {entry.rfc === undefined ? null : <Fact name={say.standard}>{entry.rfc}</Fact>}
          <Fact name={say.requestId}>
            <a href={props.href}>
              <code>{entry.requestId}</code>
            </a>
          </Fact>
        </dl>
        <h2>{say.report}</h2>
        <pre class="code" lang="en">
          {reportOf(entry)}
        </pre>
      </section>
    </div>
  )
}

/** The entry as plain text. */
function reportOf(entry: RequestEntry): string {
  const failed = entry.checks.find(({ outcome }) => outcome === 'failed')
  const facts = [
    ['request', entry.requestId],
    ['reason', entry.reason],
    ['cause', entry.cause],
    ['rule', failed?.text ?? ''],
    ['expected', entry.expected ?? ''],
    ['got', entry.got ?? ''],
  ] as const
  return [
    `${new Date(entry.at).toISOString()}  ${entry.method} ${entry.endpoint} -> ${entry.status} ${entry.error ?? ''}`.trim(),
    ...facts.flatMap(([name, value]) => (value === '' ? [] : [`${name.padEnd(9)} ${value}`])),
  ].join('\n')
}

const signs = { passed: '✓', failed: '✗', not_applicable: '–', not_reached: '·' } as const

function CheckLine(props: { check: Check }) {
  return (
    <li class={props.check.outcome}>
      <span aria-hidden="true">{signs[props.check.outcome]}</span>
      <span>
        <English>{props.check.text}</English>
      </span>
      <span class="word">{useWords().requests.marks[props.check.outcome]}</span>
    </li>
  )
}

function ExpectedAndGot(props: { expected: string | null; got: string | null }) {
  const say = useWords().requests
  const { expected, got } = props
  const difference: Difference | undefined =
    expected === null || got === null ? undefined : findDifference(expected, got)
  return (
    <>
      <h2>{say.expectedAndGot}</h2>
      <dl class="diff">
        {expected === null ? null : (
          <Fact name={say.expected}>
            <Side text={expected} at={difference?.at} />
          </Fact>
        )}
        {got === null ? null : (
          <Fact name={say.got}>
            <Side text={got} at={difference?.at} />
          </Fact>
        )}
      </dl>
      {difference === undefined ? null : <p class="hint">{differenceInWords(useWords().kit, difference)}</p>}
    </>
  )
}
