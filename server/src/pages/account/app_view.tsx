/** One connected app: who runs it, what it may do, how it uses that, and the way to remove it. */
import type { Millis } from '../../lib/clock.ts'
import type { ScopeKind, ScopeMeaning } from '../../protocol/scope.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { AppCard } from '../kit/app_card.tsx'
import { AboutApp, type AppFacts, WhoRuns } from '../kit/app_facts.tsx'
import { LinkButton } from '../kit/form.tsx'
import type { Viewer } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { connectedAppPath, paths } from '../kit/paths.ts'
import { Permission, PermissionGroup } from '../kit/permissions.tsx'
import { type Service, Services } from '../kit/services.tsx'
import { Day, Minute } from '../kit/time.tsx'
import { placeInWords } from '../kit/user_agent.ts'
import { useWords, view } from '../kit/words.tsx'

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
  /** Something seen that the person should know of, in a sentence or two. */
  readonly warning?: string | undefined
  /** Where it acts for the person. */
  readonly places: readonly {
    readonly userAgent: string | null
    readonly device?: string | null
    readonly since: Millis
    readonly lastUsed: Millis
  }[]
  /** How many places there are besides. */
  readonly morePlaces?: number
}

const groups = [
  { kind: 'see', title: 'It can see' },
  { kind: 'change', title: 'It can change' },
  { kind: 'stay', title: 'It stays connected' },
] as const satisfies readonly { kind: ScopeKind; title: string }[]

export const accountApp = view((props: AccountAppProps) => {
  const { app, clientId, scopes, warning } = props
  return (
    <AccountPage
      title={`${app.name} · Connected apps`}
      viewer={props.viewer}
      here="apps"
      heading={
        <span id="client-name" dir="auto">
          {app.name}
        </span>
      }
    >
      {warning === undefined ? null : (
        <Note kind="warning">
          <p>{warning}</p>
        </Note>
      )}
      <section class="card parts" aria-label="What it is and what it may do" data-client-id={clientId}>
        <div class="part">
          <AppCard name={app.name} title={<WhoRuns app={app} />} />
        </div>
        <AboutApp app={app} server={props.server} />
        <div class="part">
          <dl class="facts-list">
            <dt>Connected</dt>
            <dd>
              <Day at={props.since} />
            </dd>
            <dt>Last used</dt>
            <dd>{props.lastUsed === undefined ? 'Not yet' : <Minute at={props.lastUsed} />}</dd>
          </dl>
        </div>
        {scopes.length === 0 ? (
          <p class="part muted">It knows that you have an account here, and nothing else.</p>
        ) : null}
        {groups.map(({ kind, title }) => {
          const these = scopes.filter((scope) => scope.kind === kind)
          return these.length === 0 ? null : (
            <PermissionGroup kind={kind} title={title}>
              {these.map((scope) => (
                <Permission scope={scope} />
              ))}
            </PermissionGroup>
          )
        })}
        <Services title="Services it uses" services={props.services} />
      </section>
      <Places {...props} />
      <section aria-labelledby="remove">
        <h2 id="remove">Remove this app</h2>
        <div class="card danger-zone">
          <p class="muted">
            It loses access to your account at once, on every device. What it has copied already stays with it.
          </p>
          <LinkButton href={connectedAppPath(clientId, 'remove')} look="danger">
            Remove <bdi>{app.name}</bdi>
          </LinkButton>
        </div>
      </section>
    </AccountPage>
  )
})

function Places({ places, morePlaces = 0 }: AccountAppProps) {
  if (places.length === 0) return null
  return (
    <section aria-labelledby="places">
      <h2 id="places">Devices</h2>
      <ul class="card entries" id="place-list">
        {places.map((place) => (
          <li>
            <div>
              <bdi class="strong">{placeInWords(useWords().kit, place)}</bdi>
              <div class="small muted facts">
                <span>
                  since <Day at={place.since} />
                </span>
                <span>
                  last used <Minute at={place.lastUsed} />
                </span>
              </div>
            </div>
          </li>
        ))}
      </ul>
      <p class="hint">
        {morePlaces === 0 ? '' : `And ${morePlaces} more. `}
        You can disconnect a single one under <a href={paths.accountDevices}>Devices</a>.
      </p>
    </section>
  )
}
