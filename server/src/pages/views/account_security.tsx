/** What keeps others out of the account: the password, and changing it. */
import { AccountPage } from '../kit/account_page.tsx'
import { Button, Field, Form, NewPassword } from '../kit/form.tsx'
import { renderPage, type Viewer } from '../kit/layout.tsx'
import { Note, Problems } from '../kit/note.tsx'
import { inWords } from '../kit/time.tsx'

export interface AccountSecurityProps {
  readonly csrf: string
  readonly viewer: Viewer
  /** Whether the account has a password at all. */
  readonly hasPassword: boolean
  readonly passwordMinimum: number
  readonly problems?: { readonly current?: string | undefined; readonly next?: string | undefined } | undefined
  /** What keeps the change from being tried just now, and the seconds after which it may be tried again. */
  readonly wait?: { readonly cause: 'too_many' | 'busy'; readonly seconds: number } | undefined
  readonly notice?: string | undefined
}

const waits = {
  too_many: 'Too many passwords that did not match were tried from here.',
  busy: 'The server is checking as many passwords as it can.',
} as const

export function accountSecurity(props: AccountSecurityProps): string {
  const { viewer, notice, problems = {}, wait } = props
  const failed = wait !== undefined || problems.current !== undefined || problems.next !== undefined
  return renderPage(
    <AccountPage title="Security" heading="Security" viewer={viewer} here="security" failed={failed} notice={notice}>
      <section class="card form-card" aria-labelledby="password">
        <h2 id="password">Password</h2>
        {props.hasPassword ? (
          <Form id="password-form" secrets={{ csrf: props.csrf }}>
            {wait === undefined ? null : (
              <Note kind="bad">
                <p>
                  {waits[wait.cause]} Please try again in {inWords(wait.seconds)}.
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
            <input type="text" name="username" value={viewer.username} autocomplete="username" hidden />
            <Field
              name="current-password"
              label="Current password"
              type="password"
              autocomplete="current-password"
              problem={problems.current}
            />
            <NewPassword
              name="new-password"
              label="New password"
              minimum={props.passwordMinimum}
              problem={problems.next}
            />
            <p class="small muted">
              You stay signed in here. Every other browser is signed out, and every app has to ask you again.
            </p>
            <Button id="password-submit">Change password</Button>
          </Form>
        ) : (
          <p class="muted">This account has no password, so there is none to change.</p>
        )}
      </section>
    </AccountPage>,
  )
}
