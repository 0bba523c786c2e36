/** The page on which an address is proved: by a code, or behind a link by a button. */
import type { FormProblem } from '../../words/form_problem.ts'
import { OnwardTo } from '../kit/app_card.tsx'
import { Button, Field, Form, type FormSecrets, LinkButton, NewPassword } from '../kit/form.tsx'
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Outcome, Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'
import { type AccountProblems, hasProblems } from '../sign_in/sign_up_view.tsx'

export interface VerifyProps extends FormSecrets {
  /** The ID of the link that the page was drawn for. */
  readonly link: string
  readonly of: 'address' | 'sign_up' | 'access'
  readonly by: 'code' | 'link'
  /** The address that was written to. */
  readonly email: string
  /** Whose it will be, where the account is there already. */
  readonly account?: string | undefined
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Given where a password is asked for, with the characters that it has at least. */
  readonly passwordMinimum?: number | undefined
  readonly username?: string | undefined
  /** What is wrong with the code. */
  readonly code?: FormProblem | undefined
  readonly problems?: AccountProblems | undefined
  readonly notice?: string | undefined
}

export const verify = view((props: VerifyProps) => {
  const { kit, verify: say, signUp, requestAccess } = useWords()
  const { code, problems = {}, by, of } = props
  const failed = code !== undefined || hasProblems(problems)
  const heading = by === 'code' ? say.enterCode : say.confirm
  const email = <strong dir="auto">{props.email}</strong>
  return (
    <NarrowPage title={failed ? kit.problemTitle(heading) : heading}>
      <section class="card">
        <h1>{heading}</h1>
        <OnwardTo name={props.clientName} />
        <Outcome notice={props.notice} />
        <p class="muted">
          {by === 'code' ? (
            <Say it={say.mailed} email={email} />
          ) : of === 'access' ? (
            <Say it={requestAccess.proves} email={email} />
          ) : of === 'sign_up' ? (
            <Say it={say.opensAccount} email={email} />
          ) : (
            <Say it={say.isOf} email={email} account={<strong dir="auto">{props.account}</strong>} />
          )}
        </p>
        <Form id="verify-form" secrets={props} action={paths.verify}>
          <input type="hidden" name="link" value={props.link} />
          <Problems
            form={problems.form}
            fields={[
              { id: 'username', label: signUp.username, problem: problems.username },
              { id: 'password', label: signUp.password, problem: problems.password },
            ]}
          />
          {by === 'code' ? (
            <Field name="code" label={say.code} autocomplete="one-time-code" digits problem={code} focus alerts />
          ) : null}
          {problems.username === undefined ? null : (
            <Field
              name="username"
              label={signUp.username}
              autocomplete="username"
              value={props.username}
              problem={problems.username}
            />
          )}
          {props.passwordMinimum === undefined ? null : (
            <>
              <p class="small">{say.whyPassword}</p>
              <NewPassword
                name="password"
                label={signUp.password}
                minimum={props.passwordMinimum}
                problem={problems.password}
              />
            </>
          )}
          <Button id="verify-submit">{by === 'code' ? say.submitCode : say.submitLink}</Button>
          {by === 'code' ? (
            <Button id="verify-again" name="action" value="again" look="link" unchecked>
              {say.again}
            </Button>
          ) : null}
        </Form>
        <p class="small muted last">{by === 'code' ? say.orLink : say.notYou}</p>
      </section>
    </NarrowPage>
  )
})

/** What is said behind a link in a browser that is not signed in to the account. */
export const addressDone = view((props: { readonly email: string; readonly taken: boolean }) => {
  const say = useWords().verify
  const heading = props.taken ? say.takenHeading : say.doneHeading
  const email = <strong dir="auto">{props.email}</strong>
  return (
    <NarrowPage title={heading}>
      <section class="card">
        {props.taken ? null : (
          <div class="sign">
            <CheckIcon />
          </div>
        )}
        <h1>{heading}</h1>
        <p>{props.taken ? <Say it={say.taken} email={email} /> : <Say it={say.done} email={email} />}</p>
        <div class="row">
          <LinkButton href={paths.accountEmail}>{say.toAccount}</LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})
