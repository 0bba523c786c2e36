/** The webhooks that there are, the form for another one, and a secret that is shown once. */
import type { Millis } from '../../lib/clock.ts'
import type { AppEventType, WebhookOffReason } from '../../protocol/audit/webhook_events.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { Button, Choices, Field, Form, type FormSecrets, Lines, LinkButton } from '../kit/form.tsx'
import { Section } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { Day } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'
import { WebhookFrame, type WebhookPageProps } from './frame.tsx'

export interface ShownWebhook {
  readonly id: string
  readonly uri: string
  /** None for all. */
  readonly events: readonly string[]
  readonly createdAt: Millis
  readonly failingSince: Millis | null
  readonly offReason: WebhookOffReason | null
}

export interface WebhooksProps extends WebhookPageProps, FormSecrets {
  readonly webhooks: readonly ShownWebhook[]
  readonly limit: number
  /** The types that an app may choose from; the operator writes them down. */
  readonly offered: readonly AppEventType[]
  /** What was filled in and not taken, and why. */
  readonly add?: { readonly uri: string; readonly events: readonly string[]; readonly problem: FormProblem } | undefined
}

export const webhooksList = view((props: WebhooksProps) => {
  const { webhooks: say } = useWords()
  return (
    <WebhookFrame {...props} heading={say.heading} failed={props.add !== undefined}>
      <p class="lead">
        <Say it={props.place.of === 'app' ? say.lead : say.operatorLead} />
      </p>
      {props.webhooks.length === 0 ? (
        <p class="muted">{say.none}</p>
      ) : (
        <ul class="card entries" id="webhooks">
          {props.webhooks.map((webhook) => (
            <li data-webhook={webhook.id}>
              <div>
                <strong class="break">{webhook.uri}</strong> <State {...webhook} />
                <div class="small muted">
                  <Say it={say.since} day={<Day at={webhook.createdAt} />} />{' '}
                  {webhook.events.length === 0 ? say.allEvents : say.someEvents(webhook.events.length)}
                </div>
              </div>
              <div class="row">
                <LinkButton href={`${props.path}/${webhook.id}`} look="plain">
                  <Say it={say.open} name={<span class="unseen"> {webhook.uri}</span>} />
                </LinkButton>
              </div>
            </li>
          ))}
        </ul>
      )}
      {props.webhooks.length < props.limit ? <Add {...props} /> : null}
    </WebhookFrame>
  )
})

function Add(props: WebhooksProps) {
  const { webhooks: say } = useWords()
  const { add } = props
  const atEvents = add?.problem === 'webhook_event_unknown'
  return (
    <Section id="add-webhook" heading={say.add}>
      <Form id="webhook-form" class="card" secrets={{ csrf: props.csrf }} action={props.path}>
        <Field
          id="webhook-uri"
          name="uri"
          label={say.uri}
          value={add?.uri}
          hint={say.uriHint}
          problem={atEvents ? undefined : add?.problem}
        />
        {props.place.of === 'app' ? (
          <Choices
            id="webhook-events"
            name="event"
            legend={say.events}
            type="checkbox"
            choices={props.offered.map((type) => ({
              id: `event-${type.replaceAll('.', '-')}`,
              value: type,
              label: say.appEvents[type],
              detail: <code>{type}</code>,
              checked: add?.events.includes(type) === true,
            }))}
            problem={atEvents ? add?.problem : undefined}
          />
        ) : (
          <Lines
            id="webhook-events"
            name="events"
            label={say.eventLines}
            value={add?.events.join('\n') ?? ''}
            hint={<Say it={say.eventLinesHint} />}
            problem={atEvents ? add?.problem : undefined}
            optional
          />
        )}
        {props.place.of === 'app' ? <p class="hint">{say.eventsHint}</p> : null}
        <Button id="webhook-submit">{say.add}</Button>
      </Form>
    </Section>
  )
}

export function State({ failingSince, offReason }: Pick<ShownWebhook, 'failingSince' | 'offReason'>) {
  const { webhooks: say } = useWords()
  if (offReason !== null) return <Tag kind={offReason === 'by_hand' ? undefined : 'bad'}>{say.off[offReason]}</Tag>
  if (failingSince === null) return <Tag kind="good">{say.on}</Tag>
  return (
    <Tag kind="warn">
      <Say it={say.failing} day={<Day at={failingSince} />} />
    </Tag>
  )
}

export interface WebhookSecretProps extends WebhookPageProps {
  readonly id: string
  readonly secret: string
}

/** The only page that ever shows a secret. */
export const webhookSecret = view((props: WebhookSecretProps) => {
  const { webhooks: say } = useWords()
  return (
    <WebhookFrame {...props} heading={say.newSecret} below>
      <section class="card" aria-label={say.newSecret}>
        <Note kind="warning">
          <p>
            <Say it={say.once} />
          </p>
        </Note>
        <code class="code" id="webhook-secret">
          {props.secret}
        </code>
        <p class="muted">{say.secretUse}</p>
        <div class="row">
          <LinkButton href={`${props.path}/${props.id}`}>{say.saved}</LinkButton>
        </div>
      </section>
    </WebhookFrame>
  )
})
