/**
 * /developer: one's own apps. The room has the pages of an app's people; `app/` has those about one app, `secrets/` about
 * its client secrets, `requests/` its request log, `keys/` subscription keys.
 * Not here: who may do what with an app (`engine/developer`). Neighbours: `kit/` for what pages are made of. To add: a
 * page, a route that says `ownApp` as its guard and a view side by side.
 */

import { signUpIsOpen } from '../../engine/account/sign_up.ts'
import { listOwnApps, registrationFor } from '../../engine/developer/developer_apps.ts'
import { listOffers } from '../../engine/developer/sharing.ts'
import type { Page } from '../../words/index.ts'
import { type Guard, signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, noticeOf, type SignedIn, secrets, type Visit, viewerOf } from '../visit.ts'
import { listApis } from './apis.tsx'
import { type DeveloperProps, developer } from './developer_view.tsx'
import { keysAreUsed } from './keys/keys.ts'
import { showRequestAccess, takeRequestAccess } from './request_access.ts'

/** Whoever is signed in; and others where they cannot sign up by themselves, who may ask for access. */
const signedInOrOutside: Guard<SignedIn | (Visit & { readonly live?: undefined })> = {
  bound: 'account',
  admit: (visit, posted) => {
    const outside = visit.browser.held === undefined && !signUpIsOpen(visit.context)
    return outside ? Promise.resolve(visit) : signedIn.admit(visit, posted)
  },
}

export const developerPage = page({
  path: paths.developer,
  guard: signedInOrOutside,
  get: async (visit) => {
    if (visit.live === undefined) return showRequestAccess(visit)
    return drawDeveloper(visit, { notice: noticeOf(visit, visit.words.developer.notices) })
  },
  post: (visit) => (visit.live === undefined ? takeRequestAccess(visit) : goTo(visit, paths.developer)),
})

/** The apps of whoever is signed in, and those that they are asked to work on. */
export async function drawDeveloper(visit: SignedIn, more: Pick<DeveloperProps, 'notice' | 'problem'>): Promise<Page> {
  const { context, by } = visit
  const apps = await listOwnApps(context, by.account)
  return developer({
    ...secrets(visit),
    viewer: viewerOf(visit),
    apps: apps.map((client) => ({
      clientId: client.id,
      name: client.name,
      status: client.status,
      createdAt: client.createdAt,
      collaborator: client.ownerId !== by.account.id,
    })),
    offers: await listOffers(context, by.account, 'app'),
    apis: await listApis(context),
    keysHref: keysAreUsed(context) ? paths.keys : undefined,
    newAppHref: registrationFor(context, by.account) === 'closed' ? undefined : paths.newApp,
    ...more,
  })
}
