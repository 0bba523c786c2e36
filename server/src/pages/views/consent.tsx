/** The consent page: who asks, for which account, what for, where it goes, and how to take it back. */
import type { Millis } from '../../lib/clock.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import { AppCard } from '../kit/app_card.tsx'
import { Button, Form, type FormSecrets } from '../kit/form.tsx'
import { ChartIcon, ClockIcon, KeyIcon, MailIcon, PencilIcon, PersonIcon } from '../kit/icons.tsx'
import { NarrowPage, renderPage } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Month } from '../kit/time.tsx'

export interface AskedScope extends ScopeMeaning {
  /** Whether the person may leave it out; it then comes back as `scope` only while it is ticked. */
  readonly optional?: boolean | undefined
}

export interface ConsentProps extends FormSecrets {
  readonly client: {
    readonly name: string
    /** Whether the operator has checked who runs the app. */
    readonly verified: boolean
    readonly verifiedBy?: string | undefined
    /** Null where the app is not registered here but describes itself at its own address. */
    readonly registeredAt: Millis | null
    /** Who makes the app, in its developer's words. */
    readonly publisher?: string | undefined
    readonly website?: string | undefined
    readonly policy?: string | undefined
    readonly terms?: string | undefined
    /** Whether only its developer's own circle can use it yet. */
    readonly inDevelopment?: boolean | undefined
    /** The username of the developer of an app in development. */
    readonly developer?: string | undefined
  }
  /** The e-mail or username of the account that is asked for. */
  readonly account: string
  readonly scopes: readonly AskedScope[]
  /** Where the browser goes next: a site's host, the scheme of an app on the device, or this very machine. */
  readonly redirect: { readonly kind: 'web' | 'app' | 'loopback'; readonly host: string }
  /** Who is signed in in this browser, where the app brought somebody else, and where to go on as they. */
  readonly signedInAs?: { readonly account: string; readonly href: string } | undefined
  /** Where to sign in as somebody else. */
  readonly switchHref?: string | undefined
  /** True where the yes holds for this once and is not remembered. */
  readonly once?: boolean | undefined
}

export function consent(props: ConsentProps): string {
  const { client, redirect } = props
  const shown = props.scopes.filter((scope) => scope.shown)
  const choice = shown.some((scope) => scope.optional)
  return renderPage(
    <NarrowPage
      title={`Authorize ${client.name}`}
      aside={
        props.switchHref === undefined ? undefined : (
          <>
            Not you?{' '}
            <a href={props.switchHref} rel="noreferrer">
              Use another account
            </a>
          </>
        )
      }
    >
      <Form id="consent-form" class="card" secrets={props} action={paths.consent}>
        {/* Without a button that does nothing in front, Enter in a checkbox would press Allow. */}
        {choice ? <button type="submit" disabled hidden /> : null}
        <AppCard
          name={client.name}
          title={
            <strong id="client-name" dir="auto">
              {client.name}
            </strong>
          }
        >
          <div class="small muted facts">
            <span>
              {client.registeredAt === null ? (
                'not registered here'
              ) : (
                <>
                  registered in <Month at={client.registeredAt} />
                </>
              )}
            </span>
            {client.publisher === undefined ? null : (
              <span>
                by <bdi>{client.publisher}</bdi>
              </span>
            )}
            {client.inDevelopment ? (
              <Tag kind="warn">in development</Tag>
            ) : client.verified ? (
              <Tag kind="good">verified</Tag>
            ) : (
              <Tag kind="warn">unverified</Tag>
            )}
          </div>
        </AppCard>
        <h1>Authorize</h1>
        <p>
          This app would like to use your account <strong dir="auto">{props.account}</strong>.
        </p>
        {props.signedInAs === undefined ? null : (
          <Note kind="warning">
            <p>
              You came with a sign-in for <strong dir="auto">{props.account}</strong>, but this browser is signed in as{' '}
              <strong dir="auto">{props.signedInAs.account}</strong>. What you allow here is for{' '}
              <strong dir="auto">{props.account}</strong>.
            </p>
            <p>
              <a id="consent-switch" href={props.signedInAs.href} rel="noreferrer">
                Continue as <bdi>{props.signedInAs.account}</bdi> instead
              </a>
            </p>
          </Note>
        )}
        {redirect.kind === 'loopback' ? (
          <Note kind="warning">
            <p>
              The answer goes to a program on this computer (<bdi>{redirect.host}</bdi>). Any program here could use
              this name. Allow it only if you have just started it yourself.
            </p>
          </Note>
        ) : null}
        {redirect.kind === 'app' ? (
          <Note kind="warning">
            <p>
              The answer goes to an app on this device. Another app could use this name. Allow it only if you have just
              come from the app yourself.
            </p>
          </Note>
        ) : null}
        <ScopeList scopes={shown} choice={choice} />
        <AboutClient client={client} />
        <div class="pair">
          <Button id="consent-allow" name="decision" value="allow">
            Allow
          </Button>
          <Button id="consent-deny" name="decision" value="deny" look="plain" unchecked>
            Don’t allow
          </Button>
        </div>
        <p class="small muted after">
          Either way you go on to <Destination {...redirect} />.{' '}
          {props.once ? 'This holds for this once; the next time you are asked again. ' : ''}What you allow you can take
          back at any time under{' '}
          <a href={paths.account} target="_blank" rel="noopener">
            connected apps
          </a>
          .
        </p>
      </Form>
    </NarrowPage>,
  )
}

