/** Between a sign-in and what it was for: the password is weaker than new ones have to be. */
import { Button, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { isRefused, PasswordFields, type PasswordTried } from '../kit/password_change.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

export interface OutdatedPasswordProps extends FormSecrets, PasswordTried {
  readonly username: string
  readonly passwordMinimum: number
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Where to go afterwards; a path of ours. */
  readonly next?: string | undefined
  /** Where "Later" leads. */
  readonly laterHref: string
}

export const outdatedPassword = view((props: OutdatedPasswordProps) => {
  const { kit, outdatedPassword: say } = useWords()
  return (
    <NarrowPage title={isRefused(props) ? kit.problemTitle(say.heading) : say.heading}>
      <Form id="outdated-password-form" class="card" secrets={props} action={paths.outdatedPassword}>
        {props.next === undefined ? null : <input type="hidden" name="next" value={props.next} />}
        <h1>{say.heading}</h1>
        <p class="muted">
          {say.why}
          {props.clientName === undefined ? null : (
            <>
              {' '}
              <Say it={say.onward} app={<strong dir="auto">{props.clientName}</strong>} />
            </>
          )}
        </p>
        <PasswordFields {...props} minimum={props.passwordMinimum} hasPassword />
        <div class="pair">
          <Button id="outdated-password-submit">{say.change}</Button>
          <a id="outdated-password-later" class="button plain" href={props.laterHref} rel="noreferrer">
            {say.later}
          </a>
        </div>
      </Form>
    </NarrowPage>
  )
})
