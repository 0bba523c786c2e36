/** The developer's subscription keys, the form for another one, and the one page that ever shows a key. */
import type { DeveloperKey } from '../../../engine/developer/developer_keys.ts'
import type { KeyOffer } from '../../../engine/developer/key_invitations.ts'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { KeyIcon } from '../../kit/icons.tsx'
import { type Viewer, WidePage } from '../../kit/layout.tsx'
import { Note, Outcome, Tag } from '../../kit/note.tsx'
import { keyPath, paths } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { Trail } from '../../kit/trail.tsx'
import { view } from '../../kit/words.tsx'

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
  readonly offers?: readonly KeyOffer[]
  readonly limit: number
  /** False while keys are the operator's to make. */
  readonly mayCreate: boolean
  readonly notice?: string | undefined
  /** Why nothing came of what was just asked for. */
  readonly problem?: string | undefined
  /** What was filled in for a name that could not be taken, and why. */
  readonly add?: { readonly name: string; readonly problem: string } | undefined
}

export const subscriptionKeys = view((props: SubscriptionKeysProps) => {
  const { keys, shared, limit } = props
  return (
    <WidePage title="Subscription keys" viewer={props.viewer} here="developer">
      <Head heading="Subscription keys" />
      <Outcome notice={props.notice} problem={props.problem} />
      <p class="muted">
        Apps that sign people in at <code>/auth/v2/login</code> send a key in the header <code>Subscription-Key</code>.
        Only you, and the people you share it with, can sign in through a key of yours.
      </p>
      <Offers offers={props.offers ?? []} csrf={props.csrf} />
      {keys.length === 0 ? <NoKeys mayCreate={props.mayCreate} /> : <Table keys={keys} />}
      {props.mayCreate && keys.length < limit ? (
        <section aria-labelledby="create-key">
          <h2 id="create-key">Create a key</h2>
          <Form id="key-form" class="card form-card" secrets={{ csrf: props.csrf }} action={paths.keys}>
            <Field
              id="key-name"
              name="name"
              label="Name"
              type="text"
              autocomplete="off"
              value={props.add?.name}
              problem={props.add?.problem}
              hint={`Where it is used, such as “meter app”. You can have ${limit} keys.`}
            />
            <Button id="key-submit">Create key</Button>
          </Form>
        </section>
      ) : null}
      {shared.length === 0 ? null : <Shared keys={shared} csrf={props.csrf} />}
    </WidePage>
  )
})

/** The way up to the list from the page of one key. */
export const keysStep = { href: paths.keys, text: 'Subscription keys' }

function Head(props: { heading: string; inKeys?: boolean }) {
  return (
    <>
      <Trail steps={props.inKeys ? [keysStep] : []} />
      <h1>{props.heading}</h1>
    </>
  )
}

function Offers(props: { offers: readonly KeyOffer[]; csrf: string }) {
  if (props.offers.length === 0) return null
  return (
    <section aria-labelledby="key-offers-heading">
      <h2 id="key-offers-heading">Invitations</h2>
      <p class="muted">Accept if you know who invites you. Nothing is shared before.</p>
      <ul class="card entries" id="key-offers">
        {props.offers.map(({ handle, name, sharedBy }) => (
          <li data-key={handle}>
            <div>
              <strong dir="auto">{nameOf(name)}</strong>
              <div class="small muted">
                by <bdi>{sharedBy}</bdi>
              </div>
            </div>
            <Form class="row" secrets={{ csrf: props.csrf }} action={keyPath(handle, 'answer')}>
              <Button name="answer" value="accepted">
                Accept<span class="unseen"> {nameOf(name)}</span>
              </Button>
              <Button name="answer" value="declined" look="plain">
                Decline<span class="unseen"> {nameOf(name)}</span>
              </Button>
            </Form>
          </li>
        ))}
      </ul>
    </section>
  )
}

