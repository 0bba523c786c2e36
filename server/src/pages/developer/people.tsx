/** People by their usernames, who test an app or share a key: a list from which each can be taken, and asking one more. */
import type { Child } from 'hono/jsx'
import type { FormProblem } from '../../words/form_problem.ts'
import { Button, Field, Form } from '../kit/form.tsx'

interface PeopleProps {
  readonly id: string
  readonly csrf: string
  /** Where the form goes that takes somebody from the list, and by which of its fields it says whom. */
  readonly action: string
  readonly field: 'username' | 'person'
  readonly people: readonly {
    readonly username: string
    /** What the form says of them; left out, the username. */
    readonly value?: string
    readonly state?: Child
    /** What the button says. */
    readonly act: Child
  }[]
}

export function People({ id, csrf, action, field, people }: PeopleProps) {
  if (people.length === 0) return null
  return (
    <ul class="card entries" id={id}>
      {people.map(({ username, value, state, act }) => (
        <li>
          <span>
            <bdi class="strong">{username}</bdi> {state}
          </span>
          <Form secrets={{ csrf }} action={action}>
            <input type="hidden" name={field} value={value ?? username} />
            <Button look="plain">{act}</Button>
          </Form>
        </li>
      ))}
    </ul>
  )
}

interface InviteProps {
  /** Stem of the ids of the form, its field and its button. */
  readonly id: string
  readonly csrf: string
  readonly action: string
  readonly say: { readonly username: string; readonly usernameHint: string }
  readonly submit: string
  /** What was filled in for a username that could not be invited, and why. */
  readonly again?: { readonly username: string; readonly problem: FormProblem } | undefined
}

export function Invite({ id, csrf, action, say, submit, again }: InviteProps) {
  return (
    <Form id={`${id}-form`} class="card form-card" secrets={{ csrf }} action={action}>
      <Field
        id={`${id}-username`}
        name="username"
        label={say.username}
        value={again?.username}
        problem={again?.problem}
        hint={say.usernameHint}
      />
      <Button id={`${id}-submit`}>{submit}</Button>
    </Form>
  )
}
