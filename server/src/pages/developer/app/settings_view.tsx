/** What an app is: what people read of it, where it runs, and what it may ask for. */
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Button, Choices, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { Section } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { settingsPath } from '../../kit/paths.ts'
import { useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'
import { appKindChoices } from './kinds.tsx'
import { ScopeChoices } from './scope_choices.tsx'
import { type ProfileProps, ProfileSection } from './sections/profile_section.tsx'
import { type SignInProps, SignInSection } from './sections/sign_in_section.tsx'
import { type SignOutProps, SignOutSection } from './sections/sign_out_section.tsx'

/** The fields of the form, in order. */
const detailNames = ['publisher', 'website', 'policy', 'terms', 'logo'] as const

type DetailName = (typeof detailNames)[number]

type ProtectionName = 'dpop_bound_access_tokens' | 'require_pushed_authorization_requests'

export interface AppSettingsProps extends AppPageProps, FormSecrets {
  /** What was filled in for a name that could not be taken, and why. */
  readonly rename?: { readonly name: string; readonly problem: FormProblem } | undefined
  readonly details: { readonly [Name in DetailName]: string }
  readonly detailProblems?: { readonly [Name in DetailName]?: FormProblem } | undefined
  readonly kind: string
  readonly scope: readonly string[]
  /** The scopes to choose from. */
  readonly scopes: readonly ScopeMeaning[]
  readonly accessProblem?: { readonly field?: 'kind' | 'scope' | undefined; readonly problem: FormProblem } | undefined
  readonly signIn: SignInProps
  readonly signOut: SignOutProps
  readonly protections: {
    readonly offered: readonly ProtectionName[]
    readonly on: readonly ProtectionName[]
    readonly problem?: FormProblem | undefined
  }
  readonly profile: ProfileProps
  /** Whether the operator looks at what goes beyond the approved form. */
  readonly needsApproval: boolean
}

export const appSettings = view((props: AppSettingsProps) => {
  const { settings: say, app, kit } = useWords()
  const path = settingsPath(props.app.clientId)
  const { accessProblem } = props
  const problems = [
    props.rename,
    props.detailProblems,
    accessProblem,
    props.signIn.problem,
    props.signOut.problem,
    props.protections.problem,
    props.profile.tried,
  ]
  const failed = problems.some((problem) => problem !== undefined)
  return (
    <AppPage {...props} here="settings" heading={say.heading} failed={failed}>
      {props.needsApproval ? (
        <Note kind="warning">
          <p>{say.approval}</p>
        </Note>
      ) : null}
      <Section id="name" heading={say.name}>
        <Form id="app-rename-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/name`}>
          <Field
            id="app-name"
            name="name"
            label={say.name}
            value={props.rename?.name ?? props.app.name}
            problem={props.rename?.problem}
            hint={app.nameHint}
          />
          <Button id="app-rename-submit">{kit.save}</Button>
        </Form>
      </Section>
      <Section id="details" heading={say.details}>
        <Form id="app-details-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/details`}>
          {detailNames.map((name) => (
            <Field
              id={`app-${name}`}
              name={name}
              {...app.details[name]}
              value={props.details[name]}
              problem={props.detailProblems?.[name]}
            />
          ))}
          <Button id="app-details-submit">{kit.save}</Button>
        </Form>
      </Section>
      <Section id="access" heading={say.access}>
        <Form id="app-access-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/access`}>
          <p class="muted">{say.accessText}</p>
          <Choices
            id="app-kind"
            name="kind"
            legend={app.kind}
            type="radio"
            problem={accessProblem?.field === 'kind' ? accessProblem.problem : undefined}
            choices={appKindChoices(app, props.kind)}
          />
          <ScopeChoices
            scopes={props.scopes}
            chosen={props.scope}
            problem={accessProblem?.field === 'scope' ? accessProblem.problem : undefined}
          />
          <Button id="app-access-submit">{kit.save}</Button>
        </Form>
      </Section>
      <SignInSection csrf={props.csrf} action={`${path}/sign-in`} {...props.signIn} />
      <ProtectionSection csrf={props.csrf} action={`${path}/protections`} {...props.protections} />
      <ProfileSection csrf={props.csrf} action={`${path}/profile`} {...props.profile} />
      <SignOutSection csrf={props.csrf} action={`${path}/sign-out`} {...props.signOut} />
    </AppPage>
  )
})

function ProtectionSection({
  offered,
  on,
  problem,
  ...form
}: AppSettingsProps['protections'] & Pick<FormSecrets, 'csrf'> & { readonly action: string }) {
  const { settings: say, kit } = useWords()
  if (offered.length === 0) return null
  return (
    <Section id="protections" heading={say.protections}>
      <Form id="app-protections-form" class="card" secrets={{ csrf: form.csrf }} action={form.action}>
        <p class="muted">{say.protectionsText}</p>
        <Choices
          id="app-protections"
          name="protection"
          legend={say.protectionsLegend}
          type="checkbox"
          problem={problem}
          choices={offered.map((name) => ({
            ...say.protectionNames[name],
            id: `app-${name.replaceAll('_', '-')}`,
            value: name,
            checked: on.includes(name),
          }))}
        />
        <Button id="app-protections-submit">{kit.save}</Button>
      </Form>
    </Section>
  )
}

/** The scopes that an app can be given, and those that it has beside them. */
export function scopesFor(offered: readonly ScopeMeaning[], held: readonly ScopeMeaning[]): readonly ScopeMeaning[] {
  const known = new Set(offered.map(({ name }) => name))
  return [...offered, ...held.filter(({ name }) => !known.has(name))]
}
