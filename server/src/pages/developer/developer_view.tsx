/** The developer's list of apps: each with the way to its request log. */
import type { Millis } from '../../lib/clock.ts'
import { AppCard, AppStatus } from '../kit/app_card.tsx'
import { LinkButton } from '../kit/form.tsx'
import { AppsIcon } from '../kit/icons.tsx'
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Outcome, Tag } from '../kit/note.tsx'
import { appPath, paths, requestLogPath } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { view } from '../kit/words.tsx'

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

export const developer = view((props: DeveloperProps) => {
  return (
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
                Since <Day at={app.createdAt} />
              </span>
              <AppStatus status={app.status} />
              {app.collaborator ? <Tag>Shared with you</Tag> : null}
            </div>
          </AppCard>
        </article>
      ))}
      {props.apps.length === 0 ? null : (
        <p class="after">
          <a href={paths.reference}>API reference</a>
        </p>
      )}
      {props.keysHref === undefined ? null : (
        <p class="after muted">
          Legacy apps that ask for passwords need a <a href={props.keysHref}>subscription key</a>.
        </p>
      )}
    </WidePage>
  )
})

function NoApps(props: { newAppHref: string | undefined; viewer: Viewer }) {
  if (props.newAppHref === undefined) {
    return (
      <section class="card empty">
        <AppsIcon />
        <h2>You have no app yet</h2>
        <p class="muted">
          The operator of this server registers apps. Ask them to name you, <bdi>{props.viewer.username}</bdi>, as the
          owner of yours. It then appears here.
        </p>
        <p>
          <a href={paths.reference}>API reference</a>
        </p>
      </section>
    )
  }
  return (
    <>
      <p class="muted">You have no app yet. Get your first token in five minutes.</p>
      <ol class="card steps">
        <li>
          <h2>Register an app</h2>
          <p>Say what it is called and where it runs. You get a client ID.</p>
          <LinkButton href={props.newAppHref}>Register an app</LinkButton>
        </li>
        <li>
          <h2>Sign in to it</h2>
          <p>Open the address that you get and allow the app, as people will. You return to your app with a code.</p>
        </li>
        <li>
          <h2>Exchange the code for a token</h2>
          <p>
            Copy the request for curl or Node, and call the API with the token. If a request fails, the request log
            shows why.
          </p>
          <p>
            <a href={paths.reference}>API reference</a>
          </p>
        </li>
      </ol>
    </>
  )
}
