/** The secrets of an app: which there are, a new one shown this once, and replacing one without an outage. */
import type { Millis } from '../../lib/clock.ts'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { KeyIcon } from '../kit/icons.tsx'
import { renderPage } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { appPath, secretPath, secretsPath } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { AppPage, type AppPageProps } from './app_page.tsx'

export interface AppSecret {
  readonly id: string
  readonly name: string
  readonly createdAt: Millis
  readonly expiresAt: Millis | null
  readonly expired: boolean
  readonly removable: boolean
}

export interface AppSecretsProps extends AppPageProps, FormSecrets {
  /** False where the app proves itself in another way. */
  readonly usesSecrets: boolean
  readonly secrets: readonly AppSecret[]
  readonly limit: number
  /** Why nothing came of what was just asked for. */
  readonly problem?: string | undefined
  /** What was filled in for a name that could not be taken, and why. */
  readonly add?: { readonly name: string; readonly problem: string } | undefined
}

export function appSecrets(props: AppSecretsProps): string {
  const { app } = props
  return renderPage(
    <AppPage {...props} here="secrets" heading="Secrets">
      {props.problem === undefined ? null : (
        <Note kind="bad">
          <p>{props.problem}</p>
        </Note>
      )}
      {props.usesSecrets ? <Secrets {...props} /> : <NoSecrets />}
      {props.usesSecrets && props.secrets.length < props.limit ? (
        <section aria-labelledby="add-secret">
          <h2 id="add-secret">Add a secret</h2>
          <Form id="secret-form" class="card" secrets={{ csrf: props.csrf }} action={secretsPath(app.clientId)}>
            <Field
              id="secret-name"
              name="name"
              label="Name"
              type="text"
              autocomplete="off"
              value={props.add?.name}
              problem={props.add?.problem}
              hint="Where it is used, such as “production”. At most five secrets work side by side."
            />
            <Button id="secret-submit">Add a secret</Button>
          </Form>
        </section>
      ) : null}
    </AppPage>,
  )
}

function NoSecrets() {
  return (
    <section class="card empty">
      <KeyIcon />
      <h2>This app has no secret</h2>
      <p class="muted">It proves itself in another way, so there is nothing to keep here.</p>
    </section>
  )
}

function Secrets(props: AppSecretsProps) {
  return (
    <section class="card" aria-label="Secrets">
      <ul class="entries" id="secrets">
        {props.secrets.map((secret) => (
          <li data-secret-id={secret.id}>
            <div>
              <strong dir="auto">{secret.name}</strong> <Expiry secret={secret} />
              <div class="small muted">
                added <Day at={secret.createdAt} />
              </div>
            </div>
            <div class="row">
              {secret.expiresAt === null && props.secrets.length < props.limit ? (
                <Form secrets={{ csrf: props.csrf }} action={secretPath(props.app.clientId, secret.id, 'replace')}>
                  <Button look="plain">
                    Replace<span class="unseen"> {secret.name}</span>
                  </Button>
                </Form>
              ) : null}
              {secret.removable ? (
                <LinkButton href={secretPath(props.app.clientId, secret.id, 'remove')} look="plain">
                  Remove<span class="unseen"> {secret.name}</span>
                </LinkButton>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      <p class="hint">
        Replacing one shows a new secret and lets the old one work for 7 more days, so that every copy of your app can
        be changed over. The last one that works cannot be removed.
      </p>
    </section>
  )
}

function Expiry(props: { secret: AppSecret }) {
  const { expired, expiresAt } = props.secret
  if (expired) return <Tag kind="bad">expired</Tag>
  if (expiresAt === null) return <span class="small muted">does not expire</span>
  return (
    <Tag kind="warn">
      expires <Day at={expiresAt} />
    </Tag>
  )
}

export interface AppSecretShownProps extends AppPageProps {
  readonly secret: string
  /** True where the app was made just now. */
  readonly registered: boolean
  readonly needsApproval: boolean
  /** True where an older secret goes on working for a while. */
  readonly overlap: boolean
}

/** The answer to the form that made a secret, and the only page that ever shows it. */
export function appSecretShown(props: AppSecretShownProps): string {
  const { app } = props
  return renderPage(
    <AppPage {...props} here="secrets" heading={props.registered ? 'Your app is registered' : 'Your new secret'}>
      {props.needsApproval ? (
        <Note kind="warning">
          <p>
            The operator of this server has to approve the app before it can be used. Keep its secret now all the same.
          </p>
        </Note>
      ) : null}
      <section class="card" aria-label="Client id and secret">
        <Note kind="warning">
          <p>
            <strong>Copy the secret now.</strong> It is shown this once; we keep only its digest.
          </p>
        </Note>
        <h2>Client id</h2>
        <code class="code" id="client-id">
          {app.clientId}
        </code>
        <h2>Client secret</h2>
        <code class="code" id="client-secret">
          {props.secret}
        </code>
        {props.overlap ? <p>The secret that it replaces goes on working for 7 days.</p> : null}
        <div class="row">
          <LinkButton href={props.registered ? appPath(app.clientId) : secretsPath(app.clientId)}>
            I have copied it
          </LinkButton>
        </div>
      </section>
    </AppPage>,
  )
}
