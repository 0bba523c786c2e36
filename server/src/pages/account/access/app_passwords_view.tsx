/** App passwords: one for each app that can only send a password. A new one is shown once. */
import type { Millis } from '../../../lib/clock.ts'
import { type FormProblem, sayProblem } from '../../../words/form_problem.ts'
import { AccountPage, RecentFirst } from '../../kit/account_page.tsx'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Section, type Viewer } from '../../kit/layout.tsx'
import { appPasswordPath, paths } from '../../kit/paths.ts'
import { Day, Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { type Made, MadeList, MadeOnce } from './made_once.tsx'

export interface AppPasswordEntry {
  readonly id: string
  readonly name: string
  readonly createdAt: Millis
  readonly usedAt: Millis | null
}

export interface AppPasswordsProps extends FormSecrets {
  readonly viewer: Viewer
  readonly passwords: readonly AppPasswordEntry[]
  /** The one that was just made; no other page ever shows it. */
  readonly made?: Made | undefined
  /** Whether the person has signed in lately enough to make one. */
  readonly recent: boolean
  /** How many one may have. */
  readonly limit: number
  /** What was filled in, and why it was not taken. */
  readonly name?: string | undefined
  readonly problem?: FormProblem | undefined
  /** Whether one was asked for without a sign-in that is recent enough. */
  readonly refused?: boolean | undefined
  readonly notice?: string | undefined
}

export const accountAppPasswords = view((props: AppPasswordsProps) => {
  const say = useWords().appPasswords
  const { viewer, notice, made, passwords } = props
  const failed = props.problem !== undefined || props.refused === true
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={viewer}
      here="security"
      below
      failed={failed}
      notice={notice}
    >
      <MadeOnce id="app-password" made={made} say={say} how={say.how(viewer.username)} next={paths.appPasswords} />
      <MadeList id="app-password-list" say={say} entries={passwords.map((password) => <Entry password={password} />)} />
      <Section id="new" heading={say.add}>
        <AddForm {...props} />
      </Section>
    </AccountPage>
  )
})

function AddForm(props: AppPasswordsProps) {
  const say = useWords().appPasswords
  const { limit } = props
  if (props.passwords.length >= limit) {
    return <p class="muted">{sayProblem(useWords(), { key: 'app_passwords_full', limit })}</p>
  }
  return (
    <>
      {props.recent ? null : (
        <RecentFirst next={paths.appPasswords} notDone={props.refused === true ? say.notMade : undefined} />
      )}
      <Form id="app-password-form" class="card form-card" secrets={{ csrf: props.csrf }} action={paths.appPasswords}>
        <Field
          id="app-password-name"
          name="name"
          label={say.name}
          value={props.name}
          hint={say.nameHint}
          problem={props.problem}
        />
        <Button id="app-password-submit">{say.submit}</Button>
      </Form>
    </>
  )
}

function Entry({ password }: { password: AppPasswordEntry }) {
  const say = useWords().appPasswords
  const { id, name, createdAt, usedAt } = password
  return (
    <li data-app-password={id}>
      <div>
        <strong dir="auto">{name}</strong>
        <div class="small muted facts">
          <span>
            <Say it={say.since} day={<Day at={createdAt} />} />
          </span>
          <span>{usedAt === null ? say.neverUsed : <Say it={say.used} day={<Minute at={usedAt} />} />}</span>
        </div>
      </div>
      <LinkButton href={appPasswordPath(id)} look="danger">
        <Say it={say.end} name={<span class="unseen"> {name}</span>} />
      </LinkButton>
    </li>
  )
}
