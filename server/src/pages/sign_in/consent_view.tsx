/** The consent page: who asks, for which account, what for, for how long, where it goes, and how to take it back. */
import type { ScopeKind, ScopeMeaning } from '../../protocol/scope.ts'
import { initials } from '../kit/app_card.tsx'
import { AboutApp, type AppFacts, WhoRuns } from '../kit/app_facts.tsx'
import { Button, Form, type FormSecrets } from '../kit/form.tsx'
import { OpenIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Meaning, Permission, PermissionGroup } from '../kit/permissions.tsx'
import { type Service, Services } from '../kit/services.tsx'
import { useWords, view } from '../kit/words.tsx'

export interface AskedScope extends ScopeMeaning {
  /** Whether the person may leave it out; it then comes back as `scope` only while it is ticked. */
  readonly optional?: boolean | undefined
}

export interface ConsentProps extends FormSecrets {
  /** The name of this server: the host of its issuer. */
  readonly server: string
  readonly client: AppFacts
  /** The e-mail or username of the account that is asked for. */
  readonly account: string
  /** The name of its holder, or what else tells the account from others. */
  readonly accountName?: string | undefined
  readonly scopes: readonly AskedScope[]
  /** The APIs of others at which the app wants to use what it asks for. */
  readonly services?: readonly Service[] | undefined
  /** Where the browser goes next: a site's host, the scheme of an app on the device, or this very machine. */
  readonly redirect: { readonly kind: 'web' | 'app' | 'loopback'; readonly host: string }
  /** When access ends, where the app does not stay connected: after so long, or with the sign-in in this browser. */
  readonly ends?: { readonly seconds: number; readonly withSession: boolean } | undefined
  /** What the person has allowed the app already, and the name and the destination it had then, where they differ. */
  readonly before?:
    | {
        readonly scope: readonly string[]
        readonly name?: string | undefined
        readonly destination?: string | undefined
      }
    | undefined
  /** Who is signed in in this browser, where the app brought somebody else, and where to go on as they. */
  readonly signedInAs?: { readonly account: string; readonly href: string } | undefined
  /** Where to sign in as somebody else. */
  readonly switchHref?: string | undefined
  /** True where the yes holds for this once and is not remembered. */
  readonly once?: boolean | undefined
}

export const consent = view((props: ConsentProps) => {
  const { client } = props
  const choice = props.scopes.some((scope) => scope.shown && scope.optional)
  return (
    <NarrowPage title={`Authorize ${client.name}: it wants to use your account`}>
      <Form id="consent-form" class="card parts" secrets={props} action={paths.consent}>
        {/* Without a button that does nothing in front, Enter in a checkbox would press Allow. */}
        {choice ? <button type="submit" disabled hidden /> : null}
        <div class="part">
          <div class="tile" aria-hidden="true">
            {initials(client.name)}
          </div>
          <h1>
            <span id="client-name" dir="auto">
              {client.name}
            </span>{' '}
            wants to use your account
          </h1>
          <WhoRuns app={client} />
          <AccountChip {...props} />
          <Warnings {...props} />
        </div>
        <Permissions {...props} />
        <Services title="Services it will use" services={props.services ?? []} />
        <AboutApp app={client} server={props.server} />
        <div class="part decide">
          <div class="pair">
            <Button id="consent-allow" name="decision" value="allow">
              Allow
            </Button>
            <Button id="consent-deny" name="decision" value="deny" look="plain" unchecked>
              Don’t allow
            </Button>
          </div>
          <p class="small muted">
            You will be sent to <Destination {...props.redirect} /> either way.{' '}
            {props.once ? 'This is for this time only; the app has to ask again next time. ' : ''}
            You can remove access at any time under{' '}
            <a href={paths.accountApps} target="_blank" rel="noopener noreferrer">
              Connected apps
            </a>
            .
          </p>
        </div>
      </Form>
    </NarrowPage>
  )
})

/** For which account; no button of the app's choosing can change it. */
function AccountChip(props: ConsentProps) {
  return (
    <div class="chip">
      <span class="face" aria-hidden="true">
        {initials(props.accountName ?? props.account).slice(0, 1)}
      </span>
      <span class="who">
        <span class="unseen">Your account: </span>
        {props.accountName === undefined ? null : (
          <>
            <span class="strong" dir="auto">
              {props.accountName}
            </span>
            <br />
          </>
        )}
        <bdi class={props.accountName === undefined ? 'strong' : 'small muted'}>{props.account}</bdi>
      </span>
      {props.switchHref === undefined ? null : (
        <a class="small press" href={props.switchHref} rel="noreferrer">
          Switch<span class="unseen"> account</span>
        </a>
      )}
    </div>
  )
}

