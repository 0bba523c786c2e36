/** One secret of an app: shown when it is made and never again, and replaced by another without an outage. */
import type { Millis } from '../../lib/clock.ts'
import { Button, Choices, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { renderPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { appPath, secretPath, secretsPath } from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { AppPage, type AppPageProps } from './app_page.tsx'

export interface AppSecretShownProps extends AppPageProps {
  readonly secret: string
  /** True where the app was made just now. */
  readonly registered: boolean
  readonly needsApproval: boolean
  /** True where it was made in place of another. */
  readonly replaced?: boolean
  /** Until when the one that it replaces goes on working; left out where that has ended. */
  readonly oldWorksUntil?: Millis | undefined
}

/** The answer to the form that made a secret, and the only page that ever shows it. */
export function appSecretShown(props: AppSecretShownProps): string {
  const { app } = props
  return renderPage(
    <AppPage {...props} here="secrets" heading={props.registered ? 'Your app is registered' : 'Your new secret'}>
      {props.needsApproval ? (
        <Note kind="warning">
          <p>
            The app is in development: it works for you and the testers you invite. Everybody else can use it once the
            operator of this server has approved it.
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
        {props.replaced ? <OldSecret worksUntil={props.oldWorksUntil} /> : null}
        <div class="row">
          <LinkButton href={props.registered ? appPath(app.clientId) : secretsPath(app.clientId)}>
            I have copied it
          </LinkButton>
        </div>
      </section>
    </AppPage>,
  )
}

function OldSecret(props: { worksUntil: Millis | undefined }) {
  if (props.worksUntil === undefined) return <p>The secret that it replaces works no more.</p>
  return (
    <p>
      The secret that it replaces goes on working until <Minute at={props.worksUntil} />.
    </p>
  )
}

export interface AppSecretReplaceProps extends AppPageProps, FormSecrets {
  readonly secret: { readonly id: string; readonly name: string }
}

const overlaps = [
  { value: 'month', label: 'For 30 days', detail: 'Where copies of the app are updated slowly.' },
  { value: 'week', label: 'For 7 days', detail: 'Time enough to change over every server that uses it.' },
  { value: 'day', label: 'For a day', detail: 'For a few servers of your own.' },
  { value: 'hour', label: 'For an hour', detail: 'For one server that you change over now.' },
  { value: 'none', label: 'Not at all', detail: 'It has leaked: every copy that still uses it is refused at once.' },
] as const

/** Asks how long the old secret is to work beside the new one. */
export function appSecretReplace(props: AppSecretReplaceProps): string {
  const { app, secret } = props
  return renderPage(
    <AppPage {...props} here="secrets" heading="Replace a secret">
      <Form
        id="secret-replace-form"
        class="card"
        secrets={{ csrf: props.csrf }}
        action={secretPath(app.clientId, secret.id, 'replace')}
      >
        <p>
          You get a new secret in place of <strong dir="auto">{secret.name}</strong>. It is shown on the next page,
          once.
        </p>
        <Choices
          id="secret-overlap"
          name="overlap"
          legend="How long the old one goes on working"
          type="radio"
          choices={overlaps.map((one) => ({ ...one, id: `overlap-${one.value}`, checked: one.value === 'week' }))}
        />
        <div class="row">
          <Button id="secret-replace-submit">Replace it</Button>
          <LinkButton href={secretsPath(app.clientId)} look="plain">
            Cancel
          </LinkButton>
        </div>
      </Form>
    </AppPage>,
  )
}
