/** Pages about what programs are given to act for an account. */
import { accountAppPasswords } from '../server/dist/pages/account/access/app_passwords_view.js'
import { accountPersonalTokens } from '../server/dist/pages/account/access/personal_tokens_view.js'
import { confirm } from '../server/dist/pages/confirm_view.js'
import { scopeMeaning } from '../server/dist/protocol/scope.js'
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

const scopes = ['basic', 'readmeasurements', 'writemeasurements'].map(scopeMeaning)
const personalTokens = {
  csrf,
  viewer,
  recent: true,
  limit: 50,
  scopes,
  tokens: [
    {
      id: 'a',
      name: 'Backup script',
      scope: scopes.slice(0, 2),
      createdAt: at,
      usedAt: at + 30 * minute,
      expiresAt: at + 43_200 * minute,
    },
    { id: 'b', name: longName, scope: scopes, createdAt: at, usedAt: null, expiresAt: at + 525_600 * minute },
  ],
}

export const accessSamples = {
  'personal-tokens': { html: accountPersonalTokens(personalTokens) },
  'personal-tokens-none': { html: accountPersonalTokens({ ...personalTokens, tokens: [] }) },
  'personal-tokens-made': {
    html: accountPersonalTokens({
      ...personalTokens,
      made: { name: 'Backup script', text: 'pat0Zk3mT81Qd0Pb7LxY2cVn4RsA1b9Gh2Jk5Lm8Np0Qr3St6Uv9W' },
    }),
  },
  'personal-tokens-unsound': {
    html: accountPersonalTokens({
      ...personalTokens,
      filled: { name: 'Scale', scope: ['basic'], expires: 'until', until: '2020-01-01' },
      problem: { field: 'until', it: 'day_out_of_range' },
    }),
  },
  'personal-tokens-refused': {
    html: accountPersonalTokens({ ...personalTokens, recent: false, refused: true }),
  },
  'personal-tokens-full': { html: accountPersonalTokens({ ...personalTokens, limit: 2 }) },
  'personal-tokens-ended': {
    html: accountPersonalTokens({ ...personalTokens, notice: en.personalTokens.notices.ended }),
  },
  'personal-token-end': {
    html: confirm({
      csrf,
      id: 'personal-token-end',
      ...en.personalTokens.ending,
      name: 'Backup script',
      action: '/',
      backHref: '/',
    }),
  },
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
