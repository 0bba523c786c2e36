/** The permissions of an app to choose from, by what they let it do, in the words that people will read. */
import type { ScopeKind, ScopeMeaning } from '../../../protocol/scope.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Choices, Problem } from '../../kit/form.tsx'
import { scopeInWords } from '../../kit/permissions.tsx'
import { Say, useWords } from '../../kit/words.tsx'

const kinds = ['see', 'change', 'stay'] as const satisfies readonly ScopeKind[]

interface ScopeChoicesProps {
  readonly scopes: readonly ScopeMeaning[]
  readonly chosen: readonly string[]
  readonly problem: FormProblem | undefined
}

export function ScopeChoices(props: ScopeChoicesProps) {
  const words = useWords()
  const say = words.app
  return (
    <fieldset
      class="field"
      id="app-scope"
      aria-describedby={`app-scope-hint${props.problem ? ' app-scope-problem' : ''}`}
    >
      <legend>{say.permissions}</legend>
      <p class="hint" id="app-scope-hint">
        <Say it={say.permissionsHint} />
      </p>
      {kinds.map((kind) => {
        const scopes = props.scopes.filter((scope) => scope.kind === kind)
        if (scopes.length === 0) return null
        return (
          <Choices
            id={`app-scope-${kind}`}
            name="scope"
            legend={say.scopeKinds[kind]}
            type="checkbox"
            choices={scopes.map((scope) => {
              const { name } = scope
              const { sentence, detail } = scopeInWords(words, scope)
              return {
                id: `scope-${name}`,
                value: name,
                label: (
                  <>
                    <code>{name}</code> {words.kit.quoted(sentence)}
                  </>
                ),
                detail: detail === '' ? undefined : words.kit.quoted(detail),
                checked: props.chosen.includes(name),
              }
            })}
          />
        )
      })}
      {props.problem === undefined ? null : <Problem id="app-scope-problem" it={props.problem} />}
    </fieldset>
  )
}
