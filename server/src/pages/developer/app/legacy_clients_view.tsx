/** What the people behind an app switch on for its older copies, and what each of it risks. */

import type { Child } from 'hono/jsx'
import type { RiskName } from '../../../engine/client/risks.ts'
import type { LeniencyChoice, LeniencyProblems, LeniencySwitch } from '../../../engine/developer/client_leniencies.ts'
import type { Seconds } from '../../../lib/clock.ts'
import { appDialect } from '../../../protocol/dialects.ts'
import { Button, type Choice, Choices, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { AppsIcon, OpenIcon } from '../../kit/icons.tsx'
import { Note, Problems } from '../../kit/note.tsx'
import { legacyClientsPath } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

export interface LegacyClientsProps extends AppPageProps, FormSecrets {
  /** False for a built-in client, which has nothing of this. */
  readonly changeable: boolean
  /** Whether the operator has the QuantiModo protocol open. */
  readonly protocolOpen: boolean
  /** Whether the operator lets tokens travel in the redirect. */
  readonly frontChannelOpen: boolean
  readonly switches: readonly {
    readonly name: LeniencySwitch
    readonly on: boolean
    readonly risks: readonly RiskName[]
  }[]
  readonly replayWindow: WindowProps
  readonly lostAnswerWindow: WindowProps
  /** How the app is set as this page is made: what comes back is a change of that. */
  readonly shown: LeniencyChoice
  readonly problems?: LeniencyProblems | undefined
}

interface WindowProps {
  /** As it is filled in. */
  readonly text: string
  readonly usual: Seconds
  readonly longest: Seconds
  readonly risks: readonly RiskName[]
}

export const legacyClients = view((props: LegacyClientsProps) => {
  const say = useWords().legacy
  const { problems } = props
  return (
    <AppPage {...props} here="older" heading={say.heading} about={say.about} failed={problems !== undefined}>
      {problems === undefined ? null : (
        <Problems
          form={problems.form}
          fields={[
            ...props.switches.map(({ name }) => ({
              id: idOf(name),
              label: say.switches[name].label,
              problem: problems[name],
            })),
            { id: 'replay-window', label: say.replayWindow, problem: problems.replay_window },
            { id: 'lost-answer-window', label: say.lostAnswerWindow, problem: problems.lost_answer_window },
          ]}
        />
      )}
      {props.changeable ? <Settings {...props} /> : <BuiltIn />}
    </AppPage>
  )
})

function idOf(name: LeniencySwitch): string {
  return name.replaceAll('_', '-')
}

function BuiltIn() {
  const say = useWords().legacy
  return (
    <section class="card empty">
      <AppsIcon />
      <h2>{say.builtIn}</h2>
      <p class="muted">{say.builtInText}</p>
    </section>
  )
}

function Settings(props: LegacyClientsProps) {
  const { legacy: say, kit } = useWords()
  const { replayWindow, lostAnswerWindow, shown } = props
  const choices = props.switches.map(({ name, on, risks }) => ({
    id: idOf(name),
    value: name,
    label: (
      <>
        {say.switches[name].label} <code class="muted">{name}</code>
      </>
    ),
    detail: (
      <>
        {say.switches[name].detail}
        {name === 'front_channel_tokens' ? <OperatorToo open={props.frontChannelOpen} /> : null}
        <Risks risks={risks} />
      </>
    ),
    checked: on,
    problem: props.problems?.[name],
  }))
  return (
    <Form id="older-form" class="card" secrets={{ csrf: props.csrf }} action={legacyClientsPath(props.app.clientId)}>
      <input type="hidden" name="shown" value={shown.on.join(' ')} />
      <input type="hidden" name="shown_replay_window" value={shown.windows.replay_window} />
      <input type="hidden" name="shown_lost_answer_window" value={shown.windows.lost_answer_window} />
      {props.protocolOpen ? null : (
        <Note kind="warning">
          <p>{say.closed}</p>
        </Note>
      )}
      <KnownApps />
      <Group id="legacy-protocol" legend={say.protocol} choices={choices.filter(({ value }) => value === appDialect)} />
      <Group id="older-rules" legend={say.rules} choices={choices.filter(({ value }) => value !== appDialect)} />
      <Field
        id="replay-window"
        name="replay_window"
        label={say.replayWindowField}
        optional
        digits
        value={replayWindow.text}
        problem={props.problems?.replay_window}
        hint={
          <>
            {say.replayWindowHint(replayWindow)}
            <Risks risks={replayWindow.risks} />
          </>
        }
      />
      <Field
        id="lost-answer-window"
        name="lost_answer_window"
        label={say.lostAnswerWindowField}
        optional
        digits
        value={lostAnswerWindow.text}
        problem={props.problems?.lost_answer_window}
        hint={
          <>
            {say.lostAnswerWindowHint(lostAnswerWindow)}
            <Risks risks={lostAnswerWindow.risks} />
          </>
        }
      />
      <Button id="older-submit">{kit.save}</Button>
    </Form>
  )
}

/** What the owner of a well-known app would otherwise find out by a refused request. */
function KnownApps() {
  const say = useWords().legacy
  return (
    <details id="known-apps">
      <summary>
        <OpenIcon />
        <span>{say.known}</span>
      </summary>
      <ul>
        <li>
          <Say it={say.knownQuantimodo} />
        </li>
        <li>
          <Say it={say.knownBasic} />
        </li>
        <li>{say.knownOrigins}</li>
        <li>{say.knownSocial}</li>
      </ul>
    </details>
  )
}

function Group(props: { id: string; legend: string; choices: readonly Choice[] }) {
  if (props.choices.length === 0) return null
  return <Choices {...props} name="setting" type="checkbox" />
}

function OperatorToo(props: { open: boolean }) {
  const say = useWords().legacy
  return (
    <>
      {' '}
      <Say it={props.open ? say.operatorAllows : say.operatorDoesNot} />
    </>
  )
}

function Risks(props: { risks: readonly RiskName[] }): Child {
  const { legacy: say, risks } = useWords()
  return (
    <>
      {props.risks.map((risk) => (
        <span class="risk">
          <strong>{say.risk}</strong> {risks[risk]}
        </span>
      ))}
    </>
  )
}
