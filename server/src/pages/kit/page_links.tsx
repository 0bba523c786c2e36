/** The way through a list that is too long for one page. */

export function PageLinks(props: { label: string; path: string; page: number; more: boolean }) {
  const { label, path, page, more } = props
  if (page === 1 && !more) return null
  return (
    <nav class="more" aria-label={label}>
      {page === 1 ? (
        <span />
      ) : (
        <a href={page === 2 ? path : `${path}?page=${page - 1}`} rel="prev">
          Previous
        </a>
      )}
      {more ? (
        <a href={`${path}?page=${page + 1}`} rel="next">
          Next
        </a>
      ) : null}
    </nav>
  )
}
