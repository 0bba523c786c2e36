/** Pages about what is kept of a person. */
import { accountActivity } from '../server/dist/pages/account/activity_view.js'
import { at, longName, minute, viewer } from './screenshot_values.mjs'

const from = {
  address: '192.0.2.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0',
}
const phone = {
  address: '2001:db8:1234:5678:9abc:def0:1234:5678',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.4 Mobile/15E148 Safari/604.1',
}

const items = [
  { at, type: 'consent_given', own: true, app: 'Meadow Journal', from },
  { at: at - minute, type: 'signed_in', own: true, provider: 'Google', from },
  { at: at - 3 * minute, type: 'sign_in_failed', own: false, from: phone },
  { at: at - 1500 * minute, type: 'credential_reused', own: false, ended: true, app: longName, from },
  { at: at - 1600 * minute, type: 'user_password_set', own: false },
  { at: at - 9000 * minute, type: 'signed_out_elsewhere', own: true, sessions: 3, from: phone },
  { at: at - 9001 * minute, type: 'signed_up', own: true, from: { address: '192.0.2.7', userAgent: null } },
]

export const accountSamples = {
  'account-activity': {
    html: accountActivity({ viewer, items, retentionDays: 400, olderHref: '/account/activity?before=1' }),
  },
  'account-activity-empty': { html: accountActivity({ viewer, items: [], kind: 'apps', retentionDays: 400 }) },
}
