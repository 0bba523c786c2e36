/** Where a page stands in larger lists: the ways up, above everything else. */
import { paths } from './paths.ts'
import { useWords } from './words.tsx'

interface TrailStep {
  readonly href: string
  readonly text: string
}

/** From the apps of a developer down; `here` is what the page is about, where its heading says something else. */
export function Trail({ steps = [], here }: { steps?: readonly TrailStep[]; here?: string | undefined }) {
  const say = useWords().kit
  const ways = [{ href: paths.developer, text: say.yourApps }, ...steps]
  return (
    <p class="trail small muted">
      {ways.map(({ href, text }, at) => (
        <>
          {at === 0 ? null : ' / '}
          <a href={href}>{text}</a>
        </>
      ))}
      {here === undefined ? null : (
        <>
          {' / '}
          <bdi class="strong">{here}</bdi>
        </>
      )}
    </p>
  )
}
