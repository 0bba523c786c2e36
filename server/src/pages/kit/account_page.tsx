/** The frame of the pages about one's own account, with the way from each to the others. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { type Viewer, WidePage } from './layout.tsx'
import { Note } from './note.tsx'
import { paths } from './paths.ts'

const places = [
  { name: 'profile', href: paths.account, text: 'Profile' },
  { name: 'apps', href: paths.accountApps, text: 'Connected apps' },
  { name: 'devices', href: paths.accountDevices, text: 'Devices' },
  { name: 'security', href: paths.accountSecurity, text: 'Security' },
] as const

interface AccountPageProps {
  readonly title: string
  readonly heading: string
  readonly viewer: Viewer
  readonly here: (typeof places)[number]['name']
  /** Said once after something was done. */
  readonly notice?: string | undefined
  readonly children: Child
}

export function AccountPage(props: AccountPageProps): JSX.Element {
  return (
    <WidePage title={props.title} viewer={props.viewer} here="account" reading>
      <nav class="places" aria-label="Account">
        {places.map(({ name, href, text }) => (
          <a href={href} aria-current={name === props.here ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <h1>{props.heading}</h1>
      {props.notice === undefined ? null : (
        <Note kind="good">
          <p>{props.notice}</p>
        </Note>
      )}
      {props.children}
    </WidePage>
  )
}
