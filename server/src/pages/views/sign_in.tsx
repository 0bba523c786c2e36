/** The sign-in page: username or e-mail and password together, with a way out. */
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage, renderPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { inWords } from '../kit/time.tsx'

/** Why the page is shown again. Whether an account exists is never among it. */
export type SignInProblem = 'mismatch' | 'incomplete' | 'too_many' | 'busy' | 'stale'

export interface SignInProps extends FormSecrets {
  /** What the person typed, or a hint of who is to sign in. */
  readonly login?: string | undefined
  readonly problem?: SignInProblem | undefined
  /** Seconds, for `too_many` and `busy`. */
  readonly retryAfter?: number | undefined
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Where accounts are made; left out where nobody may make one. */
  readonly signUpHref?: string | undefined
  readonly action?: string | undefined
}

export function signIn(props: SignInProps): string {
  const { problem } = props
  const atPassword = fieldProblems[problem ?? 'none']
  return renderPage(
    <NarrowPage
      title={problem === undefined ? 'Sign in' : 'Problem: Sign in'}
      aside={
        props.signUpHref === undefined ? undefined : (
          <>
            New here? <a href={props.signUpHref}>Create an account</a>
          </>
        )
      }
    >
      <Form id="login-form" class="card" secrets={props} action={props.action}>
        <h1>Sign in</h1>
        {props.clientName === undefined ? null : (
          <p class="muted">
            to continue to <strong dir="auto">{props.clientName}</strong>
          </p>
        )}
        <FormNote problem={problem} retryAfter={props.retryAfter} />
        <Field name="username" label="E-mail or username" type="text" autocomplete="username" value={props.login} />
        <Field name="password" label="Password" type="password" autocomplete="current-password" problem={atPassword} />
        <div class="pair">
          <Button id="login-submit">Sign in</Button>
          <Button id="login-cancel" name="action" value="cancel" look="plain" unchecked>
            Cancel
          </Button>
        </div>
      </Form>
    </NarrowPage>,
  )
}

const fieldProblems: Partial<Record<SignInProblem | 'none', string>> = {
  mismatch: 'That did not match. Please try again.',
  incomplete: 'Please fill in both fields.',
}

function FormNote(props: { problem: SignInProblem | undefined; retryAfter: number | undefined }) {
  const when = props.retryAfter === undefined ? 'a little later' : `in ${inWords(props.retryAfter)}`
  if (props.problem === 'too_many') {
    return (
      <Note kind="bad">
        <p>
          <strong>Too many failed attempts.</strong> Please try again {when}.
        </p>
      </Note>
    )
  }
  if (props.problem === 'busy') {
    return (
      <Note kind="bad">
        <p>
          <strong>Very many people are signing in just now.</strong> Please try again {when}.
        </p>
      </Note>
    )
  }
  if (props.problem === 'stale') {
    return (
      <Note kind="bad">
        <p>
          <strong>This page was open for too long.</strong> Please sign in once more.
        </p>
      </Note>
    )
  }
  return null
}
