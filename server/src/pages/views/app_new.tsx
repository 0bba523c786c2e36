/** Registering an app: its name, where it runs, where people come back to, and what it may ask for. */
import type { ScopeMeaning } from '../../protocol/scope.ts'
import { Button, Choices, Field, Form, type FormSecrets, Lines, LinkButton } from '../kit/form.tsx'
import { renderPage, type Viewer, WidePage } from '../kit/layout.tsx'
import { Note, Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { appKindChoices } from './app_kinds.tsx'

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
  readonly problems?:
    | {
        readonly name?: string
        readonly kind?: string
        readonly redirectUris?: string
        readonly scope?: string
        readonly form?: string
      }
    | undefined
}

export function appNew(props: AppNewProps): string {
  const problems = props.problems ?? {}
  return renderPage(
    <WidePage
      title={props.problems === undefined ? 'Register an app' : 'Problem: Register an app'}
      viewer={props.viewer}
      here="developer"
      reading
    >
      <p class="trail small">
        <a href={paths.developer}>Your apps</a>
      </p>
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
          { id: 'app-scope', label: 'What it may ask for', problem: problems.scope },
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
          hint="People read it when they are asked to allow the app."
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
          hint="Where people come back to with the code. They are compared to the letter: a slash too many is another address. http is for loopback addresses only."
        />
        <Choices
          id="app-scope"
          name="scope"
          legend="What it may ask for, in the words that people read"
          type="checkbox"
          problem={problems.scope}
          choices={props.scopes.map(({ name, sentence, detail }) => ({
            id: `scope-${name}`,
            value: name,
            label: (
              <>
                {sentence} <code class="muted">{name}</code>
              </>
            ),
            detail,
            checked: props.scope.includes(name),
          }))}
        />
        <div class="row">
          <Button id="app-submit">Register the app</Button>
          <LinkButton href={paths.developer} look="plain">
            Cancel
          </LinkButton>
        </div>
      </Form>
    </WidePage>,
  )
}
