/** One webhook: whether it works, what can be done with it, and what was sent to it. */
import type { Millis } from '../../lib/clock.ts'
import type { DeliveryState } from '../../protocol/audit/webhook_events.ts'
import { Button, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { Section } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { Minute } from '../kit/time.tsx'
import { useWords, view } from '../kit/words.tsx'
import { WebhookFrame, type WebhookPageProps } from './frame.tsx'
import { type ShownWebhook, State } from './webhooks_view.tsx'

export interface ShownMessage {
  readonly id: string
  readonly type: string
  readonly createdAt: Millis
  readonly state: DeliveryState
  readonly attempts: number
  /** HTTP status of the last answer, or a word for why there was none. */
  readonly status: number | null
  readonly error: string | null
}

export interface WebhookProps extends WebhookPageProps, FormSecrets {
  readonly webhook: ShownWebhook
  readonly deliveries: readonly ShownMessage[]
  /** Where the older messages stand, if there are any. */
  readonly older?: string | undefined
}

export const webhookShown = view((props: WebhookProps) => {
  const { webhooks: say } = useWords()
  const { webhook } = props
  const own = `${props.path}/${webhook.id}`
  const off = webhook.offReason !== null
  return (
    <WebhookFrame {...props} heading={say.one} below>
      <section class="card" aria-label={say.one}>
        <p>
          <strong class="break" id="webhook-address">
            {webhook.uri}
          </strong>{' '}
          <State {...webhook} />
        </p>
        <p class="muted">
          {webhook.events.length === 0 ? say.allEvents : null}
          {webhook.events.map((type) => (
            <>
              <code>{type}</code>{' '}
            </>
          ))}
        </p>
        <Form secrets={{ csrf: props.csrf }} action={own}>
          <div class="row">
            {off ? (
              <Button id="webhook-on" name="act" value="on">
                {say.switchOn}
              </Button>
            ) : (
              <Button id="webhook-test" name="act" value="test">
                {say.test}
              </Button>
            )}
            <Button id="webhook-rotate" name="act" value="rotate" look="plain">
              {say.rotate}
            </Button>
            {off ? null : (
              <Button id="webhook-off" name="act" value="off" look="plain">
                {say.switchOff}
              </Button>
            )}
            <LinkButton href={`${own}/remove`} look="danger">
              {say.remove}
            </LinkButton>
          </div>
        </Form>
        <p class="hint">{say.rotateHint}</p>
      </section>
      <Section id="deliveries-section" heading={say.deliveries}>
        {props.deliveries.length === 0 ? <p class="muted">{say.noDeliveries}</p> : <Deliveries {...props} />}
        {props.older === undefined ? null : (
          <nav class="more" aria-label={say.deliveries}>
            <span />
            <a href={props.older} rel="next">
              {useWords().kit.next}
            </a>
          </nav>
        )}
      </Section>
      <p>
        <a href={props.path}>{say.back}</a>
      </p>
    </WebhookFrame>
  )
})

const looks = { waiting: 'warn', delivered: 'good', failed: 'bad' } as const

function Deliveries(props: WebhookProps) {
  const { webhooks: say } = useWords()
  const { webhook } = props
  return (
    <ul class="card entries" id="deliveries">
      {props.deliveries.map((message) => (
        <li data-delivery={message.id} data-state={message.state}>
          <div>
            <strong>
              <code>{message.type}</code>
            </strong>{' '}
            <Tag kind={looks[message.state]}>{say.states[message.state]}</Tag>
            <div class="small muted">
              <Minute at={message.createdAt} /> · {say.attempts(message.attempts)}
              {message.status === null ? null : ` · ${say.status(message.status)}`}
              {message.error === null ? null : ` · ${say.errors[message.error] ?? message.error}`}
            </div>
            <div class="small muted">
              <code>{message.id}</code>
            </div>
          </div>
          {webhook.offReason !== null || message.state === 'waiting' ? null : (
            <Form secrets={{ csrf: props.csrf }} action={`${props.path}/${webhook.id}`}>
              <input type="hidden" name="delivery" value={message.id} />
              <Button name="act" value="again" look="plain">
                {say.again}
                <span class="unseen">
                  {' '}
                  <code>{message.id}</code>
                </span>
              </Button>
            </Form>
          )}
        </li>
      ))}
    </ul>
  )
}
