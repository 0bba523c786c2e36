/**
 * /account: who one is here, and which apps may use the account. The room has the pages of an account holder.
 * Not here: signing in (`sign_in/`), and what an act does (`engine/account`). Neighbours: `kit/` for what pages are made
 * of; `sign_in/`, which comes back to `linked_identities.ts` from a provider. To add: a page, a route and a view side by
 * side.
 */
import { ownPicture } from '../../engine/account/profile/picture.ts'
import { listSessions } from '../../engine/account/sessions.ts'
import { isOperator } from '../../engine/developer/developer_apps.ts'
import { signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { secrets } from '../visit.ts'
import { account as view } from './account_view.tsx'
import { shownApps } from './apps/apps.ts'

export const accountPage = page({
  path: paths.account,
  guard: signedIn,
  get: async (visit) => {
    const { context, live, by } = visit
    const { account } = by
    const sessions = await listSessions(context, live)
    const last = sessions.reduce((newest, one) => (one.createdAt > newest.createdAt ? one : newest))
    return view({
      ...secrets(visit),
      account: {
        ...account,
        picture: ownPicture(context, account),
        name: typeof account.claims.name === 'string' ? account.claims.name : undefined,
      },
      lastSignIn: { at: last.createdAt, userAgent: last.userAgent },
      consoleHref: isOperator(account) ? paths.console : undefined,
      ...(await shownApps(visit, 1)),
    })
  },
})
