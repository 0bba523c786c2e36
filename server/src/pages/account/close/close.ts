/** /account/close: closing one's account, and the page that says that it is closed and how it is taken back. */
import { closeAccount } from '../../../engine/developer/close_account.ts'
import { setSession } from '../../../http/browser/cookies.ts'
import { anyone, leaving } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo } from '../../visit.ts'
import { accountClosed } from './close_view.tsx'
import { handOverPages, offerMade } from './hand_over.ts'
import { showClose } from './show_close.ts'

export const closePages = [
  page({
    path: paths.closeAccount,
    guard: leaving,
    get: async (visit) => showClose(visit, 200, { handOver: await offerMade(visit) }),
    post: async (visit) => {
      const { context, reply, live, by, form } = visit
      if (form.get('understood') !== 'yes') return showClose(visit, 400, { problem: 'unchecked' })
      switch (await closeAccount(context, live, by.caller)) {
        case 'closed':
          setSession(context, reply, undefined)
          return goTo(visit, paths.accountClosed)
        case 'sign_in_again':
          return showClose(visit, 403, { problem: 'not_done' })
        case 'obstacles':
          return showClose(visit, 409, { problem: 'not_done' })
      }
    },
  }),

  ...handOverPages,

  page({ path: paths.accountClosed, guard: anyone, get: () => accountClosed() }),
]
