/** The frame of the pages of those who run the server, with the way from each to the others. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { may, type Right } from '../../../engine/operator/ranks.ts'
import type { Viewer } from '../layout.tsx'
import { paths } from '../paths.ts'
import { SectionPage } from '../section_page.tsx'
import { useWords } from '../words.tsx'

/** The pages that there are, in the order of the ways to them, and what it takes to see each. */
const places = [
  { name: 'home', href: paths.console, right: 'read' },
  { name: 'people', href: paths.consolePeople, right: 'read' },
  { name: 'apps', href: paths.consoleApps, right: 'read' },
  { name: 'accessRequests', href: paths.accessRequests, right: 'apps' },
  { name: 'apis', href: paths.consoleApis, right: 'read' },
  { name: 'providers', href: paths.consoleProviders, right: 'read' },
  { name: 'protocols', href: paths.protocols, right: 'read' },
  { name: 'webhooks', href: paths.consoleWebhooks, right: 'run_server' },
  { name: 'audit', href: paths.audit, right: 'read' },
  { name: 'keys', href: paths.signingKeys, right: 'read' },
  { name: 'jobs', href: paths.jobs, right: 'read' },
  { name: 'usage', href: paths.usage, right: 'read' },
  { name: 'health', href: paths.health, right: 'read' },
  { name: 'settings', href: paths.consoleSettings, right: 'read' },
] as const satisfies readonly { readonly name: string; readonly href: string; readonly right: Right }[]

interface ConsolePageProps {
  readonly title: string
  readonly heading: Child
  readonly viewer: Viewer
  readonly here: (typeof places)[number]['name']
  /** True for a page below that place, which has a way up to it. */
  readonly below?: boolean
  /** A line below the heading. */
  readonly about?: Child
  /** A button beside the heading. */
  readonly act?: Child
  /** True where lines of text are kept short; else the page has the width of a table. */
  readonly reading?: boolean
  /** True where the page is shown again because something was not taken. */
  readonly failed?: boolean | undefined
  /** Said once after something was done. */
  readonly notice?: string | undefined
  readonly children: Child
}

export function ConsolePage(props: ConsolePageProps): JSX.Element {
  const { kit, consolePlaces } = useWords()
  const shown = places.filter(({ right }) => may(props.viewer.role, right))
  return (
    <SectionPage
      title={props.title}
      viewer={props.viewer}
      section="console"
      label={kit.console}
      places={shown.map(({ name, href }) => ({ href, text: consolePlaces[name], here: name === props.here }))}
      below={props.below}
      heading={props.heading}
      about={props.about}
      act={props.act}
      wide
      failed={props.failed}
      notice={props.notice}
    >
      {props.reading === true ? <div class="lines-short">{props.children}</div> : props.children}
    </SectionPage>
  )
}
