/** Where one is signed in: the browsers, and the places at which apps act for one, each with a way to end it. */
import type { Child } from 'hono/jsx'
import type { Millis } from '../../lib/clock.ts'
import { agentInWords, placeInWords } from '../../words/user_agent.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { Button, Form, LinkButton } from '../kit/form.tsx'
import { Section, type Viewer } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { PageLinks } from '../kit/page_links.tsx'
import { paths } from '../kit/paths.ts'
import { Day, Minute } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'

export interface BrowserSession {
  readonly id: string
  readonly userAgent: string | null
  readonly signedIn: Millis
  readonly lastSeen: Millis
  /** Where it signed in from, as the activity shows it. */
  readonly address: string | null
  /** Whether it is the one that shows the page. */
  readonly here: boolean
}

export interface AppPlace {
  readonly id: string
  readonly appName: string
  readonly userAgent: string | null
  /** What the app said of the device where one signs in to apps by password; null: it said nothing. */
  readonly device?: string | null
  /** Whether it gave no device information, so that it is among the first to end. */
  readonly endsFirst: boolean
  readonly since: Millis
  readonly lastUsed: Millis
}

export interface AccountDevicesProps {
  readonly csrf: string
  readonly viewer: Viewer
  readonly sessions: readonly BrowserSession[]
  /** How many browsers there are besides. */
  readonly moreSessions?: number
  readonly places: readonly AppPlace[]
  /** Whether there are browsers or places without device information. */
  readonly unknown?: boolean
  /** Which page of the places it is, counted from 1, and whether there is another behind it. */
  readonly page?: number
  readonly more?: boolean
  readonly notice?: string | undefined
}

export const accountDevices = view((props: AccountDevicesProps) => {
  const say = useWords().account
  const { csrf, viewer, notice, sessions, places, page = 1, moreSessions = 0 } = props
  return (
    <AccountPage title={say.devices} heading={say.devices} viewer={viewer} here="devices" notice={notice}>
      <Section id="browsers" heading={say.browsers}>
        <p class="muted">{say.browsersLead}</p>
        <ul class="card entries" id="session-list">
          {sessions.map((session) => (
            <SessionEntry session={session} csrf={csrf} />
          ))}
        </ul>
        {moreSessions === 0 ? null : <p class="hint">{say.otherBrowsers(moreSessions)}</p>}
        {sessions.length < 2 ? null : (
          <Form id="end-others" class="after" secrets={{ csrf }} action={paths.endDevice}>
            <input type="hidden" name="others" value="all" />
            <Button look="plain">{say.signOutOthers}</Button>
          </Form>
        )}
      </Section>
      <Section id="places" heading={say.appPlaces}>
        {places.length === 0 && page === 1 ? (
          <p class="muted">{say.noPlaces}</p>
        ) : (
          <>
            <p class="muted">
              <Say it={say.placesLead} a={(text) => <a href={paths.accountApps}>{text}</a>} />
            </p>
            <ul class="card entries" id="place-list">
              {places.map((place) => (
                <PlaceEntry place={place} csrf={csrf} />
              ))}
            </ul>
            <PageLinks label={say.pagesOfApps} path={paths.accountDevices} page={page} more={props.more ?? false} />
          </>
        )}
        {props.unknown !== true ? null : (
          <Form id="end-unknown" class="after" secrets={{ csrf }} action={paths.endDevice}>
            <input type="hidden" name="unknown" value="all" />
            <Button look="plain">{say.disconnectUnknown}</Button>
          </Form>
        )}
      </Section>
    </AccountPage>
  )
})

function SessionEntry(props: { session: BrowserSession; csrf: string }) {
  const { account: say, kit } = useWords()
  const { session } = props
  const agent = agentInWords(kit, session.userAgent)
  return (
    <li data-session={session.id}>
      <div>
        <strong dir="auto">{agent}</strong> {session.here ? <Tag kind="good">{say.thisBrowser}</Tag> : null}
        <div class="small muted">
          <Say it={say.signedIn} day={<Minute at={session.signedIn} />} />
          {session.address === null ? null : (
            <>
              {' '}
              <Say it={say.from} address={<bdi>{session.address}</bdi>} />
            </>
          )}
        </div>
        <div class="small muted">
          <Say it={say.lastSeen} day={<Minute at={session.lastSeen} />} />
        </div>
      </div>
      {session.here ? (
        <LinkButton href={paths.signOut} look="plain">
          {kit.signOut}
        </LinkButton>
      ) : (
        <EndForm csrf={props.csrf} name="session" id={session.id}>
          <Say it={say.browserSignedIn} browser={agent} day={<Minute at={session.signedIn} />} />
        </EndForm>
      )}
    </li>
  )
}

function PlaceEntry(props: { place: AppPlace; csrf: string }) {
  const { account: say, kit } = useWords()
  const { place } = props
  const agent = placeInWords(kit, place)
  const { appName, endsFirst, userAgent } = place
  return (
    <li data-grant={place.id}>
      <div>
        {endsFirst ? (
          <strong dir="auto">{appName}</strong>
        ) : (
          <Say
            it={say.place}
            app={<strong dir="auto">{appName}</strong>}
            by={(text) => <span class="muted">{text}</span>}
            device={<bdi>{agent}</bdi>}
          />
        )}
        {endsFirst ? <div class="small muted">{kit.unnamedMeans}</div> : null}
        <div class="small muted facts">
          <span>
            <Say it={say.since} since={<Day at={place.since} />} />
          </span>
          <span>
            <Say it={say.used} day={<Minute at={place.lastUsed} />} />
          </span>
          {endsFirst && userAgent !== null ? (
            <span>
              <Say it={say.program} program={<bdi>{agentInWords(kit, userAgent)}</bdi>} />
            </span>
          ) : null}
        </div>
      </div>
      <EndForm csrf={props.csrf} name="grant" id={place.id}>
        {say.placeOf(place.appName, agent)}
      </EndForm>
    </li>
  )
}

/** The button that ends one of them; its children name it for those who do not see where it stands. */
function EndForm(props: { csrf: string; name: 'session' | 'grant'; id: string; children: Child }) {
  const { kit, account: say } = useWords()
  return (
    <Form secrets={{ csrf: props.csrf }} action={paths.endDevice}>
      <input type="hidden" name={props.name} value={props.id} />
      <Button look="plain">
        {props.name === 'session' ? kit.signOut : say.disconnect} <span class="unseen">{props.children}</span>
      </Button>
    </Form>
  )
}
