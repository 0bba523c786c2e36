/** Signing out: the question, and the page that says it is done (OpenID Connect RP-Initiated Logout §2, §3). */
import { Button, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'
import { onwardScript } from './response/script.ts'

export interface SignOutProps extends FormSecrets {
  /** The e-mail or username of who is signed in. */
  readonly account: string
  /** The app that asks for it, where one does. */
  readonly clientName?: string | undefined
  /** The apps that are told, by name. */
  readonly told: readonly string[]
}

export const signOut = view((props: SignOutProps) => {
  const { kit, signOut: say } = useWords()
  return (
    <NarrowPage title={kit.signOut}>
      <Form id="logout-form" class="card" secrets={props} action={paths.signOut}>
        <h1>{kit.signOut}</h1>
        {props.clientName === undefined ? (
          <p>
            <Say it={say.confirm} account={<strong dir="auto">{props.account}</strong>} />
          </p>
        ) : (
          <p>
            <Say
              it={say.asked}
              app={<strong dir="auto">{props.clientName}</strong>}
              account={<strong dir="auto">{props.account}</strong>}
            />
          </p>
        )}
        <p class="small muted">{say.whatEnds}</p>
        {props.told.length === 0 ? null : (
          <div class="small">
            <p id="logout-told" class="last">
              {say.told}
            </p>
            <ul class="told small" aria-labelledby="logout-told">
              {props.told.map((name) => (
                <li>
                  <bdi>{name}</bdi>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div class="pair">
          <Button id="logout-confirm" name="action" value="confirm">
            {kit.signOut}
          </Button>
          <Button id="logout-cancel" name="action" value="cancel" look="plain">
            {say.stay}
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
  /** Pages of apps that sign the person out there. */
  readonly frames?: readonly string[]
}

export const signedOut = view((props: SignedOutProps = {}) => {
  const say = useWords().signOut
  const { frames = [] } = props
  return (
    <NarrowPage title={say.done}>
      <section class="card">
        <div class="sign">
          <CheckIcon />
        </div>
        <h1>{say.done}</h1>
        <p class="muted">{say.shared}</p>
        <div class="row">
          {props.continueHref === undefined ? null : (
            <LinkButton id="signed-out-onward" href={props.continueHref}>
              <Say it={say.onward} app={<bdi>{props.clientName ?? say.someApp}</bdi>} />
            </LinkButton>
          )}
          <LinkButton href={paths.signIn} look="plain">
            {say.signInAgain}
          </LinkButton>
        </div>
      </section>
      {/* They may run what they need to forget the person, and lead the browser nowhere. */}
      {frames.map((uri) => (
        <iframe hidden src={uri} title={say.frame} sandbox="allow-scripts allow-same-origin" />
      ))}
      {frames.length === 0 || props.continueHref === undefined ? null : <script src={onwardScript.href} defer />}
    </NarrowPage>
  )
})
