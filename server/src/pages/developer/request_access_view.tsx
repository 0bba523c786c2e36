/** Where developers without an account ask to be let in with an app. */
import type { AccessForm, AccessProblems } from '../../engine/developer/access_requests.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { Button, Field, Form, type FormSecrets, Lines, LinkButton } from '../kit/form.tsx'
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Problems } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

export interface RequestAccessProps extends FormSecrets {
  /** Whether an address can be proved here, so that the form is there. */
  readonly byMail: boolean
  readonly signInHref: string
  /** What was filled in. */
  readonly filled?: AccessForm | undefined
  readonly problems?: AccessProblems | undefined
  /** What concerns no single field. */
  readonly problem?: FormProblem | undefined
}

export const requestAccess = view((props: RequestAccessProps) => {
  const { kit, requestAccess: say } = useWords()
  const failed = props.problem !== undefined || props.problems !== undefined
  const { filled, problems = {} } = props
  return (
    <NarrowPage
      title={failed ? kit.problemTitle(say.title) : say.title}
      aside={
        props.byMail ? <Say it={say.haveAccount} a={(text) => <a href={props.signInHref}>{text}</a>} /> : undefined
      }
    >
      <section class="card">
        <h1>{say.title}</h1>
        {props.byMail ? <p class="muted">{say.lead}</p> : null}
        {props.byMail ? (
          <Form id="access-form" secrets={props} action={paths.developer}>
            <Problems
              form={props.problem}
              fields={[
                { id: 'email', label: say.email, problem: problems.email },
                { id: 'app_name', label: say.appName, problem: problems.appName },
                { id: 'purpose', label: say.purpose, problem: problems.purpose },
                { id: 'website', label: say.website, problem: problems.website },
              ]}
            />
            <Field
              name="email"
              label={say.email}
              type="email"
              autocomplete="email"
              value={filled?.email}
              problem={problems.email}
              hint={say.emailHint}
            />
            <Field
              name="app_name"
              label={say.appName}
              value={filled?.appName}
              problem={problems.appName}
              hint={say.appNameHint}
            />
            <Lines
              id="purpose"
              name="purpose"
              label={say.purpose}
              value={filled?.purpose ?? ''}
              problem={problems.purpose}
              hint={say.purposeHint}
            />
            <Field
              name="website"
              label={say.website}
              value={filled?.website}
              problem={problems.website}
              hint={say.websiteHint}
              optional
            />
            <Button id="access-submit">{say.submit}</Button>
          </Form>
        ) : (
          <>
            <p id="access-by-hand">{say.byHand}</p>
            <div class="row">
              <LinkButton href={props.signInHref}>{kit.signIn}</LinkButton>
            </div>
          </>
        )}
      </section>
    </NarrowPage>
  )
})

/** What is said once the address is proved. */
export const accessRequested = view((props: { readonly email: string }) => {
  const { kit, requestAccess: say } = useWords()
  return (
    <NarrowPage title={say.sentHeading}>
      <section class="card">
        <div class="sign">
          <CheckIcon />
        </div>
        <h1>{say.sentHeading}</h1>
        <p id="access-requested">
          <Say it={say.sent} email={<strong dir="auto">{props.email}</strong>} />
        </p>
        <div class="row">
          <LinkButton href={paths.start} look="plain">
            {kit.home}
          </LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})
