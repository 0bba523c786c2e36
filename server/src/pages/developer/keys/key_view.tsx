/** One subscription key: its state, its name, a new text for it, the people who share it, and the ways to end it. */
import { Button, Choices, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { type Viewer, WidePage } from '../../kit/layout.tsx'
import { Note, Outcome, Tag } from '../../kit/note.tsx'
import { overlapChoices, usualOverlap } from '../../kit/overlap.ts'
import { keyPath } from '../../kit/paths.ts'
import { Day, Minute } from '../../kit/time.tsx'
import { Trail } from '../../kit/trail.tsx'
import { useWords, view } from '../../kit/words.tsx'
import { type KeyFacts, KeyState, keysStep, nameOf, Start } from './keys_view.tsx'

export interface KeyCollaborator {
  readonly id: string
  readonly username: string
}

export interface SubscriptionKeyProps extends FormSecrets {
  readonly viewer: Viewer
  readonly subscriptionKey: KeyFacts
  readonly collaborators: readonly KeyCollaborator[]
  /** Usernames that are asked to share it. */
  readonly invited?: readonly string[]
  readonly collaboratorLimit: number
  readonly notice?: string | undefined
  /** Why nothing came of what was just asked for. */
  readonly problem?: string | undefined
  /** What was filled in that could not be taken, and why. */
  readonly rename?: { readonly name: string; readonly problem: string } | undefined
  readonly add?: { readonly username: string; readonly problem: string } | undefined
}

export const subscriptionKey = view((props: SubscriptionKeyProps) => {
  const { subscriptionKey: key } = props
  const name = nameOf(key.name)
  return (
    <WidePage title={`${name} · Subscription keys`} viewer={props.viewer} here="developer" reading>
      <Trail steps={[keysStep]} />
      <h1 dir="auto">{name}</h1>
      <Outcome notice={props.notice} problem={props.problem} />
      <Facts of={key} />
      <Rotation {...props} />
      <People {...props} />
      <section aria-labelledby="rename">
        <h2 id="rename">Change the name</h2>
        <Form id="key-rename-form" class="card form-card" secrets={{ csrf: props.csrf }} action={keyPath(key.handle)}>
          <Field
            id="key-name"
            name="name"
            label="Name"
            type="text"
            autocomplete="off"
            value={props.rename?.name ?? key.name}
            problem={props.rename?.problem}
          />
          <Button id="key-rename-submit">Save</Button>
        </Form>
      </section>
      <End {...props} />
    </WidePage>
  )
})

function Facts(props: { of: KeyFacts }) {
  const { start, previous, createdAt, lastUsed, usesToday, openToAll } = props.of
  return (
    <section class="card" aria-label="What it is">
      <dl class="facts-list">
        <dt>Key</dt>
        <dd>
          <Start start={start} />
        </dd>
        {previous === undefined ? null : (
          <>
            <dt>Old key</dt>
            <dd>
              <Start start={previous.start} />{' '}
              <Tag kind="warn">
                Works until <Day at={previous.until} />
              </Tag>
            </dd>
          </>
        )}
        <dt>State</dt>
        <dd>
          <KeyState of={{ ...props.of, openToAll: false, previous: undefined }} />
        </dd>
        <dt>Lets in</dt>
        <dd>{openToAll ? 'Everybody with an account here; the operator has opened it' : 'You and the people below'}</dd>
        <dt>Created</dt>
        <dd>{createdAt === undefined ? 'Not known' : <Day at={createdAt} />}</dd>
        <dt>Last used</dt>
        <dd>{lastUsed === undefined ? 'Not yet' : <Minute at={lastUsed} />}</dd>
        <dt>Uses today</dt>
        <dd>{usesToday}</dd>
      </dl>
    </section>
  )
}

function Rotation(props: SubscriptionKeyProps) {
  const { subscriptionKey: key } = props
  return (
    <section aria-labelledby="rotate">
      <h2 id="rotate">Replace this key</h2>
      <Form id="key-rotate-form" class="card" secrets={{ csrf: props.csrf }} action={keyPath(key.handle, 'rotate')}>
        {key.previous === undefined ? null : (
          <Note kind="warning">
            <p>
              The key before this one still works. If you replace this one now, the one before stops working
              immediately.
            </p>
          </Note>
        )}
        <Choices
          id="key-overlap"
          name="overlap"
          legend={useWords().kit.overlap}
          type="radio"
          choices={overlapChoices(useWords().kit, ['month', 'week', 'day', 'none'], usualOverlap)}
        />
        <Button id="key-rotate-submit" look="danger">
          Replace key
        </Button>
      </Form>
    </section>
  )
}

function People(props: SubscriptionKeyProps) {
  const { subscriptionKey: key, collaborators } = props
  return (
    <section aria-labelledby="people">
      <h2 id="people">People who share it</h2>
      <p class="muted">They can sign in through this key. Only you can change, replace or delete it.</p>
      {collaborators.length === 0 ? null : (
        <ul class="card entries" id="collaborators">
          {collaborators.map((person) => (
            <li>
              <div>
                <strong dir="auto">{person.username}</strong>
              </div>
              <Form secrets={{ csrf: props.csrf }} action={keyPath(key.handle, 'collaborators/remove')}>
                <input type="hidden" name="person" value={person.id} />
                <Button look="plain">
                  Remove<span class="unseen"> {person.username}</span>
                </Button>
              </Form>
            </li>
          ))}
        </ul>
      )}
      <Invited {...props} />
      {collaborators.length + (props.invited ?? []).length >= props.collaboratorLimit ? null : (
        <Form
          id="collaborator-form"
          class="card form-card"
          secrets={{ csrf: props.csrf }}
          action={keyPath(key.handle, 'collaborators')}
        >
          <Field
            id="collaborator-username"
            name="username"
            label="Username"
            type="text"
            autocomplete="off"
            value={props.add?.username}
            problem={props.add?.problem}
            hint="Their username on this server, not an e-mail address."
          />
          <Button id="collaborator-submit">Invite</Button>
        </Form>
      )}
    </section>
  )
}

function Invited({ invited = [], csrf, subscriptionKey: { handle } }: SubscriptionKeyProps) {
  if (invited.length === 0) return null
  return (
    <ul class="card entries" id="key-invited">
      {invited.map((username) => (
        <li>
          <div>
            <strong>
              <bdi>{username}</bdi>
            </strong>{' '}
            <Tag>invited</Tag>
          </div>
          <Form secrets={{ csrf }} action={keyPath(handle, 'invitations/remove')}>
            <input type="hidden" name="username" value={username} />
            <Button look="plain">
              Take back<span class="unseen"> the invitation of {username}</span>
            </Button>
          </Form>
        </li>
      ))}
    </ul>
  )
}

function End(props: SubscriptionKeyProps) {
  const { subscriptionKey: key } = props
  return (
    <section aria-labelledby="end">
      <h2 id="end">Switch off or delete</h2>
      <div class="card danger-zone">
        {key.disabled === 'operator' ? (
          <p class="muted">The operator of this server has switched this key off. Only they can switch it on again.</p>
        ) : (
          <p class="muted">
            {key.disabled === undefined
              ? 'Apps that use a key that is switched off are refused. You can switch it on again, but you cannot undo deleting it.'
              : 'The key is switched off, so apps that use it are refused. You cannot undo deleting it.'}
          </p>
        )}
        <p class="small muted" id="key-off-limits">
          Version 1 of the JWT login asks for no key, so people can still sign in there while this one is off. Only the
          operator of this server can close that version.
        </p>
        <div class="row">
          {key.disabled === 'operator' ? null : (
            <Form
              id="key-state-form"
              secrets={{ csrf: props.csrf }}
              action={keyPath(key.handle, key.disabled === undefined ? 'disable' : 'enable')}
            >
              <Button id="key-state-submit" look="plain">
                {key.disabled === undefined ? 'Switch off' : 'Switch on'}
              </Button>
            </Form>
          )}
          <LinkButton href={keyPath(key.handle, 'delete')} look="danger">
            Delete
          </LinkButton>
        </div>
      </div>
    </section>
  )
}
