/** The start page: which server this is, the one way on for whoever looks at it, and what a developer needs. */
import { LinkButton } from '../kit/form.tsx'
import { Fact, Section, type Viewer, WidePage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

export interface StartProps {
  /** What the server is called. */
  readonly server: string
  readonly viewer?: Viewer | undefined
  /** Who looks at it; an operator counts as one while the server has no public address or no app. */
  readonly visitor: 'stranger' | 'person' | 'developer' | 'operator'
  /** The issuer, as apps have to be configured with it. */
  readonly issuer: string
  /** Whether this visitor may register an app. */
  readonly mayRegister: boolean
  /** The version of the program. */
  readonly version: string
  /** Whether strangers may open an account. */
  readonly maySignUp: boolean
  /** True until the first administrator exists. */
  readonly needsAdministrator?: boolean | undefined
}

interface Way {
  readonly href: string
  readonly text: string
}

export const start = view((props: StartProps) => {
  const { start: say, kit } = useWords()
  const account: Way = { href: paths.account, text: say.account }
  // The first way is the button that stands out.
  const ways: Record<StartProps['visitor'], readonly [Way, (Way | undefined)?]> = {
    stranger: [
      { href: paths.signIn, text: kit.signIn },
      props.maySignUp ? { href: paths.signUp, text: say.createAccount } : undefined,
    ],
    person: [account],
    developer: [{ href: paths.developer, text: say.apps }, account],
    operator: [{ href: paths.console, text: say.finish }, account],
  }
  const [first, second] = ways[props.visitor]
  return (
    <WidePage title={props.server} viewer={props.viewer} reading foot={<Foot version={props.version} />}>
      <h1>
        <bdi>{props.server}</bdi>
      </h1>
      <p class="lead">
        {props.viewer === undefined ? (
          say.lead
        ) : (
          <Say it={say.signedIn} username={<strong dir="auto">{props.viewer.username}</strong>} />
        )}
      </p>
      {props.needsAdministrator ? (
        <Note kind="warning">
          <p>
            <Say it={say.noAdministrator} />
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
  const { start: say, kit } = useWords()
  return (
    <Section id="developers" heading={say.developers}>
      <div class="card ways">
        <p>{say.developersLead}</p>
        <div class="row">
          <LinkButton href={props.mayRegister ? paths.newApp : paths.developer} look="plain">
            {props.mayRegister ? say.firstToken : say.seeApps}
          </LinkButton>
          {kit.apiReference === undefined ? null : (
            <LinkButton href={paths.reference} look="plain">
              {kit.apiReference}
            </LinkButton>
          )}
        </div>
        <dl class="facts-list" id="endpoints">
          <Fact name={say.issuer}>
            <code>{props.issuer}</code>
          </Fact>
          <Fact name={say.discovery}>
            <a href="/.well-known/openid-configuration">
              <code>{`${props.issuer}/.well-known/openid-configuration`}</code>
            </a>
          </Fact>
          <Fact name={say.authorize}>
            <code>{`${props.issuer}/oauth/authorize`}</code>
          </Fact>
          <Fact name={say.token}>
            <code>{`${props.issuer}/oauth/token`}</code>
          </Fact>
        </dl>
      </div>
    </Section>
  )
}

function Foot(props: { version: string }) {
  const { kit, start: say } = useWords()
  return (
    <ul>
      {kit.apiReference === undefined ? null : (
        <li>
          <a href={paths.reference}>{kit.apiReference}</a>
        </li>
      )}
      <li>
        <a href="/readyz">{say.status}</a>
      </li>
      {kit.brand === undefined ? (
        <li>
          <a href="/version">{say.version(props.version)}</a>
        </li>
      ) : null}
    </ul>
  )
}
