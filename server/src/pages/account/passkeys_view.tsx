/** One's own passkeys: each with its name and uses, and the form that adds one. */
import type { Millis } from '../../lib/clock.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import type { Words } from '../../words/index.ts'
import { AccountPage, Refused, SignInFirst } from '../kit/account_page.tsx'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { KeyIcon } from '../kit/icons.tsx'
import { NarrowPage, Section, type Viewer } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { type PasskeyCeremony, PasskeyForm } from '../kit/passkey/form.tsx'
import { passkeyPath, paths } from '../kit/paths.ts'
import { Day, Minute } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'

export interface ShownPasskey {
  /** The handle by which pages name it. */
  readonly id: string
  readonly name: string
  readonly synced: boolean
  /** The domain that it was made for, where that is not the one that passkeys are made for now. */
  readonly elsewhere?: string | undefined
  readonly added: Millis
  readonly lastUsed: Millis | null
}

export type PasskeyRefusal = keyof Words['passkeys']['refusals']

export interface PasskeysProps extends FormSecrets {
  readonly viewer: Viewer
  /** Where the person must have a second factor and may do nothing else before: the way to the authenticator app. */
  readonly required?: { readonly appHref: string } | undefined
  /** Where the person goes on to, a page of ours. */
  readonly next?: string | undefined
  readonly passkeys: readonly ShownPasskey[]
  /** What the browser is asked for one more; undefined where the sign-in is too long ago, or there is no room. */
  readonly adding?: PasskeyCeremony | undefined
  /** The name that is suggested for one more. */
  readonly suggested: string
  /** Why nothing can be added now. */
  readonly barred?: 'sign_in_again' | 'needs_link' | undefined
  /** Whether the next one is the first second factor of the account. */
  readonly turnsOn?: boolean
  readonly refused?: PasskeyRefusal | undefined
  readonly notice?: string | undefined
}

export const accountPasskeys = view((props: PasskeysProps) => {
  const { passkeys: say } = useWords()
  const { viewer, refused, notice, required } = props
  if (required !== undefined) return <Required {...props} appHref={required.appHref} />
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={viewer}
      here="security"
      below
      failed={refused !== undefined}
      notice={notice}
    >
      <Refusal why={refused} />
      <p class="muted">{say.lead}</p>
      {props.passkeys.length === 0 ? (
        <section class="card empty">
          <KeyIcon />
          <p class="muted">{say.none}</p>
        </section>
      ) : (
        <section aria-label={say.title}>
          <ul class="card entries" id="passkeys">
            {props.passkeys.map((passkey) => (
              <Entry passkey={passkey} />
            ))}
          </ul>
        </section>
      )}
      {props.barred === refused ? null : <Barred why={props.barred} />}
      {props.adding === undefined ? null : (
        <Section id="add-passkey" heading={say.add}>
          <Adding {...props} ceremony={props.adding} class="card form-card" />
        </Section>
      )}
    </AccountPage>
  )
})

/** The page where a passkey is to be the second factor that the person must have. */
function Required(props: PasskeysProps & { appHref: string }) {
  const { kit, passkeys: say, totp } = useWords()
  const { refused, barred, adding } = props
  return (
    <NarrowPage
      title={refused === undefined ? say.add : kit.problemTitle(say.add)}
      aside={<a href={paths.signOut}>{totp.otherAccount}</a>}
    >
      <div class="card">
        <h1>{say.add}</h1>
        <p>
          <Say it={totp.required} account={<strong dir="auto">{props.viewer.username}</strong>} />
        </p>
        <Refusal why={refused} />
        {barred === refused ? null : <Barred why={barred} />}
        {adding === undefined ? null : <Adding {...props} ceremony={adding} />}
        <p class="small after">
          <a href={props.appHref}>{say.useApp}</a>
        </p>
      </div>
    </NarrowPage>
  )
}

/** The form that adds one. */
function Adding(props: PasskeysProps & { ceremony: PasskeyCeremony; class?: string }) {
  const { passkeys: say } = useWords()
  return (
    <>
      <noscript>
        <p>{say.needsScript}</p>
      </noscript>
      <PasskeyForm
        ceremony={props.ceremony}
        act="add"
        class={props.class}
        secrets={props}
        action={paths.accountPasskeys}
        id="passkey-add"
        label={say.add}
      >
        {props.next === undefined ? null : <input type="hidden" name="next" value={props.next} />}
        <p class="muted small">{say.addLead}</p>
        {props.turnsOn ? <p class="small">{say.turnsOn}</p> : null}
        <Field id="passkey-name" name="name" label={say.name} value={props.suggested} hint={say.nameHint} />
      </PasskeyForm>
    </>
  )
}

/** Why nothing can be added now. */
function Barred({ why }: { why: PasskeysProps['barred'] }) {
  if (why === undefined) return null
  const say = useWords().passkeys
  return (
    <p class="small">
      {why === 'needs_link' ? say.refusals.needs_link[1] : <SignInFirst next={paths.accountPasskeys} />}
    </p>
  )
}

function Entry({ passkey }: { passkey: ShownPasskey }) {
  const say = useWords().passkeys
  const { id, name, lastUsed } = passkey
  const unseen = <span class="unseen"> {name}</span>
  return (
    <li data-passkey={id}>
      <div>
        <strong dir="auto">{name}</strong> {passkey.synced ? <Tag>{say.synced}</Tag> : null}
        <div class="small muted facts">
          <span>
            <Say it={say.added} day={<Day at={passkey.added} />} />
          </span>
          <span>{lastUsed === null ? say.neverUsed : <Say it={say.used} moment={<Minute at={lastUsed} />} />}</span>
        </div>
        {passkey.elsewhere === undefined ? null : (
          <div class="small">
            <Say it={say.elsewhere} host={<bdi>{passkey.elsewhere}</bdi>} />
          </div>
        )}
      </div>
      <div class="row">
        <LinkButton href={passkeyPath(id, 'rename')} look="plain">
          <Say it={say.rename} name={unseen} />
        </LinkButton>
        <LinkButton href={passkeyPath(id, 'remove')} look="danger">
          <Say it={say.remove} name={unseen} />
        </LinkButton>
      </div>
    </li>
  )
}

function Refusal({ why }: { why: PasskeyRefusal | undefined }) {
  if (why === undefined) return null
  const [what, then] = useWords().passkeys.refusals[why]
  return <Refused what={what} then={why === 'sign_in_again' ? <SignInFirst next={paths.accountPasskeys} /> : then} />
}

/** The form that gives a passkey another name. */
export const renamePasskeyForm = view(
  (props: FormSecrets & { id: string; name: string; problem?: FormProblem | undefined }) => {
    const { kit, passkeys: say } = useWords()
    const { heading, submit } = say.renaming
    return (
      <NarrowPage title={props.problem === undefined ? heading : kit.problemTitle(heading)}>
        <Form
          id="passkey-rename-form"
          class="card"
          secrets={{ csrf: props.csrf }}
          action={passkeyPath(props.id, 'rename')}
        >
          <h1>{heading}</h1>
          <Field name="name" label={say.name} value={props.name} problem={props.problem} focus alerts />
          <div class="pair">
            <Button id="passkey-rename">{submit}</Button>
            <LinkButton href={paths.accountPasskeys} look="plain">
              {kit.cancel}
            </LinkButton>
          </div>
        </Form>
      </NarrowPage>
    )
  },
)
