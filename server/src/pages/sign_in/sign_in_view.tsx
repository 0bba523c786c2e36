/** The sign-in page: username or e-mail and password together, with a way out. */
import { OnwardTo } from '../kit/app_card.tsx'
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note, Outcome } from '../kit/note.tsx'
import { type PasskeyCeremony, PasskeyForm } from '../kit/passkey/form.tsx'
import { paths } from '../kit/paths.ts'
import { type OfferedProvider, ProviderChoices } from '../kit/provider_button.tsx'
import { Say, useWords, view } from '../kit/words.tsx'

/** Why the page is shown again. Whether an account exists is never among it. */
export type SignInProblem =
  | 'mismatch'
  | 'incomplete'
  | 'too_many'
  | 'too_many_accounts'
  | 'busy'
  | 'not_checked'
  | 'stale'
  | 'disabled'
  | 'other_account'
  | 'link_needs_factor'
  | 'passkey'
  | 'passkey_copied'
  | 'provider'
  | 'provider_denied'
  | 'sign_up_closed'

export interface SignInProps extends FormSecrets {
  /** What the person typed, or a hint of who is to sign in. */
  readonly login?: string | undefined
  readonly problem?: SignInProblem | undefined
  /** Seconds, where waiting helps. */
  readonly retryAfter?: number | undefined
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Whom the app wants, where it says so. */
  readonly wanted?: string | undefined
  /** Why whoever is signed in will not do: they are somebody else, or the app wants a sign-in that is newer. */
  readonly unmet?: { readonly why: 'other_person' | 'not_anew'; readonly account: string } | undefined
  /** Where a lost password is replaced; left out where the operator alone can do so. */
  readonly forgotHref?: string | undefined
  /** Said once after something was done. */
  readonly notice?: string | undefined
  /** Where accounts are made; left out where nobody may make one. */
  readonly signUpHref?: string | undefined
  /** Who else may say who the person is. */
  readonly providers?: readonly OfferedProvider[]
  /** The provider that a problem is about. */
  readonly provider?: string | undefined
  /** What the browser is asked for a passkey; left out where there are none. */
  readonly passkey?: PasskeyCeremony | undefined
  /** Where to go afterwards; a path of ours. */
  readonly next?: string | undefined
  /** Somebody who came from a provider, and whose address belongs to an account that is still to be proved theirs. */
  readonly link?: { readonly sealed: string; readonly provider: string; readonly email: string } | undefined
}

export const signIn = view((props: SignInProps) => {
  const { kit, signIn: say } = useWords()
  const { problem } = props
  const login = props.login ?? props.link?.email
  const atPassword = problem === 'mismatch' || problem === 'incomplete' ? problem : undefined
  const passkey = props.link === undefined ? props.passkey : undefined
  return (
    <NarrowPage
      title={problem === undefined ? kit.signIn : kit.problemTitle(kit.signIn)}
      aside={
        props.signUpHref === undefined || props.link !== undefined ? undefined : (
          <Say
            it={say.newHere}
            a={(text) => (
              <a href={props.signUpHref} rel="noreferrer">
                {text}
              </a>
            )}
          />
        )
      }
    >
      <section class="card">
        <h1>{kit.signIn}</h1>
        <OnwardTo name={props.clientName} />
        <Wanted {...props} />
        <Outcome notice={props.notice} />
        <FormNote problem={problem} retryAfter={props.retryAfter} provider={props.provider} />
        <Passkey {...props} />
        {props.link === undefined ? (
          <ProviderChoices
            providers={props.providers ?? []}
            secrets={props}
            label={say.otherWays}
            or={say.orPassword}
            next={props.next}
          />
        ) : null}
        <Form id="login-form" secrets={props} action={props.link === undefined ? paths.signIn : paths.signInLink}>
          <Next path={props.link === undefined ? props.next : undefined} />
          <LinkNote link={props.link} />
          <Field
            name="username"
            label={say.login}
            autocomplete="username"
            passkeys={passkey !== undefined}
            value={login}
            focus={login === undefined}
          />
          <Field
            name="password"
            label={say.password}
            type="password"
            autocomplete="current-password"
            problem={atPassword}
            focus={login !== undefined}
            alerts
          />
          <Button id="login-submit">{props.link === undefined ? kit.signIn : say.connect}</Button>
          {props.unmet === undefined || props.link !== undefined ? null : (
            <div class="providers">
              <Button id="login-leave" name="action" value="leave" look="plain" unchecked>
                {props.unmet.why === 'other_person' ? say.asSomebodyElse : say.withoutSigningIn}
              </Button>
            </div>
          )}
          {props.link === undefined || props.signUpHref === undefined ? null : (
            <div class="providers">
              <Button id="login-new" name="action" value="new" look="plain" unchecked>
                {say.openAnother}
              </Button>
            </div>
          )}
          {/* Where nothing is under way there is nothing to leave. */}
          {props.request === undefined && props.link === undefined ? null : (
            <Button id="login-cancel" name="action" value="cancel" look="link" unchecked>
              {props.clientName === undefined ? (
                kit.cancel
              ) : (
                <Say it={say.cancelTo} app={<bdi>{props.clientName}</bdi>} />
              )}
            </Button>
          )}
        </Form>
        {props.link === undefined ? <Forgotten href={props.forgotHref} /> : null}
      </section>
    </NarrowPage>
  )
})

