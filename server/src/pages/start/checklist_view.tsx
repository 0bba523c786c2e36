/** What is left to do on a new server: each step with its state and the way to do it. */
import type { Child } from 'hono/jsx'
import { LinkButton } from '../kit/form.tsx'
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { view } from '../kit/words.tsx'

export interface ChecklistProps {
  readonly viewer: Viewer
  /** What the server is called. */
  readonly server: string
  readonly issuer: string
  /** Whether others can reach it at the issuer. */
  readonly published: boolean
  readonly hasApp: boolean
  /** Names of the providers that people may sign in through. */
  readonly providers: readonly string[]
  readonly registration: 'open' | 'approval' | 'closed'
  /** The legacy protocols that are open. */
  readonly legacy: readonly string[]
}

const registrations: Readonly<Record<ChecklistProps['registration'], string>> = {
  open: 'Anybody with an account. Their apps work for everybody at once.',
  approval: 'Anybody with an account. Their apps work for testers until you approve them.',
  closed: 'Owners and admins only.',
}

const states = {
  done: { kind: 'good', text: 'Done' },
  open: { kind: 'warn', text: 'To do' },
  check: { kind: 'warn', text: 'Check this' },
  optional: { kind: undefined, text: 'Optional' },
  regular: { kind: undefined, text: 'Regularly' },
} as const
type State = keyof typeof states

export const checklist = view((props: ChecklistProps) => {
  return (
    <WidePage title="Set up this server" viewer={props.viewer} reading>
      <h1>
        Set up <bdi>{props.server}</bdi>
      </h1>
      <p class="lead">You can sign in, and the server is running. These are the next steps.</p>
      <ol class="card checklist">
        <Apps {...props} />
        <Address {...props} />
        <Providers {...props} />
        <Step id="registration" state="optional" heading="Decide who may register apps">
          <p>{registrations[props.registration]}</p>
          <p>
            The setting is <code>CONSENTRY_APP_REGISTRATION</code>: <code>open</code>, <code>approval</code> or{' '}
            <code>closed</code>.
          </p>
        </Step>
        {props.legacy.length === 0 ? null : (
          <Step id="legacy" state="check" heading="Close the legacy protocols that no app needs">
            <p>
              Open: <code>{props.legacy.join(', ')}</code>. Name those that you need in <code>CONSENTRY_DIALECTS</code>,
              or set it to <code>none</code>.
            </p>
          </Step>
        )}
        <Step id="backup" state="regular" heading="Back up the database and the root secret">
          <p>
            Keep the two apart: together they are everything. With SQLite both lie in the data folder, the secret in the
            file <code>secret</code> unless <code>CONSENTRY_SECRET</code> holds it.
          </p>
        </Step>
        <Step id="doctor" state="regular" heading="Let doctor look for problems">
          <p>
            It checks settings, Node.js, database and address, changes nothing, and says how to repair what it finds.
          </p>
          <code class="code">node server/bin/consentry.js doctor</code>
        </Step>
      </ol>
      <p class="after muted small">
        You can come back here from your <a href={paths.account}>account page</a>.
      </p>
    </WidePage>
  )
})

function Step(props: { id: string; state: State; heading: string; children: Child }) {
  const { kind, text } = states[props.state]
  return (
    <li data-step={props.id} data-state={props.state}>
      <h2>{props.heading}</h2>
      {kind === undefined ? <span class="small muted">{text}</span> : <Tag kind={kind}>{text}</Tag>}
      <div>{props.children}</div>
    </li>
  )
}

function Apps(props: ChecklistProps) {
  if (props.hasApp) {
    return (
      <Step id="app" state="done" heading="Register an app">
        <p>
          <a href={paths.developer}>Your apps</a>
        </p>
      </Step>
    )
  }
  return (
    <Step id="app" state="open" heading="Register an app">
      <p>It takes five minutes to the first token.</p>
      <LinkButton href={paths.newApp}>Register an app</LinkButton>
    </Step>
  )
}

function Address(props: ChecklistProps) {
  return (
    <Step id="address" state={props.published ? 'done' : 'open'} heading="Give the server its public address">
      {props.published ? (
        <p>
          It is <code>{props.issuer}</code>.
        </p>
      ) : (
        <p>
          Only this machine reaches <code>{props.issuer}</code>. Set <code>CONSENTRY_ISSUER</code> to an https address
          before others use the server: apps and tokens name it, and stop working when it changes.
        </p>
      )}
    </Step>
  )
}

function Providers(props: ChecklistProps) {
  const [any] = props.providers
  return (
    <Step id="providers" state={any === undefined ? 'optional' : 'done'} heading="Let people sign in through providers">
      {any === undefined ? (
        <>
          <p>
            People sign in with a password. Google, Facebook or any OpenID Connect provider can be added in the section{' '}
            <code>providers</code> of a document; <code>docs/providers.md</code> shows how.
          </p>
          <code class="code">node server/bin/consentry.js apply FILE</code>
        </>
      ) : (
        <ul>
          {props.providers.map((name) => (
            <li dir="auto">{name}</li>
          ))}
        </ul>
      )}
    </Step>
  )
}
