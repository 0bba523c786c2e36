/** One secret of an app: shown when it is made and never again, and replaced by another without an outage. */
import type { Millis } from '../../../lib/clock.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Button, Choices, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Note } from '../../kit/note.tsx'
import { overlapChoices, usualOverlap } from '../../kit/overlap.ts'
import { secretPath, secretsPath } from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

export interface AppSecretShownProps extends AppPageProps {
  readonly secret: string
  readonly name: string
  /** The one that it was made in place of, and until when that works; `worksUntil` is left out where it has ended. */
  readonly replaces?: { readonly name: string; readonly worksUntil?: Millis | undefined } | undefined
}

/** The answer to the form that made a secret, and the only page that ever shows it. */
export const appSecretShown = view((props: AppSecretShownProps) => {
  const say = useWords().secrets
  const { app, replaces } = props
  return (
    <AppPage {...props} here="secrets" heading={say.newSecret}>
      <section class="card" aria-label={say.newSecretLabel}>
        <Note kind="warning">
          <p>
            <Say it={useWords().app.once} />
          </p>
        </Note>
        <h2>
          <Say it={say.secretNamed} name={<bdi>{props.name}</bdi>} />
        </h2>
        <code class="code" id="client-secret">
          {props.secret}
        </code>
        {replaces === undefined ? null : (
          <p>
            {replaces.worksUntil === undefined ? (
              <Say it={say.replacesNone} name={<bdi class="strong">{replaces.name}</bdi>} />
            ) : (
              <Say
                it={say.replacesUntil}
                name={<bdi class="strong">{replaces.name}</bdi>}
                moment={<Minute at={replaces.worksUntil} />}
              />
            )}
          </p>
        )}
        <h2>{say.clientId}</h2>
        <code class="code" id="client-id">
          {app.clientId}
        </code>
        <div class="row">
          <LinkButton href={secretsPath(app.clientId)}>{say.saved}</LinkButton>
        </div>
      </section>
    </AppPage>
  )
})

export interface AppSecretReplaceProps extends AppPageProps, FormSecrets {
  readonly secret: { readonly id: string; readonly name: string }
  /** What the new one is to be called, as it is filled in. */
  readonly name: string
  readonly problem?: FormProblem | undefined
  readonly overlap?: string | undefined
}

/** Asks how long the old secret is to work beside the new one. */
export const appSecretReplace = view((props: AppSecretReplaceProps) => {
  const { secrets: say, kit } = useWords()
  const { app, secret, overlap = usualOverlap } = props
  return (
    <AppPage {...props} here="secrets" heading={say.replaceHeading} failed={props.problem !== undefined}>
      <Form
        id="secret-replace-form"
        class="card"
        secrets={{ csrf: props.csrf }}
        action={secretPath(app.clientId, secret.id, 'replace')}
      >
        <p>
          <Say it={say.replaceText} name={<bdi class="strong">{secret.name}</bdi>} />
        </p>
        <Field id="secret-name" name="name" label={say.newName} value={props.name} problem={props.problem} />
        <Choices
          id="secret-overlap"
          name="overlap"
          legend={kit.overlap}
          type="radio"
          choices={overlapChoices(kit, ['month', 'week', 'day', 'hour', 'none'], overlap)}
        />
        <div class="row">
          <Button id="secret-replace-submit" look="danger">
            {say.replace}
          </Button>
          <LinkButton href={secretsPath(app.clientId)} look="plain">
            {kit.cancel}
          </LinkButton>
        </div>
      </Form>
    </AppPage>
  )
})
