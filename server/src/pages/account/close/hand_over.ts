/** Handing an app to another account: the offer, on the page that closes one's own, and the page that accepts it. */
import { z } from 'zod'
import { isRecent } from '../../../engine/account/sessions.ts'
import { findOwnApp, mayDelete } from '../../../engine/developer/developer_apps.ts'
import { findOffer, offerApp, takeOver } from '../../../engine/developer/hand_over.ts'
import { confirm } from '../../confirm_view.tsx'
import { showOnce, takeFlash } from '../../flash.ts'
import { further, leaving, signedIn } from '../../guards.ts'
import { appPath, paths, takeOverPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, PageProblem, partOfPath, type SignedIn, secrets } from '../../visit.ts'
import type { HandOver } from './close_view.tsx'
import { showClose } from './show_close.ts'

const shape = z.object({ clientId: z.string(), username: z.string(), link: z.string() })

/** The offer that was just made, with the address to send; undefined where none was. */
export async function offerMade(visit: SignedIn): Promise<HandOver | undefined> {
  const made = await takeFlash(visit, paths.closeAccount, shape)
  if (made === undefined) return undefined
  const { clientId, username, link } = made
  return { clientId, username, href: `${visit.context.settings.issuer}${takeOverPath(link)}` }
}

/** Whoever an app is offered to by the link in the address. */
const offered = further(signedIn, async (visit) => {
  const link = partOfPath(visit, 'link')
  const offer = await findOffer(visit.context, visit.by.account, link)
  if (offer === undefined) throw new PageProblem('not_found')
  return { link, offer }
})

export const handOverPages = [
  page({
    path: paths.handOver,
    guard: leaving,
    post: async (visit) => {
      const { context, by, form, live } = visit
      const client = await findOwnApp(context, by.account, form.get('client_id') ?? '')
      if (client === undefined || !mayDelete(by.account, client)) throw new PageProblem('not_found')
      if (!isRecent(context, live)) return showClose(visit, 403, { problem: 'not_done' })
      const username = form.get('username') ?? ''
      const made = await offerApp(context, by, client, username)
      if (made.problem === undefined) return showOnce(visit, paths.closeAccount, { ...made, clientId: client.id })
      return showClose(visit, 400, { handOver: { clientId: client.id, username, problem: made.problem } })
    },
  }),

  page({
    path: `${paths.takeOver}/:link`,
    guard: offered,
    get: ({ words, link, offer, ...visit }) =>
      confirm({
        ...secrets({ words, ...visit }),
        id: 'take-over',
        ...words.close.takeOver,
        heading: words.close.takeOver.heading(offer.owner),
        name: offer.client.name,
        action: takeOverPath(link),
        backHref: paths.account,
      }),
    post: async (visit) => {
      const outcome = await takeOver(visit.context, visit.live, visit.link, visit.by.caller)
      if (outcome === 'gone') throw new PageProblem('not_found')
      if (outcome === 'full') throw new PageProblem('not_allowed')
      return goTo(visit, outcome === 'session_over' ? takeOverPath(visit.link) : appPath(outcome.taken))
    },
  }),
]
