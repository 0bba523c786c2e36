/** One secret of an app: shown when it is made and never again, and replaced by another without an outage. */
import type { Millis } from '../../lib/clock.ts'
import { Button, Choices, Field, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { Note } from '../kit/note.tsx'
import { overlapChoices, usualOverlap } from '../kit/overlap.ts'
import { secretPath, secretsPath } from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { useWords, view } from '../kit/words.tsx'
import { AppPage, type AppPageProps } from './app_page.tsx'

export interface AppSecretShownProps extends AppPageProps {
  readonly secret: string
  readonly name: string
  /** The one that it was made in place of, and until when that works; `worksUntil` is left out where it has ended. */
  readonly replaces?: { readonly name: string; readonly worksUntil?: Millis | undefined } | undefined
}

/** The answer to the form that made a secret, and the only page that ever shows it. */
export const appSecretShown = view((props: AppSecretShownProps) => {
  const { app, replaces } = props
  return (
    <AppPage {...props} here="secrets" heading="Your new secret">
      <section class="card" aria-label="New secret">
        <Note kind="warning">
          <p>
            <strong>You see this secret once.</strong> We store only a hash of it. You can add another at any time.
          </p>
        </Note>
        <h2>
          Client secret <bdi>“{props.name}”</bdi>
        </h2>
        <code class="code" id="client-secret">
          {props.secret}
        </code>
        {replaces === undefined ? null : (
          <p>
            {replaces.worksUntil === undefined ? (
              <>
                It replaces <bdi class="strong">{replaces.name}</bdi>, which no longer works.
              </>
            ) : (
              <>
                It replaces <bdi class="strong">{replaces.name}</bdi>, which works until{' '}
                <Minute at={replaces.worksUntil} />.
              </>
            )}
          </p>
        )}
        <h2>Client ID</h2>
        <code class="code" id="client-id">
          {app.clientId}
        </code>
        <div class="row">
          <LinkButton href={secretsPath(app.clientId)}>Done, I've saved it</LinkButton>
        </div>
      </section>
    </AppPage>
  )
})

export interface AppSecretReplaceProps extends AppPageProps, FormSecrets {
  readonly secret: { readonly id: string; readonly name: string }
  /** What the new one is to be called, as it is filled in. */
  readonly name: string
  readonly problem?: string | undefined
  readonly overlap?: string | undefined
}

/** Asks how long the old secret is to work beside the new one. */
export const appSecretReplace = view((props: AppSecretReplaceProps) => {
  const { app, secret, overlap = usualOverlap } = props
  return (
    <AppPage {...props} here="secrets" heading="Replace a secret" failed={props.problem !== undefined}>
      <Form
        id="secret-replace-form"
        class="card"
        secrets={{ csrf: props.csrf }}
        action={secretPath(app.clientId, secret.id, 'replace')}
      >
        <p>
          You get a new secret in place of <bdi class="strong">{secret.name}</bdi>. The next page shows it once.
        </p>
        <Field
          id="secret-name"
          name="name"
          label="Name of the new secret"
          type="text"
          autocomplete="off"
          value={props.name}
          problem={props.problem}
        />
        <Choices
          id="secret-overlap"
          name="overlap"
          legend={useWords().kit.overlap}
          type="radio"
          choices={overlapChoices(useWords().kit, ['month', 'week', 'day', 'hour', 'none'], overlap)}
        />
        <div class="row">
          <Button id="secret-replace-submit" look="danger">
            Replace
          </Button>
          <LinkButton href={secretsPath(app.clientId)} look="plain">
            Cancel
          </LinkButton>
        </div>
      </Form>
    </AppPage>
  )
})
