/** The pages about what is kept of a person, in every state. */

import { zonesByRegion } from '../../src/lib/time_zones.ts'
import { accountActivity } from '../../src/pages/account/activity_view.tsx'
import { accountClosed, closeForm } from '../../src/pages/account/close/close_view.tsx'
import { accountData, accountVariable } from '../../src/pages/account/data/data_view.tsx'
import { profile } from '../../src/pages/account/profile/profile_view.tsx'
import type { HolderAuditType } from '../../src/protocol/audit_events.ts'
import { en } from '../../src/words/en/index.ts'
import { languagesOffered, type Page } from '../../src/words/index.ts'

const at = Date.UTC(2026, 2, 3, 14, 2, 11)

export function accountDataViews(text: (usual: string) => string): Record<string, Page> {
  const viewer = { username: text('alice') }
  const from = { address: text('192.0.2.7'), userAgent: text('Meadow/3.1') }
  const types = Object.keys(en.activity.sentences) as HolderAuditType[]
  const named = { app: text('Meadow Journal'), provider: text('Google'), sessions: 2 }
  const variable = {
    id: 7,
    userNumber: 1,
    name: text('Body Weight'),
    unit: text('kg'),
    category: text('Physique'),
    combination: 'MEAN' as const,
    createdAt: at,
    updatedAt: at,
    measurements: 2,
    earliestTime: at / 1000 - 90_000,
    latestTime: at / 1000,
    latest: { value: 71.5, unit: text('kg'), source: text('Scale') },
    mostCommon: null,
  }
  const series = [
    { part: 0, least: 70, most: 73, mean: 71.5, count: 1 },
    { part: 119, least: 71, most: 71, mean: 71, count: 1 },
  ]
  const data = { csrf: text('token'), viewer, megabytes: 64 }
  const lastImport = {
    id: text('one'),
    state: 'reading' as const,
    size: 200,
    bytesRead: 70,
    stored: 40,
    refused: 2,
    problems: [
      { line: 0, problem: text('Not it.') },
      { line: 7, problem: text('value must be a number') },
    ],
    startedAt: at,
    updatedAt: at,
  }
  const states = ['done', 'cut_off', 'full', 'unreadable', 'not_arrived'] as const
  const refusals = ['too_large', 'busy', 'no_file', 'sign_in_again'] as const
  const measurement = {
    id: 1,
    variableId: 7,
    variableName: text('Body Weight'),
    variableCategory: null,
    startTime: at / 1000,
    value: 71.5,
    unit: text('kg'),
    note: text('before breakfast'),
    source: text('Scale'),
    clientId: 'meadow',
    createdAt: at,
    updatedAt: at,
  }
  const close = { csrf: text('token'), viewer, lastOwner: false, apps: [], recent: true, hasData: true }
  const own = {
    csrf: text('token'),
    viewer,
    said: { name: text('Alice Meadows'), locale: 'en', zoneinfo: 'Europe/Berlin' },
    languages: languagesOffered,
    zones: zonesByRegion(),
    recent: true,
    former: [],
    picture: { available: true, megabytes: 4 },
    formerKeptDays: 90,
    accepted: [],
  }
  return {
    'account profile': profile({ ...own, notice: text('Saved.') }),
    'account profile accepted': profile({
      ...own,
      accepted: [{ document: 'privacy', version: text('2026-01'), acceptedAt: at, language: 'en' }],
    }),
    'account profile problems': profile({
      ...own,
      said: { name: text('x'), locale: text('pt-BR'), zoneinfo: text('Nowhere') },
      problems: { name: 'name_hidden_character', locale: 'language_unknown', zoneinfo: 'zone_unknown' },
    }),
    'account profile username': profile({
      ...own,
      username: { typed: text('bob'), problem: 'username_taken' },
      former: [text('al'), text('ally')],
    }),
    'account profile picture': profile({
      ...own,
      viewer: { ...viewer, picture: '/pictures/one' },
      picture: { path: '/pictures/one', available: true, megabytes: 4, problem: 'picture_svg' },
    }),
    'account profile no pictures': profile({
      ...own,
      picture: { host: text('pictures.example'), available: false, megabytes: 4 },
    }),
    'account profile stale': profile({ ...own, recent: false }),
    'account profile sign in again': profile({
      ...own,
      recent: false,
      username: { typed: text('bob'), signInAgain: true },
    }),
    'account close': closeForm(close),
    'account close stale': closeForm({ ...close, recent: false, hasData: false }),
    'account close unchecked': closeForm({ ...close, problem: 'unchecked' }),
    'account close owner': closeForm({
      ...close,
      lastOwner: true,
      apps: [{ clientId: text('meadow'), name: text('Meadow Journal'), href: '/developer/apps/meadow' }],
      handOver: {
        clientId: text('meadow'),
        username: text('bob'),
        href: text('http://localhost:3000/account/take-over/a'),
      },
      problem: 'not_done',
    }),
    'account close refused offer': closeForm({
      ...close,
      apps: [{ clientId: text('meadow'), name: text('Meadow Journal'), href: '/developer/apps/meadow' }],
      handOver: { clientId: text('meadow'), username: text('bob'), problem: 'username_missing' },
    }),
    'account closed': accountClosed(),
    'account data': accountData({ ...data, variables: [variable], chart: { variable, series }, lastImport }),
    'account data empty': accountData({ ...data, variables: [], notice: text('Deleted.') }),
    'account data second page': accountData({ ...data, variables: [variable], page: 2, more: true }),
    ...Object.fromEntries(
      states.map((state) => [
        `account data import ${state}`,
        accountData({ ...data, variables: [variable], lastImport: { ...lastImport, state } }),
      ]),
    ),
    ...Object.fromEntries(
      refusals.map((refused) => [`account data refused ${refused}`, accountData({ ...data, variables: [], refused })]),
    ),
    'account variable': accountVariable({
      viewer,
      variable,
      series,
      measurements: [measurement, { ...measurement, id: 2, note: null }],
      path: '/account/data/variables/7',
      page: 2,
      more: true,
    }),
    'account variable empty': accountVariable({
      viewer,
      variable: { ...variable, category: null, measurements: 0, earliestTime: null, latestTime: null, latest: null },
      series: [],
      measurements: [],
      path: '/account/data/variables/7',
      page: 1,
      more: false,
    }),
    'account activity': accountActivity({
      viewer,
      items: types.flatMap((type, i) => [
        { at: at - i * 40_000_000, type, own: true, from, ...named },
        { at: at - i * 40_000_000, type, own: false, app: null },
      ]),
      kind: 'apps',
      retentionDays: 400,
      olderHref: '/account/activity?before=7',
      newestHref: '/account/activity',
    }),
    'account activity empty': accountActivity({ viewer, items: [], retentionDays: 400 }),
    'account activity empty of a kind': accountActivity({ viewer, items: [], kind: 'sign_ins', retentionDays: 400 }),
  }
}
