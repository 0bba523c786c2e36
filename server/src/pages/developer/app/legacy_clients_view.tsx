/** What the people behind an app switch on for its older copies, and what each of it risks. */
import type { Child } from 'hono/jsx'
import type { OlderChoice, OlderProblems, OlderSwitch } from '../../../engine/developer/client_leniencies.ts'
import type { Seconds } from '../../../lib/clock.ts'
import { Button, type Choice, Choices, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { AppsIcon, OpenIcon } from '../../kit/icons.tsx'
import { Note, Problems } from '../../kit/note.tsx'
import { olderPath } from '../../kit/paths.ts'
import { view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

export interface AppOlderProps extends AppPageProps, FormSecrets {
  /** False for a built-in client, which has nothing of this. */
  readonly changeable: boolean
  /** Whether the operator has the QuantiModo door open. */
  readonly doorOpen: boolean
  /** Whether the operator lets tokens travel in the redirect. */
  readonly frontChannelOpen: boolean
  readonly switches: readonly { readonly name: OlderSwitch; readonly on: boolean; readonly risks: readonly string[] }[]
  readonly replayWindow: WindowProps
  readonly lostAnswerWindow: WindowProps
  /** How the app is set as this page is made: what comes back is a change of that. */
  readonly shown: OlderChoice
  readonly problems?: OlderProblems | undefined
}

interface WindowProps {
  /** As it is filled in. */
  readonly text: string
  readonly usual: Seconds
  readonly longest: Seconds
  readonly risks: readonly string[]
}

const words: Readonly<Record<OlderSwitch, { readonly label: string; readonly detail: string }>> = {
  quantimodo: {
    label: 'Apps written for the QuantiModo or CureDAO API may connect',
    detail: 'At the addresses that their documents name, such as /api/oauth2/authorize and /api/oauth2/token.',
  },
  code_without_pkce: {
    label: 'Sign-ins without PKCE',
    detail: 'For old versions that send no code_challenge.',
  },
  refresh_without_secret: {
    label: 'Refreshing without the secret',
    detail: 'For an app whose phone version has no secret. A code is still exchanged with it only.',
  },
  refresh_rotation: {
    label: 'Refresh tokens that stay the same',
    detail: 'For an app that does not store the new refresh token of each answer.',
  },
  token_in_header_and_query: {
    label: 'Access tokens in the header and in the address at once',
    detail: 'For an app that sends its token in both places at the legacy addresses. The two must be equal.',
  },
  front_channel_tokens: {
    label: 'Tokens in the redirect',
    detail: 'For an app that asks the legacy addresses for response_type=token and takes its tokens from the fragment.',
  },
}

export const appOlder = view((props: AppOlderProps) => {
  const { problems } = props
  return (
    <AppPage
      {...props}
      here="older"
      heading="Legacy clients"
      about="What old versions of your app may need. Leave off whatever they do not."
      failed={problems !== undefined}
    >
      {problems === undefined ? null : (
        <Problems
          form={problems.form}
          fields={[
            ...props.switches.map(({ name }) => ({
              id: idOf(name),
              label: words[name].label,
              problem: problems[name],
            })),
            { id: 'replay-window', label: 'Replay window', problem: problems.replay_window },
            { id: 'lost-answer-window', label: 'Lost answer window', problem: problems.lost_answer_window },
          ]}
        />
      )}
      {props.changeable ? <Settings {...props} /> : <BuiltIn />}
    </AppPage>
  )
})

function idOf(name: OlderSwitch): string {
  return name.replaceAll('_', '-')
}

function BuiltIn() {
  return (
    <section class="card empty">
      <AppsIcon />
      <h2>This app is built in</h2>
      <p class="muted">It has a legacy protocol of its own. The operator of this server looks after its settings.</p>
    </section>
  )
}

function Settings(props: AppOlderProps) {
  const { replayWindow, lostAnswerWindow, shown } = props
  const choices = props.switches.map(({ name, on, risks }) => ({
    id: idOf(name),
    value: name,
    label: (
      <>
        {words[name].label} <code class="muted">{name}</code>
      </>
    ),
    detail: (
      <>
        {words[name].detail}
        {name === 'front_channel_tokens' ? <OperatorToo open={props.frontChannelOpen} /> : null}
        <Risks risks={risks} />
      </>
    ),
    checked: on,
    problem: props.problems?.[name],
  }))
  return (
    <Form id="older-form" class="card" secrets={{ csrf: props.csrf }} action={olderPath(props.app.clientId)}>
      <input type="hidden" name="shown" value={shown.on.join(' ')} />
      <input type="hidden" name="shown_replay_window" value={shown.windows.replay_window} />
      <input type="hidden" name="shown_lost_answer_window" value={shown.windows.lost_answer_window} />
      {props.doorOpen ? null : (
        <Note kind="warning">
          <p>The operator of this server has not opened the legacy protocol of the QuantiModo and CureDAO API.</p>
        </Note>
      )}
      <KnownApps />
      <Group id="older-door" legend="Legacy protocol" choices={choices.filter(({ value }) => value === 'quantimodo')} />
      <Group
        id="older-rules"
        legend="Relaxed security rules"
        choices={choices.filter(({ value }) => value !== 'quantimodo')}
      />
      <Field
        id="replay-window"
        name="replay_window"
        label="Replay window, in seconds"
        type="text"
        autocomplete="off"
        optional
        digits
        value={replayWindow.text}
        problem={props.problems?.replay_window}
        hint={
          <>
            A refresh that is repeated within it gets the same answer again. Default {replayWindow.usual} seconds,
            maximum {replayWindow.longest}. 0 follows the old specification strictly.
            <Risks risks={replayWindow.risks} />
          </>
        }
      />
      <Field
        id="lost-answer-window"
        name="lost_answer_window"
        label="Lost answer window, in seconds"
        type="text"
        autocomplete="off"
        optional
        digits
        value={lostAnswerWindow.text}
        problem={props.problems?.lost_answer_window}
        hint={
          <>
            An app that was cut off can ask again within it for an answer that it never used. Default{' '}
            {lostAnswerWindow.usual} seconds, or 0 if the replay window is 0. Maximum {lostAnswerWindow.longest}. 0
            switches it off.
            <Risks risks={lostAnswerWindow.risks} />
          </>
        }
      />
      <Button id="older-submit">Save</Button>
    </Form>
  )
}

/** What the owner of a well-known app would otherwise find out by a refused request. */
function KnownApps() {
  return (
    <details id="known-apps">
      <summary>
        <OpenIcon />
        <span>What known apps need</span>
      </summary>
      <ul>
        <li>
          The QuantiModo app of 2022 needs <code>token_in_header_and_query</code>, and with a client secret also{' '}
          <code>refresh_without_secret</code>.
        </li>
        <li>
          That app and the WordPress plugin never ask for <code>basic</code>, so they do not get the e-mail address.
        </li>
        <li>
          Calls from a browser are answered for the origins of your redirect URIs only. A page of a file and a browser
          extension have no such origin: call from a native or background part, or register a page at an https address.
        </li>
        <li>Social sign-in by the native Android SDK does not work here. Sign-in in its WebView does.</li>
      </ul>
    </details>
  )
}

function Group(props: { id: string; legend: string; choices: readonly Choice[] }) {
  if (props.choices.length === 0) return null
  return <Choices {...props} name="setting" type="checkbox" />
}

function OperatorToo(props: { open: boolean }) {
  return (
    <>
      {' '}
      The operator of this server has to allow it as well (<code>CONSENTRY_FRONT_CHANNEL_TOKENS</code>), and{' '}
      {props.open ? 'has.' : 'has not. Until then it changes nothing.'}
    </>
  )
}

function Risks(props: { risks: readonly string[] }): Child {
  return (
    <>
      {props.risks.map((risk) => (
        <span class="risk">
          <strong>Risk:</strong> {risk}
        </span>
      ))}
    </>
  )
}
