/** Registering an app: its name, where it runs, where people return to, its permissions, and who makes it. */
import type { AppDetailProblems, AppDetails } from '../../engine/developer/app_details.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import { Button, Choices, Field, Form, type FormSecrets, Lines, LinkButton } from '../kit/form.tsx'
import { OpenIcon } from '../kit/icons.tsx'
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Note, Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Trail } from '../kit/trail.tsx'
import { view } from '../kit/words.tsx'
import { appKindChoices } from './app_kinds.tsx'
import { ScopeChoices } from './scope_choices.tsx'

/** What may be told at once beside the name. */
const detailFields = [
  { name: 'publisher', label: 'Publisher', hint: 'Who makes the app: your company, or your own name.' },
  { name: 'website', label: 'Website', hint: 'Starts with https://.' },
  { name: 'policy', label: 'Privacy policy', hint: 'Starts with https://.' },
] as const

export interface AppNewProps extends FormSecrets {
  readonly viewer: Viewer
  /** True where the operator looks at each app before it may be used. */
  readonly needsApproval: boolean
  /** What was filled in. */
  readonly name: string
  readonly kind: string
  readonly redirectUris: string
  readonly scope: readonly string[]
  /** The scopes to choose from. */
  readonly scopes: readonly ScopeMeaning[]
  readonly details?: Partial<AppDetails> | undefined
  readonly problems?:
    | {
        readonly name?: string
        readonly kind?: string
        readonly redirectUris?: string
        readonly scope?: string
        readonly form?: string
        readonly details?: AppDetailProblems | undefined
      }
    | undefined
}

export const appNew = view((props: AppNewProps) => {
  const problems = props.problems ?? {}
  return (
    <WidePage
      title={props.problems === undefined ? 'Register an app' : 'Problem: Register an app'}
      viewer={props.viewer}
      here="developer"
      reading
    >
      <Trail />
      <h1>Register an app</h1>
      {props.needsApproval ? (
        <Note kind="warning">
          <p>
            The operator of this server approves each app. Until then yours is in development: it works for you and for
            up to 25 people whom you invite to test it.
          </p>
        </Note>
      ) : null}
      <Problems
        form={problems.form}
        fields={[
          { id: 'app-name', label: 'Name', problem: problems.name },
          { id: 'app-kind', label: 'Where it runs', problem: problems.kind },
          { id: 'redirect-uris', label: 'Redirect URIs', problem: problems.redirectUris },
          ...detailFields.map(({ name, label }) => ({ id: `app-${name}`, label, problem: problems.details?.[name] })),
          { id: 'app-scope', label: 'Permissions it may request', problem: problems.scope },
        ]}
      />
      <Form id="app-form" class="card" secrets={props} action={paths.newApp}>
        <Field
          id="app-name"
          name="name"
          label="Name"
          type="text"
          autocomplete="off"
          value={props.name}
          problem={problems.name}
          hint="Shown to people when they are asked to allow the app."
        />
        <Choices
          id="app-kind"
          name="kind"
          legend="Where it runs"
          type="radio"
          problem={problems.kind}
          choices={appKindChoices(props.kind)}
        />
        <Lines
          id="redirect-uris"
          name="redirect_uris"
          label="Redirect URIs, one per line"
          value={props.redirectUris}
          problem={problems.redirectUris}
          hint={
            <>
              Example: <code>https://app.example.com/callback</code>. Where people return after allowing your app. Must
              match exactly, including a trailing slash. Use https; http only for localhost. A machine needs none.
            </>
          }
        />
        <ScopeChoices scopes={props.scopes} chosen={props.scope} problem={problems.scope} />
        <details open={problems.details !== undefined}>
          <summary>
            <OpenIcon />
            <h2>Publisher, website and privacy policy</h2>
          </summary>
          <p class="small muted">Shown to people beside the name of the app. You can add them later, under Settings.</p>
          {detailFields.map(({ name, label, hint }) => (
            <Field
              id={`app-${name}`}
              name={name}
              label={label}
              type="text"
              autocomplete="off"
              optional
              value={props.details?.[name]}
              problem={problems.details?.[name]}
              hint={hint}
            />
          ))}
        </details>
        <div class="row">
          <Button id="app-submit">Register app</Button>
          <LinkButton href={paths.developer} look="plain">
            Cancel
          </LinkButton>
        </div>
      </Form>
    </WidePage>
  )
})
