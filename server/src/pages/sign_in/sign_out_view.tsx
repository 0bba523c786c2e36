/** Signing out: the question, and the page that says it is done (OpenID Connect RP-Initiated Logout §2, §3). */
import { Button, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { view } from '../kit/words.tsx'

export interface SignOutProps extends FormSecrets {
  /** The e-mail or username of who is signed in. */
  readonly account: string
  /** The app that asks for it, where one does. */
  readonly clientName?: string | undefined
}

export const signOut = view((props: SignOutProps) => {
  return (
    <NarrowPage title="Sign out">
      <Form id="logout-form" class="card" secrets={props} action={paths.signOut}>
        <h1>Sign out</h1>
        {props.clientName === undefined ? (
          <p>
            You are signed in as <strong dir="auto">{props.account}</strong>. Sign out in this browser?
          </p>
        ) : (
          <p>
            <strong dir="auto">{props.clientName}</strong> asks to sign you out here too. You are signed in as{' '}
            <strong dir="auto">{props.account}</strong>.
          </p>
        )}
        <p class="small muted">
          Apps that you allowed to stay connected keep their access. Apps you only signed in to are signed out.
        </p>
        <div class="pair">
          <Button id="logout-confirm" name="action" value="confirm">
            Sign out
          </Button>
          <Button id="logout-cancel" name="action" value="cancel" look="plain">
            Stay signed in
          </Button>
        </div>
      </Form>
    </NarrowPage>
  )
})

export interface SignedOutProps {
  /** Where the app that asked wants the browser next; it must be one of its registered addresses. */
  readonly continueHref?: string | undefined
  readonly clientName?: string | undefined
}

export const signedOut = view((props: SignedOutProps = {}) => {
  return (
    <NarrowPage title="You are signed out">
      <section class="card">
        <div class="sign">
          <CheckIcon />
        </div>
        <h1>You are signed out</h1>
        <p class="muted">If you share this computer, close the browser too.</p>
        <div class="row">
          {props.continueHref === undefined ? null : (
            <LinkButton href={props.continueHref}>
              Continue to <bdi>{props.clientName ?? 'the app'}</bdi>
            </LinkButton>
          )}
          <LinkButton href={paths.signIn} look="plain">
            Sign in again
          </LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})
