/** What is left to do on a new server: each step with its state and the way to do it. */
import type { Child } from 'hono/jsx'
import { ConsolePage } from '../kit/console/console_page.tsx'
import { LinkButton } from '../kit/form.tsx'
import type { Viewer } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

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
  /** How many requests for access wait. */
  readonly accessRequests: number
  /** How many apps wait for a decision. */
  readonly waitingApps: number
  readonly registration: 'open' | 'approval' | 'closed'
  /** The legacy protocols that are open. */
  readonly legacy: readonly string[]
}

const tags = { done: 'good', open: 'warn', check: 'warn', optional: undefined, regular: undefined } as const
type State = keyof typeof tags

export const checklist = view((props: ChecklistProps) => {
  const say = useWords().checklist
  return (
    <ConsolePage
      title={say.title}
      heading={<Say it={say.heading} server={<bdi>{props.server}</bdi>} />}
      viewer={props.viewer}
      here="home"
      below
      reading
    >
      <p class="lead">{say.lead}</p>
      <ol class="card checklist">
        {props.accessRequests === 0 ? null : (
          <Step id="access" state="open" heading={say.access}>
            <p>{say.accessWaits(props.accessRequests)}</p>
            <LinkButton href={paths.accessRequests}>{say.accessDecide}</LinkButton>
          </Step>
        )}
        {props.waitingApps === 0 ? null : (
          <Step id="waiting" state="open" heading={say.waiting}>
            <p>
              {say.appsWait(props.waitingApps)} <Say it={say.waitingDecide} />
            </p>
            <code class="code">{say.waitingCommand}</code>
          </Step>
        )}
        <Apps {...props} />
        <Address {...props} />
        <Providers {...props} />
        <Step id="registration" state="optional" heading={say.registration}>
          <p>{say.registrations[props.registration]}</p>
          <p>
            <Say it={say.registrationSetting} />
          </p>
        </Step>
        {props.legacy.length === 0 ? null : (
          <Step id="legacy" state="check" heading={say.legacy}>
            <p>
              <Say it={say.legacyOpen} names={<code>{props.legacy.join(', ')}</code>} />
            </p>
          </Step>
        )}
        <Step id="backup" state="regular" heading={say.backup}>
          <p>
            <Say it={say.backupText} />
          </p>
        </Step>
        <Step id="doctor" state="regular" heading={say.doctor}>
          <p>{say.doctorText}</p>
          <code class="code">{say.doctorCommand}</code>
        </Step>
      </ol>
      <p class="after muted small">
        <Say it={say.comeBack} a={(text) => <a href={paths.account}>{text}</a>} />
      </p>
    </ConsolePage>
  )
})

function Step(props: { id: string; state: State; heading: string; children: Child }) {
  const kind = tags[props.state]
  const text = useWords().checklist.states[props.state]
  return (
    <li data-step={props.id} data-state={props.state}>
      <h2>{props.heading}</h2>
      {kind === undefined ? <span class="small muted">{text}</span> : <Tag kind={kind}>{text}</Tag>}
      <div>{props.children}</div>
    </li>
  )
}

function Apps(props: ChecklistProps) {
  const { checklist: say, kit } = useWords()
  if (props.hasApp) {
    return (
      <Step id="app" state="done" heading={say.app}>
        <p>
          <a href={paths.developer}>{kit.yourApps}</a>
        </p>
      </Step>
    )
  }
  return (
    <Step id="app" state="open" heading={say.app}>
      <p>{say.appLead}</p>
      <LinkButton href={paths.newApp}>{say.app}</LinkButton>
    </Step>
  )
}

function Address(props: ChecklistProps) {
  const say = useWords().checklist
  return (
    <Step id="address" state={props.published ? 'done' : 'open'} heading={say.address}>
      {props.published ? (
        <p>
          <Say it={say.addressIs} issuer={<code>{props.issuer}</code>} />
        </p>
      ) : (
        <p>
          <Say it={say.onlyHere} issuer={<code>{props.issuer}</code>} />
        </p>
      )}
    </Step>
  )
}

function Providers(props: ChecklistProps) {
  const say = useWords().checklist
  const [any] = props.providers
  return (
    <Step id="providers" state={any === undefined ? 'optional' : 'done'} heading={say.providers}>
      {any === undefined ? (
        <>
          <p>
            <Say it={say.noProviders} />
          </p>
          <code class="code">{say.applyCommand}</code>
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
