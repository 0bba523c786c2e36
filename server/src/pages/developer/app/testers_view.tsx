/** The people who may use an app while it is in development. */
import { Button, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { Outcome, Tag } from '../../kit/note.tsx'
import { testersPath } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

export interface AppTestersProps extends AppPageProps, FormSecrets {
  /** Whether anybody may use the app without being a tester. */
  readonly open: boolean
  readonly limit: number
  readonly testers: readonly { readonly username: string; readonly accepted: boolean }[]
  /** Why nothing came of what was just asked for. */
  readonly problem?: string | undefined
  /** What was filled in for a username that could not be invited, and why. */
  readonly invite?: { readonly username: string; readonly problem: string } | undefined
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
          <ul class="card entries" id="testers">
            {props.testers.map(({ username, accepted }) => (
              <li>
                <span>
                  <bdi class="strong">{username}</bdi>{' '}
                  {accepted ? <Tag kind="good">{say.tester}</Tag> : <Tag>{say.invited}</Tag>}
                </span>
                <Form secrets={{ csrf: props.csrf }} action={`${path}/remove`}>
                  <input type="hidden" name="username" value={username} />
                  <Button look="plain">
                    <Say it={say.remove} username={<span class="unseen"> {username}</span>} />
                  </Button>
                </Form>
              </li>
            ))}
          </ul>
        </section>
      )}
      {props.open ? null : (
        <section aria-labelledby="invite-tester">
          <h2 id="invite-tester">{say.invite}</h2>
          <Form id="tester-form" class="card" secrets={{ csrf: props.csrf }} action={path}>
            <Field
              id="tester-username"
              name="username"
              label={say.username}
              type="text"
              autocomplete="off"
              value={props.invite?.username}
              problem={props.invite?.problem}
              hint={say.usernameHint}
            />
            <Button id="tester-submit">{say.submit}</Button>
          </Form>
        </section>
      )}
    </AppPage>
  )
})
