/** Between a sign-in and what it was for: the password is weaker than new ones have to be. */
import { Button, Field, Form, type FormSecrets, NewPassword } from '../kit/form.tsx'
import { NarrowPage, renderPage } from '../kit/layout.tsx'
import { Note, Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { inWords } from '../kit/time.tsx'

export interface OutdatedPasswordProps extends FormSecrets {
  readonly username: string
  readonly passwordMinimum: number
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Where to go afterwards; a path of ours. */
  readonly next?: string | undefined
  /** Where "Later" leads. */
  readonly laterHref: string
  readonly problems?: { readonly current?: string | undefined; readonly next?: string | undefined } | undefined
  /** Seconds after which it may be tried again. */
  readonly retryAfter?: number | undefined
}

export function outdatedPassword(props: OutdatedPasswordProps): string {
  const { problems = {}, retryAfter } = props
  const failed = [problems.current, problems.next, retryAfter].some((one) => one !== undefined)
  const heading = 'Choose a stronger password'
  return renderPage(
    <NarrowPage title={failed ? `Problem: ${heading}` : heading}>
      <Form id="outdated-password-form" class="card" secrets={props} action={paths.outdatedPassword}>
        {props.next === undefined ? null : <input type="hidden" name="next" value={props.next} />}
        <h1>{heading}</h1>
        <p class="muted">
          You are signed in. Your password is shorter or easier to guess than new passwords may be here.
          {props.clientName === undefined ? null : (
            <>
              {' '}
              Either way you continue to <strong dir="auto">{props.clientName}</strong>.
            </>
          )}
        </p>
        {retryAfter === undefined ? null : (
          <Note kind="bad">
            <p>Too many passwords were tried from here. Please try again in {inWords(retryAfter)}.</p>
          </Note>
        )}
        <Problems
          fields={[
            { id: 'current-password', label: 'Current password', problem: problems.current },
            { id: 'new-password', label: 'New password', problem: problems.next },
          ]}
        />
        {/* Tells a password keeper whose password this is. */}
        <input type="text" name="username" value={props.username} autocomplete="username" hidden />
        <Field
          name="current-password"
          label="Current password"
          type="password"
          autocomplete="current-password"
          problem={problems.current}
        />
        <NewPassword name="new-password" label="New password" minimum={props.passwordMinimum} problem={problems.next} />
        <p class="small muted">
          Changing it signs out every other browser, and every app will have to ask for your permission again.
        </p>
        <div class="pair">
          <Button id="outdated-password-submit">Change it now</Button>
          <a id="outdated-password-later" class="button plain" href={props.laterHref} rel="noreferrer">
            Later
          </a>
        </div>
      </Form>
    </NarrowPage>,
  )
}
