/** The frame of pages that belong together, such as those of one account: the ways between them, heading, notice. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { type Viewer, WidePage } from './layout.tsx'
import { Outcome } from './note.tsx'
import { useWords } from './words.tsx'

export interface SectionPlace {
  readonly href: string
  readonly text: string
  readonly here: boolean
}

interface SectionPageProps {
  readonly title: string
  readonly viewer: Viewer
  readonly section: 'account' | 'developer' | 'console'
  /** What the places have in common, for those who hear the page. */
  readonly label: string
  readonly places: readonly SectionPlace[]
  /** Where in a larger list the section stands, above its places. */
  readonly trail?: Child
  /** True for a page below the place that it is shown under, which has a way up to it. */
  readonly below?: boolean | undefined
  readonly heading: Child
  /** A line below the heading. */
  readonly about?: Child
  /** A button beside the heading. */
  readonly act?: Child
  /** True where the page is a table that needs the width. */
  readonly wide?: boolean
  /** True where the page is shown again because something was not taken. */
  readonly failed?: boolean | undefined
  /** Said once after something was done. */
  readonly notice?: string | undefined
  readonly children: Child
}

export function SectionPage(props: SectionPageProps): JSX.Element {
  const say = useWords().kit
  return (
    <WidePage
      title={props.failed ? say.problemTitle(props.title) : props.title}
      viewer={props.viewer}
      here={props.section}
      reading={props.wide !== true}
    >
      {props.trail}
      <nav class={props.section === 'console' ? 'places console' : 'places'} aria-label={props.label}>
        {props.places.map(({ href, text, here }) => (
          <a href={href} aria-current={here ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      {props.below === true ? <Up to={props.places.find(({ here }) => here)} /> : null}
      <div class="heading">
        <div>
          <h1>{props.heading}</h1>
          {props.about === undefined ? null : <p class="small muted">{props.about}</p>}
        </div>
        {props.act}
      </div>
      <Outcome notice={props.notice} />
      {props.children}
    </WidePage>
  )
}

/** The way up from a page to the place that it is below. */
function Up({ to: place }: { to: SectionPlace | undefined }) {
  if (place === undefined) return null
  return (
    <p class="up">
      <a href={place.href}>
        <span class="onward" aria-hidden="true">
          ←
        </span>{' '}
        {place.text}
      </a>
    </p>
  )
}
