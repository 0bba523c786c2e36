/** Pages about what programs are given to act for an account. */
import { accountAppPasswords } from '../server/dist/pages/account/access/app_passwords_view.js'
import { confirm } from '../server/dist/pages/confirm_view.js'
import { en } from '../server/dist/words/en/index.js'
import { at, csrf, longName, minute, viewer } from './screenshot_values.mjs'

const appPasswords = {
  csrf,
  viewer,
  recent: true,
  limit: 50,
  passwords: [
    { id: 'a', name: 'Weather station', createdAt: at, usedAt: at + 30 * minute },
    { id: 'b', name: longName, createdAt: at - 90_000 * minute, usedAt: null },
  ],
}

export const accessSamples = {
  'app-passwords': { html: accountAppPasswords(appPasswords) },
  'app-passwords-none': { html: accountAppPasswords({ ...appPasswords, passwords: [] }) },
  'app-passwords-made': {
    html: accountAppPasswords({
      ...appPasswords,
      made: { name: 'Weather station', text: 'apw0Zk3mT81Qd0Pb7LxY2cVn4RsA1' },
    }),
  },
  'app-passwords-unnamed': { html: accountAppPasswords({ ...appPasswords, name: '', problem: 'name_empty' }) },
  'app-passwords-stale': { html: accountAppPasswords({ ...appPasswords, recent: false }) },
  'app-passwords-refused': {
    html: accountAppPasswords({ ...appPasswords, recent: false, refused: true, name: 'Scale' }),
  },
  'app-passwords-full': { html: accountAppPasswords({ ...appPasswords, limit: 2 }) },
  'app-passwords-ended': {
    html: accountAppPasswords({ ...appPasswords, notice: en.appPasswords.notices.ended }),
  },
  'app-password-end': {
    html: confirm({
      csrf,
      id: 'app-password-end',
      ...en.appPasswords.ending,
      name: 'Weather station',
      action: '/',
      backHref: '/',
    }),
  },
}
