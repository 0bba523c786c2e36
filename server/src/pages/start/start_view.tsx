/** The start page: which server this is, the one way on for whoever looks at it, and what a developer needs. */
import { LinkButton } from '../kit/form.tsx'
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { view } from '../kit/words.tsx'

export interface StartProps {
  /** What the server is called. */
  readonly server: string
  readonly viewer?: Viewer | undefined
  /** Who looks at it; an operator counts as one while the checklist has something open. */
  readonly visitor: 'stranger' | 'person' | 'developer' | 'operator'
  /** The issuer, as apps have to be configured with it. */
  readonly issuer: string
  /** Whether this visitor may register an app. */
  readonly mayRegister: boolean
  /** The version of the program. */
  readonly version: string
  /** True until the first administrator exists. */
  readonly needsAdministrator?: boolean | undefined
}

interface Way {
  readonly href: string
  readonly text: string
}

const account: Way = { href: paths.account, text: 'Open your account' }
const apps: Way = { href: paths.developer, text: 'Open your apps' }

/** The first way is the button that stands out. */
const ways: Readonly<Record<StartProps['visitor'], readonly [Way, Way?]>> = {
  stranger: [
    { href: paths.signIn, text: 'Sign in' },
    { href: paths.signUp, text: 'Create an account' },
  ],
  person: [account],
  developer: [apps, account],
  operator: [{ href: paths.checklist, text: 'Finish setting up' }, account],
}

export const start = view((props: StartProps) => {
  const [first, second] = ways[props.visitor]
  return (
    <WidePage title={props.server} viewer={props.viewer} reading foot={<Foot version={props.version} />}>
      <h1>
        <bdi>{props.server}</bdi>
      </h1>
      <p class="lead">
        {props.viewer === undefined ? (
          'See which apps use your account, and remove those you no longer want.'
        ) : (
          <>
            You are signed in as <strong dir="auto">{props.viewer.username}</strong>.
          </>
        )}
      </p>
      {props.needsAdministrator ? (
        <Note kind="warning">
          <p>
            <strong>This server has no administrator yet.</strong> The server printed a one-time setup link when it
            started. Open it to create the administrator.
          </p>
        </Note>
      ) : null}
      <div class="row" id="start-ways">
        <LinkButton href={first.href}>{first.text}</LinkButton>
        {second === undefined ? null : (
          <LinkButton href={second.href} look="plain">
            {second.text}
          </LinkButton>
        )}
      </div>
      <Developers {...props} />
    </WidePage>
  )
})

function Developers(props: StartProps) {
  return (
    <section aria-labelledby="developers">
      <h2 id="developers">For developers</h2>
      <div class="card ways">
        <p>
          Sign people in to your app and use their data with their permission. If a request fails, its log says why.
        </p>
        <div class="row">
          <LinkButton href={props.mayRegister ? paths.newApp : paths.developer} look="plain">
            {props.mayRegister ? 'Get a token in five minutes' : 'See your apps and their requests'}
          </LinkButton>
          <LinkButton href={paths.reference} look="plain">
            API reference
          </LinkButton>
        </div>
        <dl class="facts-list" id="endpoints">
          <dt>Issuer</dt>
          <dd>
            <code>{props.issuer}</code>
          </dd>
          <dt>Discovery</dt>
          <dd>
            <a href="/.well-known/openid-configuration">
              <code>{props.issuer}/.well-known/openid-configuration</code>
            </a>
          </dd>
          <dt>Authorize</dt>
          <dd>
            <code>{props.issuer}/oauth/authorize</code>
          </dd>
          <dt>Token</dt>
          <dd>
            <code>{props.issuer}/oauth/token</code>
          </dd>
        </dl>
      </div>
    </section>
  )
}

function Foot(props: { version: string }) {
  return (
    <ul>
      <li>
        <a href={paths.reference}>API reference</a>
      </li>
      <li>
        <a href="/readyz">Status</a>
      </li>
      <li>
        <a href="/version">Consentry {props.version}</a>
      </li>
    </ul>
  )
}
