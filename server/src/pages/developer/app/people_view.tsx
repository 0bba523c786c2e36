/** The people who work on an app: its owner, and whom they have asked. */
import type { TeamFacts } from '../../../engine/developer/sharing.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { Button, Form, type FormSecrets } from '../../kit/form.tsx'
import { Section } from '../../kit/layout.tsx'
import { Outcome, Tag } from '../../kit/note.tsx'
import { appPath, secretsPath } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'
import { type InviteProps, Sharing } from '../people.tsx'

export interface AppPeopleProps extends AppPageProps, FormSecrets, TeamFacts {
  /** Whether it is the app of who looks at the page. */
  readonly mine: boolean
  readonly limit: number
  /** Whether the app has client secrets. */
  readonly secrets: boolean
  /** Why nothing came of what was just asked for. */
  readonly problem?: FormProblem | undefined
  /** Who was filled in that could not be invited, and why. */
  readonly add?: InviteProps['again']
}

export const appPeople = view((props: AppPeopleProps) => {
  const words = useWords()
  const say = words.people
  const { app, mine, owner } = props
  const path = appPath(app.clientId)
  return (
    <AppPage
      {...props}
      here="people"
      heading={say.heading}
      failed={props.problem !== undefined || props.add !== undefined}
    >
      <Outcome problem={props.problem} />
      <p class="muted">{mine ? say.yours : say.ofOthers}</p>
      <ul class="card entries" id="app-people" aria-label={say.list}>
        <li data-owner={owner ?? ''}>
          {owner === undefined ? (
            <span class="muted">{say.ofOperator}</span>
          ) : (
            <span>
              <bdi class="strong">{owner}</bdi> <Tag>{mine ? `${say.owner}, ${say.you}` : say.owner}</Tag>
            </span>
          )}
        </li>
        {mine
          ? null
          : props.collaborators.map(({ username }) => (
              <li>
                <span>
                  <bdi class="strong">{username}</bdi>{' '}
                  {username === props.viewer.username ? <Tag>{say.you}</Tag> : null}
                </span>
              </li>
            ))}
      </ul>
      {mine ? (
        <>
          <Sharing {...props} id="app" page={path} heading={say.invite} />
          {props.full ? <p class="after small muted">{say.full(props.limit)}</p> : null}
          {props.secrets ? (
            <p class="after small muted">
              <Say it={say.secrets} a={(text) => <a href={secretsPath(app.clientId)}>{text}</a>} />
            </p>
          ) : null}
        </>
      ) : (
        <Section id="leave-app" heading={say.leave}>
          <Form id="leave-form" class="card" secrets={{ csrf: props.csrf }} action={`${path}/leave`}>
            <p class="muted">{say.leaveText}</p>
            <Button id="leave-submit" look="danger">
              {say.leaveApp}
            </Button>
          </Form>
        </Section>
      )}
    </AppPage>
  )
})
