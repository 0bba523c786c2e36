/** Passkeys at a sign-in: /login/passkey, by one alone, and /login/factor/passkey, where it is the second factor. */
import { passkeyMethods } from '../../engine/account/passkeys/passkeys.ts'
import {
  type PasskeyAnswer,
  type PasskeyFailure,
  proveByPasskey,
  signInByPasskey,
} from '../../engine/account/passkeys/prove.ts'
import { ownPath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page, type WithForm } from '../page.ts'
import type { Visit } from '../visit.ts'
import { openWaiting, passFactor, showFactor, stale } from './factor.ts'
import { openInteraction } from './interaction.ts'
import { enter, type SignInShown, showSignIn } from './sign_in.ts'

export const passkeySignInPage = page({
  path: paths.signInPasskey,
  guard: anyone,
  logged: 'sign_in',
  post: async (visit) => {
    const { context, request, form } = visit
    const open = await openInteraction(visit, form.get('request'))
    const next = form.get('next')
    const result = await signInByPasskey(context, answerOf(visit), callerOf(request))
    if (result.outcome === 'signed_in') return enter(visit, result.account, { amr: passkeyMethods, open, next })
    return showSignIn(visit, open, shownFor(result), { next: ownPath(next) })
  },
})

export const passkeyFactorPage = page({
  path: paths.factorPasskey,
  guard: anyone,
  logged: 'sign_in',
  post: async (visit) => {
    const { context, request, form } = visit
    const waiting = await openWaiting(visit, form)
    if (!('step' in waiting)) return stale(visit, waiting.open)
    const proof = await proveByPasskey(context, waiting.step.account, answerOf(visit), callerOf(request))
    if (proof.outcome === 'proved') return passFactor(visit, waiting, passkeyMethods)
    if (proof.outcome !== 'throttled') return showFactor(visit, waiting, 401, { problem: 'passkey' })
    return showFactor(visit, waiting, 429, { problem: 'throttled', retryAfter: proof.retryAfter })
  },
})

/** What the page's script has sent with the form. */
function answerOf({ form, browser }: Visit & WithForm): PasskeyAnswer {
  return { state: form.get('ceremony') ?? '', credential: form.get('credential') ?? '', browsers: browser.ids }
}

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
