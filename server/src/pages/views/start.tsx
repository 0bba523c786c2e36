/** The start page: what this server is, and the ways into it. */
import { LinkButton } from '../kit/form.tsx'
import { renderPage, type Viewer, WidePage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'

export interface StartProps {
  readonly viewer?: Viewer | undefined
  /** The issuer, as apps have to be configured with it. */
  readonly issuer: string
  /** Where accounts are made; left out where nobody may make one. */
  readonly signUpHref?: string | undefined
  /** True until the first administrator exists. */
  readonly needsAdministrator?: boolean | undefined
}

export function start(props: StartProps): string {
  return renderPage(
    <WidePage title="Start" viewer={props.viewer}>
      <div class="heading">
        <div>
          <h1>One account, and you decide what each app may do with it</h1>
          <p class="lead">Sign in once, allow an app what it needs, and take it back whenever you like.</p>
        </div>
      </div>
      {props.needsAdministrator ? (
        <Note kind="warning">
          <p>
            <strong>This server has no administrator yet.</strong> The server printed a one-time setup link when it
            started. Open it to create the administrator.
          </p>
        </Note>
      ) : null}
      <div class="tiles">
        <section class="card">
          <h2>Your account</h2>
          {props.viewer === undefined ? (
            <>
              <p class="muted">See which apps are connected, and remove those you no longer want.</p>
              <div class="row">
                <LinkButton href={paths.signIn}>Sign in</LinkButton>
                {props.signUpHref === undefined ? null : (
                  <LinkButton href={props.signUpHref} look="plain">
                    Create an account
                  </LinkButton>
                )}
              </div>
            </>
          ) : (
            <>
              <p class="muted">
                You are signed in as <strong dir="auto">{props.viewer.username}</strong>. See which apps are connected,
                and remove those you no longer want.
              </p>
              <div class="row">
                <LinkButton href={paths.account}>Open your account</LinkButton>
              </div>
            </>
          )}
        </section>
        <section class="card">
          <h2>Your apps, for developers</h2>
          <p class="muted">Every request of your app, with its answer and, where it was refused, the exact cause.</p>
          <div class="row">
            <LinkButton href={paths.developer} look="plain">
              Open the developer pages
            </LinkButton>
          </div>
        </section>
        <section class="card">
          <h2>Connect a client</h2>
          <p class="muted">Any OpenID Connect library finds the rest by itself from the issuer.</p>
          <code class="code">{props.issuer}</code>
          <div class="row">
            <LinkButton href="/.well-known/openid-configuration" look="plain">
              Show the configuration
            </LinkButton>
          </div>
        </section>
      </div>
    </WidePage>,
  )
}
