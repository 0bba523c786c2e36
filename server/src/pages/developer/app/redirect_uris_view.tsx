/** The redirect URIs of an app, exactly as they are registered. */

import { type AppKind, returnsPeople } from '../../../runtime/kept/app_form.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Button, Choices, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Section } from '../../kit/layout.tsx'
import { Outcome } from '../../kit/note.tsx'
import { redirectUriPath, redirectUrisPath } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'
import { appKindChoices } from './kinds.tsx'
import { MoveSubjects } from './move_subjects.tsx'

export interface AppRedirectUrisProps extends AppPageProps, FormSecrets {
  readonly redirectUris: readonly string[]
  readonly kind: AppKind
  /** Which kind an app that acts for itself is to become with its first address. */
  readonly becomes?: AppKind
  /** Why nothing came of what was just asked for. */
  readonly problem?: FormProblem | undefined
  /** What was filled in for an address that could not be taken, and why. */
  readonly add?: { readonly uri: string; readonly problem: FormProblem } | undefined
}

export const appRedirectUris = view((props: AppRedirectUrisProps) => {
  const { redirectUris: say, app: words } = useWords()
  const { kind, becomes = 'web' } = props
  const path = redirectUrisPath(props.app.clientId)
  const failed = props.problem !== undefined || props.add !== undefined
  return (
    <AppPage {...props} here="redirect-uris" heading={say.heading} failed={failed}>
      <Outcome problem={props.problem} />
      <section aria-label={say.registered}>
        {props.redirectUris.length === 0 ? <p class="muted">{say.none}</p> : null}
        <ul class="card entries" id="registered-redirect-uris" hidden={props.redirectUris.length === 0}>
          {props.redirectUris.map((uri) => (
            <li>
              <code>{uri}</code>
              <div class="row">
                <LinkButton href={`${path}/edit?${new URLSearchParams({ uri })}`} look="plain">
                  <Say it={say.edit} uri={<span class="unseen"> {uri}</span>} />
                </LinkButton>
                <LinkButton href={`${path}/remove?${new URLSearchParams({ uri })}`} look="danger">
                  <Say it={say.remove} uri={<span class="unseen"> {uri}</span>} />
                </LinkButton>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <Section id="add-redirect-uri" heading={say.add}>
        <Form id="redirect-uri-form" class="card" secrets={{ csrf: props.csrf }} action={path}>
          <Field
            id="redirect-uri"
            name="uri"
            label={say.uri}
            value={props.add?.uri}
            problem={props.add?.problem}
            hint={kind === 'native' ? say.nativeHint : say.webHint}
          />
          {returnsPeople(kind) ? null : (
            <>
              <Choices
                id="app-kind"
                name="kind"
                legend={words.kind}
                type="radio"
                choices={appKindChoices(words, becomes).filter(({ value }) => returnsPeople(value))}
              />
              <p class="small muted">{say.becomes}</p>
            </>
          )}
          <Button id="redirect-uri-submit">{say.addSubmit}</Button>
        </Form>
      </Section>
    </AppPage>
  )
})

export interface AppRedirectUriEditProps extends AppPageProps, FormSecrets {
  /** As it is registered, and what it is to be. */
  readonly uri: string
  readonly to: string
  readonly problem?: FormProblem | undefined
}

/** Asks what one address is to be instead. */
export const appRedirectUriEdit = view((props: AppRedirectUriEditProps) => {
  const { redirectUris: say, kit } = useWords()
  const { clientId } = props.app
  return (
    <AppPage {...props} here="redirect-uris" heading={say.editHeading} failed={props.problem !== undefined}>
      <Form
        id="redirect-uri-edit-form"
        class="card"
        secrets={{ csrf: props.csrf }}
        action={redirectUriPath(clientId, 'edit')}
      >
        <p>
          <Say it={say.editText} uri={<code>{props.uri}</code>} />
        </p>
        <input type="hidden" name="uri" value={props.uri} />
        <Field
          id="redirect-uri"
          name="to"
          label={say.uri}
          value={props.to}
          problem={props.problem}
          hint={say.editHint}
        />
        {props.problem === 'subjects_move' ? <MoveSubjects /> : null}
        <div class="row">
          <Button id="redirect-uri-submit">{kit.save}</Button>
          <LinkButton href={redirectUrisPath(clientId)} look="plain">
            {kit.cancel}
          </LinkButton>
        </div>
      </Form>
    </AppPage>
  )
})
