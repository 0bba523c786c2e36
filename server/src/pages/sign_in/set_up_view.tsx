/** The first-run page: whoever holds the one-time link creates the administrator. */
import { Button, Form } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { useWords, view } from '../kit/words.tsx'
import { AccountFields, hasProblems, type SignUpProps } from './sign_up_view.tsx'

export interface SetUpProps extends Pick<SignUpProps, 'csrf' | 'email' | 'username' | 'problems' | 'passwordMinimum'> {
  /** The secret of the one-time link; it comes back in the field `token`. */
  readonly token?: string | undefined
}

export const setUp = view((props: SetUpProps) => {
  const { kit, setUp: say } = useWords()
  return (
    <NarrowPage title={hasProblems(props.problems) ? kit.problemTitle(say.heading) : say.heading}>
      <Form id="setup-form" class="card" secrets={props} action={paths.setUp}>
        {props.token === undefined ? null : <input type="hidden" name="token" value={props.token} />}
        <h1>{say.heading}</h1>
        <p class="muted">{say.welcome}</p>
        <AccountFields {...props} named />
        <Button id="setup-submit">{say.submit}</Button>
      </Form>
    </NarrowPage>
  )
})
