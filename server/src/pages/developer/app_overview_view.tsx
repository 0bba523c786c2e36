/** One app at a glance: what to configure a library with, its state, its name, and the way to delete it. */
import type { NotAvailable } from '../../engine/client/capabilities.ts'
import type { Risk } from '../../engine/client/risks.ts'
import type { Millis } from '../../lib/clock.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import { AppStatus } from '../kit/app_card.tsx'
import { Button, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { appPath, requestLogPath, secretsPath, settingsPath, startPath, testersPath } from '../kit/paths.ts'
import { Day, Minute } from '../kit/time.tsx'
import { view } from '../kit/words.tsx'
import { AppPage, type AppPageProps } from './app_page.tsx'

export interface AppOverviewProps extends AppPageProps, FormSecrets {
  readonly status: 'pending' | 'enabled' | 'disabled'
  readonly createdAt: Millis
  readonly runs: 'web' | 'native' | 'spa' | 'machine'
  /** The change that waits for the operator, by the names that the documents have. */
  readonly waiting?: readonly { readonly name: string; readonly from: string; readonly to: string }[] | undefined
  readonly verification?: { readonly at: Millis; readonly by: string } | undefined
  /** The registered method, or undefined where either way of sending the secret is taken. */
  readonly method: string | undefined
  readonly confidential: boolean
  readonly scopes: readonly ScopeMeaning[]
  readonly risks: readonly Risk[]
  /** Registered members that this server does not act on. */
  readonly notAvailable: readonly NotAvailable[]
  readonly endpoints: readonly { readonly id: string; readonly label: string; readonly uri: string }[]
  /** Whether the app may use the standard endpoints, which libraries find by themselves. */
  readonly standard: boolean
  readonly mayDelete: boolean
  /** The last day; undefined while the request log cannot be read. */
  readonly activity: AppActivity | undefined
}

/** What came of an app's requests within a day. */
export interface AppActivity {
  readonly requests: number
  readonly refused: number
  /** The newest refusal that is kept. */
  readonly lastRefusal?: { readonly requestId: string; readonly at: Millis; readonly cause: string } | undefined
}

const places = {
  web: 'On a server',
  native: 'On a phone or desktop',
  spa: 'In the browser',
  machine: 'By itself, as a machine',
} as const

export const appOverview = view((props: AppOverviewProps) => {
  const { app } = props
  return (
    <AppPage
      {...props}
      here="overview"
      heading="Overview"
      headline={<bdi>{app.name}</bdi>}
      act={<AppStatus status={props.status} />}
    >
      <Limits status={props.status} clientId={app.clientId} />
      {props.notAvailable.length === 0 ? null : (
        <Note kind={props.notAvailable.some(({ refused }) => refused) ? 'bad' : 'warning'}>
          <p>
            <strong>The app is registered for what this server does not have yet.</strong>
          </p>
          <ul id="app-not-available">
            {props.notAvailable.map(({ member, sentence }) => (
              <li>
                <code>{member}</code>: {sentence}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {props.waiting === undefined ? null : (
        <section class="card" id="waiting-change" aria-label="Waiting change">
          <p>
            <strong>A change waits for the operator of this server.</strong> Until it is approved, the app works as it
            is.
          </p>
          <ul>
            {props.waiting.map(({ name, from, to }) => (
              <li>
                <code>{name}</code>: <bdi>{from === '' ? 'none' : from}</bdi> → <bdi>{to === '' ? 'none' : to}</bdi>
              </li>
            ))}
          </ul>
          <Form secrets={{ csrf: props.csrf }} action={`${settingsPath(app.clientId)}/withdraw`}>
            <Button id="change-withdraw" look="plain">
              Withdraw the change
            </Button>
          </Form>
        </section>
      )}
      <Activity {...props} />
      <section aria-labelledby="endpoints">
        <div class="heading">
          <h2 id="endpoints">ID and endpoints</h2>
          <a href={startPath(app.clientId)}>Quickstart</a>
        </div>
        <div class="card">
          {props.standard ? (
            <p class="muted">
              An OpenID Connect library needs only the client ID and the issuer; it finds the rest by itself.
            </p>
          ) : null}
          <dl class="facts-list">
            <dt>Client ID</dt>
            <dd>
              <code id="client-id">{app.clientId}</code>
            </dd>
            {props.endpoints.map(({ id, label, uri }) => (
              <>
                <dt>{label}</dt>
                <dd>
                  <code id={id}>{uri}</code>
                </dd>
              </>
            ))}
          </dl>
        </div>
      </section>
      <section aria-labelledby="about">
        <div class="heading">
          <h2 id="about">About the app</h2>
          <a href={settingsPath(app.clientId)}>Change</a>
        </div>
        <div class="card">
          <About {...props} />
        </div>
      </section>
      {props.mayDelete ? <Danger clientId={app.clientId} /> : null}
    </AppPage>
  )
})

/** Why not everybody can use the app, where that is so. */
function Limits({ status, clientId }: { status: AppOverviewProps['status']; clientId: string }) {
  return (
    <>
      {status === 'pending' ? (
        <Note kind="warning">
          <p>
            <strong>This app is in development.</strong> It works for you, the people who work on it with you, and the{' '}
            <a href={testersPath(clientId)}>testers you invite</a>. Everybody else can use it once the operator of this
            server has approved it.
          </p>
        </Note>
      ) : null}
      {status === 'disabled' ? (
        <Note kind="warning">
          <p>
            <strong>This app is switched off.</strong> Only the operator of this server can switch it on again.
          </p>
        </Note>
      ) : null}
    </>
  )
}

function Activity({ activity, app }: AppOverviewProps) {
  if (activity === undefined) {
    return (
      <section class="card" aria-label="Last 24 hours">
        <p class="muted">The request log cannot be read at the moment. Please try again soon.</p>
      </section>
    )
  }
  const { requests, refused, lastRefusal } = activity
  if (requests === 0 && lastRefusal === undefined) {
    return (
      <section class="card" aria-labelledby="activity">
        <h2 id="activity">No request in the last 24 hours</h2>
        <p class="muted">The quickstart has a sign-in to try and the token request for this app.</p>
        <LinkButton href={startPath(app.clientId)}>Open the quickstart</LinkButton>
      </section>
    )
  }
  const log = requestLogPath(app.clientId)
  return (
    <section class="card" aria-labelledby="activity">
      <h2 id="activity">Last 24 hours</h2>
      <dl class="figures">
        <div>
          <dt>Requests</dt>
          <dd>
            <a href={log}>{requests.toLocaleString('en')}</a>
          </dd>
        </div>
        <div>
          <dt>Refused</dt>
          <dd>
            <a href={`${log}?outcome=refused`}>{refused.toLocaleString('en')}</a>
          </dd>
        </div>
      </dl>
      {lastRefusal === undefined ? null : (
        <p>
          <span class="muted small">
            Last refused on <Minute at={lastRefusal.at} />
          </span>
          <br />
          <a href={`${log}?request=${lastRefusal.requestId}`}>{lastRefusal.cause}</a>
        </p>
      )}
    </section>
  )
}

function About(props: AppOverviewProps) {
  const { app } = props
  return (
    <dl class="facts-list">
      <dt>Runs</dt>
      <dd>{places[props.runs]}</dd>
      <dt>Authenticates</dt>
      <dd id="app-authentication">
        <Authentication confidential={props.confidential} method={props.method} clientId={app.clientId} />
      </dd>
      <dt>Permissions</dt>
      <dd>
        <ul>
          {props.scopes.map((scope) => (
            <li>
              <code>{scope.name}</code> <span class="muted small">“{scope.sentence}”</span>
            </li>
          ))}
        </ul>
      </dd>
      {props.risks.length === 0 ? null : (
        <>
          <dt>Risks taken</dt>
          <dd id="app-risks">
            <ul>
              {props.risks.map((risk) => (
                <li>
                  <code>{risk.setting}</code> <span class="muted small">{risk.sentence}</span>
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      <dt>Reviewed</dt>
      <dd>
        {props.verification === undefined ? (
          'Not yet'
        ) : (
          <>
            <Tag kind="good">Verified</Tag>{' '}
            <span class="muted small">
              by <bdi>{props.verification.by}</bdi>, <Day at={props.verification.at} />
            </span>
          </>
        )}
      </dd>
      <dt>Registered</dt>
      <dd>
        <Day at={props.createdAt} />
      </dd>
    </dl>
  )
}

/** What cannot be undone, at the end. */
function Danger(props: { clientId: string }) {
  return (
    <section aria-labelledby="danger-zone">
      <h2 id="danger-zone">Danger zone</h2>
      <ul class="card entries danger-zone">
        <li>
          <div>
            <strong>End all tokens</strong>
            <div class="small muted">
              For tokens that have leaked. They stop working immediately, and people have to sign in to the app again.
            </div>
          </div>
          <LinkButton href={`${appPath(props.clientId)}/end-tokens`} look="danger">
            End all tokens
          </LinkButton>
        </li>
        <li>
          <div>
            <strong>Delete this app</strong>
            <div class="small muted">Everything issued to it stops working immediately. You cannot undo this.</div>
          </div>
          <LinkButton href={`${appPath(props.clientId)}/delete`} look="danger">
            Delete app
          </LinkButton>
        </li>
      </ul>
    </section>
  )
}

function Authentication(props: { confidential: boolean; method: string | undefined; clientId: string }) {
  if (!props.confidential) {
    return (
      <>
        By PKCE alone <span class="muted small">(a public app has no secret)</span>
      </>
    )
  }
  if (props.method !== undefined && !props.method.startsWith('client_secret_')) return <code>{props.method}</code>
  return (
    <>
      With a <a href={secretsPath(props.clientId)}>client secret</a>:{' '}
      {props.method === undefined ? (
        <>
          <code>client_secret_basic</code> or <code>client_secret_post</code>
        </>
      ) : (
        <code>{props.method}</code>
      )}
    </>
  )
}

/** The question before something that cannot be undone. */
export interface AppConfirmProps extends FormSecrets {
  readonly heading: string
  readonly name: string
  readonly text: string
  readonly submit: string
  /** What the form carries besides. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** Stem of the ids of the form and of its button. */
  readonly id: string
  readonly action: string
  readonly backHref: string
}

export const appConfirm = view((props: AppConfirmProps) => {
  return (
    <NarrowPage title={props.heading}>
      <Form id={`${props.id}-form`} class="card" secrets={{ csrf: props.csrf }} action={props.action}>
        <h1>{props.heading}</h1>
        <p>
          <strong dir="auto">{props.name}</strong>
        </p>
        <p class="muted">{props.text}</p>
        {Object.entries(props.fields ?? {}).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="pair">
          <Button id={`${props.id}-confirm`} look="danger">
            {props.submit}
          </Button>
          <LinkButton href={props.backHref} look="plain">
            Cancel
          </LinkButton>
        </div>
      </Form>
    </NarrowPage>
  )
})
