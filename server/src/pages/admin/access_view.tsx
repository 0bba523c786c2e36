/** Requests for access: what each says, and the two answers. */
import type { Millis } from '../../lib/clock.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { ConsolePage } from '../kit/console/console_page.tsx'
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { OpenIcon } from '../kit/icons.tsx'
import { Fact, Section, type Viewer } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { useWords, view } from '../kit/words.tsx'

export interface AccessQueueItem {
  readonly id: string
  readonly email: string
  readonly appName: string
  readonly purpose: string
  readonly website: string | null
  readonly askedAt: Millis
  /** The app that was registered when it was approved. */
  readonly clientId: string | null
}

export interface AccessQueueProps extends FormSecrets {
  readonly viewer: Viewer
  readonly requests: readonly AccessQueueItem[]
  readonly notice?: string | undefined
  /** A refusal that was not taken, and why. */
  readonly refused?: { readonly id: string; readonly reason: string; readonly problem: FormProblem } | undefined
  /** An invitation that the operator has to hand over. */
  readonly handOver?: string | undefined
}

export const accessQueue = view((props: AccessQueueProps) => {
  const say = useWords().accessQueue
  const waiting = props.requests.filter(({ clientId }) => clientId === null)
  const approved = props.requests.filter(({ clientId }) => clientId !== null)
  return (
    <ConsolePage
      title={say.title}
      heading={say.title}
      viewer={props.viewer}
      here="accessRequests"
      failed={props.refused !== undefined}
      notice={props.notice}
      reading
    >
      <p class="lead">{say.lead}</p>
      {props.handOver === undefined ? null : (
        <Note kind="good">
          <p>{say.handOver}</p>
          <code class="code" id="access-link">
            {props.handOver}
          </code>
        </Note>
      )}
      <Section id="waiting" heading={say.waiting}>
        {waiting.length === 0 ? <p class="muted">{say.none}</p> : null}
        {waiting.map((request) => (
          <Waiting {...props} asked={request} />
        ))}
      </Section>
      {approved.length === 0 ? null : (
        <Section id="approved" heading={say.approved}>
          <p class="muted">{say.approvedLead}</p>
          {approved.map((request) => (
            <article class="card" data-request={request.id}>
              <Told {...request} />
              <Form class="after" secrets={props} action={paths.accessRequests}>
                <input type="hidden" name="id" value={request.id} />
                <div class="row">
                  <Button name="decision" value="approve" look="plain">
                    {say.again}
                  </Button>
                </div>
              </Form>
            </article>
          ))}
        </Section>
      )}
    </ConsolePage>
  )
})

function Waiting(props: AccessQueueProps & { readonly asked: AccessQueueItem }) {
  const say = useWords().accessQueue
  const { asked: request } = props
  const refused = props.refused?.id === request.id ? props.refused : undefined
  return (
    <article class="card" data-request={request.id}>
      <Told {...request} />
      <Form class="after" secrets={props} action={paths.accessRequests}>
        <input type="hidden" name="id" value={request.id} />
        <div class="row">
          <Button name="decision" value="approve">
            {say.approve}
          </Button>
        </div>
      </Form>
      <details class="after" open={refused !== undefined}>
        <summary>
          <OpenIcon />
          {say.refuse}
        </summary>
        <Form secrets={props} action={paths.accessRequests}>
          <input type="hidden" name="id" value={request.id} />
          <Field
            id={`reason-${request.id}`}
            name="reason"
            label={say.reason}
            value={refused?.reason}
            problem={refused?.problem}
            hint={say.reasonHint}
            alerts
          />
          <div class="row">
            <Button name="decision" value="refuse" look="danger">
              {say.refuse}
            </Button>
          </div>
        </Form>
      </details>
    </article>
  )
}

/** What a request says. Its website is text, no link: nobody has looked at it yet. */
function Told(props: AccessQueueItem) {
  const say = useWords().accessQueue
  return (
    <>
      <h3 dir="auto">{props.appName}</h3>
      <dl class="facts-list">
        <Fact name={say.email}>
          <bdi>{props.email}</bdi>
        </Fact>
        <Fact name={say.purpose}>
          <div class="lines" dir="auto">
            {props.purpose}
          </div>
        </Fact>
        {props.website === null ? null : <Fact name={say.website}>{props.website}</Fact>}
        <Fact name={say.asked}>
          <Day at={props.askedAt} />
        </Fact>
        {props.clientId === null ? null : (
          <Fact name={say.clientId}>
            <code>{props.clientId}</code>
          </Fact>
        )}
      </dl>
    </>
  )
}
