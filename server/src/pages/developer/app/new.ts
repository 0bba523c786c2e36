/** /developer/apps/new: registering an app. */
import { registerApp, registrationFor } from '../../../engine/developer/developer_apps.ts'
import { offeredScopes } from '../../../engine/grant/scopes.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Page } from '../../../words/index.ts'
import { leaveFlash } from '../../flash.ts'
import { signedIn } from '../../guards.ts'
import { paths, startPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, PageProblem, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { type AppNewProps, appNew } from './new_view.tsx'
import { detailsIn, linesIn, scopeIn } from './settings.ts'

export const appNewPage = page({
  path: paths.newApp,
  guard: signedIn,
  repeatable: 'scope',
  get: async (visit) => {
    if (registrationFor(visit.context, visit.by.account) === 'closed') throw new PageProblem('registration_closed')
    return draw(visit, { name: '', kind: 'web', redirectUris: '', scope: ['openid', 'basic'] })
  },
  post: async (visit) => {
    const { context, reply, form, by } = visit
    const lines = form.get('redirect_uris') ?? ''
    const filled = { name: form.get('name') ?? '', kind: form.get('kind') ?? '', scope: scopeIn(form) }
    const details = detailsIn(form)
    const result = await registerApp(context, by, { ...filled, redirectUris: linesIn(lines), details })
    if (result.outcome === 'closed') throw new PageProblem('registration_closed')
    if (result.outcome === 'problems') {
      const again = { ...filled, redirectUris: lines, details, problems: result.problems }
      return sendPage(reply, 400, await draw(visit, again))
    }
    const place = startPath(result.clientId)
    if (result.clientSecret !== undefined) leaveFlash(visit, place, result.clientSecret)
    return goTo(visit, `${place}?done=registered`)
  },
})

async function draw(
  visit: SignedIn,
  filled: Pick<AppNewProps, 'name' | 'kind' | 'redirectUris' | 'scope' | 'details' | 'problems'>,
): Promise<Page> {
  return appNew({
    ...secrets(visit),
    viewer: viewerOf(visit),
    needsApproval: registrationFor(visit.context, visit.by.account) === 'approval',
    scopes: await offeredScopes(visit.context),
    ...filled,
  })
}
