/** The page on which somebody who was invited opens their account. */
import type { TermsInForce } from '../../engine/account/terms/terms.ts'
import { Button, Field, Form, type FormSecrets, LinkButton, NewPassword } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'
import { type AccountProblems, hasProblems } from '../sign_in/sign_up_view.tsx'
import { AcceptedBySigningUp } from '../sign_in/terms/terms_view.tsx'

export interface InvitationProps extends FormSecrets {
  /** The ID of the link that the page was drawn for. */
  readonly link: string
  readonly email: string
  readonly username?: string | undefined
  readonly problems?: AccountProblems | undefined
  /** The app that comes with it. */
  readonly app?: string | undefined
  /** What is accepted by opening the account. */
  readonly terms?: readonly TermsInForce[]
  readonly passwordMinimum: number
}

export const invitation = view((props: InvitationProps) => {
  const { kit, signUp: say, invitation: own, appInvitation } = useWords()
  const { problems = {}, app } = props
  const email = <strong dir="auto">{props.email}</strong>
  return (
    <NarrowPage title={hasProblems(problems) ? kit.problemTitle(say.heading) : say.heading}>
      <Form id="invitation-form" class="card" secrets={props} action={paths.invitation}>
        <input type="hidden" name="link" value={props.link} />
        <h1>{say.heading}</h1>
        <p class="muted">
          {app === undefined ? (
            <Say it={own.lead} email={email} />
          ) : (
            <Say it={appInvitation.lead} app={<strong dir="auto">{app}</strong>} email={email} />
          )}
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
        <AcceptedBySigningUp documents={props.terms ?? []} />
        <Button id="invitation-submit">{say.submit}</Button>
      </Form>
    </NarrowPage>
  )
})

export interface AppTakeUpProps extends FormSecrets {
  readonly link: string
  readonly app: string
  /** The address that was invited, which has an account. */
  readonly email: string
  /** Who is signed in. */
  readonly signedInAs?: string | undefined
  /** Whether that is the account of the address. */
  readonly own: boolean
  readonly signInHref: string
}

/** The page on which somebody who has an account by now gets the app that they had asked for. */
export const appTakeUp = view((props: AppTakeUpProps) => {
  const say = useWords().appInvitation
  const app = <strong dir="auto">{props.app}</strong>
  if (!props.own) {
    return (
      <NarrowPage title={say.takeUp}>
        <section class="card">
          <h1>{say.takeUp}</h1>
          <p>
            <Say it={say.signInLead} app={app} email={<strong dir="auto">{props.email}</strong>} />
          </p>
          {props.signedInAs === undefined ? null : (
            <p class="muted">
              <Say it={say.otherAccount} account={<strong dir="auto">{props.signedInAs}</strong>} />
            </p>
          )}
          <div class="row">
            <LinkButton href={props.signInHref}>{say.signIn}</LinkButton>
          </div>
        </section>
      </NarrowPage>
    )
  }
  return (
    <NarrowPage title={say.takeUp}>
      <Form id="invitation-form" class="card" secrets={props} action={paths.invitation}>
        <input type="hidden" name="link" value={props.link} />
        <h1>{say.takeUp}</h1>
        <p>
          <Say it={say.takeUpLead} app={app} account={<strong dir="auto">{props.signedInAs}</strong>} />
        </p>
        <Button id="invitation-submit">{say.submit}</Button>
      </Form>
    </NarrowPage>
  )
})
