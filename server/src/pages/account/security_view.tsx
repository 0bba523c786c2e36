/** What keeps others out of the account: the password, choosing and changing it, and the other ways to sign in. */
import type { Activity } from '../../engine/account/activity.ts'
import type { Words } from '../../words/index.ts'
import { AccountPage, Refused, SignInFirst } from '../kit/account_page.tsx'
import { Button, Form, LinkButton } from '../kit/form.tsx'
import { Section, type Viewer } from '../kit/layout.tsx'
import { isRefused, PasswordFields, type PasswordTried } from '../kit/password_change.tsx'
import { paths } from '../kit/paths.ts'
import { useWords, view } from '../kit/words.tsx'
import { AppAccess, type AppAccessPage } from './access/app_access_view.tsx'
import { WaysIn, type WaysInProps } from './linked_identities_view.tsx'
import { RecentSignIns } from './recent_sign_ins.tsx'
import { TwoStep, type TwoStepProps } from './two_step_view.tsx'

export interface AccountSecurityProps extends WaysInProps, PasswordTried {
  readonly viewer: Viewer
  /** Whether the person has signed in lately enough to give or take a way in. */
  readonly recent: boolean
  /** Whether the account has a password at all. */
  readonly hasPassword: boolean
  readonly passwordMinimum: number
  /** Whether the second step is on; undefined where it is off and not offered. */
  readonly twoStep?: TwoStepProps | undefined
  /** How many passkeys the account has; left out where this server has none. */
  readonly passkeys?: number | undefined
  /** What programs may be given to act for the account, of what this server has. */
  readonly appAccess: readonly AppAccessPage[]
  /** The latest sign-ins, newest first. */
  readonly recentSignIns: readonly Activity[]
  /** Why a way in was neither given nor taken. */
  readonly refused?: SecurityRefusal | undefined
  readonly notice?: string | undefined
}

export type SecurityRefusal = keyof Words['security']['refusals']

export const accountSecurity = view((props: AccountSecurityProps) => {
  const say = useWords().security
  const { viewer, notice, refused } = props
  // Said once: above all in answer to a form, else where it first matters.
  const first =
    props.recent || refused === 'sign_in_again' ? null : (
      <p class="small">
        <SignInFirst next={paths.accountSecurity} />
      </p>
    )
  const failed = refused !== undefined || isRefused(props)
  return (
    <AccountPage title={say.title} heading={say.title} viewer={viewer} here="security" failed={failed} notice={notice}>
      <Refusal why={refused} />
      <Section id="password" heading={say.password}>
        {props.hasPassword ? null : <p class="muted">{say.providerOnly}</p>}
        {props.hasPassword ? null : first}
        <Form id="password-form" class="card" secrets={{ csrf: props.csrf }} action={paths.accountSecurity}>
          <PasswordFields
            {...props}
            username={viewer.username}
            minimum={props.passwordMinimum}
            hasPassword={props.hasPassword}
          />
          <Button id="password-submit">{props.hasPassword ? say.changePassword : say.setPassword}</Button>
        </Form>
      </Section>
      {props.twoStep === undefined ? null : <TwoStep csrf={props.csrf} {...props.twoStep} />}
      <Passkeys count={props.passkeys} />
      <WaysIn
        csrf={props.csrf}
        connected={props.connected}
        others={props.others}
        first={props.hasPassword ? first : null}
      />
      <AppAccess offered={props.appAccess} />
      <RecentSignIns signIns={props.recentSignIns} />
    </AccountPage>
  )
})

function Passkeys({ count }: { count: number | undefined }) {
  const say = useWords().passkeys
  if (count === undefined) return null
  return (
    <Section id="passkeys" heading={say.title}>
      <p class="muted">{say.lead}</p>
      <ul class="card entries">
        <li>
          <div>{count === 0 ? say.none : say.count(count)}</div>
          <LinkButton href={paths.accountPasskeys} look="plain">
            {count === 0 ? say.add : say.manage}
          </LinkButton>
        </li>
      </ul>
    </Section>
  )
}

function Refusal({ why }: { why: SecurityRefusal | undefined }) {
  if (why === undefined) return null
  const [what, then] = useWords().security.refusals[why]
  return <Refused what={what} then={why === 'sign_in_again' ? <SignInFirst next={paths.accountSecurity} /> : then} />
}

/** The refusal that an address names, if it is one; nothing that comes in the address is shown itself. */
export function refusalNamed({ refusals }: Words['security'], name: string | undefined): SecurityRefusal | undefined {
  return name !== undefined && Object.hasOwn(refusals, name) ? (name as SecurityRefusal) : undefined
}
