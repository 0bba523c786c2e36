/** The first-run page: whoever holds the one-time link creates the administrator. */
import { Button, Form } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { view } from '../kit/words.tsx'
import { AccountFields, hasProblems, type SignUpProps } from './sign_up_view.tsx'

export interface SetUpProps extends Pick<SignUpProps, 'csrf' | 'email' | 'username' | 'problems' | 'passwordMinimum'> {
  /** The secret of the one-time link; it comes back in the field `token`. */
  readonly token?: string | undefined
}

export const setUp = view((props: SetUpProps) => {
  return (
    <NarrowPage title={hasProblems(props.problems) ? 'Problem: Create the administrator' : 'Create the administrator'}>
      <Form id="setup-form" class="card" secrets={props} action={paths.setUp}>
        {props.token === undefined ? null : <input type="hidden" name="token" value={props.token} />}
        <h1>Create the administrator</h1>
        <p class="muted">Welcome. This account has the role owner. The link that brought you here works once.</p>
        <AccountFields {...props} />
        <Button id="setup-submit">Create administrator</Button>
      </Form>
    </NarrowPage>
  )
})
