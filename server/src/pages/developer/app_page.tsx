/** The frame of the pages about one app: its name, the ways between them, and what was just done. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Viewer } from '../kit/layout.tsx'
import {
  appPath,
  legacyClientsPath,
  peoplePath,
  redirectUrisPath,
  requestLogPath,
  secretsPath,
  settingsPath,
  testersPath,
  webhooksPath,
} from '../kit/paths.ts'
import { SectionPage } from '../kit/section_page.tsx'
import { Trail } from '../kit/trail.tsx'
import { useWords } from '../kit/words.tsx'

export interface AppPageProps {
  readonly viewer: Viewer
  readonly app: { readonly clientId: string; readonly name: string }
  /** Whether the page for legacy clients is one of the ways: where a legacy protocol is open, or the app is set for one. */
  readonly legacy?: boolean | undefined
  /** Said once after something was done. */
  readonly notice?: string | undefined
}

const places = [
  { name: 'overview', path: appPath },
  { name: 'requests', path: requestLogPath },
  { name: 'secrets', path: secretsPath },
  { name: 'redirect-uris', path: redirectUrisPath },
  { name: 'settings', path: settingsPath },
  { name: 'people', path: peoplePath },
  { name: 'testers', path: testersPath },
  { name: 'webhooks', path: webhooksPath },
  { name: 'older', path: legacyClientsPath },
] as const

interface AppFrameProps extends AppPageProps {
  readonly here: (typeof places)[number]['name']
  readonly heading: string
  /** The heading with its markup, where it is more than plain text. */
  readonly headline?: Child
  readonly about?: Child
  readonly act?: Child
  readonly wide?: boolean
  /** True where the page is shown again because something was not taken. */
  readonly failed?: boolean
  readonly children: Child
}

export function AppPage(props: AppFrameProps): JSX.Element {
  const say = useWords().app
  const { app } = props
  return (
    <SectionPage
      title={`${props.heading} · ${app.name}`}
      viewer={props.viewer}
      section="developer"
      label={say.thisApp}
      places={places
        .filter(({ name }) => name !== 'older' || props.legacy === true || props.here === 'older')
        .map(({ name, path }) => ({ href: path(app.clientId), text: say.places[name], here: name === props.here }))}
      trail={<Trail here={app.name} />}
      heading={props.headline ?? props.heading}
      about={props.about}
      act={props.act}
      wide={props.wide === true}
      failed={props.failed}
      notice={props.notice}
    >
      {props.children}
    </SectionPage>
  )
}
