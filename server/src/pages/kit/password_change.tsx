/** The fields by which a password is changed, or a first one set, with what is wrong with them and what comes of it. */
import { Field, NewPassword } from './form.tsx'
import { Note, Problems } from './note.tsx'
import { useWords } from './words.tsx'

/** What came of the last try. */
export interface PasswordTried {
  readonly problems?: { readonly current?: string | undefined; readonly next?: string | undefined } | undefined
  /** What keeps the change from being tried just now, and the seconds after which it may be tried again. */
  readonly wait?: { readonly cause: keyof typeof waits; readonly seconds: number } | undefined
}

const waits = {
  too_many: 'Too many passwords were tried from here.',
  busy: 'The server is checking as many passwords as it can.',
} as const

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
  return (
    <>
      {wait === undefined ? null : (
        <Note kind="bad">
          <p>
            {waits[wait.cause]} Please try again in {useWords().time.waiting(wait.seconds)}.
          </p>
        </Note>
      )}
      <Problems
        fields={[
          { id: 'current-password', label: 'Current password', problem: problems.current },
          { id: 'new-password', label: 'New password', problem: problems.next },
        ]}
      />
      {/* Tells a password keeper whose password this is. */}
      <input type="text" name="username" value={username} autocomplete="username" hidden />
      <div class="fields">
        {hasPassword ? (
          <Field
            name="current-password"
            label="Current password"
            type="password"
            autocomplete="current-password"
            problem={problems.current}
          />
        ) : null}
        <NewPassword name="new-password" label="New password" minimum={minimum} problem={problems.next} />
      </div>
      {hasPassword ? (
        <p class="small muted">
          You stay signed in here. Every other browser is signed out, and every app will have to ask for your permission
          again.
        </p>
      ) : null}
    </>
  )
}
