/** The developer's subscription keys, the form for another one, and the one page that ever shows a key. */
import type { DeveloperKey } from '../../../engine/developer/developer_keys.ts'
import type { Offer } from '../../../engine/developer/sharing.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import type { Words } from '../../../words/index.ts'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { KeyIcon } from '../../kit/icons.tsx'
import { Section, type Viewer, WidePage } from '../../kit/layout.tsx'
import { Note, Outcome, Tag } from '../../kit/note.tsx'
import { keyPath, paths, type ShareAct } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { Trail } from '../../kit/trail.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { Offers } from '../people.tsx'

/** A key as lists and its own page show it. */
export type KeyFacts = Omit<DeveloperKey, 'sharedBy'>

export interface SharedKey extends KeyFacts {
  readonly sharedBy: string
}

export interface SubscriptionKeysProps extends FormSecrets {
  readonly viewer: Viewer
  readonly keys: readonly KeyFacts[]
  readonly shared: readonly SharedKey[]
  /** Keys that others ask the person to share. */
  readonly offers?: readonly Offer[]
  readonly limit: number
  /** False while keys are the operator's to make. */
  readonly mayCreate: boolean
  readonly notice?: string | undefined
  /** Why nothing came of what was just asked for. */
  readonly problem?: FormProblem | undefined
  /** What was filled in for a name that could not be taken, and why. */
  readonly add?: { readonly name: string; readonly problem: FormProblem } | undefined
}

export const subscriptionKeys = view((props: SubscriptionKeysProps) => {
  const say = useWords().keys
  const { keys, shared, limit } = props
  return (
    <WidePage title={say.heading} viewer={props.viewer} here="developer">
      <Head heading={say.heading} />
      <Outcome notice={props.notice} problem={props.problem} />
      <p class="muted">
        <Say it={say.lead} />
      </p>
      <Offers
        id="key"
        csrf={props.csrf}
        offers={props.offers ?? []}
        nameOf={({ name }) => nameOf(say, name)}
        pageOf={(handle) => keyPath(handle)}
      />
      {keys.length === 0 ? <NoKeys mayCreate={props.mayCreate} /> : <Table keys={keys} />}
      {props.mayCreate && keys.length < limit ? (
        <Section id="create-key" heading={say.create}>
          <Form id="key-form" class="card form-card" secrets={{ csrf: props.csrf }} action={paths.keys}>
            <Field
              id="key-name"
              name="name"
              label={say.name}
              value={props.add?.name}
              problem={props.add?.problem}
              hint={say.nameHint(limit)}
            />
            <Button id="key-submit">{say.submit}</Button>
          </Form>
        </Section>
      ) : null}
      {shared.length === 0 ? null : <Shared keys={shared} csrf={props.csrf} />}
    </WidePage>
  )
})

/** The ways up to the list from the page of one key. */
export function KeysTrail() {
  return <Trail steps={[{ href: paths.keys, text: useWords().keys.heading }]} />
}

function Head(props: { heading: string; inKeys?: boolean }) {
  return (
    <>
      {props.inKeys ? <KeysTrail /> : <Trail />}
      <h1>{props.heading}</h1>
    </>
  )
}

function NoKeys(props: { mayCreate: boolean }) {
  const say = useWords().keys
  return (
    <section class="card empty">
      <KeyIcon />
      <h2>{say.none}</h2>
      <p class="muted">{props.mayCreate ? say.noneCreate : say.noneAsk}</p>
    </section>
  )
}

