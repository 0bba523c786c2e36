/** /language/TAG: remembers in this browser in which language somebody who is not signed in reads, and goes back. */
import { setLanguage } from '../../http/browser/cookies.ts'
import { languagePath, ownPlace } from '../../http/browser/paths.ts'
import { isOffered } from '../../http/browser/words.ts'
import { unasked } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, PageProblem, partOfPath, readQuery } from '../visit.ts'

export const languagePage = page({
  path: `${languagePath}/:tag`,
  guard: unasked,
  head: false,
  get: (visit) => {
    const { context, request, reply } = visit
    const tag = partOfPath(visit, 'tag')
    if (!isOffered(tag)) throw new PageProblem('not_found')
    // Another site may lead here, but not choose.
    const site = request.headers['sec-fetch-site']
    if (site === undefined || site === 'same-origin' || site === 'none') setLanguage(context, reply, tag)
    return goTo(visit, ownPlace(readQuery(visit).get('back'), context.settings.issuer) ?? paths.start)
  },
})
