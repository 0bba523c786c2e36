/** Pages about what is kept of a person. */

import { zonesByRegion } from '../server/dist/lib/time_zones.js'
import { accountActivity } from '../server/dist/pages/account/activity_view.js'
import { accountClosed, closeForm } from '../server/dist/pages/account/close/close_view.js'
import { accountData, accountVariable } from '../server/dist/pages/account/data/data_view.js'
import { profile } from '../server/dist/pages/account/profile/profile_view.js'
import { brandStyles } from '../server/dist/pages/style/brand.js'
import { branded } from '../server/dist/words/branded.js'
import { languagesOffered } from '../server/dist/words/index.js'
import { at, brandAccent, csrf, longName, minute, viewer } from './screenshot_values.mjs'

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

const dayLong = 86_400
const variable = {
  id: 7,
  userNumber: 1,
  name: 'Body Weight',
  unit: 'kg',
  category: 'Physique',
  combination: 'MEAN',
  createdAt: at,
  updatedAt: at,
  measurements: 12_480,
  earliestTime: Math.floor(at / 1000) - 700 * dayLong,
  latestTime: Math.floor(at / 1000),
  latest: { value: 71.5, unit: 'kg', source: 'Scale' },
  mostCommon: null,
}
const series = Array.from({ length: 120 }, (_, part) => {
  const mean = 72 + 3 * Math.sin(part / 14) + Math.cos(part * 1.7)
  return { part, mean, least: mean - 0.8 - (part % 5) / 4, most: mean + 0.9 + (part % 7) / 5, count: 104 }
}).filter(({ part }) => part < 60 || part > 66)
const variables = [
  variable,
  {
    ...variable,
    id: 8,
    name: longName,
    category: null,
    measurements: 1,
    latest: { value: 1_000_000.25, unit: 'a unit of its own', source: 'x' },
  },
  { ...variable, id: 9, name: 'Overall Mood', category: 'Emotions', latest: { value: 4, unit: '/5', source: 'x' } },
]
const data = { csrf, viewer, variables, megabytes: 64 }
const lastImport = {
  id: 'one',
  state: 'reading',
  size: 6_400_000,
  bytesRead: 2_624_000,
  stored: 40_500,
  refused: 0,
  problems: [],
  startedAt: at,
  updatedAt: at,
}
const problems = [
  { line: 17, problem: 'value must be a number' },
  { line: 231, problem: 'The line has 4 cells instead of 7.' },
  { line: 90_112, problem: `"${longName}" is measured in "kg"; "h" cannot be converted to it.` },
]
const measurements = [0, 1, 2].map((i) => ({
  id: i,
  variableId: 7,
  variableName: 'Body Weight',
  variableCategory: 'Physique',
  startTime: Math.floor(at / 1000) - i * 3600,
  value: 71.5 + i,
  unit: 'kg',
  note: [null, 'before breakfast', longName][i],
  source: ['Scale', 'Meadow Journal', 'import'][i],
  clientId: 'meadow',
  createdAt: at,
  updatedAt: at,
}))

const close = { csrf, viewer, lastOwner: false, apps: [], recent: true, hasData: true }

/** Where `screenshots.mjs` serves a portrait. */
const portraitPath = '/pictures/sample'

const own = {
  csrf,
  viewer,
  said: { name: 'Alice Meadows', locale: 'en', zoneinfo: 'Europe/Berlin' },
  languages: languagesOffered,
  zones: zonesByRegion(),
  recent: true,
  former: [],
  picture: { available: true, megabytes: 4 },
  formerKeptDays: 90,
  accepted: [
    { document: 'terms', version: '3', acceptedAt: at, language: 'en' },
    { document: 'privacy', version: '2026-01', acceptedAt: at - 90_000 * minute, language: 'en' },
  ],
}

/** Pages of a server that its operator has named. */
const brand = {
  name: 'Northfield Health',
  logo: portraitPath,
  styles: brandStyles(brandAccent).path,
  support: 'mailto:help@northfield.example',
  terms: 'https://northfield.example/terms',
  privacy: 'https://northfield.example/privacy',
  status: 'https://status.northfield.example',
  footer: true,
}
const underBrand = (page) => (words) => page(branded(words, brand))

export const accountSamples = {
  'brand-wide': { html: underBrand(profile({ ...own, notice: 'Your profile has been saved.' })) },
  'brand-narrow': { html: underBrand(accountClosed()) },
  'account-profile': { html: profile({ ...own, notice: 'Your profile has been saved.' }) },
  'account-profile-picture': {
    html: profile({
      ...own,
      viewer: { ...viewer, picture: portraitPath },
      picture: { path: portraitPath, available: true, megabytes: 4 },
    }),
  },
  'account-profile-problems': {
    html: profile({
      ...own,
      picture: { host: 'lh3.pictures.example', available: true, megabytes: 4, problem: 'picture_svg' },
      recent: false,
      said: { name: longName, locale: 'pt-BR', zoneinfo: 'nowhere' },
      problems: { name: { key: 'name_long', longest: 100 }, zoneinfo: 'zone_unknown' },
      username: { typed: 'bob', problem: 'username_taken' },
      former: ['al', 'ally'],
    }),
  },
  'account-close': { html: closeForm(close) },
  'account-close-owner': {
    html: closeForm({
      ...close,
      lastOwner: true,
      apps: [
        { clientId: 'meadow', name: 'Meadow Journal', href: '/developer/apps/meadow' },
        { clientId: 'long', name: longName, href: '/developer/apps/long' },
      ],
      handOver: {
        clientId: 'meadow',
        username: 'bob.k',
        href: `https://accounts.northfield.example/account/take-over/${'Ab3d9_'.repeat(40)}`,
      },
    }),
  },
  'account-closed': { html: accountClosed() },
  'account-data': { html: accountData({ ...data, chart: { variable, series } }) },
  'account-data-empty': { html: accountData({ ...data, variables: [], refused: 'too_large' }) },
  'account-data-importing': { html: accountData({ ...data, lastImport }) },
  'account-data-imported': {
    html: accountData({ ...data, lastImport: { ...lastImport, state: 'done', refused: 1204, problems } }),
  },
  'account-variable': {
    html: accountVariable({
      viewer,
      variable,
      series,
      measurements,
      path: '/account/data/variables/7',
      page: 1,
      more: true,
    }),
  },
  'account-activity': {
    html: accountActivity({ viewer, items, retentionDays: 400, olderHref: '/account/activity?before=1' }),
  },
  'account-activity-empty': { html: accountActivity({ viewer, items: [], kind: 'apps', retentionDays: 400 }) },
}