function NoKeys(props: { mayCreate: boolean }) {
  return (
    <section class="card empty">
      <KeyIcon />
      <h2>You have no subscription key</h2>
      <p class="muted">
        {props.mayCreate
          ? 'Most apps need none: they sign people in with OAuth. Create one for a legacy app that asks for passwords itself.'
          : 'Keys are made by the operator of this server. Ask for one that names you as its owner; it then appears here.'}
      </p>
    </section>
  )
}

function Table(props: { keys: readonly KeyFacts[] }) {
  return (
    <section class="card table" aria-label="Your keys">
      <table id="subscription-keys">
        <caption class="unseen">Your subscription keys</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Created</th>
            <th scope="col">Last used</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {props.keys.map((key) => (
            <tr data-key={key.handle}>
              <td>
                <a href={keyPath(key.handle)}>
                  <bdi class="strong">{nameOf(key.name)}</bdi>
                </a>
              </td>
              <td data-label="Key">
                <Start start={key.start} />
              </td>
              <td data-label="Created">
                {key.createdAt === undefined ? <span class="muted">Not known</span> : <Day at={key.createdAt} />}
              </td>
              <td data-label="Last used">
                <LastUsed of={key} />
              </td>
              <td data-label="State">
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
  return (
    <section aria-labelledby="shared">
      <h2 id="shared">Shared with you</h2>
      <p class="muted">You can sign in through these keys. Whoever shares one has sent you its text, or will.</p>
      <ul class="card entries" id="shared-keys">
        {props.keys.map((key) => (
          <li data-key={key.handle}>
            <div>
              <strong dir="auto">{nameOf(key.name)}</strong> <KeyState of={key} />
              <div class="small muted">
                By <bdi>{key.sharedBy}</bdi>
              </div>
            </div>
            <Form secrets={{ csrf: props.csrf }} action={keyPath(key.handle, 'leave')}>
              <Button look="plain">
                Leave<span class="unseen"> {nameOf(key.name)}</span>
              </Button>
            </Form>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What the key is called; keys from the operator's document may have no name. */
export function nameOf(name: string): string {
  return name === '' ? 'Unnamed key' : name
}

export function Start(props: { start: string }) {
  if (props.start === '') return <span class="muted">Not known</span>
  return (
    <code>
      {props.start}
      <span class="muted">…</span>
    </code>
  )
}

function LastUsed(props: { of: KeyFacts }) {
  const { lastUsed, usesToday } = props.of
  if (lastUsed === undefined) return <span class="muted">Not yet</span>
  return (
    <div>
      <Day at={lastUsed} />
      {usesToday === 0 ? null : (
        <div class="small muted">
          {usesToday} {usesToday === 1 ? 'use' : 'uses'} today
        </div>
      )}
    </div>
  )
}

export function KeyState(props: { of: KeyFacts }) {
  const { disabled, openToAll, previous } = props.of
  const off = disabled === 'operator' ? 'Switched off by the operator' : 'Switched off'
  return (
    <span class="tags">
      {disabled === undefined ? <Tag kind="good">Active</Tag> : <Tag kind="bad">{off}</Tag>}
      {openToAll ? <Tag>Open to everybody</Tag> : null}
      {previous === undefined || disabled !== undefined ? null : <Tag kind="warn">Old key still works</Tag>}
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
  return (
    <WidePage title="Your new key" viewer={props.viewer} here="developer" reading>
      <Head heading="Your new key" inKeys />
      <section class="card" aria-label="Subscription key">
        <Note kind="warning">
          <p>
            <strong>You see this key once.</strong> We store only a hash of it.
          </p>
        </Note>
        <h2 dir="auto">{props.name}</h2>
        <code class="code" id="subscription-key">
          {props.subscriptionKey}
        </code>
        {props.before === undefined ? null : <p>{props.before}</p>}
        <div class="row">
          <LinkButton href={paths.keys}>Done, I've saved it</LinkButton>
        </div>
      </section>
    </WidePage>
  )
})
