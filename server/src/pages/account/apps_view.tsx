/** The connected apps, each with the way to a page of its own, and the apps that one is asked to test. */
import type { Millis } from '../../lib/clock.ts'
import type { ScopeKind, ScopeMeaning } from '../../protocol/scope.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { AppCard } from '../kit/app_card.tsx'
import { Button, Form } from '../kit/form.tsx'
import { AppsIcon } from '../kit/icons.tsx'
import type { Viewer } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { PageLinks } from '../kit/page_links.tsx'
import { connectedAppPath, paths } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { view } from '../kit/words.tsx'

export interface ConnectedApp {
  readonly clientId: string
  readonly name: string
  readonly scopes: readonly ScopeMeaning[]
  readonly since: Millis
  readonly lastUsed?: Millis | undefined
  /** Something seen that the person should know of, in a sentence or two. */
  readonly warning?: string | undefined
}

export interface AppInvitation {
  readonly clientId: string
  readonly name: string
  /** Who asks, by username. */
  readonly owner: string | undefined
  readonly state: 'invited' | 'accepted' | 'declined'
}

export interface AccountAppsProps {
  readonly csrf: string
  readonly viewer: Viewer
  readonly apps: readonly ConnectedApp[]
  /** Apps in development that the person was asked to test, or tests. */
  readonly invitations: readonly AppInvitation[]
  /** Which page of the list it is, counted from 1, and whether there is another behind it. */
  readonly page?: number
  readonly more?: boolean
  readonly notice?: string | undefined
}

export const accountApps = view((props: AccountAppsProps) => {
  const { viewer, notice, apps, page = 1 } = props
  return (
    <AccountPage title="Connected apps" heading="Connected apps" viewer={viewer} here="apps" notice={notice}>
      {props.invitations.map((invitation) => (
        <InvitationCard invitation={invitation} csrf={props.csrf} />
      ))}
      {apps.length === 0 && page === 1 ? (
        <NoApp />
      ) : (
        <>
          <p class="muted">Apps that can access your account. Open one to see what it may do, or to remove it.</p>
          <ul class="card entries">
            {apps.map((app) => (
              <ConnectedAppEntry app={app} csrf={props.csrf} />
            ))}
          </ul>
          <PageLinks label="Pages of apps" path={paths.accountApps} page={page} more={props.more ?? false} />
        </>
      )}
    </AccountPage>
  )
})

function InvitationCard(props: { invitation: AppInvitation; csrf: string }) {
  const { clientId, name, owner, state } = props.invitation
  return (
    <article class="card" data-invitation={clientId}>
      <AppCard name={name} title={<strong dir="auto">{name}</strong>}>
        <p class="small muted">
          {state === 'accepted'
            ? 'You are testing this app, which is in development'
            : 'You are invited to test this app'}
          {owner === undefined ? null : (
            <>
              {' '}
              by <bdi>{owner}</bdi>
            </>
          )}
          . The operator of this server has not reviewed it.
        </p>
      </AppCard>
      <Form secrets={{ csrf: props.csrf }} action={paths.invitations}>
        <input type="hidden" name="client_id" value={clientId} />
        <div class="row">
          {state === 'accepted' ? null : (
            <Button name="answer" value="accepted">
              Accept<span class="unseen"> to test {name}</span>
            </Button>
          )}
          <Button name="answer" value="declined" look="plain">
            {state === 'accepted' ? 'Stop testing' : 'Decline'}
            <span class="unseen"> {name}</span>
          </Button>
        </div>
      </Form>
    </article>
  )
}

function ConnectedAppEntry({ app, csrf }: { app: ConnectedApp; csrf: string }) {
  return (
    <li class="leads" data-client-id={app.clientId}>
      <AppCard
        name={app.name}
        act={<RemoveApp app={app} csrf={csrf} />}
        title={
          <a class="strong" dir="auto" href={connectedAppPath(app.clientId)}>
            {app.name}
          </a>
        }
      >
        {app.warning === undefined ? null : (
          <>
            {' '}
            <Tag kind="warn">Check this app</Tag>
          </>
        )}
        <p class="small muted">{inShort(app.scopes)}</p>
        <div class="small muted facts">
          <LastUsed at={app.lastUsed} />
        </div>
      </AppCard>
    </li>
  )
}

/** The permissions that matter most, in a line: what changes something comes first. */
function inShort(scopes: readonly ScopeMeaning[]): string {
  const listed = [...scopes].sort((a, b) => weight[a.kind] - weight[b.kind])
  if (listed.length === 0) return 'Knows that you have an account here'
  const shown = listed.slice(0, 2).map((scope) => scope.sentence)
  return [...shown, ...(listed.length > 2 ? [`${listed.length - 2} more`] : [])].join(' · ')
}

const weight: Readonly<Record<ScopeKind, number>> = { change: 0, see: 1, stay: 2 }

/** Removes an app. Whoever presses the button is asked first. */
export function RemoveApp(props: { app: Pick<ConnectedApp, 'clientId' | 'name'>; csrf: string }) {
  return (
    <Form secrets={{ csrf: props.csrf }} action={paths.removeApp}>
      <input type="hidden" name="client_id" value={props.app.clientId} />
      <Button name="ask" value="first" look="danger">
        Remove <span class="unseen">{props.app.name}</span>
      </Button>
    </Form>
  )
}

export function LastUsed(props: { at: Millis | undefined }) {
  if (props.at === undefined) return <span>not used yet</span>
  return (
    <span>
      last used <Day at={props.at} />
    </span>
  )
}

/** What stands in the place of the list where it is empty. */
export function NoApp() {
  return (
    <div class="card empty">
      <AppsIcon />
      <p class="strong">No app is connected</p>
      <p class="muted">
        When an app asks to use your account and you allow it, it appears here, with what it may do and a way to remove
        it.
      </p>
    </div>
  )
}
