/** The page on which somebody who was invited opens their account. */
import { Button, Field, Form, type FormSecrets, NewPassword } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'
import { type AccountProblems, hasProblems } from '../sign_in/sign_up_view.tsx'

export interface InvitationProps extends FormSecrets {
  /** The ID of the link that the page was drawn for. */
  readonly link: string
  readonly email: string
  readonly username?: string | undefined
  readonly problems?: AccountProblems | undefined
  readonly passwordMinimum: number
}

export const invitation = view((props: InvitationProps) => {
  const { kit, signUp: say, invitation: own } = useWords()
  const { problems = {} } = props
  return (
    <NarrowPage title={hasProblems(problems) ? kit.problemTitle(say.heading) : say.heading}>
      <Form id="invitation-form" class="card" secrets={props} action={paths.invitation}>
        <input type="hidden" name="link" value={props.link} />
        <h1>{say.heading}</h1>
        <p class="muted">
          <Say it={own.lead} email={<strong dir="auto">{props.email}</strong>} />
        </p>
        <Problems
          form={problems.form ?? problems.email}
          fields={[
            { id: 'username', label: say.username, problem: problems.username },
            { id: 'password', label: say.password, problem: problems.password },
          ]}
        />
        <Field
          name="username"
          label={say.username}
          autocomplete="username"
          value={props.username}
          problem={problems.username}
          hint={say.usernameDerived}
          optional
        />
        <NewPassword name="password" label={say.password} minimum={props.passwordMinimum} problem={problems.password} />
        <Button id="invitation-submit">{say.submit}</Button>
      </Form>
    </NarrowPage>
  )
})
