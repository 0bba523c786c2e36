/** A person's own data: what is recorded, the files that take it along and bring it in, and the way to delete it. */
import type { DataImport } from '../../../engine/measurements/import.ts'
import type { Measurement } from '../../../engine/measurements/measurements.ts'
import type { SeriesPart, VariableSummary } from '../../../engine/measurements/own_data.ts'
import { second } from '../../../lib/clock.ts'
import { isLineProblem, type Words } from '../../../words/index.ts'
import { tell } from '../../../words/told.ts'
import { AccountPage, SignInFirst } from '../../kit/account_page.tsx'
import { LinkButton } from '../../kit/form.tsx'
import { ChartIcon, OpenIcon } from '../../kit/icons.tsx'
import { Section, type Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { PageLinks } from '../../kit/page_links.tsx'
import { ownVariablePath, paths } from '../../kit/paths.ts'
import { Day, Minute } from '../../kit/time.tsx'
import { English, Say, useWords, view } from '../../kit/words.tsx'
import { Chart, type ChartProps } from './data_chart.tsx'

export type DataRefusal = keyof Words['data']['refusals']

export interface AccountDataProps {
  readonly csrf: string
  readonly viewer: Viewer
  readonly variables: readonly VariableSummary[]
  readonly page?: number
  readonly more?: boolean
  /** The variable that was recorded last. */
  readonly chart?: ChartProps | undefined
  readonly lastImport?: DataImport | undefined
  /** That a file may have. */
  readonly megabytes: number
  readonly refused?: DataRefusal | undefined
  readonly notice?: string | undefined
}

export const accountData = view((props: AccountDataProps) => {
  const say = useWords().data
  const { variables, page = 1, more = false, refused } = props
  const empty = variables.length === 0 && page === 1
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={props.viewer}
      here="data"
      notice={props.notice}
      failed={refused !== undefined}
    >
      <Refused {...props} />
      <p class="muted">{say.lead}</p>
      {empty ? (
        <section class="card empty">
          <ChartIcon />
          <h2>{say.none}</h2>
          <p class="muted">{say.noneHint}</p>
        </section>
      ) : (
        <Section id="recorded" heading={say.variables}>
          {props.chart === undefined ? null : (
            <div class="card">
              <Chart {...props.chart} />
            </div>
          )}
          <Variables variables={variables} />
          <PageLinks label={say.pagesOfVariables} path={paths.accountData} page={page} more={more} />
        </Section>
      )}
      <Section id="export" heading={say.take}>
        <p class="muted">{say.takeHint}</p>
        <div class="row">
          <a class="button plain" id="export-csv" href={`${paths.exportData}/csv`} download>
            {say.exportCsv}
          </a>
          <a class="button plain" id="export-json" href={`${paths.exportData}/json`} download>
            {say.exportJson}
          </a>
        </div>
      </Section>
      <Section id="import" heading={say.bring}>
        {props.lastImport === undefined ? null : <Import found={props.lastImport} />}
        <ImportForm {...props} />
      </Section>
      {empty ? null : (
        <Section id="delete" heading={say.remove}>
          <div class="card danger-zone">
            <p class="muted">{say.removeHint}</p>
            <LinkButton href={paths.deleteData} look="danger">
              {say.removeFirst}
            </LinkButton>
          </div>
        </Section>
      )}
    </AccountPage>
  )
})

function Refused({ refused, megabytes }: AccountDataProps) {
  const { data: say } = useWords()
  if (refused === undefined) return null
  const { too_large: tooLarge, ...others } = say.refusals
  return (
    <Note kind="bad">
      <p>
        {refused === 'too_large' ? tooLarge(megabytes) : others[refused]}{' '}
        {refused === 'sign_in_again' ? <SignInFirst next={paths.deleteData} /> : null}
      </p>
    </Note>
  )
}

