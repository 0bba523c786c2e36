/** What the pictures of the pages about second factors show. */
import QRCode from 'qrcode'
import { accountTotp } from '../server/dist/pages/account/totp_view.js'
import { factor } from '../server/dist/pages/sign_in/factor_view.js'
import { keepFactor, lostFactor } from '../server/dist/pages/sign_in/lost_factor_view.js'
import { at, csrf, longEmail, longName, minute, viewer } from './screenshot_values.mjs'

const asked = {
  csrf,
  step: 'sealed-step',
  account: 'alice@example.com',
  hasApp: true,
  lostHref: '/login/factor/lost?step=sealed-step',
}
const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const uri = `otpauth://totp/id.northfield.example:alice%40example.com?issuer=id.northfield.example&secret=${seed}`
const { modules } = QRCode.create(uri, { errorCorrectionLevel: 'M' })
const fresh = { kind: 'new', seed, uri, sealed: 'sealed-seed', qr: modules }
const account = { csrf, viewer, required: false }
const codes = Array.from({ length: 10 }, (_, i) => `k7${i}q-0vxw-93ht-${i}m2z`)
const lost = { csrf, step: 'sealed-step', account: 'alice@example.com', backHref: '/login/factor?step=sealed-step' }

export const factorSamples = {
  factor: { html: factor(asked) },
  'factor-app': { html: factor({ ...asked, request: 'sealed-request', account: longEmail, clientName: longName }) },
  'factor-wrong': { html: factor({ ...asked, clientName: 'Meadow Journal', problem: 'code_wrong' }) },
  'factor-throttled': { html: factor({ ...asked, problem: 'throttled', retryAfter: 1500 }) },
  'factor-removal': { html: factor({ ...asked, removalAt: at + 1440 * minute }) },
  'factor-lost': { html: lostFactor(lost) },
  'factor-lost-no-mail': { html: lostFactor({ ...lost, bar: 'no_mail' }) },
  'factor-lost-asked': { html: lostFactor({ ...lost, at: at + 1440 * minute }) },
  'factor-keep': { html: keepFactor({ csrf, waits: true }) },
  'factor-kept': { html: keepFactor({ csrf, waits: false, done: true }) },
  'account-totp-new': { html: accountTotp({ ...account, state: fresh }) },
  'account-totp-wrong': { html: accountTotp({ ...account, state: { ...fresh, problem: 'new_code_wrong' } }) },
  'account-totp-required': {
    html: accountTotp({ ...account, required: true, passkeyHref: '/account/security/passkeys', state: fresh }),
  },
  'account-totp-needs-link': { html: accountTotp({ ...account, required: true, state: { kind: 'needs_link' } }) },
  'account-totp-codes': {
    html: accountTotp({ ...account, state: { kind: 'codes', codes, onwardHref: '/account/security' } }),
  },
  'account-totp-codes-required': {
    html: accountTotp({ ...account, required: true, state: { kind: 'codes', codes, onwardHref: '/admin' } }),
  },
  'account-totp-on': {
    html: accountTotp({
      ...account,
      state: { kind: 'on', since: at, usedAt: at + 600 * minute, codesLeft: 8, recent: true },
    }),
  },
  'account-totp-on-stale': {
    html: accountTotp({ ...account, state: { kind: 'on', since: at, usedAt: null, codesLeft: 1, recent: false } }),
  },
}
