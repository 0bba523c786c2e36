/** One subscription key: its state, its name, a new text for it, the people who share it, and the ways to end it. */
import type { TeamFacts } from '../../../engine/developer/sharing.ts'
import type { PlanState } from '../../../runtime/limits/quotas.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Button, Choices, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Fact, Section, type Viewer, WidePage } from '../../kit/layout.tsx'
import { Note, Outcome, Tag } from '../../kit/note.tsx'
import { overlapChoices, usualOverlap } from '../../kit/overlap.ts'
import { keyPath } from '../../kit/paths.ts'
import { PlanSection } from '../../kit/plan_facts.tsx'
import { Day, Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { type InviteProps, Sharing } from '../people.tsx'
import { type KeyFacts, KeyState, KeysTrail, nameOf, Start } from './keys_view.tsx'

export interface SubscriptionKeyProps extends FormSecrets, Omit<TeamFacts, 'owner'> {
  readonly viewer: Viewer
  readonly subscriptionKey: KeyFacts
  readonly plan?: PlanState | undefined
  readonly notice?: string | undefined
  /** Why nothing came of what was just asked for. */
  readonly problem?: FormProblem | undefined
  /** What was filled in that could not be taken, and why. */
  readonly rename?: { readonly name: string; readonly problem: FormProblem } | undefined
  readonly add?: InviteProps['again']
}

export const subscriptionKey = view((props: SubscriptionKeyProps) => {
  const { key: say, keys, kit } = useWords()
  const { subscriptionKey: key } = props
  const name = nameOf(keys, key.name)
  return (
    <WidePage title={say.title(name)} viewer={props.viewer} here="developer" reading>
      <KeysTrail />
      <h1 dir="auto">{name}</h1>
      <Outcome notice={props.notice} problem={props.problem} />
      <Facts of={key} />
      <PlanSection of={props.plan} />
      <Rotation {...props} />
      <Section id="people" heading={say.people}>
        <p class="muted">{say.peopleText}</p>
        <Sharing {...props} id="key" page={keyPath(key.handle)} />
      </Section>
      <Section id="rename" heading={say.changeName}>
        <Form id="key-rename-form" class="card form-card" secrets={{ csrf: props.csrf }} action={keyPath(key.handle)}>
          <Field
            id="key-name"
            name="name"
            label={say.name}
            value={props.rename?.name ?? key.name}
            problem={props.rename?.problem}
          />
          <Button id="key-rename-submit">{kit.save}</Button>
        </Form>
      </Section>
      <End {...props} />
    </WidePage>
  )
})

function Facts(props: { of: KeyFacts }) {
  const say = useWords().key
  const { start, previous, createdAt, lastUsed, usesToday, openToAll } = props.of
  return (
    <section class="card" aria-label={say.facts}>
      <dl class="facts-list">
        <Fact name={say.key}>
          <Start start={start} />
        </Fact>
        {previous === undefined ? null : (
          <Fact name={say.oldKey}>
            <Start start={previous.start} />{' '}
            <Tag kind="warn">
              <Say it={say.worksUntil} day={<Day at={previous.until} />} />
            </Tag>
          </Fact>
        )}
        <Fact name={say.state}>
          <KeyState of={{ ...props.of, openToAll: false, previous: undefined }} />
        </Fact>
        <Fact name={say.letsIn}>{openToAll ? say.everybody : say.thesePeople}</Fact>
        <Fact name={say.created}>{createdAt === undefined ? say.unknown : <Day at={createdAt} />}</Fact>
        <Fact name={say.lastUsed}>{lastUsed === undefined ? say.notYet : <Minute at={lastUsed} />}</Fact>
        <Fact name={say.usesToday}>{usesToday}</Fact>
      </dl>
    </section>
  )
}

function Rotation(props: SubscriptionKeyProps) {
  const { key: say, kit } = useWords()
  const { subscriptionKey: key } = props
  return (
    <Section id="rotate" heading={say.replaceHeading}>
      <Form id="key-rotate-form" class="card" secrets={{ csrf: props.csrf }} action={keyPath(key.handle, 'rotate')}>
        {key.previous === undefined ? null : (
          <Note kind="warning">
            <p>{say.previousWorks}</p>
          </Note>
        )}
        <Choices
          id="key-overlap"
          name="overlap"
          legend={kit.overlap}
          type="radio"
          choices={overlapChoices(kit, ['month', 'week', 'day', 'none'], usualOverlap)}
        />
        <Button id="key-rotate-submit" look="danger">
          {say.replace}
        </Button>
      </Form>
    </Section>
  )
}

function End(props: SubscriptionKeyProps) {
  const say = useWords().key
  const { subscriptionKey: key } = props
  return (
    <Section id="end" heading={say.end}>
      <div class="card danger-zone">
        {key.disabled === 'operator' ? (
          <p class="muted">{say.offByOperator}</p>
        ) : (
          <p class="muted">{key.disabled === undefined ? say.offMeans : say.isOff}</p>
        )}
        <p class="small muted" id="key-off-limits">
          {say.offLimits}
        </p>
        <div class="row">
          {key.disabled === 'operator' ? null : (
            <Form
              id="key-state-form"
              secrets={{ csrf: props.csrf }}
              action={keyPath(key.handle, key.disabled === undefined ? 'disable' : 'enable')}
            >
              <Button id="key-state-submit" look="plain">
                {key.disabled === undefined ? say.switchOff : say.switchOn}
              </Button>
            </Form>
          )}
          <LinkButton href={keyPath(key.handle, 'delete')} look="danger">
            {say.delete}
          </LinkButton>
        </div>
      </div>
    </Section>
  )
}
