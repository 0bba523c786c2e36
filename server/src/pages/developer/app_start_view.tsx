/** The first steps with one app: its ID and secret, a sign-in to try, the token request, and what has come so far. */
import type { Child } from 'hono/jsx'
import type { Millis } from '../../lib/clock.ts'
import type { AppKind } from '../../runtime/kept/app_form.ts'
import { AppStatus } from '../kit/app_card.tsx'
import { LinkButton } from '../kit/form.tsx'
import { OpenIcon } from '../kit/icons.tsx'
import { Note } from '../kit/note.tsx'
import {
  appPath,
  paths,
  redirectUrisPath,
  requestLogPath,
  secretsPath,
  settingsPath,
  testersPath,
} from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { view } from '../kit/words.tsx'
import { curlCommand, environment, nodeProgram, type ProofInCode, quoted, type TokenRequestCode } from './app_code.ts'
import { AppPage, type AppPageProps } from './app_page.tsx'

/** The newest request of an app. */
export interface NewestRequest {
  readonly requestId: string
  readonly at: Millis
  readonly method: string
  readonly endpoint: string
  readonly refused: boolean
  /** Why; empty where there is nothing to say. */
  readonly cause: string
}

export interface AppStartProps extends AppPageProps {
  readonly status: 'pending' | 'enabled' | 'disabled'
  readonly kind: AppKind
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly proof: ProofInCode
  /** True on the way from the form that registered the app. */
  readonly registered: boolean
  /** The secret that was just made: this is the one time that it is shown. */
  readonly secret?: string | undefined
  readonly redirectUri?: string | undefined
  /** A sign-in that is ready to be tried; left out where people do not sign in to the app, or nobody can be sent back. */
  readonly trial?: { readonly uri: string; readonly verifier: string } | undefined
  /** The newest request; `none` where there was none yet, undefined where the log cannot be read just now. */
  readonly newest: NewestRequest | 'none' | undefined
  readonly detailsMissing: boolean
}

export const appStart = view((props: AppStartProps) => {
  const { app } = props
  return (
    <AppPage
      {...props}
      here="overview"
      heading={props.registered ? 'Registered' : 'Quickstart'}
      headline={
        props.registered ? (
          <>
            <bdi>{app.name}</bdi> is registered
          </>
        ) : undefined
      }
      about={
        props.kind === 'machine'
          ? 'Two steps to your first token. This takes about two minutes.'
          : 'Three steps to your first token. This takes about five minutes.'
      }
      act={<AppStatus status={props.status} />}
      wide
    >
      {props.status === 'pending' ? (
        <Note kind="warning">
          <p>
            <strong>The app is in development.</strong> It works for you and for the{' '}
            <a href={testersPath(app.clientId)}>testers you invite</a>. Everybody else can use it once the operator of
            this server has approved it.
          </p>
        </Note>
      ) : null}
      <div class="beside">
        <ol class="card steps">
          <Save {...props} />
          {props.kind === 'machine' ? <Ask {...props} /> : <SignIn {...props} />}
        </ol>
        <div>
          <First clientId={app.clientId} newest={props.newest} />
          <Next {...props} />
        </div>
      </div>
    </AppPage>
  )
})

function Step(props: { heading: string; children: Child }) {
  return (
    <li>
      <h2>{props.heading}</h2>
      {props.children}
    </li>
  )
}

function Save(props: AppStartProps) {
  const { app, proof } = props
  const keepsSecret = proof === 'basic' || proof === 'post'
  const file = environment({
    issuer: props.issuer,
    clientId: app.clientId,
    redirectUri: props.redirectUri,
    secret: keepsSecret ? (props.secret ?? 'your-secret') : undefined,
  })
  return (
    <Step heading={keepsSecret ? 'Save your ID and secret' : 'Save your ID'}>
      <h3>Client ID</h3>
      <code class="code" id="client-id">
        {app.clientId}
      </code>
      {props.secret === undefined ? null : (
        <>
          <h3>Client secret</h3>
          <code class="code" id="client-secret">
            {props.secret}
          </code>
          <Note kind="warning">
            <p>
              <strong>You see this secret once.</strong> We store only a hash of it. You can add another at any time.
            </p>
          </Note>
        </>
      )}
      {keepsSecret && props.secret === undefined ? (
        <p>
          The secret was shown when it was made. If you do not have it,{' '}
          <a href={secretsPath(app.clientId)}>add another or replace it</a>.
        </p>
      ) : null}
      {proof === 'none' ? (
        <p>
          This app has no secret: whoever has the app could read it. It uses PKCE instead, which every OpenID Connect
          library does for you.
        </p>
      ) : null}
      <h3>.env</h3>
      <pre class="code" id="env">
        {file}
      </pre>
    </Step>
  )
}

