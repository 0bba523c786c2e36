/** The page that asks for the address of an account whose password is lost, and what it says afterwards. */
import type { FormProblem } from '../../words/form_problem.ts'
import { OnwardTo } from '../kit/app_card.tsx'
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { useWords, view } from '../kit/words.tsx'

export interface ForgotProps extends FormSecrets {
  readonly email?: string | undefined
  readonly problem?: FormProblem | undefined
  /** Whether a mail was asked for a moment ago. */
  readonly sent?: boolean
  /** Whether this server can send mail at all. */
  readonly byMail: boolean
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  readonly signInHref: string
}

export const forgot = view((props: ForgotProps) => {
  const { kit, forgot: say, verify } = useWords()
  const { problem, byMail, sent } = props
  return (
    <NarrowPage
      title={problem === undefined ? say.heading : kit.problemTitle(say.heading)}
      aside={
        <a href={props.signInHref} rel="noreferrer">
          {say.backToSignIn}
        </a>
      }
    >
      <section class="card">
        <h1>{byMail && sent === true ? verify.enterCode : say.heading}</h1>
        <OnwardTo name={props.clientName} />
        {byMail ? null : <p id="forgot-operator">{say.askOperator}</p>}
        {byMail && sent === true ? (
          <Note kind="good">
            <p id="forgot-sent">{say.sent}</p>
          </Note>
        ) : null}
        {byMail && sent !== true ? (
          <Form id="forgot-form" secrets={props} action={paths.forgot}>
            <p class="muted">{say.lead}</p>
            <Field
              name="email"
              label={say.email}
              type="email"
              autocomplete="email"
              value={props.email}
              problem={problem}
              focus
              alerts
            />
            <Button id="forgot-submit">{say.submit}</Button>
          </Form>
        ) : null}
        {byMail && sent === true ? <p class="small muted last">{say.notThere}</p> : null}
      </section>
    </NarrowPage>
  )
})
