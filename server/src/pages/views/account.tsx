/** The account page: who one is, which apps are connected, and the ways to end that. */
import type { Millis } from '../../lib/clock.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import type { Account } from '../../storage/contract.ts'
import { AppCard } from '../kit/app_card.tsx'
import { Button, Form, type FormSecrets } from '../kit/form.tsx'
import { AppsIcon } from '../kit/icons.tsx'
import { renderPage, WidePage } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'

export interface ConnectedApp {
  readonly clientId: string
  readonly name: string
  readonly scopes: readonly ScopeMeaning[]
  readonly since: Millis
  readonly lastUsed?: Millis | undefined
  /** Something seen that the person should know of, in a sentence or two. */
  readonly warning?: string | undefined
}

export interface AccountProps extends FormSecrets {
  readonly account: Pick<Account, 'username' | 'email' | 'emailVerified' | 'roles' | 'createdAt'> & {
    readonly name?: string | undefined
  }
  readonly apps: readonly ConnectedApp[]
  /** Said once after something was done, such as the removal of an app. */
  readonly notice?: string | undefined
}

export function account(props: AccountProps): string {
  const who = props.account
  return renderPage(
    <WidePage title="Account" viewer={who} here="account" reading>
      <h1>Your account</h1>
      {props.notice === undefined ? null : (
        <Note kind="good">
          <p>{props.notice}</p>
        </Note>
      )}
      <section class="card" aria-label="Who you are">
        <dl class="facts-list">
          {who.name === undefined ? null : (
            <>
              <dt>Name</dt>
              <dd dir="auto">{who.name}</dd>
            </>
          )}
          <dt>Username</dt>
          <dd>
            <bdi id="account-username">{who.username}</bdi>
          </dd>
          <dt>E-mail</dt>
          <dd>
            {who.email === null ? (
              <span class="muted">none</span>
            ) : (
              <>
                <bdi>{who.email}</bdi>{' '}
                {who.emailVerified ? <Tag kind="good">confirmed</Tag> : <Tag kind="warn">not confirmed</Tag>}
              </>
            )}
          </dd>
          {who.roles.length === 0 ? null : (
            <>
              <dt>Role</dt>
              <dd>{who.roles.join(', ')}</dd>
            </>
          )}
          <dt>Since</dt>
          <dd>
            <Day at={who.createdAt} />
          </dd>
        </dl>
      </section>
      <section aria-labelledby="connected-apps">
        <h2 id="connected-apps">Connected apps</h2>
        {props.apps.length === 0 ? (
          <div class="card empty">
            <AppsIcon />
            <h3>No app is connected</h3>
            <p class="muted">
              When an app asks to use your account and you allow it, it appears here, with what it may do and a way to
              end it.
            </p>
          </div>
        ) : (
          <>
            <p class="muted">What may use your account. Removing an app ends its access at once.</p>
            {props.apps.map((app) => (
              <ConnectedAppCard app={app} csrf={props.csrf} />
            ))}
          </>
        )}
      </section>
    </WidePage>,
  )
}

function ConnectedAppCard(props: { app: ConnectedApp; csrf: string }) {
  const { app } = props
  return (
    <article class="card" data-client-id={app.clientId}>
      <AppCard
        name={app.name}
        title={<strong dir="auto">{app.name}</strong>}
        act={
          <Form secrets={{ csrf: props.csrf }} action={paths.removeApp}>
            <input type="hidden" name="client_id" value={app.clientId} />
            <Button look="danger">
              Remove <span class="unseen">{app.name}</span>
            </Button>
          </Form>
        }
      >
        <div class="small muted facts">
          <span>
            since <Day at={app.since} />
          </span>
          <span>
            {app.lastUsed === undefined ? (
              'not used yet'
            ) : (
              <>
                last used <Day at={app.lastUsed} />
              </>
            )}
          </span>
        </div>
        {app.scopes.length === 0 ? null : (
          <p class="may">
            <span class="unseen">It may: </span>
            {app.scopes.map((scope) => scope.sentence).join(' · ')}
          </p>
        )}
      </AppCard>
      {app.warning === undefined ? null : (
        <Note kind="warning">
          <p>{app.warning}</p>
        </Note>
      )}
    </article>
  )
}