function Variables({ variables }: { variables: readonly VariableSummary[] }) {
  const words = useWords()
  const say = words.data
  return (
    <div class="card table after">
      <table id="variables">
        <caption class="unseen">{say.variablesCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{say.variable}</th>
            <th scope="col">{say.latest}</th>
            <th scope="col" class="figure">
              {say.count}
            </th>
          </tr>
        </thead>
        <tbody>
          {variables.map((variable) => (
            <tr data-variable={variable.id}>
              <td>
                <a class="strong" dir="auto" href={ownVariablePath(variable.id)}>
                  {variable.name}
                </a>
                {variable.category === null ? null : (
                  <div class="small muted" dir="auto">
                    {variable.category}
                  </div>
                )}
              </td>
              <td data-label={say.latest}>
                {variable.latest === null ? null : (
                  <div>
                    <bdi>{`${words.number(variable.latest.value)} ${variable.latest.unit}`}</bdi>
                    {variable.latestTime === null ? null : (
                      <div class="small muted">
                        <Day at={variable.latestTime * second} />
                      </div>
                    )}
                  </div>
                )}
              </td>
              <td class="figure" data-label={say.count}>
                {words.number(variable.measurements)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** How the last import is doing: a bar while it is read, then what came of it and what is wrong with its lines. */
function Import({ found }: { found: DataImport }) {
  const say = useWords().data
  const { state, size, bytesRead, stored, refused, problems } = found
  const percent = size === 0 ? 0 : Math.min(100, Math.floor((bytesRead / size) * 100))
  const ended = state === 'reading' ? undefined : say.ended[state]
  return (
    <div class="card import" id="import-state" data-state={state}>
      <h3>{state === 'reading' ? say.importing : say.lastImport}</h3>
      {ended === undefined ? (
        <>
          <progress id="import-progress" max={100} value={percent} aria-label={say.importing}>
            {say.read(percent)}
          </progress>
          <p role="status">
            {say.read(percent)} · {say.soFar(stored)}
          </p>
          <LinkButton href={paths.accountData} look="plain">
            {say.refresh}
          </LinkButton>
        </>
      ) : (
        <p role="status">{typeof ended === 'string' ? ended : ended(stored, refused)}</p>
      )}
      <p class="small muted">
        {say.started} <Minute at={found.startedAt} />
      </p>
      {problems.length === 0 ? null : (
        <details open={state !== 'reading'}>
          <summary>
            <OpenIcon />
            <strong>{say.problems(refused)}</strong>
          </summary>
          {refused > problems.length ? <p class="small muted">{say.problemsShown(problems.length)}</p> : null}
          <ul id="import-problems" class="small">
            {problems.map(({ line, problem }) => (
              <li>
                {line === 0 ? null : <span class="muted">{say.line(line)}: </span>}
                <span dir="auto">
                  <Problem it={problem} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

/** What is wrong with a line. What a release before has written is a sentence in English. */
function Problem({ it }: { it: DataImport['problems'][number]['problem'] }) {
  const words = useWords()
  if (isLineProblem(words, it)) return <>{tell(words.data.lineProblems, it)}</>
  return <English>{typeof it === 'string' ? it : ''}</English>
}

function ImportForm({ csrf, megabytes }: AccountDataProps) {
  const say = useWords().data
  return (
    <form id="import-form" class="card" method="post" action={paths.importData} enctype="multipart/form-data">
      <input type="hidden" name="csrf" value={csrf} />
      <div class="field">
        <label for="import-file">{say.file}</label>
        <input
          id="import-file"
          name="file"
          type="file"
          accept=".csv,.json,text/csv,application/json"
          required
          aria-describedby="import-hint"
        />
        <p class="hint" id="import-hint">
          {say.bringHint(megabytes)}
        </p>
      </div>
      <details>
        <summary>
          <OpenIcon />
          {say.csv}
        </summary>
        <p class="small muted">
          <Say it={say.csvColumns} />
        </p>
      </details>
      <button id="import-submit" type="submit" class="button">
        {say.submit}
      </button>
    </form>
  )
}

export interface AccountVariableProps {
  readonly viewer: Viewer
  readonly variable: VariableSummary
  readonly series: readonly SeriesPart[]
  readonly measurements: readonly Measurement[]
  /** Of this page. */
  readonly path: string
  readonly page: number
  readonly more: boolean
}

export const accountVariable = view((props: AccountVariableProps) => {
  const words = useWords()
  const say = words.data
  const { variable, measurements } = props
  return (
    <AccountPage
      title={say.variableTitle(variable.name)}
      heading={<span dir="auto">{variable.name}</span>}
      viewer={props.viewer}
      here="data"
      below
    >
      <p class="muted">
        {variable.category === null ? null : <bdi>{variable.category} · </bdi>}
        {say.measurements(variable.measurements)}
      </p>
      <div class="card" hidden={props.series.length === 0}>
        <Chart variable={variable} series={props.series} />
      </div>
      <Section id="values" heading={say.values}>
        <div class="card table">
          <table id="measurements">
            <caption class="unseen">{say.valuesCaption}</caption>
            <thead>
              <tr>
                <th scope="col">{say.time}</th>
                <th scope="col">{say.value}</th>
                <th scope="col">{say.note}</th>
                <th scope="col">{say.source}</th>
              </tr>
            </thead>
            <tbody>
              {measurements.map((one) => (
                <tr data-measurement={one.id}>
                  <td>
                    <Minute at={one.startTime * second} />
                  </td>
                  <td data-label={say.value}>
                    <bdi>{`${words.number(one.value)} ${one.unit}`}</bdi>
                  </td>
                  <td data-label={one.note === null ? undefined : say.note}>
                    <bdi>{one.note}</bdi>
                  </td>
                  <td data-label={say.source}>
                    <bdi>{one.source}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <PageLinks label={say.pagesOfValues} path={props.path} page={props.page} more={props.more} />
      </Section>
    </AccountPage>
  )
})
