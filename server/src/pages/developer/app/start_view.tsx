/** The first steps with one app: its ID and secret, a sign-in to try, the token request, and what has come so far. */

import type { Child } from 'hono/jsx'
import type { Millis } from '../../../lib/clock.ts'
import { type AppKind, returnsPeople } from '../../../runtime/kept/app_form.ts'
import { AppStatus } from '../../kit/app_card.tsx'
import { LinkButton } from '../../kit/form.tsx'
import { OpenIcon } from '../../kit/icons.tsx'
import { Section } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import {
  appPath,
  paths,
  redirectUrisPath,
  requestLogPath,
  secretsPath,
  settingsPath,
  testersPath,
} from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { English, Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'
import {
  curlCommand,
  deviceCommands,
  environment,
  nodeProgram,
  type ProofInCode,
  quoted,
  type TokenRequestCode,
} from './code.ts'

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
  const say = useWords().quickstart
  const { app } = props
  return (
    <AppPage
      {...props}
      here="overview"
      heading={props.registered ? say.registeredTitle : say.heading}
      headline={props.registered ? <Say it={say.registered} name={<bdi>{app.name}</bdi>} /> : undefined}
      about={returnsPeople(props.kind) ? say.threeSteps : say.twoSteps}
      act={<AppStatus status={props.status} />}
      wide
    >
      {props.status === 'pending' ? (
        <Note kind="warning">
          <p>
            <Say it={say.inDevelopment} a={(text) => <a href={testersPath(app.clientId)}>{text}</a>} />
          </p>
        </Note>
      ) : null}
      <div class="beside">
        <ol class="card steps">
          <Save {...props} />
          {returnsPeople(props.kind) ? (
            <SignIn {...props} />
          ) : props.kind === 'device' ? (
            <AskOnDevice {...props} />
          ) : (
            <Ask {...props} />
          )}
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
  const say = useWords().quickstart
  const { app, proof } = props
  const keepsSecret = proof === 'basic' || proof === 'post'
  const file = environment({
    issuer: props.issuer,
    clientId: app.clientId,
    redirectUri: props.redirectUri,
    secret: keepsSecret ? (props.secret ?? 'your-secret') : undefined,
  })
  return (
    <Step heading={keepsSecret ? say.saveBoth : say.saveId}>
      <h3>{say.clientId}</h3>
      <code class="code" id="client-id">
        {app.clientId}
      </code>
      {props.secret === undefined ? null : (
        <>
          <h3>{say.clientSecret}</h3>
          <code class="code" id="client-secret">
            {props.secret}
          </code>
          <Note kind="warning">
            <p>
              <Say it={useWords().app.once} />
            </p>
          </Note>
        </>
      )}
      {keepsSecret && props.secret === undefined ? (
        <p>
          <Say it={say.secretShown} a={(text) => <a href={secretsPath(app.clientId)}>{text}</a>} />
        </p>
      ) : null}
      {proof === 'none' ? <p>{say.noSecret}</p> : null}
      <h3>{say.environment}</h3>
      <pre class="code" id="env">
        {file}
      </pre>
    </Step>
  )
}

function SignIn(props: AppStartProps) {
  const say = useWords().quickstart
  const { app, trial, redirectUri } = props
  if (trial === undefined || redirectUri === undefined) {
    return (
      <Step heading={say.sayWhere}>
        <p>{say.sayWhereText}</p>
        <LinkButton href={redirectUrisPath(app.clientId)}>{say.addRedirectUri}</LinkButton>
      </Step>
    )
  }
  return (
    <>
      <Step heading={say.signIn}>
        <p>
          <Say it={say.signInText} redirectUri={<code>{redirectUri}</code>} />
        </p>
        <code class="code" id="authorize-uri">
          {trial.uri}
        </code>
        <div class="row">
          <LinkButton href={trial.uri}>{say.tryIt}</LinkButton>
          <LinkButton href={settingsPath(app.clientId)} look="plain">
            {say.changePermissions}
          </LinkButton>
        </div>
      </Step>
      <Step heading={say.exchange}>
        <p>
          <Say it={say.exchangeText} />
        </p>
        <Code {...requestOf(props, { redirectUri, verifier: trial.verifier })} />
        <p>
          <Say it={say.libraryText} issuer={<code>{props.issuer}</code>} />
        </p>
        <Example {...props} />
      </Step>
    </>
  )
}

function Ask(props: AppStartProps) {
  const say = useWords().quickstart
  return (
    <Step heading={say.ask}>
      <p>{say.askText}</p>
      <Code {...requestOf(props, undefined)} />
    </Step>
  )
}

/** The two requests of a device: for its codes, and for its tokens once somebody has typed the code at our page. */
function AskOnDevice(props: AppStartProps) {
  const say = useWords().quickstart
  const { asks, polls } = deviceCommands(requestOf(props, undefined), props.issuer)
  return (
    <Step heading={say.onDevice}>
      <p>
        <Say it={say.onDeviceText} a={(text) => <a href={paths.device}>{text}</a>} />
      </p>
      <pre class="code" id="device-asks">
        {asks}
      </pre>
      <p>
        <Say it={say.onDevicePoll} />
      </p>
      <pre class="code" id="device-polls">
        {polls}
      </pre>
    </Step>
  )
}

function requestOf(props: AppStartProps, code: TokenRequestCode['code']): TokenRequestCode {
  return { clientId: props.app.clientId, tokenEndpoint: props.tokenEndpoint, proof: props.proof, code }
}

function Code(request: TokenRequestCode) {
  const say = useWords().quickstart
  if (request.proof === 'other') {
    return (
      <p>
        <Say it={say.byKey} tokenEndpoint={<code>{request.tokenEndpoint}</code>} />
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
          <h3>{say.curl}</h3>
        </summary>
        {keepsSecret ? (
          <p class="small muted">
            <Say it={say.secretVariable} />
          </p>
        ) : null}
        <pre class="code" id="curl">
          {curlCommand(request)}
        </pre>
      </details>
      <details>
        <summary>
          <OpenIcon />
          <h3>{say.node}</h3>
        </summary>
        <p class="small muted">
          <Say it={say.saveAs} run={<code>{run}</code>} />
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
  const say = useWords().quickstart
  const { redirectUri } = props
  if (redirectUri === undefined || !isLoopback(redirectUri) || props.proof === 'other') return null
  const secret = props.proof === 'none' ? [] : ['"$OIDC_CLIENT_SECRET"']
  const words = ['node', 'examples/first_token.mjs', quoted(props.app.clientId), ...secret]
  return (
    <details>
      <summary>
        <OpenIcon />
        <h3>{say.example}</h3>
      </summary>
      <p class="small muted">{say.exampleText}</p>
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
  const say = useWords().quickstart
  const { newest } = props
  if (newest === undefined || newest === 'none') {
    return (
      <Section class="card" id="first-request" heading={newest === 'none' ? say.waiting : say.requests}>
        <p class="muted">{newest === 'none' ? say.reload : useWords().app.noLog}</p>
        <LinkButton href={requestLogPath(props.clientId)} look="plain">
          {say.openLog}
        </LinkButton>
      </Section>
    )
  }
  return (
    <Section class="card" id="first-request" heading={say.received}>
      <p>
        <span class={`state ${newest.refused ? 'bad' : 'good'}`}>{newest.refused ? say.refused : say.answered}</span>{' '}
        <code>
          {newest.method} {newest.endpoint}
        </code>
      </p>
      {newest.cause === '' ? null : (
        <p>
          <English>{newest.cause}</English>
        </p>
      )}
      <p class="small muted">
        <Say it={say.newest} moment={<Minute at={newest.at} />} />
      </p>
      <LinkButton href={`${requestLogPath(props.clientId)}?request=${newest.requestId}`} look="plain">
        {say.openEntry}
      </LinkButton>
    </Section>
  )
}

function Next(props: AppStartProps) {
  const { quickstart: say, kit } = useWords()
  const { clientId } = props.app
  return (
    <Section class="card" id="next-steps" heading={say.next}>
      <ul class="links">
        {returnsPeople(props.kind) ? null : (
          <li>
            <a id="let-people-in" href={redirectUrisPath(clientId)}>
              {say.letPeopleIn}
            </a>
          </li>
        )}
        {props.detailsMissing ? (
          <li>
            <a href={settingsPath(clientId)}>{say.addDetails}</a>
          </li>
        ) : null}
        {props.status === 'pending' ? (
          <li>
            <a href={testersPath(clientId)}>{say.inviteTesters}</a>
          </li>
        ) : null}
        <li>
          <a href={appPath(clientId)}>{say.seeApp}</a>
        </li>
        {kit.apiReference === undefined ? null : (
          <li>
            <a href={paths.reference}>{say.readReference}</a>
          </li>
        )}
      </ul>
    </Section>
  )
}
