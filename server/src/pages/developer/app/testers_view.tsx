/** The people who may use an app while it is in development. */

import type { FormProblem } from '../../../words/form_problem.ts'
import type { FormSecrets } from '../../kit/form.tsx'
import { Section } from '../../kit/layout.tsx'
import { Outcome, Tag } from '../../kit/note.tsx'
import { testersPath } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'
import { Invite, People } from '../people.tsx'

export interface AppTestersProps extends AppPageProps, FormSecrets {
  /** Whether anybody may use the app without being a tester. */
  readonly open: boolean
  readonly limit: number
  readonly testers: readonly { readonly username: string; readonly accepted: boolean }[]
  /** Why nothing came of what was just asked for. */
  readonly problem?: FormProblem | undefined
  /** What was filled in for a username that could not be invited, and why. */
  readonly invite?: { readonly username: string; readonly problem: FormProblem } | undefined
}

export const appTesters = view((props: AppTestersProps) => {
  const say = useWords().testers
  const path = testersPath(props.app.clientId)
  const failed = props.problem !== undefined || props.invite !== undefined
  return (
    <AppPage {...props} here="testers" heading={say.heading} failed={failed}>
      <Outcome problem={props.problem} />
      <p class="muted">{props.open ? say.open : say.lead(props.limit)}</p>
      {props.testers.length === 0 ? null : (
        <section aria-label={say.invitedPeople}>
          <People
            id="testers"
            csrf={props.csrf}
            action={`${path}/remove`}
            field="username"
            people={props.testers.map(({ username, accepted }) => ({
              username,
              state: accepted ? <Tag kind="good">{say.tester}</Tag> : <Tag>{say.invited}</Tag>,
              act: <Say it={say.remove} username={<span class="unseen"> {username}</span>} />,
            }))}
          />
        </section>
      )}
      {props.open ? null : (
        <Section id="invite-tester" heading={say.invite}>
          <Invite id="tester" csrf={props.csrf} action={path} say={say} submit={say.submit} again={props.invite} />
        </Section>
      )}
    </AppPage>
  )
})
