/** /account/profile: what one says of oneself, to these pages and to apps that may see it. */
import type { FastifyReply } from 'fastify'
import type { Account } from '../../../engine/account/accounts.ts'
import { changeProfile, type ProfileForm } from '../../../engine/account/profile/profile.ts'
import { changeUsername, formerKeptDays, listFormerUsernames } from '../../../engine/account/profile/username.ts'
import { isRecent } from '../../../engine/account/sessions.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { zonesByRegion } from '../../../lib/time_zones.ts'
import { languagesOffered } from '../../../words/index.ts'
import { signedIn } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page, type Route } from '../../page.ts'
import { goTo, noticeOf, notTaken, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { type ProfileProps, profile as view } from './profile_view.tsx'

export const profilePages: readonly Route[] = [
  page({
    path: paths.accountProfile,
    guard: signedIn,
    get: (visit) => show(visit, 200, { notice: noticeOf(visit, visit.words.profile.notices) }),
    post: async (visit) => {
      const { context, by, form } = visit
      const said = {
        name: form.get('name') ?? '',
        locale: form.get('locale') ?? '',
        zoneinfo: form.get('zoneinfo') ?? '',
      }
      const changed = await changeProfile(context, by.account, said, by.caller)
      if (changed.outcome === 'problems') return show(visit, 400, { said, problems: changed.problems })
      return goTo(visit, `${paths.accountProfile}?done=saved`)
    },
  }),

  page({
    path: paths.accountUsername,
    guard: signedIn,
    drawnAt: paths.accountProfile,
    post: async (visit) => {
      const { context, live, by, form } = visit
      const typed = form.get('username') ?? ''
      const changed = await changeUsername(context, live, typed, by.caller)
      switch (changed.outcome) {
        case 'changed':
          return goTo(visit, `${paths.accountProfile}?done=username`)
        case 'sign_in_again':
          return show(visit, 403, { username: { typed, signInAgain: true } })
        case 'problem':
          return show(visit, 400, { username: { typed, problem: changed.problem } })
        case 'throttled': {
          const problem = { key: 'username_asked', wait: visit.words.time.waiting(changed.retryAfter) } as const
          return show(visit, notTaken(visit, changed), { username: { typed, problem } })
        }
      }
    },
  }),
]

async function show(
  visit: SignedIn,
  status: number,
  shown: { readonly said?: ProfileForm } & Pick<ProfileProps, 'problems' | 'username' | 'notice'>,
): Promise<FastifyReply> {
  const { context, live } = visit
  const { said = saidBefore(live.account), ...props } = shown
  const html = view({
    ...secrets(visit),
    viewer: viewerOf(visit),
    said,
    languages: languagesOffered,
    zones: zonesByRegion(),
    recent: isRecent(context, live),
    former: await listFormerUsernames(context, live.account),
    formerKeptDays,
    ...props,
  })
  return sendPage(visit.reply, status, html)
}

function saidBefore({ claims }: Account): ProfileForm {
  const text = (claim: unknown) => (typeof claim === 'string' ? claim : '')
  return { name: text(claims.name), locale: text(claims.locale), zoneinfo: text(claims.zoneinfo) }
}
