/** The fields by which a password is changed, or a first one set, with what is wrong with them and what comes of it. */

import type { FormProblem } from '../../words/form_problem.ts'
import { Field, NewPassword } from './form.tsx'
import { Note, Problems } from './note.tsx'
import { useWords } from './words.tsx'

/** What came of the last try. */
export interface PasswordTried {
  readonly problems?:
    | { readonly current?: FormProblem | undefined; readonly next?: FormProblem | undefined }
    | undefined
  /** What keeps the change from being tried just now, and the seconds after which it may be tried again. */
  readonly wait?: { readonly cause: 'too_many' | 'busy'; readonly seconds: number } | undefined
}

/** Whether the last try has changed nothing. */
export function isRefused({ problems = {}, wait }: PasswordTried): boolean {
  return [problems.current, problems.next, wait].some((one) => one !== undefined)
}

interface PasswordFieldsProps extends PasswordTried {
  readonly username: string
  /** How many characters a new one has at least. */
  readonly minimum: number
  /** Whether there is one to be changed. */
  readonly hasPassword: boolean
}

export function PasswordFields({ username, minimum, hasPassword, problems = {}, wait }: PasswordFieldsProps) {
  const { kit: say, time } = useWords()
  return (
    <>
      {wait === undefined ? null : (
        <Note kind="bad">
          <p>{say.passwordWaits[wait.cause](time.waiting(wait.seconds))}</p>
        </Note>
      )}
      <Problems
        fields={[
          { id: 'current-password', label: say.currentPassword, problem: problems.current },
          { id: 'new-password', label: say.newPassword, problem: problems.next },
        ]}
      />
      {/* Tells a password keeper whose password this is. */}
      <input type="text" name="username" value={username} autocomplete="username" hidden />
      <div class="fields">
        {hasPassword ? (
          <Field
            name="current-password"
            label={say.currentPassword}
            type="password"
            autocomplete="current-password"
            problem={problems.current}
          />
        ) : null}
        <NewPassword name="new-password" label={say.newPassword} minimum={minimum} problem={problems.next} />
      </div>
      {hasPassword ? <p class="small muted">{say.passwordChangeMeans}</p> : null}
    </>
  )
}