/** The button for whoever has a passkey. */
function Passkey({ passkey, link, next, providers = [], ...secrets }: SignInProps) {
  const { passkeys: say, signIn } = useWords()
  if (passkey === undefined || link !== undefined) return null
  return (
    <PasskeyForm
      ceremony={passkey}
      act="prove"
      class="providers"
      autofill
      secrets={secrets}
      action={paths.signInPasskey}
      id="passkey-login"
      label={say.signIn}
      look="plain"
      below={providers.length > 0 ? null : <p class="or small muted">{signIn.orPassword}</p>}
    >
      <Next path={next} />
    </PasskeyForm>
  )
}

/** Whom the app wants, and why the person who is signed in is asked again. */
function Wanted({ clientName, wanted, unmet, link }: SignInProps) {
  const say = useWords().signIn
  if (link !== undefined) return null
  const person = wanted === undefined ? say.anotherAccount : <strong dir="auto">{wanted}</strong>
  if (unmet === undefined) {
    if (wanted === undefined) return null
    return (
      <p class="muted" id="login-wanted">
        <Say it={say.wanted} wanted={person} />
      </p>
    )
  }
  const app = <strong dir="auto">{clientName ?? say.someApp}</strong>
  const account = <strong dir="auto">{unmet.account}</strong>
  return (
    <Note kind="warning">
      <p id="login-unmet">
        {unmet.why === 'not_anew' ? (
          <Say it={say.notAnew} account={account} app={app} />
        ) : (
          <Say it={say.otherPerson} account={account} app={app} wanted={person} />
        )}
      </p>
    </Note>
  )
}

/** The way to a new password. */
function Forgotten({ href }: { href: string | undefined }) {
  const say = useWords().signIn
  return (
    <p class="small muted last">
      {href === undefined ? (
        say.forgotten
      ) : (
        <a id="login-forgot" href={href} rel="noreferrer">
          {say.forgot}
        </a>
      )}
    </p>
  )
}

function Next(props: { path: string | undefined }) {
  return props.path === undefined ? null : <input type="hidden" name="next" value={props.path} />
}

/** Why a person who came from a provider is asked for a password all the same. */
function LinkNote({ link }: Pick<SignInProps, 'link'>) {
  const say = useWords().signIn
  if (link === undefined) return null
  return (
    <>
      <input type="hidden" name="link" value={link.sealed} />
      <Note kind="warning">
        <p>
          <Say it={say.link} email={<strong>{link.email}</strong>} provider={link.provider} />
        </p>
      </Note>
    </>
  )
}

interface FormNoteProps {
  readonly problem: SignInProblem | undefined
  readonly retryAfter: number | undefined
  readonly provider?: string | undefined
}

function FormNote({ problem, retryAfter, provider }: FormNoteProps) {
  const { signIn: say, time } = useWords()
  if (problem === undefined || problem === 'mismatch' || problem === 'incomplete') return null
  const wait = retryAfter === undefined ? undefined : time.waiting(retryAfter)
  const [what, then] = say.problems[problem]({ wait, provider: provider ?? say.someProvider })
  return (
    <Note kind="bad">
      <p>
        <strong>{what}</strong> {then}
      </p>
    </Note>
  )
}