function Table(props: { keys: readonly KeyFacts[] }) {
  const { keys: say, key: column } = useWords()
  return (
    <section class="card table" aria-label={say.yours}>
      <table id="subscription-keys">
        <caption class="unseen">{say.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{say.name}</th>
            <th scope="col">{column.key}</th>
            <th scope="col">{column.created}</th>
            <th scope="col">{column.lastUsed}</th>
            <th scope="col">{column.state}</th>
          </tr>
        </thead>
        <tbody>
          {props.keys.map((key) => (
            <tr data-key={key.handle}>
              <td>
                <a href={keyPath(key.handle)}>
                  <bdi class="strong">{nameOf(say, key.name)}</bdi>
                </a>
              </td>
              <td data-label={column.key}>
                <Start start={key.start} />
              </td>
              <td data-label={column.created}>
                {key.createdAt === undefined ? <span class="muted">{column.unknown}</span> : <Day at={key.createdAt} />}
              </td>
              <td data-label={column.lastUsed}>
                <LastUsed of={key} />
              </td>
              <td data-label={column.state}>
                <KeyState of={key} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Shared(props: { keys: readonly SharedKey[]; csrf: string }) {
  const {
    keys: say,
    sharing: { leave },
  } = useWords()
  return (
    <Section id="shared" heading={say.shared}>
      <p class="muted">{say.sharedText}</p>
      <ul class="card entries" id="shared-keys">
        {props.keys.map((key) => (
          <li data-key={key.handle}>
            <div>
              <strong dir="auto">{nameOf(say, key.name)}</strong> <KeyState of={key} />
              <div class="small muted">
                <Say it={say.sharedBy} name={<bdi>{key.sharedBy}</bdi>} />
              </div>
            </div>
            <Form secrets={{ csrf: props.csrf }} action={`${keyPath(key.handle)}/${'leave' satisfies ShareAct}`}>
              <Button look="plain">
                <Say it={leave} name={<span class="unseen"> {nameOf(say, key.name)}</span>} />
              </Button>
            </Form>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** What the key is called; keys from the operator's document may have no name. */
export function nameOf({ unnamed }: Words['keys'], name: string): string {
  return name === '' ? unnamed : name
}

export function Start(props: { start: string }) {
  const { key } = useWords()
  if (props.start === '') return <span class="muted">{key.unknown}</span>
  return (
    <code>
      {props.start}
      <span class="muted">…</span>
    </code>
  )
}

function LastUsed(props: { of: KeyFacts }) {
  const { key, keys: say } = useWords()
  const { lastUsed, usesToday } = props.of
  if (lastUsed === undefined) return <span class="muted">{key.notYet}</span>
  return (
    <div>
      <Day at={lastUsed} />
      {usesToday === 0 ? null : <div class="small muted">{say.usesToday(usesToday)}</div>}
    </div>
  )
}

export function KeyState(props: { of: KeyFacts }) {
  const say = useWords().keys
  const { disabled, openToAll, previous } = props.of
  const off = disabled === 'operator' ? say.offByOperator : say.off
  return (
    <span class="tags">
      {disabled === undefined ? <Tag kind="good">{say.active}</Tag> : <Tag kind="bad">{off}</Tag>}
      {openToAll ? <Tag>{say.openToAll}</Tag> : null}
      {previous === undefined || disabled !== undefined ? null : <Tag kind="warn">{say.oldWorks}</Tag>}
    </span>
  )
}

export interface KeyShownProps {
  readonly viewer: Viewer
  /** What it is called. */
  readonly name: string
  readonly subscriptionKey: string
  /** What becomes of the key that it replaces; undefined where there was none. */
  readonly before?: string | undefined
}

/** The answer to the form that made a key, and the only page that ever shows it. */
export const keyShown = view((props: KeyShownProps) => {
  const say = useWords().keys
  return (
    <WidePage title={say.newKey} viewer={props.viewer} here="developer" reading>
      <Head heading={say.newKey} inKeys />
      <section class="card" aria-label={say.newKeyLabel}>
        <Note kind="warning">
          <p>
            <Say it={say.once} />
          </p>
        </Note>
        <h2 dir="auto">{props.name}</h2>
        <code class="code" id="subscription-key">
          {props.subscriptionKey}
        </code>
        {props.before === undefined ? null : <p>{props.before}</p>}
        <div class="row">
          <LinkButton href={paths.keys}>{say.saved}</LinkButton>
        </div>
      </section>
    </WidePage>
  )
})
