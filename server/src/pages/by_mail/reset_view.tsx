/** The page behind a mailed link, on which a lost password is replaced. */
import type { FormProblem } from '../../words/form_problem.ts'
import { Button, Form, type FormSecrets, NewPassword } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import type { PasswordTried } from '../kit/password_change.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

export interface ResetProps extends FormSecrets, Pick<PasswordTried, 'wait'> {
  /** The ID of the link that the page was drawn for. */
  readonly link: string
  readonly username: string
  readonly passwordMinimum: number
  readonly problem?: FormProblem | undefined
}

export const reset = view((props: ResetProps) => {
  const { kit, reset: say, time } = useWords()
  const { problem, wait } = props
  const failed = problem !== undefined || wait !== undefined
  return (
    <NarrowPage title={failed ? kit.problemTitle(say.heading) : say.heading}>
      <Form id="reset-form" class="card" secrets={props} action={paths.reset}>
        <input type="hidden" name="link" value={props.link} />
        <h1>{say.heading}</h1>
        <p class="muted">
          <Say it={say.whose} account={<strong dir="auto">{props.username}</strong>} />
        </p>
        {wait === undefined ? null : (
          <Note kind="bad">
            <p>{kit.passwordWaits[wait.cause](time.waiting(wait.seconds))}</p>
          </Note>
        )}
        {/* Tells a password keeper whose password this is. */}
        <input type="text" name="username" value={props.username} autocomplete="username" hidden />
        <NewPassword name="password" label={kit.newPassword} minimum={props.passwordMinimum} problem={problem} />
        <p class="small muted">{say.means}</p>
        <Button id="reset-submit">{say.submit}</Button>
      </Form>
    </NarrowPage>
  )
})
