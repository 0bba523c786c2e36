/** Forms and what they are filled in with. A form cannot be made without its CSRF token. */
import type { Child } from 'hono/jsx'
import { type FormProblem, sayProblem } from '../../words/form_problem.ts'
import { StopIcon } from './icons.tsx'
import { useWords } from './words.tsx'

/** What every form has to carry. */
export interface FormSecrets {
  /** The token that the browser's cookie vouches for. */
  readonly csrf: string
  /** The authorization request under way, sealed; it comes back with the form. */
  readonly request?: string | undefined
}

interface FormProps {
  readonly secrets: FormSecrets
  readonly id?: string
  readonly class?: string | undefined
  /** A fixed path of ours: nothing that came with a request decides where a form goes. */
  readonly action: string
  readonly children: Child
}

export function Form(props: FormProps) {
  return (
    <form id={props.id} method="post" class={props.class} action={props.action}>
      <input type="hidden" name="csrf" value={props.secrets.csrf} />
      {props.secrets.request === undefined ? null : (
        <input type="hidden" name="request" value={props.secrets.request} />
      )}
      {props.children}
    </form>
  )
}

interface FieldProps {
  /** The id too, unless one is given. */
  readonly name: string
  readonly label: string
  /** Plain text, unless it is said. */
  readonly type?: 'email' | 'password' | 'date' | 'time' | undefined
  /** What browsers may fill in; nothing, unless it is said. */
  readonly autocomplete?: 'username' | 'name' | 'email' | 'current-password' | 'new-password' | 'one-time-code'
  /** The id, where it is not the name. */
  readonly id?: string
  readonly value?: string | undefined
  readonly hint?: Child
  readonly problem?: FormProblem | undefined
  readonly optional?: boolean
  /** Whether browsers offer their passkeys in it. */
  readonly passkeys?: boolean
  /** Whether the page opens with the cursor in it. Never for what decides anything. */
  readonly focus?: boolean
  /** Whether its problem is all that the page has to tell, so that it is said at once. */
  readonly alerts?: boolean
  /** Brings up digits on a phone. */
  readonly digits?: boolean
}

export function Field(props: FieldProps) {
  const say = useWords().kit
  const { name, id = name, hint, problem } = props
  return (
    <div class="field">
      <label for={id}>
        {props.label}
        {props.optional ? <span class="muted">{say.optional}</span> : null}
      </label>
      <input
        id={id}
        name={name}
        type={props.type ?? 'text'}
        value={props.value}
        autocomplete={[props.autocomplete ?? 'off', ...(props.passkeys ? ['webauthn'] : [])].join(' ')}
        inputmode={props.digits ? 'numeric' : undefined}
        autocapitalize={props.type === 'password' ? undefined : 'none'}
        spellcheck={props.type === 'password' ? undefined : false}
        required={props.optional !== true}
        autofocus={props.focus === true ? true : undefined}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={describedBy(id, problem, hint)}
      />
      <Remarks id={id} problem={problem} hint={hint} alerts={props.alerts} />
    </div>
  )
}

/** The field for a password that is being chosen. */
export function NewPassword(props: { name: string; label: string; minimum: number; problem: FormProblem | undefined }) {
  const say = useWords().kit
  return (
    <Field
      name={props.name}
      label={props.label}
      type="password"
      autocomplete="new-password"
      problem={props.problem}
      hint={say.passwordHint(props.minimum)}
    />
  )
}

/** What describes a field, for those who hear the page. */
export function describedBy(id: string, problem: FormProblem | undefined, hint: unknown): string | undefined {
  const ids = [...(problem === undefined ? [] : [`${id}-problem`]), ...(hint === undefined ? [] : [`${id}-hint`])]
  return ids.length === 0 ? undefined : ids.join(' ')
}

/** What is wrong with a field and what is good to know about it, below it. */
function Remarks(props: { id: string; problem: FormProblem | undefined; hint?: Child; alerts?: boolean | undefined }) {
  const { id, problem, hint } = props
  return (
    <>
      {problem === undefined ? null : <Problem id={`${id}-problem`} it={problem} alerts={props.alerts} />}
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  )
}

interface LinesProps {
  readonly name: string
  readonly id: string
  readonly label: string
  readonly value: string
  readonly hint?: Child
  readonly problem?: FormProblem | undefined
  readonly optional?: boolean
}

