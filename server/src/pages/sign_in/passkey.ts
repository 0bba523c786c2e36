/** /login/passkey: signing in by a passkey, from the sign-in page, and on to what the person came for. */
import { passkeyMethods } from '../../engine/account/passkeys/passkeys.ts'
import { type PasskeyFailure, signInByPasskey } from '../../engine/account/passkeys/prove.ts'
import { ownPath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { openInteraction } from './interaction.ts'
import { enter, type SignInShown, showSignIn } from './sign_in.ts'

export const passkeySignInPage = page({
  path: paths.signInPasskey,
  guard: anyone,
  logged: 'sign_in',
  post: async (visit) => {
    const { context, request, browser, form } = visit
    const open = await openInteraction(visit, form.get('request'))
    const next = form.get('next')
    const answer = {
      state: form.get('ceremony') ?? '',
      credential: form.get('credential') ?? '',
      browsers: browser.ids,
    }
    const result = await signInByPasskey(context, answer, callerOf(request))
    if (result.outcome === 'signed_in') return enter(visit, result.account, { amr: passkeyMethods, open, next })
    return showSignIn(visit, open, shownFor(result), { next: ownPath(next) })
  },
})

function shownFor(failure: PasskeyFailure): SignInShown {
  switch (failure.outcome) {
    case 'stale':
      return { status: 400, shown: { problem: 'stale' } }
    case 'refused':
      return { status: 401, shown: { problem: 'passkey' } }
    case 'count_fell':
      return { status: 401, shown: { problem: 'passkey_copied' } }
    case 'throttled':
      return { status: 429, shown: { problem: 'too_many', retryAfter: failure.retryAfter } }
  }
}
