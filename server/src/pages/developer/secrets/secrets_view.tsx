/** The secrets of an app: which there are, and the ways to add, replace and remove one. */

import type { Millis } from '../../../lib/clock.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { KeyIcon } from '../../kit/icons.tsx'
import { Section } from '../../kit/layout.tsx'
import { Outcome, Tag } from '../../kit/note.tsx'
import { secretPath, secretsPath } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

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
  readonly problem?: FormProblem | undefined
  /** What was filled in for a name that could not be taken, and why. */
  readonly add?: { readonly name: string; readonly problem: FormProblem } | undefined
}

export const appSecrets = view((props: AppSecretsProps) => {
  const say = useWords().secrets
  const { app } = props
  const failed = props.problem !== undefined || props.add !== undefined
  return (
    <AppPage {...props} here="secrets" heading={say.heading} failed={failed}>
      <Outcome problem={props.problem} />
      {props.usesSecrets ? <Secrets {...props} /> : <NoSecrets />}
      {props.usesSecrets && props.secrets.length < props.limit ? (
        <Section id="add-secret" heading={say.add}>
          <Form id="secret-form" class="card" secrets={{ csrf: props.csrf }} action={secretsPath(app.clientId)}>
            <Field
              id="secret-name"
              name="name"
              label={say.name}
              value={props.add?.name}
              problem={props.add?.problem}
              hint={say.nameHint}
            />
            <Button id="secret-submit">{say.add}</Button>
          </Form>
        </Section>
      ) : null}
    </AppPage>
  )
})

function NoSecrets() {
  const say = useWords().secrets
  return (
    <section class="card empty">
      <KeyIcon />
      <h2>{say.none}</h2>
      <p class="muted">{say.noneText}</p>
    </section>
  )
}

function Secrets(props: AppSecretsProps) {
  const say = useWords().secrets
  return (
    <section aria-label={say.heading}>
      <ul class="card entries" id="secrets">
        {props.secrets.map((secret) => (
          <li data-secret-id={secret.id}>
            <div>
              <strong dir="auto">{secret.name}</strong> <Expiry secret={secret} />
              <div class="small muted">
                <Say it={say.added} day={<Day at={secret.createdAt} />} />
              </div>
            </div>
            <div class="row">
              {secret.expiresAt === null && props.secrets.length < props.limit ? (
                <LinkButton href={secretPath(props.app.clientId, secret.id, 'replace')} look="plain">
                  <Say it={say.replaceOne} name={<span class="unseen"> {secret.name}</span>} />
                </LinkButton>
              ) : null}
              {secret.removable ? (
                <LinkButton href={secretPath(props.app.clientId, secret.id, 'remove')} look="danger">
                  <Say it={say.removeOne} name={<span class="unseen"> {secret.name}</span>} />
                </LinkButton>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      <p class="hint">{say.lead}</p>
    </section>
  )
}

function Expiry(props: { secret: AppSecret }) {
  const say = useWords().secrets
  const { expired, expiresAt } = props.secret
  if (expired) return <Tag kind="bad">{say.expired}</Tag>
  if (expiresAt === null) return <Tag kind="good">{say.active}</Tag>
  return (
    <Tag kind="warn">
      <Say it={say.replaced} day={<Day at={expiresAt} />} />
    </Tag>
  )
}
