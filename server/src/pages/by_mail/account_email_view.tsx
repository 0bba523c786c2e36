/** The address of one's account: what it is, whether it is confirmed, and another one. */
import type { Account } from '../../engine/account/accounts.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { AccountPage, RecentFirst } from '../kit/account_page.tsx'
import { Button, Field, Form } from '../kit/form.tsx'
import { Section, type Viewer } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

export interface AccountEmailProps {
  readonly csrf: string
  readonly viewer: Viewer
  readonly account: Pick<Account, 'email' | 'emailVerified' | 'emailRefusedAt'>
  /** Whether this server can send mail at all. */
  readonly byMail: boolean
  /** Whether the person has signed in lately enough to change the address. */
  readonly recent: boolean
  /** What was typed for another one. */
  readonly email?: string | undefined
  readonly problem?: FormProblem | undefined
  /** Whether nothing was done because the last sign-in is too long ago. */
  readonly signInAgain?: boolean | undefined
  readonly notice?: string | undefined
}

export const accountEmail = view((props: AccountEmailProps) => {
  const say = useWords().accountEmail
  const { account, problem, byMail, viewer, notice, signInAgain = false } = props
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={viewer}
      here="email"
      failed={problem !== undefined || signInAgain}
      notice={notice}
    >
      {account.email !== null && account.emailRefusedAt !== null ? (
        <Note kind="warning">
          <p id="email-refused">
            <Say it={say.refused} email={<strong dir="auto">{account.email}</strong>} />
          </p>
        </Note>
      ) : null}
      <Section id="email-address" heading={say.yours}>
        <div class="card" data-verified={account.emailVerified ? 'true' : 'false'}>
          {account.email === null ? (
            <p class="muted">{say.none}</p>
          ) : (
            <>
              <p>
                <strong dir="auto" id="account-email">
                  {account.email}
                </strong>{' '}
                {account.emailVerified ? (
                  <Tag kind="good">{say.confirmed}</Tag>
                ) : (
                  <Tag kind="warn">{say.notConfirmed}</Tag>
                )}
              </p>
              <p class="small muted">{account.emailVerified ? say.confirmedMeans : say.notConfirmedMeans}</p>
              {account.emailVerified || !byMail ? null : (
                <Form id="email-confirm-form" secrets={{ csrf: props.csrf }} action={paths.accountEmail}>
                  <Button id="email-confirm" name="action" value="confirm">
                    {say.confirm}
                  </Button>
                </Form>
              )}
            </>
          )}
        </div>
      </Section>
      <Section id="another-address" heading={account.email === null ? say.add : say.change}>
        {byMail ? (
          <>
            {props.recent && !signInAgain ? null : (
              <RecentFirst next={paths.accountEmail} notDone={signInAgain ? say.nothingChanged : undefined} />
            )}
            <Form id="email-form" class="card" secrets={{ csrf: props.csrf }} action={paths.accountEmail}>
              <div class="fields">
                <Field
                  name="email"
                  label={say.newAddress}
                  type="email"
                  autocomplete="email"
                  value={props.email}
                  problem={problem}
                  hint={say.hint}
                  alerts
                />
              </div>
              <Button id="email-submit">{say.submit}</Button>
            </Form>
          </>
        ) : (
          <p class="muted">{say.askOperator}</p>
        )}
      </Section>
    </AccountPage>
  )
})