/** What a person has to know before they read on, the strangest first. */
function Warnings(props: ConsentProps) {
  const { client, redirect, signedInAs, before } = props
  return (
    <>
      {signedInAs === undefined ? null : (
        <Note kind="warning">
          <p>
            You came with a sign-in for <strong dir="auto">{props.account}</strong>, but this browser is signed in as{' '}
            <strong dir="auto">{signedInAs.account}</strong>. What you allow here is for{' '}
            <strong dir="auto">{props.account}</strong>.
          </p>
          <p>
            <a id="consent-switch" href={signedInAs.href} rel="noreferrer">
              Continue as <bdi>{signedInAs.account}</bdi> instead
            </a>
          </p>
        </Note>
      )}
      {before?.name === undefined && before?.destination === undefined ? null : (
        <Note kind="warning">
          {before.name === undefined ? null : (
            <p id="name-changed">
              This app has a new name. It was called <strong dir="auto">{before.name}</strong> when you allowed it.
            </p>
          )}
          {before.destination === undefined ? null : (
            <p id="destination-changed">
              This app now sends you to another place. When you allowed it, that was{' '}
              <strong dir="ltr">{before.destination}</strong>; now it is <strong dir="ltr">{redirect.host}</strong>.
            </p>
          )}
        </Note>
      )}
      {redirect.kind === 'loopback' ? (
        <Note kind="warning">
          <p>
            The answer goes to a program on this computer (<bdi>{redirect.host}</bdi>). Any program here could use this
            name. Allow it only if you have just started it yourself.
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
      {client.inDevelopment ? (
        <Note kind="warning">
          <p id="in-development">
            <strong>This app is in development and has not been reviewed.</strong> Only continue if you know its
            developer.
          </p>
        </Note>
      ) : client.verifiedAt === undefined ? (
        <Note kind="warning">
          <p>
            <strong>This app has not been reviewed.</strong> Only continue if you trust its developer.
          </p>
        </Note>
      ) : null}
    </>
  )
}

const groups = [
  { kind: 'see', title: 'It will see' },
  { kind: 'change', title: 'It will be able to change' },
  { kind: 'stay', title: 'It will stay connected' },
] as const satisfies readonly { kind: ScopeKind; title: string }[]

/** What is asked for, by what it lets the app do; what was allowed before is folded where something new stands beside. */
function Permissions(props: ConsentProps) {
  const { before } = props
  const asked = props.scopes.filter((scope) => scope.shown)
  const isKnown = ({ name }: AskedScope) => before?.scope.includes(name) === true
  const fresh = asked.filter((scope) => !isKnown(scope))
  // Where nothing is new there is nothing to set apart: the whole is asked for once more.
  const known = fresh.length === 0 ? [] : asked.filter((scope) => isKnown(scope) && scope.kind !== 'stay')
  const open = fresh.length === 0 ? asked : asked.filter((scope) => !known.includes(scope))
  const isNew = (scope: AskedScope) => before !== undefined && fresh.includes(scope)
  return (
    <>
      {asked.length === 0 ? (
        <p class="part muted">It asks for nothing but to know that you have an account here.</p>
      ) : null}
      {asked.some((scope) => scope.optional) ? (
        <p class="part small muted">Clear the box of anything that you do not want to allow.</p>
      ) : null}
      {before !== undefined && asked.length > 0 && fresh.length === 0 ? (
        <p class="part small muted">You have allowed all of this before.</p>
      ) : null}
      {groups.map(({ kind, title }) => {
        const scopes = open.filter((scope) => scope.kind === kind)
        return scopes.length === 0 ? null : (
          <PermissionGroup kind={kind} title={title}>
            {scopes.map((scope) => (
              <Scope scope={scope} fresh={isNew(scope)} />
            ))}
          </PermissionGroup>
        )
      })}
      {props.ends === undefined ? null : (
        <p class="part small muted" id="access-ends">
          {props.ends.withSession
            ? `Access ends after ${useWords().time.lasting(props.ends.seconds)}, or as soon as you sign out here.`
            : `Access ends after ${useWords().time.lasting(props.ends.seconds)}. Then the app has to send you here again.`}
        </p>
      )}
      {known.length === 0 ? null : (
        <details class="part">
          <summary>
            <OpenIcon />
            <span>
              You already allowed {known.length} {known.length === 1 ? 'thing' : 'things'}
            </span>
          </summary>
          <ul class="scopes">
            {known.map((scope) => (
              <Scope scope={scope} fresh={false} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Scope({ scope, fresh }: { scope: AskedScope; fresh: boolean }) {
  if (!scope.optional) return <Permission scope={scope} fresh={fresh} />
  return (
    <li data-scope={scope.name}>
      <label class="line">
        <input type="checkbox" name="scope" value={scope.name} checked />
        <Meaning scope={scope} fresh={fresh} />
      </label>
    </li>
  )
}

function Destination(props: ConsentProps['redirect']) {
  if (props.kind === 'web')
    return (
      <strong class="host" dir="ltr">
        {props.host}
      </strong>
    )
  return (
    <>
      {props.kind === 'app' ? 'the app on this device' : 'a program on this computer'} (
      <strong class="host" dir="ltr">
        {props.host}
      </strong>
      )
    </>
  )
}
