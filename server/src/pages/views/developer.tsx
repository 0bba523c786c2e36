/** The developer's list of apps: each with the way to its request log. */
import type { Millis } from '../../lib/clock.ts'
import { AppCard } from '../kit/app_card.tsx'
import { LinkButton } from '../kit/form.tsx'
import { AppsIcon } from '../kit/icons.tsx'
import { renderPage, type Viewer, WidePage } from '../kit/layout.tsx'
import { Outcome, Tag } from '../kit/note.tsx'
import { appPath, requestLogPath } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'

export interface DeveloperApp {
  readonly clientId: string
  readonly name: string
  readonly status: 'pending' | 'enabled' | 'disabled'
  readonly createdAt: Millis
  /** True where the app is somebody else's and the person works on it too. */
  readonly collaborator?: boolean | undefined
}

export interface DeveloperProps {
  readonly viewer: Viewer
  readonly apps: readonly DeveloperApp[]
  /** Said once after something was done, such as the deletion of an app. */
  readonly notice?: string | undefined
  /** Where an app is registered; left out while that is the operator's to do. */
  readonly newAppHref?: string | undefined
  /** The way to subscription keys; left out where nothing asks for them. */
  readonly keysHref?: string | undefined
}

export function developer(props: DeveloperProps): string {
  return renderPage(
    <WidePage title="Your apps" viewer={props.viewer} here="developer" reading>
      <div class="heading">
        <h1>Your apps</h1>
        {props.newAppHref === undefined || props.apps.length === 0 ? null : (
          <LinkButton href={props.newAppHref}>Register an app</LinkButton>
        )}
      </div>
      <Outcome notice={props.notice} />
      {props.apps.length === 0 ? <NoApps newAppHref={props.newAppHref} viewer={props.viewer} /> : null}
      {props.apps.map((app) => (
        <article class="card">
          <AppCard
            name={app.name}
            title={
              <bdi class="strong">
                <a href={appPath(app.clientId)}>{app.name}</a>
              </bdi>
            }
            act={
              <LinkButton href={requestLogPath(app.clientId)} look="plain">
                Requests<span class="unseen"> of {app.name}</span>
              </LinkButton>
            }
          >
            <div class="small muted facts">
              <code>{app.clientId}</code>
              <span>
                since <Day at={app.createdAt} />
              </span>
              {app.collaborator ? <Tag>shared with you</Tag> : null}
              {app.status === 'pending' ? <Tag kind="warn">in development</Tag> : null}
              {app.status === 'disabled' ? <Tag kind="bad">disabled</Tag> : null}
            </div>
          </AppCard>
        </article>
      ))}
      {props.keysHref === undefined ? null : (
        <p class="after muted">
          An app that still asks for passwords itself needs one of your <a href={props.keysHref}>subscription keys</a>.
        </p>
      )}
    </WidePage>,
  )
}

function NoApps(props: { newAppHref: string | undefined; viewer: Viewer }) {
  return (
    <section class="card empty">
      <AppsIcon />
      <h2>You have no app yet</h2>
      {props.newAppHref === undefined ? (
        <p class="muted">
          Apps are registered by the operator of this server. Ask for one that names you,{' '}
          <bdi>{props.viewer.username}</bdi>, as its owner; it then appears here.
        </p>
      ) : (
        <>
          <p class="muted">Register one to get a client id, and to see here why a request of it was refused.</p>
          <div class="row">
            <LinkButton href={props.newAppHref}>Register an app</LinkButton>
          </div>
        </>
      )}
    </section>
  )
}
