/** One app at a glance: what to configure a library with, its state, its name, and the way to delete it. */
import type { NotAvailable } from '../../engine/capabilities.ts'
import type { Risk } from '../../engine/risks.ts'
import type { Millis } from '../../lib/clock.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { NarrowPage, renderPage } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { appPath, secretsPath, settingsPath } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { AppPage, type AppPageProps } from './app_page.tsx'

export interface AppOverviewProps extends AppPageProps, FormSecrets {
  readonly status: 'pending' | 'enabled' | 'disabled'
  readonly createdAt: Millis
  readonly updatedAt?: Millis | undefined
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
  /** What was filled in for a name that could not be taken, and why. */
  readonly rename?: { readonly name: string; readonly problem: string } | undefined
}

const places = {
  web: 'on a server',
  native: 'on a phone or desktop',
  spa: 'in the browser',
  machine: 'by itself, as a machine',
} as const

export function appOverview(props: AppOverviewProps): string {
  const { app } = props
  return renderPage(
    <AppPage {...props} here="overview" heading="Overview" failed={props.rename !== undefined}>
      {props.status === 'pending' ? (
        <Note kind="warning">
          <p>
            <strong>This app is in development.</strong> It works for you and the people who work on it with you.
            Everybody else can use it once the operator of this server has approved it.
          </p>
        </Note>
      ) : null}
      {props.status === 'disabled' ? (
        <Note kind="warning">
          <p>
            <strong>This app is switched off.</strong> Only the operator of this server can switch it on again.
          </p>
        </Note>
      ) : null}
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
      <section class="card" aria-label="What it is">
        <dl class="facts-list">
          <dt>Name</dt>
          <dd dir="auto">{app.name}</dd>
          <dt>Client id</dt>
          <dd>
            <code id="client-id">{app.clientId}</code>
          </dd>
          <dt>State</dt>
          <dd>
            <State status={props.status} />
            {props.verification === undefined ? null : (
              <>
                {' '}
                <Tag kind="good">verified</Tag>{' '}
                <span class="muted small">
                  by <bdi>{props.verification.by}</bdi>, <Day at={props.verification.at} />
                </span>
              </>
            )}
          </dd>
          <dt>Runs</dt>
          <dd>{places[props.runs]}</dd>
          <dt>Authenticates</dt>
          <dd id="app-authentication">
            <Authentication confidential={props.confidential} method={props.method} clientId={app.clientId} />
          </dd>
          <dt>May ask for</dt>
          <dd>
            <ul>
              {props.scopes.map((scope) => (
                <li>
                  <code>{scope.name}</code> <span class="muted small">{scope.sentence}</span>
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
          <dt>Registered</dt>
          <dd>
            <Day at={props.createdAt} />
          </dd>
          {props.updatedAt === undefined ? null : (
            <>
              <dt>Last changed</dt>
              <dd>
                <Day at={props.updatedAt} />
              </dd>
            </>
          )}
        </dl>
      </section>
      <section aria-labelledby="endpoints">
        <h2 id="endpoints">Endpoints</h2>
        <div class="card">
          {props.standard ? (
            <p class="muted">An OpenID Connect library needs only the issuer; it finds the rest by itself.</p>
          ) : null}
          <dl class="facts-list">
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
      <section aria-labelledby="rename">
        <h2 id="rename">Change the name</h2>
        <Form id="app-rename-form" class="card" secrets={{ csrf: props.csrf }} action={appPath(app.clientId)}>
          <Field
            id="app-name"
            name="name"
            label="Name"
            type="text"
            autocomplete="off"
            value={props.rename?.name ?? app.name}
            problem={props.rename?.problem}
            hint="People read it when they are asked to allow the app."
          />
          <Button id="app-rename-submit">Save the name</Button>
        </Form>
      </section>
      {props.mayDelete ? (
        <section aria-labelledby="end-tokens">
          <h2 id="end-tokens">End all tokens</h2>
          <div class="card">
            <p class="muted">
              If tokens have leaked, end every token that was issued to the app. People have to sign in to it again.
            </p>
            <LinkButton href={`${appPath(app.clientId)}/end-tokens`} look="plain">
              End all tokens…
            </LinkButton>
          </div>
        </section>
      ) : null}
      {props.mayDelete ? (
        <section aria-labelledby="delete">
          <h2 id="delete">Delete the app</h2>
          <div class="card">
            <p class="muted">Everything issued to it stops working at once. This cannot be undone.</p>
            <LinkButton href={`${appPath(app.clientId)}/delete`} look="plain">
              Delete this app…
            </LinkButton>
          </div>
        </section>
      ) : null}
    </AppPage>,
  )
}

function State({ status }: Pick<AppOverviewProps, 'status'>) {
  if (status === 'enabled') return <Tag kind="good">enabled</Tag>
  if (status === 'pending') return <Tag kind="warn">in development</Tag>
  return <Tag kind="bad">disabled</Tag>
}

function Authentication(props: { confidential: boolean; method: string | undefined; clientId: string }) {
  if (!props.confidential) {
    return (
      <>
        by PKCE alone <span class="muted small">(a public app has no secret)</span>
      </>
    )
  }
  if (props.method !== undefined && !props.method.startsWith('client_secret_')) return <code>{props.method}</code>
  return (
    <>
      with a <a href={secretsPath(props.clientId)}>client secret</a>:{' '}
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
  /** Stem of the ids of the form and of its button. */
  readonly id: string
  readonly action: string
  readonly backHref: string
}

export function appConfirm(props: AppConfirmProps): string {
  return renderPage(
    <NarrowPage title={props.heading}>
      <Form id={`${props.id}-form`} class="card" secrets={{ csrf: props.csrf }} action={props.action}>
        <h1>{props.heading}</h1>
        <p>
          <strong dir="auto">{props.name}</strong>
        </p>
        <p class="muted">{props.text}</p>
        <div class="pair">
          <Button id={`${props.id}-confirm`} look="danger">
            {props.submit}
          </Button>
          <LinkButton href={props.backHref} look="plain">
            Keep it
          </LinkButton>
        </div>
      </Form>
    </NarrowPage>,
  )
}
