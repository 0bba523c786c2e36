/** Pages about requests for access. */
import { accessQueue } from '../server/dist/pages/admin/access_view.js'
import { appTakeUp, invitation } from '../server/dist/pages/by_mail/invitation_view.js'
import { verify } from '../server/dist/pages/by_mail/verify_view.js'
import { accessRequested, requestAccess } from '../server/dist/pages/developer/request_access_view.js'
import { en } from '../server/dist/words/en/index.js'
import { at, csrf, longEmail, longName, minute, viewer } from './screenshot_values.mjs'

const email = 'dora@tides.example'
const app = 'Tide Table'
const form = { csrf, byMail: true, signInHref: '/' }
const filled = {
  email,
  appName: app,
  purpose:
    'Shows sailors when the water is high.\nFor the harbours of Northfield, with the measurements of their boats.',
  website: 'https://tides.example/',
}
const takeUp = { csrf, link: 'l', app, email, own: true, signInHref: '/' }
const request = { id: 'acc_1', ...filled, askedAt: at, clientId: null }
const long = {
  id: 'acc_2',
  email: longEmail,
  appName: longName,
  purpose: 'Tides and more. '.repeat(60),
  website: `https://tides.example/${'harbour/'.repeat(40)}`,
  askedAt: at - 4000 * minute,
  clientId: null,
}
const queue = { csrf, viewer: { ...viewer, role: 'admin' } }

export const requestAccessSamples = {
  'request-access': { html: requestAccess(form) },
  'request-access-wrong': {
    html: requestAccess({
      ...form,
      filled: { ...filled, email: 'dora@', purpose: '', website: 'tides.example' },
      problems: { email: 'email_unsound', purpose: 'purpose_empty', website: 'address_not_https' },
    }),
  },
  'request-access-by-hand': { html: requestAccess({ ...form, byMail: false }) },
  'request-access-link': { html: verify({ csrf, link: 'l', of: 'access', by: 'link', email }) },
  'access-requested': { html: accessRequested({ email }) },
  'invitation-app': { html: invitation({ csrf, link: 'l', email, app, passwordMinimum: 15 }) },
  'app-take-up': { html: appTakeUp({ ...takeUp, signedInAs: 'dora' }) },
  'app-take-up-signed-out': { html: appTakeUp({ ...takeUp, own: false }) },
  'app-take-up-other': { html: appTakeUp({ ...takeUp, own: false, signedInAs: 'mallory' }) },
  'access-queue': {
    html: accessQueue({ ...queue, requests: [request, long, { ...request, id: 'c', clientId: 'tides' }] }),
  },
  'access-queue-refused': {
    html: accessQueue({
      ...queue,
      requests: [request],
      refused: { id: 'acc_1', reason: '', problem: 'reason_empty' },
    }),
  },
  'access-queue-done': { html: accessQueue({ ...queue, requests: [], notice: en.accessQueue.notices.approved }) },
  'access-queue-by-hand': {
    html: accessQueue({
      ...queue,
      requests: [],
      handOver: `https://accounts.northfield.example/invitation?token=${'x'.repeat(44)}`,
    }),
  },
}
