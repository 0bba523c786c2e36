/** The connected apps, each with the way to a page of its own, and the apps that one is asked to test. */
import type { AppEnd, EndedApp } from '../../../engine/account/apps/ended_apps.ts'
import type { Millis } from '../../../lib/clock.ts'
import type { ScopeKind, ScopeMeaning } from '../../../protocol/scope.ts'
import type { Words } from '../../../words/index.ts'
import { AccountPage } from '../../kit/account_page.tsx'
import { AppCard } from '../../kit/app_card.tsx'
import { Button, Form, LinkButton } from '../../kit/form.tsx'
import { AppsIcon } from '../../kit/icons.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { Tag } from '../../kit/note.tsx'
import { PageLinks } from '../../kit/page_links.tsx'
import { connectedAppPath, paths } from '../../kit/paths.ts'
import { scopeInWords } from '../../kit/permissions.tsx'
import { Day } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'

import { Ended, EndedApps } from './ended_apps.tsx'

export interface ConnectedApp {
  readonly clientId: string
  readonly name: string
  readonly scopes: readonly ScopeMeaning[]
  readonly since: Millis
  readonly lastUsed?: Millis | undefined
  /** How its last authorization was over, where it has none now. */
  readonly lastEnd?: AppEnd | undefined
  /** Whether the operator has switched it off. */
  readonly disabled?: boolean
  /** Where one begins to sign in to it. */
  readonly opens?: string | undefined
  /** How many networks it was used from at the same time, where that is more than one. */
  readonly networks?: number | undefined
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
  /** Apps that had access lately and have none any more, and for how many days that is told. */
  readonly ended?: readonly EndedApp[]
  readonly toldFor?: number
  readonly notice?: string | undefined
}

export const accountApps = view((props: AccountAppsProps) => {
  const words = useWords()
  const say = words.account
  const { viewer, notice, apps, page = 1 } = props
  return (
    <AccountPage title={say.connectedApps} heading={say.connectedApps} viewer={viewer} here="apps" notice={notice}>
      {props.invitations.map((invitation) => (
        <InvitationCard invitation={invitation} csrf={props.csrf} />
      ))}
      {apps.length === 0 && page === 1 ? (
        <NoApp />
      ) : (
        <>
          <p class="muted">{say.appsLead}</p>
          <ul class="card entries">
            {apps.map((app) => (
              <ConnectedAppEntry app={app} csrf={props.csrf} />
            ))}
          </ul>
          <PageLinks label={say.pagesOfApps} path={paths.accountApps} page={page} more={props.more ?? false} />
        </>
      )}
      <p class="small after">
        <a href={paths.accountConsents}>{words.receipts.link}</a>
      </p>
      {page === 1 ? <EndedApps apps={props.ended ?? []} days={props.toldFor ?? 0} /> : null}
    </AccountPage>
  )
})

function InvitationCard(props: { invitation: AppInvitation; csrf: string }) {
  const say = useWords().account
  const { clientId, name, owner, state } = props.invitation
  return (
    <article class="card" data-invitation={clientId}>
      <AppCard name={name} title={<strong dir="auto">{name}</strong>}>
        <p class="small muted">
          {owner === undefined ? (
            <Say it={state === 'accepted' ? say.testing : say.invited} />
          ) : (
            <Say it={state === 'accepted' ? say.testingOf : say.invitedBy} owner={<bdi>{owner}</bdi>} />
          )}
        </p>
      </AppCard>
      <Form secrets={{ csrf: props.csrf }} action={paths.invitations}>
        <input type="hidden" name="client_id" value={clientId} />
        <div class="row">
          {state === 'accepted' ? null : (
            <Button name="answer" value="accepted">
              {say.accept}
              <span class="unseen">{say.toTest(name)}</span>
            </Button>
          )}
          <Button name="answer" value="declined" look="plain">
            {state === 'accepted' ? say.stopTesting : say.decline}
            <span class="unseen"> {name}</span>
          </Button>
        </div>
      </Form>
    </article>
  )
}

function ConnectedAppEntry({ app, csrf }: { app: ConnectedApp; csrf: string }) {
  const words = useWords()
  const say = words.account
  return (
    <li class="leads" data-client-id={app.clientId}>
      <AppCard
        name={app.name}
        act={
          <>
            <OpenApp app={app} />
            <RemoveApp app={app} csrf={csrf} />
          </>
        }
        title={
          <a class="strong" dir="auto" href={connectedAppPath(app.clientId)}>
            {app.name}
          </a>
        }
      >
        {app.networks === undefined ? null : (
          <>
            {' '}
            <Tag kind="warn">{say.checkApp}</Tag>
          </>
        )}
        <p class="small muted">{inShort(words, app.scopes)}</p>
        <Standing app={app} />
      </AppCard>
    </li>
  )
}

/** The permissions that matter most, in a line: what changes something comes first. */
function inShort(words: Words, scopes: readonly ScopeMeaning[]): string {
  const say = words.account
  const listed = [...scopes].sort((a, b) => weight[a.kind] - weight[b.kind])
  if (listed.length === 0) return say.knowsYou
  const shown = listed.slice(0, 2).map((scope) => scopeInWords(words, scope).sentence)
  return [...shown, ...(listed.length > 2 ? [say.more(listed.length - 2)] : [])].join(' · ')
}

const weight: Readonly<Record<ScopeKind, number>> = { change: 0, see: 1, stay: 2 }

/** The way to an app that says where one begins to sign in to it. */
export function OpenApp({ app }: { app: Pick<ConnectedApp, 'name' | 'opens'> }) {
  const say = useWords().account
  if (app.opens === undefined) return null
  return (
    <LinkButton href={app.opens} look="plain">
      <Say it={say.open} app={<span class="unseen"> {app.name}</span>} />
    </LinkButton>
  )
}

/** Removes an app. Whoever presses the button is asked first. */
export function RemoveApp(props: { app: Pick<ConnectedApp, 'clientId' | 'name'>; csrf: string }) {
  const say = useWords().account
  return (
    <Form secrets={{ csrf: props.csrf }} action={paths.removeApp}>
      <input type="hidden" name="client_id" value={props.app.clientId} />
      <Button name="ask" value="first" look="danger">
        <Say it={say.remove} app={<span class="unseen"> {props.app.name}</span>} />
      </Button>
    </Form>
  )
}

/** That the operator has switched an app off. */
export function SwitchedOff() {
  const say = useWords().account
  return (
    <p class="small" data-disabled="yes">
      <Tag kind="warn">{say.switchedOff}</Tag> {say.switchedOffMeans}
    </p>
  )
}

/** How an app stands: when it was used last, or how its access was over, and whether it can be used at all. */
export function Standing({ app }: { app: Pick<ConnectedApp, 'lastUsed' | 'lastEnd' | 'disabled'> }) {
  return (
    <>
      {app.lastEnd === undefined ? (
        <div class="small muted facts">
          <LastUsed at={app.lastUsed} />
        </div>
      ) : (
        <Ended end={app.lastEnd} />
      )}
      {app.disabled ? <SwitchedOff /> : null}
    </>
  )
}

function LastUsed(props: { at: Millis | undefined }) {
  const say = useWords().account
  if (props.at === undefined) return <span>{say.notUsed}</span>
  return (
    <span>
      <Say it={say.used} day={<Day at={props.at} />} />
    </span>
  )
}

/** What stands in the place of the list where it is empty. */
export function NoApp() {
  const say = useWords().account
  return (
    <div class="card empty">
      <AppsIcon />
      <p class="strong">{say.noApp}</p>
      <p class="muted">{say.noAppHint}</p>
    </div>
  )
}
