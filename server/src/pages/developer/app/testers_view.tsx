/** The people who may use an app while it is in development. */
import { Button, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { Outcome, Tag } from '../../kit/note.tsx'
import { testersPath } from '../../kit/paths.ts'
import { view } from '../../kit/words.tsx'
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
  const path = testersPath(props.app.clientId)
  const failed = props.problem !== undefined || props.invite !== undefined
  return (
    <AppPage {...props} here="testers" heading="Testers" failed={failed}>
      <Outcome problem={props.problem} />
      <p class="muted">
        {props.open
          ? 'This app is approved. Everybody with an account can use it, so it needs no testers.'
          : `While the app is in development, up to ${props.limit} people can test it. Each of them accepts first, under Connected apps.`}
      </p>
      {props.testers.length === 0 ? null : (
        <section aria-label="Invited people">
          <ul class="card entries" id="testers">
            {props.testers.map(({ username, accepted }) => (
              <li>
                <span>
                  <bdi class="strong">{username}</bdi> {accepted ? <Tag kind="good">tester</Tag> : <Tag>invited</Tag>}
                </span>
                <Form secrets={{ csrf: props.csrf }} action={`${path}/remove`}>
                  <input type="hidden" name="username" value={username} />
                  <Button look="plain">
                    Remove<span class="unseen"> {username}</span>
                  </Button>
                </Form>
              </li>
            ))}
          </ul>
        </section>
      )}
      {props.open ? null : (
        <section aria-labelledby="invite-tester">
          <h2 id="invite-tester">Invite a tester</h2>
          <Form id="tester-form" class="card" secrets={{ csrf: props.csrf }} action={path}>
            <Field
              id="tester-username"
              name="username"
              label="Username"
              type="text"
              autocomplete="off"
              value={props.invite?.username}
              problem={props.invite?.problem}
              hint="If somebody has this username, the invitation appears on their page of connected apps."
            />
            <Button id="tester-submit">Invite</Button>
          </Form>
        </section>
      )}
    </AppPage>
  )
})
