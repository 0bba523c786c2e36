/** Registering an app: its name, where it runs, where people return to, its permissions, and who makes it. */
import type { AppDetails } from '../../../engine/developer/app_details.ts'
import type { AppProblems } from '../../../engine/developer/developer_apps.ts'
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import { Button, Choices, Field, Form, type FormSecrets, Lines, LinkButton } from '../../kit/form.tsx'
import { OpenIcon } from '../../kit/icons.tsx'
import { type Viewer, WidePage } from '../../kit/layout.tsx'
import { Note, Problems } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Trail } from '../../kit/trail.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { appKindChoices } from './kinds.tsx'
import { ScopeChoices } from './scope_choices.tsx'

/** What may be told at once beside the name. */
const detailNames = ['publisher', 'website', 'policy'] as const

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
  readonly problems?: AppProblems | undefined
}

export const appNew = view((props: AppNewProps) => {
  const { app: say, kit } = useWords()
  const problems = props.problems ?? {}
  return (
    <WidePage
      title={props.problems === undefined ? say.register : kit.problemTitle(say.register)}
      viewer={props.viewer}
      here="developer"
      reading
    >
      <Trail />
      <h1>{say.register}</h1>
      {props.needsApproval ? (
        <Note kind="warning">
          <p>{say.approvalFirst}</p>
        </Note>
      ) : null}
      <Problems
        form={problems.form}
        fields={[
          { id: 'app-name', label: say.name, problem: problems.name },
          { id: 'app-kind', label: say.kind, problem: problems.kind },
          { id: 'redirect-uris', label: say.redirectUris, problem: problems.redirectUris },
          ...detailNames.map((name) => ({
            id: `app-${name}`,
            label: say.details[name].label,
            problem: problems.details?.[name],
          })),
          { id: 'app-scope', label: say.permissions, problem: problems.scope },
        ]}
      />
      <Form id="app-form" class="card" secrets={props} action={paths.newApp}>
        <Field
          id="app-name"
          name="name"
          label={say.name}
          value={props.name}
          problem={problems.name}
          hint={say.nameHint}
        />
        <Choices
          id="app-kind"
          name="kind"
          legend={say.kind}
          type="radio"
          problem={problems.kind}
          choices={appKindChoices(say, props.kind)}
        />
        <Lines
          id="redirect-uris"
          name="redirect_uris"
          label={say.redirectUriLines}
          value={props.redirectUris}
          problem={problems.redirectUris}
          hint={<Say it={say.redirectUriLinesHint} />}
        />
        <ScopeChoices scopes={props.scopes} chosen={props.scope} problem={problems.scope} />
        <details open={problems.details !== undefined}>
          <summary>
            <OpenIcon />
            <h2>{say.detailsHeading}</h2>
          </summary>
          <p class="small muted">{say.detailsLead}</p>
          {detailNames.map((name) => (
            <Field
              id={`app-${name}`}
              name={name}
              {...say.details[name]}
              optional
              value={props.details?.[name]}
              problem={problems.details?.[name]}
            />
          ))}
        </details>
        <div class="row">
          <Button id="app-submit">{say.submit}</Button>
          <LinkButton href={paths.developer} look="plain">
            {kit.cancel}
          </LinkButton>
        </div>
      </Form>
    </WidePage>
  )
})
