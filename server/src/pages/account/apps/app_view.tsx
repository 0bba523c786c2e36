/** One connected app: who runs it, what it may do, how it uses that, and the way to remove it. */

import type { AppEnd } from '../../../engine/account/apps/ended_apps.ts'
import type { Millis } from '../../../lib/clock.ts'
import type { ScopeKind, ScopeMeaning } from '../../../protocol/scope.ts'
import { placeInWords } from '../../../words/user_agent.ts'
import { AccountPage } from '../../kit/account_page.tsx'
import { AppCard } from '../../kit/app_card.tsx'
import { AboutApp, type AppFacts, WhoRuns } from '../../kit/app_facts.tsx'
import { LinkButton } from '../../kit/form.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { connectedAppPath, paths } from '../../kit/paths.ts'
import { Permission, PermissionGroup } from '../../kit/permissions.tsx'
import { type Service, Services } from '../../kit/services.tsx'
import { Day, Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'

import { AppUses, type DayOfUse } from './app_uses.tsx'
import { OpenApp, SwitchedOff } from './apps_view.tsx'
import { Ended } from './ended_apps.tsx'

export interface AccountAppProps {
  readonly viewer: Viewer
  /** The name of this server: the host of its issuer. */
  readonly server: string
  readonly clientId: string
  readonly app: AppFacts
  readonly scopes: readonly ScopeMeaning[]
  /** The APIs of others at which it may use them. */
  readonly services: readonly Service[]
  readonly since: Millis
  readonly lastUsed?: Millis | undefined
  /** How many networks it was used from at the same time, where that is more than one. */
  readonly networks?: number | undefined
  /** How its last authorization was over, where it has none now. */
  readonly lastEnd?: AppEnd | undefined
  /** Whether the operator has switched it off. */
  readonly disabled?: boolean
  /** Where one begins to sign in to it. */
  readonly opens?: string | undefined
  /** What it did lately; undefined where there is nothing here that it could do. */
  readonly uses?: readonly DayOfUse[] | undefined
  /** Where it acts for the person. */
  readonly places: readonly {
    readonly userAgent: string | null
    readonly device?: string | null
    readonly endsFirst: boolean
    readonly since: Millis
    readonly lastUsed: Millis
  }[]
  /** How many places there are besides. */
  readonly morePlaces?: number
}

const kinds = ['see', 'change', 'stay'] as const satisfies readonly ScopeKind[]

export const accountApp = view((props: AccountAppProps) => {
  const { account: say, receipts } = useWords()
  const { app, clientId, scopes, networks } = props
  return (
    <AccountPage
      title={say.appTitle(app.name)}
      viewer={props.viewer}
      here="apps"
      below
      heading={
        <span id="client-name" dir="auto">
          {app.name}
        </span>
      }
    >
      {networks === undefined ? null : (
        <Note kind="warning">
          <p>{say.copied(networks)}</p>
        </Note>
      )}
      <section class="card parts" aria-label={say.appFacts} data-client-id={clientId}>
        <div class="part">
          <AppCard
            name={app.name}
            act={props.opens === undefined ? undefined : <OpenApp app={{ name: app.name, opens: props.opens }} />}
            title={<WhoRuns app={app} />}
          />
        </div>
        <AboutApp app={app} server={props.server} />
        <div class="part">
          <dl class="facts-list">
            <Fact name={say.connected}>
              <Day at={props.since} />
            </Fact>
            {props.lastEnd === undefined ? (
              <Fact name={say.lastUsed}>
                {props.lastUsed === undefined ? say.notYet : <Minute at={props.lastUsed} />}
              </Fact>
            ) : null}
          </dl>
          {props.disabled ? <SwitchedOff /> : null}
          {props.lastEnd === undefined ? null : <Ended end={props.lastEnd} />}
          <p class="small">
            <a href={paths.accountConsents}>{receipts.link}</a>
          </p>
        </div>
        {scopes.length === 0 ? <p class="part muted">{say.knowsOnly}</p> : null}
        {kinds.map((kind) => {
          const these = scopes.filter((scope) => scope.kind === kind)
          return these.length === 0 ? null : (
            <PermissionGroup kind={kind} title={say.kinds[kind]}>
              {these.map((scope) => (
                <Permission scope={scope} />
              ))}
            </PermissionGroup>
          )
        })}
        <Services title={say.services} services={props.services} />
      </section>
      {props.uses === undefined ? null : <AppUses uses={props.uses} />}
      <Places {...props} />
      <Section id="remove" heading={say.removeApp}>
        <div class="card danger-zone">
          <p class="muted">{say.removalMeans}</p>
          <LinkButton href={connectedAppPath(clientId, 'remove')} look="danger">
            <Say it={say.removeNamed} app={<bdi>{app.name}</bdi>} />
          </LinkButton>
        </div>
      </Section>
    </AccountPage>
  )
})

function Places({ places, morePlaces = 0 }: AccountAppProps) {
  const { account: say, kit } = useWords()
  if (places.length === 0) return null
  return (
    <Section id="places" heading={kit.accountPlaces.devices}>
      <ul class="card entries" id="place-list">
        {places.map((place) => (
          <li>
            <div>
              {place.endsFirst ? (
                <span class="muted">{kit.unnamedMeans}</span>
              ) : (
                <bdi class="strong">{placeInWords(kit, place)}</bdi>
              )}
              <div class="small muted facts">
                <span>
                  <Say it={say.since} since={<Day at={place.since} />} />
                </span>
                <span>
                  <Say it={say.used} day={<Minute at={place.lastUsed} />} />
                </span>
              </div>
            </div>
          </li>
        ))}
      </ul>
      <p class="hint">
        {morePlaces === 0 ? '' : say.andMore(morePlaces)}
        <Say it={say.disconnectOne} a={(text) => <a href={paths.accountDevices}>{text}</a>} />
      </p>
    </Section>
  )
}
