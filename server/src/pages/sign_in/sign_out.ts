/** /logout: asks first, as anybody can link here (OIDC RP-Initiated Logout §2). */
import { endSession } from '../../engine/account/sessions.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { callerOf } from '../../http/caller.ts'
import { anyAccount } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, secrets } from '../visit.ts'
import { signedOut, signOut } from './sign_out_view.tsx'

export const signOutPage = page({
  path: paths.signOut,
  guard: anyAccount,
  get: (visit) => {
    const { live } = visit.browser
    if (live === undefined) return signedOut()
    return signOut({ ...secrets(visit), account: live.account.email ?? live.account.username })
  },
  post: async (visit) => {
    const { context, request, reply, browser, form } = visit
    if (form.get('action') === 'cancel') return goTo(visit, paths.account)
    if (browser.live !== undefined) await endSession(context, browser.live, callerOf(request))
    setSession(context, reply, undefined)
    return signedOut()
  },
})
