/** Where a page stands in larger lists: the ways up, above everything else. */
import { paths } from './paths.ts'

interface TrailStep {
  readonly href: string
  readonly text: string
}

/** From the apps of a developer down; `here` is what the page is about, where its heading says something else. */
export function Trail({ steps = [], here }: { steps?: readonly TrailStep[]; here?: string | undefined }) {
  const ways = [{ href: paths.developer, text: 'Your apps' }, ...steps]
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
