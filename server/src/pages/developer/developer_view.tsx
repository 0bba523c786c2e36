/** The developer's list of apps: each with the way to its request log. */
import type { Offer } from '../../engine/developer/sharing.ts'
import type { Millis } from '../../lib/clock.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { AppCard, AppStatus } from '../kit/app_card.tsx'
import { type FormSecrets, LinkButton } from '../kit/form.tsx'
import { AppsIcon } from '../kit/icons.tsx'
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Outcome, Tag } from '../kit/note.tsx'
import { appPath, paths, requestLogPath } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'
import { type Api, Apis } from './apis.tsx'
import { Offers } from './people.tsx'

export interface DeveloperApp {
  readonly clientId: string
  readonly name: string
  readonly status: 'pending' | 'enabled' | 'disabled'
  readonly createdAt: Millis
  /** True where the app is somebody else's and the person works on it too. */
  readonly collaborator?: boolean | undefined
}

export interface DeveloperProps extends FormSecrets {
  readonly viewer: Viewer
  readonly apps: readonly DeveloperApp[]
  /** Apps that others ask the person to work on. */
  readonly offers?: readonly Offer[]
  /** The APIs that apps can be registered for, beside the server's own. */
  readonly apis?: readonly Api[]
  /** Said once after something was done, such as the deletion of an app. */
  readonly notice?: string | undefined
  /** Why nothing came of what was just asked for. */
  readonly problem?: FormProblem | undefined
  /** Where an app is registered; left out while that is the operator's to do. */
  readonly newAppHref?: string | undefined
  /** The way to subscription keys; left out where nothing asks for them. */
  readonly keysHref?: string | undefined
}

export const developer = view((props: DeveloperProps) => {
  const { kit, developer: say } = useWords()
  return (
    <WidePage title={kit.yourApps} viewer={props.viewer} here="developer" reading>
      <div class="heading">
        <h1>{kit.yourApps}</h1>
        {props.newAppHref === undefined || props.apps.length === 0 ? null : (
          <LinkButton href={props.newAppHref}>{say.register}</LinkButton>
        )}
      </div>
      <Outcome notice={props.notice} problem={props.problem} />
      <Offers id="app" csrf={props.csrf} offers={props.offers ?? []} nameOf={({ name }) => name} pageOf={appPath} />
      <section aria-label={kit.yourApps}>
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
                  <Say it={say.requestsOf} app={<span class="unseen">{say.ofApp(app.name)}</span>} />
                </LinkButton>
              }
            >
              <div class="small muted facts">
                <code>{app.clientId}</code>
                <span>
                  <Say it={say.since} day={<Day at={app.createdAt} />} />
                </span>
                <AppStatus status={app.status} />
                {app.collaborator ? <Tag>{say.shared}</Tag> : null}
              </div>
            </AppCard>
          </article>
        ))}
      </section>
      {props.apps.length === 0 || kit.apiReference === undefined ? null : (
        <p class="after">
          <a href={paths.reference}>{kit.apiReference}</a>
        </p>
      )}
      <Apis apis={props.apis ?? []} />
      {props.keysHref === undefined ? null : (
        <p class="after muted">
          <Say it={say.keysLead} a={(text) => <a href={props.keysHref}>{text}</a>} />
        </p>
      )}
    </WidePage>
  )
})

function NoApps(props: { newAppHref: string | undefined; viewer: Viewer }) {
  const { developer: say, kit } = useWords()
  if (props.newAppHref === undefined) {
    return (
      <section class="card empty">
        <AppsIcon />
        <h2>{say.none}</h2>
        <p class="muted">
          <Say it={say.askOperator} username={<bdi>{props.viewer.username}</bdi>} />
        </p>
        {kit.apiReference === undefined ? null : (
          <p>
            <a href={paths.reference}>{kit.apiReference}</a>
          </p>
        )}
      </section>
    )
  }
  return (
    <>
      <p class="muted">{say.noneYet}</p>
      <ol class="card steps">
        <li>
          <h2>{say.register}</h2>
          <p>{say.registerText}</p>
          <LinkButton href={props.newAppHref}>{say.register}</LinkButton>
        </li>
        <li>
          <h2>{say.signIn}</h2>
          <p>{say.signInText}</p>
        </li>
        <li>
          <h2>{say.exchange}</h2>
          <p>{say.exchangeText}</p>
          {kit.apiReference === undefined ? null : (
            <p>
              <a href={paths.reference}>{kit.apiReference}</a>
            </p>
          )}
        </li>
      </ol>
    </>
  )
}
