/**
 * The start page, with one way on for whoever looks at it.
 * Not here: what those who run the server do first (`admin/`). Neighbours: `kit/` for what pages are made of; the rooms
 * of those whom it sends on. To add: a way on for a kind of visitor, its line in `visitorOf` and its part of
 * `start_view.tsx`.
 */
import type { LiveSession } from '../../engine/account/sessions.ts'
import { setupIsOpen, signUpIsOpen } from '../../engine/account/sign_up.ts'
import { isOperator, listOwnApps, registrationFor } from '../../engine/developer/developer_apps.ts'
import { firstSteps } from '../../engine/operator/first_steps.ts'
import type { Context } from '../../runtime/context.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { viewerOf } from '../visit.ts'
import { type StartProps, start } from './start_view.tsx'

/** The page; it names the `version` of the server. */
export function startPage(version: string) {
  return page({
    path: paths.start,
    guard: anyone,
    get: async ({ context, browser: { live } }) => {
      const { issuer, appRegistration } = context.settings
      const registration = live === undefined ? appRegistration : registrationFor(context, live.account)
      return start({
        server: new URL(issuer).host,
        issuer,
        version,
        viewer: live && viewerOf({ context, live }),
        visitor: await visitorOf(context, live),
        maySignUp: signUpIsOpen(context),
        mayRegister: registration !== 'closed',
        needsAdministrator: await setupIsOpen(context),
      })
    },
  })
}

async function visitorOf(context: Context, live: LiveSession | undefined): Promise<StartProps['visitor']> {
  if (live === undefined) return 'stranger'
  if (isOperator(live.account)) {
    const { published, hasApp } = await firstSteps(context)
    if (!published || !hasApp) return 'operator'
  }
  return (await listOwnApps(context, live.account)).length > 0 ? 'developer' : 'person'
}
