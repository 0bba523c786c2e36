/** The way through a list that is too long for one page. */
import { useWords } from './words.tsx'

export function PageLinks(props: { label: string; path: string; page: number; more: boolean }) {
  const say = useWords().kit
  const { label, path, page, more } = props
  if (page === 1 && !more) return null
  return (
    <nav class="more" aria-label={label}>
      {page === 1 ? (
        <span />
      ) : (
        <a href={page === 2 ? path : `${path}?page=${page - 1}`} rel="prev">
          {say.previous}
        </a>
      )}
      {more ? (
        <a href={`${path}?page=${page + 1}`} rel="next">
          {say.next}
        </a>
      ) : null}
    </nav>
  )
}
