/** The sign-up page: e-mail, username and password make an account. */

import type { TermsInForce } from '../../engine/account/terms/terms.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { OnwardTo } from '../kit/app_card.tsx'
import { Button, Field, Form, type FormSecrets, LinkButton, NewPassword } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { type OfferedProvider, ProviderChoices } from '../kit/provider_button.tsx'
import { Say, useWords, view } from '../kit/words.tsx'
import { AcceptedBySigningUp } from './terms/terms_view.tsx'

/** What is wrong with what was filled in, by field. */
export interface AccountProblems {
  readonly email?: FormProblem | undefined
  readonly username?: FormProblem | undefined
  readonly password?: FormProblem | undefined
  /** What concerns no single field. */
  readonly form?: FormProblem | undefined
}

export interface SignUpProps extends FormSecrets {
  readonly email?: string | undefined
  readonly username?: string | undefined
  readonly problems?: AccountProblems | undefined
  readonly passwordMinimum: number
  readonly clientName?: string | undefined
  readonly signInHref: string
  /** Who else may say who the person is. */
  readonly providers?: readonly OfferedProvider[]
  /** What is accepted by opening the account. */
  readonly terms?: readonly TermsInForce[]
  /** Where to go afterwards; a path of ours. */
  readonly next?: string | undefined
}

export const signUp = view((props: SignUpProps) => {
  const { kit, signUp: say } = useWords()
  return (
    <NarrowPage
      title={hasProblems(props.problems) ? kit.problemTitle(say.heading) : say.heading}
      aside={
        <Say
          it={say.haveOne}
          a={(text) => (
            <a href={props.signInHref} rel="noreferrer">
              {text}
            </a>
          )}
        />
      }
    >
      <section class="card">
        <h1>{say.heading}</h1>
        <OnwardTo name={props.clientName} />
        <ProviderChoices
          providers={props.providers ?? []}
          secrets={props}
          label={say.otherWays}
          or={say.orEmail}
          next={props.next}
        />
        <Form id="signup-form" secrets={props} action={paths.signUp}>
          {props.next === undefined ? null : <input type="hidden" name="next" value={props.next} />}
          <AccountFields {...props} />
          <AcceptedBySigningUp documents={props.terms ?? []} />
          <Button id="signup-submit">{say.submit}</Button>
        </Form>
      </section>
    </NarrowPage>
  )
})

/** What is shown where people cannot open an account by themselves. */
export const signUpClosed = view(
  (props: Pick<SignUpProps, 'clientName' | 'signInHref'> & { readonly how: 'invite' | 'closed' }) => {
    const say = useWords().signUp
    return (
      <NarrowPage title={say.closed[props.how].heading}>
        <section class="card">
          <h1>{say.closed[props.how].heading}</h1>
          <OnwardTo name={props.clientName} />
          <p id="signup-closed">{say.closed[props.how].text}</p>
          <div class="row">
            <LinkButton href={props.signInHref}>{say.toSignIn}</LinkButton>
          </div>
        </section>
      </NarrowPage>
    )
  },
)

export function hasProblems(problems: AccountProblems | undefined): boolean {
  return problems !== undefined && Object.values(problems).some((problem) => problem !== undefined)
}

/** The three fields of a new account, with what is wrong about them. */
export function AccountFields(
  props: Pick<SignUpProps, 'email' | 'username' | 'problems' | 'passwordMinimum'> & {
    /** Whether a username has to be chosen. */
    readonly named?: boolean
  },
) {
  const say = useWords().signUp
  const problems = props.problems ?? {}
  return (
    <>
      <Problems
        form={problems.form}
        fields={[
          { id: 'email', label: say.email, problem: problems.email },
          { id: 'username', label: say.username, problem: problems.username },
          { id: 'password', label: say.password, problem: problems.password },
        ]}
      />
      <Field
        name="email"
        label={say.email}
        type="email"
        autocomplete="email"
        value={props.email}
        problem={problems.email}
        focus={props.email === undefined}
      />
      <Field
        name="username"
        label={say.username}
        autocomplete="username"
        value={props.username}
        problem={problems.username}
        hint={props.named ? say.usernameHint : say.usernameDerived}
        optional={!props.named}
      />
      <NewPassword name="password" label={say.password} minimum={props.passwordMinimum} problem={problems.password} />
    </>
  )
}
