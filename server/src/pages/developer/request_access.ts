/** What /developer is for somebody who is not signed in where people cannot sign up: the way to ask for access. */
import type { FastifyReply } from 'fastify'
import { accessCanBeAskedFor, askAccess } from '../../engine/developer/access_requests.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { callerOf } from '../../http/caller.ts'
import { hold } from '../by_mail/held_link.ts'
import { paths } from '../kit/paths.ts'
import type { WithForm } from '../page.ts'
import { goTo, notTaken, secrets, tooManyMails, type Visit } from '../visit.ts'
import { type RequestAccessProps, requestAccess } from './request_access_view.tsx'

/** Shows the form. */
export function showRequestAccess(
  visit: Visit,
  status = 200,
  shown: Pick<RequestAccessProps, 'filled' | 'problems' | 'problem'> = {},
): FastifyReply {
  const html = requestAccess({
    ...secrets(visit),
    ...shown,
    byMail: accessCanBeAskedFor(visit.context),
    signInHref: `${paths.signIn}?next=${encodeURIComponent(paths.developer)}`,
  })
  return sendPage(visit.reply, status, html)
}

/** Takes the form; the answer is the same whoever has the address. */
export async function takeRequestAccess(visit: Visit & WithForm): Promise<FastifyReply> {
  const { context, request, form, words } = visit
  if (!accessCanBeAskedFor(context)) return showRequestAccess(visit, 403)
  const filled = {
    email: form.get('email') ?? '',
    appName: form.get('app_name') ?? '',
    purpose: form.get('purpose') ?? '',
    website: form.get('website') ?? '',
  }
  const asked = await askAccess(context, filled, words.language, callerOf(request))
  switch (asked.outcome) {
    case 'problems':
      return showRequestAccess(visit, 400, { filled, problems: asked.problems })
    case 'throttled':
      return showRequestAccess(visit, notTaken(visit, asked), { filled, problem: tooManyMails(visit, asked) })
    case 'mailed':
      hold(visit, 'waiting', asked.linkId)
      return goTo(visit, paths.verify)
  }
}
