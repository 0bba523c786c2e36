/**
 * /login/address: after a sign-in, tells whose address takes no mail (its mail server has refused it for good) that it is so,
 * once a sign-in. What they came for goes on either way.
 */
import { sendPage } from '../../http/browser/page_headers.ts'
import { ownPath } from '../../http/browser/paths.ts'
import { justSignedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { openInteraction } from '../sign_in/interaction.ts'
import { onwardPath } from '../sign_in/outdated_password.ts'
import { goTo, readQuery } from '../visit.ts'
import { refusedAddress } from './refused_address_view.tsx'

export const refusedAddressPage = page({
  path: paths.refusedAddress,
  guard: justSignedIn,
  logged: 'sign_in',
  get: async (visit) => {
    const query = readQuery(visit)
    const open = await openInteraction(visit, query.get('request'))
    const laterHref = onwardPath(open?.sealed, ownPath(query.get('next')))
    const { email, emailRefusedAt } = visit.by.account
    if (email === null || emailRefusedAt === null) return goTo(visit, laterHref)
    const html = refusedAddress({ email, clientName: open?.client.name, laterHref })
    return sendPage(visit.reply, 200, html, { endsAtApp: open !== undefined })
  },
})
