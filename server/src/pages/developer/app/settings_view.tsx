/** What an app is: what people read of it, where it runs, and what it may ask for. */
import { type ScopeMeaning, scopeMeaning } from '../../../protocol/scope.ts'
import { Button, Choices, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { Note } from '../../kit/note.tsx'
import { settingsPath } from '../../kit/paths.ts'
import { view } from '../../kit/words.tsx'
import { appKindChoices } from '../app_kinds.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'
import { ScopeChoices } from '../scope_choices.tsx'

/** The fields of the form, in order. */
const fields = [
  { name: 'publisher', label: 'Publisher', hint: 'Who makes the app: your company, or your own name.' },
  { name: 'website', label: 'Website', hint: 'Starts with https://.' },
  { name: 'policy', label: 'Privacy policy', hint: 'Starts with https://.' },
  { name: 'terms', label: 'Terms of service', hint: 'Starts with https://.' },
  { name: 'logo', label: 'Logo', hint: 'Address of a picture. Starts with https://.' },
] as const

type DetailName = (typeof fields)[number]['name']

export interface AppSettingsProps extends AppPageProps, FormSecrets {
  /** What was filled in for a name that could not be taken, and why. */
  readonly rename?: { readonly name: string; readonly problem: string } | undefined
  readonly details: { readonly [Name in DetailName]: string }
  readonly detailProblems?: { readonly [Name in DetailName]?: string } | undefined
  readonly kind: string
  readonly scope: readonly string[]
  /** The scopes to choose from. */
  readonly scopes: readonly ScopeMeaning[]
  readonly accessProblem?: { readonly field?: 'kind' | 'scope' | undefined; readonly problem: string } | undefined
  /** Whether the operator looks at what goes beyond the approved form. */
  readonly needsApproval: boolean
}

export const appSettings = view((props: AppSettingsProps) => {
  const path = settingsPath(props.app.clientId)
  const { accessProblem } = props
  const failed = props.rename !== undefined || props.detailProblems !== undefined || accessProblem !== undefined
  return (
    <AppPage {...props} here="settings" heading="Settings" failed={failed}>
      {props.needsApproval ? (
        <Note kind="warning">
          <p>
            The operator of this server approves changes of name, publisher, website, logo, kind, permissions and
            redirect hosts. Until then the app works as it is. What you take away counts at once.
          </p>
        </Note>
      ) : null}
      <section aria-labelledby="name">
        <h2 id="name">Name</h2>
        <Form id="app-rename-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/name`}>
          <Field
            id="app-name"
            name="name"
            label="Name"
            type="text"
            autocomplete="off"
            value={props.rename?.name ?? props.app.name}
            problem={props.rename?.problem}
            hint="Shown to people when they are asked to allow the app."
          />
          <Button id="app-rename-submit">Save</Button>
        </Form>
      </section>
      <section aria-labelledby="details">
        <h2 id="details">What people read</h2>
        <Form id="app-details-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/details`}>
          {fields.map(({ name, label, hint }) => (
            <Field
              id={`app-${name}`}
              name={name}
              label={label}
              type="text"
              autocomplete="off"
              value={props.details[name]}
              problem={props.detailProblems?.[name]}
              hint={hint}
            />
          ))}
          <Button id="app-details-submit">Save</Button>
        </Form>
      </section>
      <section aria-labelledby="access">
        <h2 id="access">Kind and permissions</h2>
        <Form id="app-access-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/access`}>
          <p class="muted">
            People who agreed before keep what they agreed to. A permission you add is asked for the next time they use
            the app; a permission you remove ends at once, for everybody. If you change between a kind with a secret and
            one without, everybody has to sign in to the app again.
          </p>
          <Choices
            id="app-kind"
            name="kind"
            legend="Where it runs"
            type="radio"
            problem={accessProblem?.field === 'kind' ? accessProblem.problem : undefined}
            choices={appKindChoices(props.kind)}
          />
          <ScopeChoices
            scopes={props.scopes}
            chosen={props.scope}
            problem={accessProblem?.field === 'scope' ? accessProblem.problem : undefined}
          />
          <Button id="app-access-submit">Save</Button>
        </Form>
      </section>
    </AppPage>
  )
})

/** The scopes that an app can be given, and those that it has beside them. */
export function scopesFor(offered: readonly ScopeMeaning[], held: readonly string[]): readonly ScopeMeaning[] {
  const known = new Set(offered.map(({ name }) => name))
  return [...offered, ...held.filter((name) => !known.has(name)).map(scopeMeaning)]
}