/** What the developer says of the app, and whether anybody here has looked at it. */
function AboutClient({ client }: Pick<ConsentProps, 'client'>) {
  const links = [
    { href: client.website, text: 'Website' },
    { href: client.policy, text: 'Privacy policy' },
    { href: client.terms, text: 'Terms' },
  ].filter((link): link is { href: string; text: string } => link.href !== undefined)
  return (
    <>
      {links.length === 0 ? null : (
        <p class="small">
          {links.map(({ href, text }) => (
            <>
              <a href={href} target="_blank" rel="noopener noreferrer">
                {text}
              </a>{' '}
            </>
          ))}
        </p>
      )}
      {client.inDevelopment ? (
        <p class="small muted" id="in-development">
          This app is in development, and nobody here has reviewed it. Only continue if you know its developer
          {client.developer === undefined ? null : (
            <>
              , <bdi>{client.developer}</bdi>
            </>
          )}
          .
        </p>
      ) : client.verified ? (
        <p class="small muted" id="verified-by">
          Verified by <bdi>{client.verifiedBy ?? 'the operator of this server'}</bdi>.
        </p>
      ) : (
        <p class="small muted">This app has not been reviewed. Only continue if you trust its developer.</p>
      )}
    </>
  )
}

function Destination(props: ConsentProps['redirect']) {
  if (props.kind === 'web') return <code dir="ltr">{props.host}</code>
  return (
    <>
      {props.kind === 'app' ? 'the app on this device' : 'this computer'} (<code dir="ltr">{props.host}</code>)
    </>
  )
}

function ScopeList(props: { scopes: readonly AskedScope[]; choice: boolean }) {
  if (props.scopes.length === 0) {
    return <p class="muted">It asks for nothing but to know that you have an account here.</p>
  }
  return (
    <>
      {props.choice ? <p class="small muted last">You may untick what has a box.</p> : null}
      <ul class="scopes" aria-label="What the app asks for">
        {props.scopes.map((scope) => (
          <li data-scope={scope.name}>
            {scope.optional ? (
              <label class="line">
                <input type="checkbox" name="scope" value={scope.name} checked />
                <Meaning {...scope} />
              </label>
            ) : (
              <div class="line">
                <ScopeIcon name={scope.name} />
                <Meaning {...scope} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function Meaning(props: AskedScope) {
  return (
    <span>
      <strong>{props.sentence}</strong>
      <span class="detail">{props.detail}</span>
    </span>
  )
}

function ScopeIcon(props: { name: string }) {
  if (props.name === 'email') return <MailIcon />
  if (['openid', 'profile', 'phone', 'address', 'basic'].includes(props.name)) return <PersonIcon />
  if (props.name === 'offline_access') return <ClockIcon />
  if (/write|manage|delete/i.test(props.name)) return <PencilIcon />
  if (/read/i.test(props.name)) return <ChartIcon />
  return <KeyIcon />
}