/** A field of several lines. */
export function Lines(props: LinesProps) {
  const say = useWords().kit
  const { id, hint, problem } = props
  return (
    <div class="field">
      <label for={id}>
        {props.label}
        {props.optional ? <span class="muted">{say.optional}</span> : null}
      </label>
      <textarea
        id={id}
        name={props.name}
        rows={4}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        required={props.optional !== true}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={describedBy(id, problem, hint)}
      >
        {props.value}
      </textarea>
      <Remarks id={id} problem={problem} hint={hint} />
    </div>
  )
}

export interface SelectOption {
  readonly value: string
  readonly label: string
}

/** One of many, under headings where there are very many. */
export function Select(props: {
  name: string
  label: string
  value: string
  options: readonly SelectOption[]
  groups?: readonly { readonly label: string; readonly options: readonly SelectOption[] }[]
  hint?: Child
  problem?: FormProblem | undefined
}) {
  const { name, hint, problem, value } = props
  const option = (one: SelectOption) => (
    <option value={one.value} selected={one.value === value}>
      {one.label}
    </option>
  )
  return (
    <div class="field">
      <label for={name}>{props.label}</label>
      <select
        id={name}
        name={name}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={describedBy(name, problem, hint)}
      >
        {props.options.map(option)}
        {props.groups?.map((group) => (
          <optgroup label={group.label}>{group.options.map(option)}</optgroup>
        ))}
      </select>
      <Remarks id={name} problem={problem} hint={hint} />
    </div>
  )
}

export interface Choice {
  readonly id: string
  readonly value: string
  readonly label: Child
  readonly detail: Child
  readonly checked: boolean
  readonly problem?: FormProblem | undefined
}

/** One or several of a list, each with a line that says what it means. */
export function Choices(props: {
  id: string
  name: string
  legend: string
  type: 'radio' | 'checkbox'
  choices: readonly Choice[]
  problem?: FormProblem | undefined
}) {
  const { id, problem } = props
  return (
    <fieldset class="field" id={id} aria-describedby={describedBy(id, problem, undefined)}>
      <legend>{props.legend}</legend>
      <ul class="scopes">
        {props.choices.map((choice) => (
          <li>
            <label class="line" for={choice.id}>
              <input
                id={choice.id}
                type={props.type}
                name={props.name}
                value={choice.value}
                checked={choice.checked}
                required={props.type === 'radio'}
                aria-invalid={choice.problem === undefined ? undefined : 'true'}
                aria-describedby={describedBy(choice.id, choice.problem, undefined)}
              />
              <span>
                {choice.label}
                {choice.detail === undefined ? null : <span class="detail">{choice.detail}</span>}
              </span>
            </label>
            <Remarks id={choice.id} problem={choice.problem} />
          </li>
        ))}
      </ul>
      <Remarks id={id} problem={problem} />
    </fieldset>
  )
}

/** What is wrong, below what it is about. */
export function Problem(props: { id: string; it: FormProblem; alerts?: boolean | undefined }) {
  const words = useWords()
  return (
    <p class="problem" id={props.id} role={props.alerts ? 'alert' : undefined}>
      <StopIcon />
      <span>
        <span class="unseen">{words.kit.problem}</span>
        {sayProblem(words, props.it)}
      </span>
    </p>
  )
}

interface ButtonProps {
  readonly id?: string
  readonly name?: string
  readonly value?: string
  readonly look?: 'plain' | 'danger' | 'link' | undefined
  /** Sends the form even where its fields are not filled in. */
  readonly unchecked?: boolean
  readonly children: Child
}

export function Button(props: ButtonProps) {
  return (
    <button
      id={props.id}
      type="submit"
      name={props.name}
      value={props.value}
      class={buttonClass(props.look)}
      formnovalidate={props.unchecked}
    >
      {props.children}
    </button>
  )
}

/** A link that looks like a button; it goes somewhere and changes nothing. */
export function LinkButton(props: { id?: string; href: string; look?: 'plain' | 'danger'; children: Child }) {
  return (
    <a id={props.id} href={props.href} class={buttonClass(props.look)}>
      {props.children}
    </a>
  )
}

function buttonClass(look: 'plain' | 'danger' | 'link' | undefined): string {
  return look === undefined ? 'button' : `button ${look}`
}
