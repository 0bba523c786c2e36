/** The permissions of an app to choose from, by what they let it do, in the words that people will read. */
import type { ScopeKind, ScopeMeaning } from '../../protocol/scope.ts'
import { Choices } from '../kit/form.tsx'
import { StopIcon } from '../kit/icons.tsx'

const groups: readonly { readonly kind: ScopeKind; readonly legend: string }[] = [
  { kind: 'see', legend: 'See' },
  { kind: 'change', legend: 'Change' },
  { kind: 'stay', legend: 'Stay connected' },
]

interface ScopeChoicesProps {
  readonly scopes: readonly ScopeMeaning[]
  readonly chosen: readonly string[]
  readonly problem: string | undefined
}

export function ScopeChoices(props: ScopeChoicesProps) {
  return (
    <fieldset
      class="field"
      id="app-scope"
      aria-describedby={`app-scope-hint${props.problem ? ' app-scope-problem' : ''}`}
    >
      <legend>Permissions it may request</legend>
      <p class="hint" id="app-scope-hint">
        People will read the sentences in quotes. <code>openid</code> and <code>basic</code> are enough to sign people
        in. Ask for more only if the app needs it.
      </p>
      {groups.map(({ kind, legend }) => {
        const scopes = props.scopes.filter((scope) => scope.kind === kind)
        if (scopes.length === 0) return null
        return (
          <Choices
            id={`app-scope-${kind}`}
            name="scope"
            legend={legend}
            type="checkbox"
            choices={scopes.map(({ name, sentence, detail }) => ({
              id: `scope-${name}`,
              value: name,
              label: (
                <>
                  <code>{name}</code> “{sentence}”
                </>
              ),
              detail: `“${detail}”`,
              checked: props.chosen.includes(name),
            }))}
          />
        )
      })}
      {props.problem === undefined ? null : (
        <p class="problem" id="app-scope-problem">
          <StopIcon />
          <span>
            <span class="unseen">Problem: </span>
            {props.problem}
          </span>
        </p>
      )}
    </fieldset>
  )
}
