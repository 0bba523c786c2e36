/**
 * /login/terms: after a sign-in, asks whoever has not accepted the operator's terms and privacy policy, as they are in force,
 * to do so. Until then the session counts nowhere else. What they came for goes on afterwards.
 */
import type { FastifyReply } from 'fastify'
import { endSession } from '../../../engine/account/sessions.ts'
import { acceptTerms, termsToShow } from '../../../engine/account/terms/accept.ts'
import { acceptedNow } from '../../../engine/account/terms/terms.ts'
import { setSession } from '../../../http/browser/cookies.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { interactionPath, ownPath } from '../../../http/browser/paths.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { accepting } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, readQuery, type SignedIn, secrets } from '../../visit.ts'
import { declined, openInteraction } from '../interaction.ts'
import { goOn } from '../sign_in.ts'
import { signedOut } from '../sign_out_view.tsx'
import { acceptTerms as view } from './terms_view.tsx'

export const termsPage = page({
  path: paths.acceptTerms,
  guard: accepting,
  logged: 'sign_in',
  get: async (visit) => {
    if (visit.browser.accepting !== undefined) return show(visit)
    const query = readQuery(visit)
    const open = await openInteraction(visit, query.get('request'))
    return goOn(visit, visit.live.account, { open, next: ownPath(query.get('next')) })
  },
  post: async (visit) => {
    const { context, reply, live, by, form } = visit
    const open = await openInteraction(visit, form.get('request'))
    if (form.get('action') === 'decline') {
      await endSession(context, live, by.caller)
      setSession(context, reply, undefined)
      if (open === undefined) return signedOut()
      return declined(visit, open, new Refusal('terms_declined'), { endpoint: paths.acceptTerms, rule: 'sign_in' })
    }
    const accepted = acceptedNow(context, (document) => form.get(document), visit.words.language)
    const next = ownPath(form.get('next'))
    switch (await acceptTerms(context, live, accepted, by.caller)) {
      case 'accepted':
        return goOn(visit, live.account, { open, next })
      case 'others_due':
        return show(visit, 409)
      case 'session_over':
        return goTo(visit, interactionPath(paths.signIn, open?.sealed, next))
    }
  },
})

async function show(visit: SignedIn, status: 200 | 409 = 200): Promise<FastifyReply> {
  const { context, live, reply } = visit
  const query = readQuery(visit)
  const open = await openInteraction(visit, query.get('request'))
  const { email, username } = live.account
  const html = view({
    ...secrets(visit, open?.sealed),
    account: email ?? username,
    documents: await termsToShow(context, live),
    changed: status === 409,
    hasData: context.settings.dataApi,
    clientName: open?.client.name,
    next: ownPath(query.get('next')),
  })
  return sendPage(reply, status, html, { endsAtApp: open !== undefined })
}
