/** The frame of the pages about one's own account, with the way from each to the others. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Viewer } from './layout.tsx'
import { Note } from './note.tsx'
import { paths } from './paths.ts'
import { SectionPage } from './section_page.tsx'
import { Say, useWords } from './words.tsx'

const places = [
  { name: 'overview', href: paths.account },
  { name: 'profile', href: paths.accountProfile },
  { name: 'email', href: paths.accountEmail },
  { name: 'apps', href: paths.accountApps },
  { name: 'devices', href: paths.accountDevices },
  { name: 'security', href: paths.accountSecurity },
  { name: 'activity', href: paths.accountActivity },
  { name: 'data', href: paths.accountData },
] as const

interface AccountPageProps {
  readonly title: string
  readonly heading: Child
  readonly viewer: Viewer
  readonly here: (typeof places)[number]['name']
  /** True for a page below that place, which has a way up to it. */
  readonly below?: boolean
  /** True where the page is shown again because something was not taken. */
  readonly failed?: boolean | undefined
  /** Said once after something was done. */
  readonly notice?: string | undefined
  readonly children: Child
}

export function AccountPage(props: AccountPageProps): JSX.Element {
  const say = useWords().kit
  // Without a data API there is no data.
  const shown = places.filter(({ name }) => name !== 'data' || say.apiReference !== undefined)
  return (
    <SectionPage
      title={props.title}
      viewer={props.viewer}
      section="account"
      label={say.account}
      places={shown.map(({ name, href }) => ({ href, text: say.accountPlaces[name], here: name === props.here }))}
      below={props.below}
      heading={props.heading}
      failed={props.failed}
      notice={props.notice}
    >
      {props.children}
    </SectionPage>
  )
}

/** The way to a sign-in that counts as recent, and back to the page of `next`. */
export function SignInFirst({ next }: { next: string }): JSX.Element {
  const href = `${paths.signIn}?next=${encodeURIComponent(next)}`
  return <Say it={useWords().security.signInFirst} a={(text) => <a href={href}>{text}</a>} />
}

/**
 * That a change on the page `next` needs a sign-in that counts as recent; as an alert of what was not done where one was just
 * refused for that.
 */
export function RecentFirst({ next, notDone }: { next: string; notDone: string | undefined }): JSX.Element {
  const first = <SignInFirst next={next} />
  return notDone === undefined ? <p class="small">{first}</p> : <Refused what={notDone} then={first} />
}

/** What was not done, and what to do now. */
export function Refused({ what, then }: { what: string; then: Child }): JSX.Element {
  return (
    <Note kind="bad">
      <p>
        <strong>{what}</strong> {then}
      </p>
    </Note>
  )
}
