/** How the lists of the console are asked for: filters, the beginning of a name, and a place in the list. */

import type { ListAsk, ListPage } from '../../../engine/operator/person.ts'
import type { Form } from '../../../lib/form.ts'
import type { ListWays } from '../../kit/console/listing.tsx'
import { PageProblem } from '../../visit.ts'

const pageSize = 50
const longestBeginning = 320

/** A filter of the query, if it is there; throws PageProblem if it is not one of the choices. */
export function readChoice<Choice extends string>(
  query: Form,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = query.get(name) ?? ''
  if (value === '') return undefined
  const choice = choices.find((one) => one === value)
  if (choice === undefined) throw new PageProblem('request_unclear')
  return choice
}

/** What is looked for by its beginning (`q`), as names are written; undefined for everything. Throws PageProblem. */
export function readBeginning(query: Form): string | undefined {
  const beginning = (query.get('q') ?? '').normalize('NFKC').trim()
  if (beginning.length > longestBeginning) throw new PageProblem('request_unclear')
  return beginning === '' ? undefined : beginning
}

/** Which page of the list is asked for. Throws PageProblem where it is asked for from both ends. */
export function readAsk(query: Form): ListAsk {
  const [after, before] = [query.get('after'), query.get('before')]
  if (after !== undefined && before !== undefined) throw new PageProblem('request_unclear')
  return { limit: pageSize, after, before }
}

/** Throws PageProblem if the list does not have the place that was asked for. */
export function requirePage<T>(page: ListPage<T> | undefined): ListPage<T> {
  if (page === undefined) throw new PageProblem('request_unclear')
  return page
}

/** The ways through a list at `path`, with the filters that it was asked with. */
export function waysThrough(
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
  { next, previous }: ListPage<unknown>,
): ListWays {
  const href = (more: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams(more)
    for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value)
    return query.size === 0 ? path : `${path}?${query}`
  }
  return {
    first: href({}),
    ...(previous === undefined ? {} : { previous: href({ before: previous }) }),
    ...(next === undefined ? {} : { next: href({ after: next }) }),
  }
}
