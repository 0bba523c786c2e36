/** Lists that are read page by page, by the keys of their items. */

/** Which page of a list: the first, or the one beside a place that the list itself has named. */
export interface ListAsk {
  /** How many items a page has at most. */
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string | undefined
  /** `previous` of the page after. */
  readonly before?: string | undefined
}

/**
 * A page of a list. What comes into the list or leaves it meanwhile moves nothing else from one page to another. A page may
 * have fewer items than asked for, or none, and still a `next`: what is looked through for one page is limited.
 */
export interface ListPage<T> {
  readonly items: readonly T[]
  /** The place after the last item; undefined at the end of the list. */
  readonly next?: string | undefined
  /** The place before the first item; undefined at its beginning. */
  readonly previous?: string | undefined
}