function SignIn(props: AppStartProps) {
  const { app, trial, redirectUri } = props
  if (trial === undefined || redirectUri === undefined) {
    return (
      <Step heading="Say where people return">
        <p>Register a redirect URI. Then this page shows a sign-in to try, and the token request.</p>
        <LinkButton href={redirectUrisPath(app.clientId)}>Add a redirect URI</LinkButton>
      </Step>
    )
  }
  return (
    <>
      <Step heading="Try the sign-in yourself">
        <p>
          This address is ready. Open it, sign in and allow. You return to <code>{redirectUri}</code> with a{' '}
          <code>code</code> in the address, even if nothing runs there yet.
        </p>
        <code class="code" id="authorize-uri">
          {trial.uri}
        </code>
        <div class="row">
          <LinkButton href={trial.uri}>Try it</LinkButton>
          <LinkButton href={settingsPath(app.clientId)} look="plain">
            Change permissions
          </LinkButton>
        </div>
      </Step>
      <Step heading="Exchange the code for a token">
        <p>
          Copy the code from the address and put it in place of <code>CODE</code>. A code lives for a minute and works
          once.
        </p>
        <Code {...requestOf(props, { redirectUri, verifier: trial.verifier })} />
        <p>
          In your app, leave this to an OpenID Connect library. It needs the issuer <code>{props.issuer}</code> and the
          values above, and finds the rest by itself. It makes a new <code>code_verifier</code> and <code>state</code>{' '}
          for each sign-in.
        </p>
        <Example {...props} />
      </Step>
    </>
  )
}

function Ask(props: AppStartProps) {
  return (
    <Step heading="Ask for a token">
      <p>The app acts for itself, so nobody signs in. It proves itself and gets a token.</p>
      <Code {...requestOf(props, undefined)} />
    </Step>
  )
}

function requestOf(props: AppStartProps, code: TokenRequestCode['code']): TokenRequestCode {
  return { clientId: props.app.clientId, tokenEndpoint: props.tokenEndpoint, proof: props.proof, code }
}

function Code(request: TokenRequestCode) {
  if (request.proof === 'other') {
    return (
      <p>
        This app proves itself with a key or a certificate. Send the request to <code>{request.tokenEndpoint}</code>{' '}
        through a library that can do so.
      </p>
    )
  }
  const keepsSecret = request.proof !== 'none'
  const run = `node ${keepsSecret ? '--env-file=.env ' : ''}token.mjs${request.code === undefined ? '' : ' CODE'}`
  return (
    <>
      <details open>
        <summary>
          <OpenIcon />
          <h3>curl</h3>
        </summary>
        {keepsSecret ? (
          <p class="small muted">
            It reads the secret from the variable <code>OIDC_CLIENT_SECRET</code>: run <code>set -a; . ./.env</code>{' '}
            first.
          </p>
        ) : null}
        <pre class="code" id="curl">
          {curlCommand(request)}
        </pre>
      </details>
      <details>
        <summary>
          <OpenIcon />
          <h3>Node</h3>
        </summary>
        <p class="small muted">
          Save it as <code>token.mjs</code> and run <code>{run}</code>.
        </p>
        <pre class="code" id="node">
          {nodeProgram(request)}
        </pre>
      </details>
    </>
  )
}

/** The way to the example that comes with the server: it listens at a loopback address. */
function Example(props: AppStartProps) {
  const { redirectUri } = props
  if (redirectUri === undefined || !isLoopback(redirectUri) || props.proof === 'other') return null
  const secret = props.proof === 'none' ? [] : ['"$OIDC_CLIENT_SECRET"']
  const words = ['node examples/first_token.mjs', quoted(props.app.clientId), ...secret]
  return (
    <details>
      <summary>
        <OpenIcon />
        <h3>All of it as one command</h3>
      </summary>
      <p class="small muted">In a checkout of the server, this signs you in and prints each step.</p>
      <pre class="code" id="example">
        {`${words.join(' ')} \\\n  --issuer ${quoted(props.issuer)} --redirect-uri ${quoted(redirectUri)}`}
      </pre>
    </details>
  )
}

function isLoopback(uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

function First(props: { clientId: string; newest: AppStartProps['newest'] }) {
  const { newest } = props
  if (newest === undefined || newest === 'none') {
    return (
      <section class="card" aria-labelledby="first-request">
        <h2 id="first-request">{newest === 'none' ? 'Waiting for your first request' : 'Your requests'}</h2>
        <p class="muted">
          {newest === 'none'
            ? 'Reload this page after you have sent one. It appears here, with the cause if it fails.'
            : 'The request log cannot be read at the moment. Please try again soon.'}
        </p>
        <LinkButton href={requestLogPath(props.clientId)} look="plain">
          Open the request log
        </LinkButton>
      </section>
    )
  }
  return (
    <section class="card" aria-labelledby="first-request">
      <h2 id="first-request">First request received</h2>
      <p>
        <span class={`state ${newest.refused ? 'bad' : 'good'}`}>{newest.refused ? 'Refused' : 'Answered'}</span>{' '}
        <code>
          {newest.method} {newest.endpoint}
        </code>
      </p>
      {newest.cause === '' ? null : <p>{newest.cause}</p>}
      <p class="small muted">
        The newest one came on <Minute at={newest.at} />.
      </p>
      <LinkButton href={`${requestLogPath(props.clientId)}?request=${newest.requestId}`} look="plain">
        Open it in the request log
      </LinkButton>
    </section>
  )
}

function Next(props: AppStartProps) {
  const { clientId } = props.app
  return (
    <section class="card" aria-labelledby="next-steps">
      <h2 id="next-steps">Next steps</h2>
      <ul class="links">
        {props.detailsMissing ? (
          <li>
            <a href={settingsPath(clientId)}>Add publisher, website and privacy policy</a>
          </li>
        ) : null}
        {props.status === 'pending' ? (
          <li>
            <a href={testersPath(clientId)}>Invite testers</a>
          </li>
        ) : null}
        <li>
          <a href={appPath(clientId)}>See the app and all endpoints</a>
        </li>
        <li>
          <a href={paths.reference}>Read the API reference</a>
        </li>
      </ul>
    </section>
  )
}
