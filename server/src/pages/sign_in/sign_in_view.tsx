/** The sign-in page: username or e-mail and password together, with a way out. */
import { OnwardTo } from '../kit/app_card.tsx'
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { type OfferedProvider, ProviderChoices } from '../kit/provider_button.tsx'
import { useWords, view } from '../kit/words.tsx'

/** Why the page is shown again. Whether an account exists is never among it. */
export type SignInProblem =
  | 'mismatch'
  | 'incomplete'
  | 'too_many'
  | 'too_many_accounts'
  | 'busy'
  | 'stale'
  | 'disabled'
  | 'other_account'
  | 'provider'
  | 'provider_denied'

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
  /** Where accounts are made; left out where nobody may make one. */
  readonly signUpHref?: string | undefined
  /** Who else may say who the person is. */
  readonly providers?: readonly OfferedProvider[]
  /** The provider that a problem is about. */
  readonly provider?: string | undefined
  /** Where to go afterwards; a path of ours. */
  readonly next?: string | undefined
  /** Somebody who came from a provider, and whose address belongs to an account that is still to be proved theirs. */
  readonly link?: { readonly sealed: string; readonly provider: string; readonly email: string } | undefined
}

export const signIn = view((props: SignInProps) => {
  const { problem } = props
  const login = props.login ?? props.link?.email
  const atPassword = fieldProblems[problem ?? 'none']
  return (
    <NarrowPage
      title={problem === undefined ? 'Sign in' : 'Problem: Sign in'}
      aside={
        props.signUpHref === undefined || props.link !== undefined ? undefined : (
          <>
            New here?{' '}
            <a href={props.signUpHref} rel="noreferrer">
              Create an account
            </a>
          </>
        )
      }
    >
      <section class="card">
        <h1>Sign in</h1>
        <OnwardTo name={props.clientName} />
        <Wanted {...props} />
        <FormNote problem={problem} retryAfter={props.retryAfter} provider={props.provider} />
        {props.link === undefined ? (
          <ProviderChoices
            providers={props.providers ?? []}
            secrets={props}
            label="Other ways to sign in"
            or="or with your password"
            next={props.next}
          />
        ) : null}
        <Form id="login-form" secrets={props} action={props.link === undefined ? paths.signIn : paths.signInLink}>
          <Next path={props.link === undefined ? props.next : undefined} />
          <LinkNote link={props.link} />
          <Field
            name="username"
            label="E-mail or username"
            type="text"
            autocomplete="username"
            value={login}
            focus={login === undefined}
          />
          <Field
            name="password"
            label="Password"
            type="password"
            autocomplete="current-password"
            problem={atPassword}
            focus={login !== undefined}
            alerts
          />
          <Button id="login-submit">{props.link === undefined ? 'Sign in' : 'Connect'}</Button>
          {props.unmet === undefined || props.link !== undefined ? null : (
            <div class="providers">
              <Button id="login-leave" name="action" value="leave" look="plain" unchecked>
                {props.unmet.why === 'other_person'
                  ? 'Return to the app as somebody else'
                  : 'Return to the app without signing in'}
              </Button>
            </div>
          )}
          {props.link === undefined ? null : (
            <div class="providers">
              <Button id="login-new" name="action" value="new" look="plain" unchecked>
                Open another account instead
              </Button>
            </div>
          )}
          {/* Where nothing is under way there is nothing to leave. */}
          {props.request === undefined && props.link === undefined ? null : (
            <Button id="login-cancel" name="action" value="cancel" look="link" unchecked>
              {props.clientName === undefined ? (
                'Cancel'
              ) : (
                <>
                  Cancel and return to <bdi>{props.clientName}</bdi>
                </>
              )}
            </Button>
          )}
        </Form>
        {props.link === undefined ? (
          <p class="small muted last">Forgot your password? Ask the operator of this server.</p>
        ) : null}
      </section>
    </NarrowPage>
  )
})

/** Whom the app wants, and why the person who is signed in is asked again. */
function Wanted({ clientName = 'The app', wanted, unmet, link }: SignInProps) {
  if (link !== undefined) return null
  const app = <strong dir="auto">{clientName}</strong>
  if (unmet === undefined) {
    if (wanted === undefined) return null
    return (
      <p class="muted" id="login-wanted">
        It expects <strong dir="auto">{wanted}</strong>.
      </p>
    )
  }
  const account = <strong dir="auto">{unmet.account}</strong>
  if (unmet.why === 'not_anew') {
    return (
      <Note kind="warning">
        <p id="login-unmet">
          You are signed in as {account}, but {app} asks for a new sign-in, and your provider did not ask you again.
          Sign in with your password or in another way, or return without signing in.
        </p>
      </Note>
    )
  }
  return (
    <Note kind="warning">
      <p id="login-unmet">
        You are signed in as {account}, but {app} expects{' '}
        {wanted === undefined ? 'another account' : <strong dir="auto">{wanted}</strong>}. Sign in to that account here,
        or tell the app that you are somebody else.
      </p>
    </Note>
  )
}

function Next(props: { path: string | undefined }) {
  return props.path === undefined ? null : <input type="hidden" name="next" value={props.path} />
}

const fieldProblems: Partial<Record<SignInProblem | 'none', string>> = {
  mismatch: 'Wrong username or password.',
  incomplete: 'Please fill in both fields.',
}

/** Why a person who came from a provider is asked for a password all the same. */
function LinkNote({ link }: Pick<SignInProps, 'link'>) {
  if (link === undefined) return null
  return (
    <>
      <input type="hidden" name="link" value={link.sealed} />
      <Note kind="warning">
        <p>
          There is an account here with the address <strong>{link.email}</strong>. If it is yours, sign in to it once,
          and {link.provider} will open it from then on.
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

function FormNote({ problem, retryAfter, provider = 'the provider' }: FormNoteProps) {
  if (problem === undefined) return null
  const when = retryAfter === undefined ? 'a little later' : `in ${useWords().time.waiting(retryAfter)}`
  const sentences: Partial<Record<SignInProblem, readonly [string, string]>> = {
    too_many: ['Too many failed attempts.', `Please try again ${when}.`],
    too_many_accounts: ['Too many accounts were opened from your network.', `Please try again ${when}.`],
    busy: ['Very many people are signing in just now.', `Please try again ${when}.`],
    stale: ['This page was open for too long.', 'Please sign in once more.'],
    disabled: ['This account is closed.', 'The operator of this server can tell you why.'],
    other_account: ['That is another account, so nothing was connected.', 'Sign in to the one named below.'],
    provider: [`Signing in with ${provider} did not work.`, 'Please try again, or sign in another way.'],
    provider_denied: [`You were not signed in with ${provider}.`, 'Try again, or sign in another way.'],
  }
  const said = sentences[problem]
  if (said === undefined) return null
  return (
    <Note kind="bad">
      <p>
        <strong>{said[0]}</strong> {said[1]}
      </p>
    </Note>
  )
}
