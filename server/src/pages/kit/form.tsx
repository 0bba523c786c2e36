/** Forms and what they are filled in with. A form cannot be made without its CSRF token. */
import type { Child } from 'hono/jsx'
import { StopIcon } from './icons.tsx'

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
  readonly class?: string
  /** The page itself where it is left out. */
  readonly action?: string | undefined
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
  /** Id and name at once. */
  readonly name: string
  readonly label: string
  readonly type: 'text' | 'email' | 'password'
  readonly autocomplete: 'username' | 'email' | 'current-password' | 'new-password'
  readonly value?: string | undefined
  readonly hint?: Child
  readonly problem?: string | undefined
  readonly optional?: boolean
}

export function Field(props: FieldProps) {
  const { name, hint, problem } = props
  const described = [
    ...(problem === undefined ? [] : [`${name}-problem`]),
    ...(hint === undefined ? [] : [`${name}-hint`]),
  ]
  return (
    <div class="field">
      <label for={name}>
        {props.label}
        {props.optional ? <span class="muted"> (optional)</span> : null}
      </label>
      <input
        id={name}
        name={name}
        type={props.type}
        value={props.value}
        autocomplete={props.autocomplete}
        autocapitalize={props.type === 'password' ? undefined : 'none'}
        spellcheck={props.type === 'password' ? undefined : false}
        required={props.optional !== true}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={described.length === 0 ? undefined : described.join(' ')}
      />
      {problem === undefined ? null : <Problem id={`${name}-problem`}>{problem}</Problem>}
      {hint === undefined ? null : (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

function Problem(props: { id: string; children: Child }) {
  return (
    <p class="problem" id={props.id}>
      <StopIcon />
      <span>
        <span class="unseen">Problem: </span>
        {props.children}
      </span>
    </p>
  )
}

interface ButtonProps {
  readonly id?: string
  readonly name?: string
  readonly value?: string
  readonly look?: 'plain' | 'danger'
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
export function LinkButton(props: { href: string; look?: 'plain'; children: Child }) {
  return (
    <a href={props.href} class={buttonClass(props.look)}>
      {props.children}
    </a>
  )
}

function buttonClass(look: 'plain' | 'danger' | undefined): string {
  return look === undefined ? 'button' : `button ${look}`
}
