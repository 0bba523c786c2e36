/** The pages about requests for access, for the tests that look at every page. */
import { accessQueue } from '../../src/pages/admin/access_view.tsx'
import { appTakeUp, invitation } from '../../src/pages/by_mail/invitation_view.tsx'
import { verify } from '../../src/pages/by_mail/verify_view.tsx'
import { accessRequested, requestAccess } from '../../src/pages/developer/request_access_view.tsx'
import type { Page } from '../../src/words/index.ts'

export function requestAccessViews(text: (usual: string) => string): Record<string, Page> {
  const csrf = text('token')
  const email = text('dora@example.com')
  const app = text('Tide Table')
  const form = { csrf, byMail: true, signInHref: '/login?next=%2Fdeveloper' }
  const filled = { email, appName: app, purpose: text('Tides'), website: text('https://tides.example/') }
  const takeUp = { csrf, link: text('l'), app, email, own: true, signInHref: '/login?next=%2Finvitation' }
  const askedAt = Date.UTC(2026, 2, 3, 14, 2, 11)
  const request = { id: text('acc_1'), ...filled, askedAt, clientId: null }
  const queue = { csrf, viewer: { username: text('olga'), role: 'admin' as const } }
  return {
    'request access': requestAccess(form),
    'request access by hand': requestAccess({ ...form, byMail: false }),
    'request access wrong': requestAccess({
      ...form,
      filled,
      problem: { key: 'mails_too_many', wait: text('5 minutes') },
      problems: {
        email: 'email_unsound',
        appName: 'name_empty',
        purpose: 'purpose_empty',
        website: 'address_not_https',
      },
    }),
    'access requested': accessRequested({ email }),
    'request access by link': verify({ csrf, link: text('l'), of: 'access', by: 'link', email }),
    'invitation with an app': invitation({ csrf, link: text('l'), email, app, passwordMinimum: 8 }),
    'app to take up': appTakeUp({ ...takeUp, signedInAs: text('dora') }),
    'app to take up signed out': appTakeUp({ ...takeUp, own: false }),
    'app to take up of another': appTakeUp({ ...takeUp, own: false, signedInAs: text('mallory') }),
    'access queue': accessQueue({
      ...queue,
      requests: [request, { ...request, id: text('acc_2'), website: null, clientId: text('tides') }],
      notice: text('Refused.'),
      refused: { id: text('acc_1'), reason: text('No'), problem: { key: 'reason_long', longest: 1000 } },
    }),
    'access queue empty': accessQueue({ ...queue, requests: [], handOver: text('https://a.example/invitation') }),
  }
}
