/** /developer/apps/ID/settings: what people read of an app, its kind and its permissions. */
import { type AppDetails, detailsOf } from '../../../engine/developer/app_details.ts'
import { profileStateOf, saveProfile } from '../../../engine/developer/app_profile.ts'
import { protectionsFor, protectionsOf, saveProtections } from '../../../engine/developer/app_protections.ts'
import { registrationFor } from '../../../engine/developer/developer_apps.ts'
import { accessOf, renameApp, saveAccess, saveDetails, withdrawChange } from '../../../engine/developer/edit_app.ts'
import { saveSignInAddresses, signInAddressesOf } from '../../../engine/developer/sign_in_addresses.ts'
import { saveSignOutAddresses, signOutAddressesOf } from '../../../engine/developer/sign_out_addresses.ts'
import { offeredScopes, readScopes } from '../../../engine/grant/scopes.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Form } from '../../../lib/form.ts'
import type { Page, Words } from '../../../words/index.ts'
import { appPath, secretsPath, settingsPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf } from '../../visit.ts'
import { frame, type OwnApp, ownApp, requireOwnApp } from '../own_app.ts'
import { moveSubjects } from './move_subjects.tsx'
import { type AppSettingsProps, appSettings, scopesFor } from './settings_view.tsx'

export const appSettingsPages = [
  page({
    path: '/developer/apps/:id/settings',
    guard: ownApp,
    get: (visit) => draw(visit, { notice: noticeOf(visit, visit.words.settings.notices) }),
  }),

  page({
    path: '/developer/apps/:id/settings/name',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const name = form.get('name') ?? ''
      const renamed = await renameApp(context, by, client.id, name)
      if (renamed.problem === undefined) return saved(visit, renamed, 'renamed')
      return sendPage(reply, 400, await draw(visit, { rename: { name, problem: renamed.problem } }))
    },
  }),

  page({
    path: '/developer/apps/:id/settings/details',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const details = detailsIn(form)
      const changed = await saveDetails(context, by, client.id, details)
      if (changed.problems === undefined && changed.problem === undefined) return saved(visit, changed)
      const detailProblems = changed.problems ?? { publisher: changed.problem }
      return sendPage(reply, 400, await draw(visit, { details, detailProblems }))
    },
  }),

  page({
    path: '/developer/apps/:id/settings/access',
    guard: ownApp,
    repeatable: 'scope',
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const access = { kind: form.get('kind') ?? '', scope: scopeIn(form) }
      const changed = await saveAccess(context, by, client, access)
      if (changed.problem !== undefined) {
        const { field, problem } = changed
        return sendPage(reply, 400, await draw(visit, { ...access, accessProblem: { field, problem } }))
      }
      const after = await requireOwnApp(visit, client.id)
      // An app that keeps a secret from now on has none yet.
      if (after.confidential && !client.confidential) return goTo(visit, `${secretsPath(client.id)}?done=needed`)
      return saved(visit, changed)
    },
  }),

  page({
    path: '/developer/apps/:id/settings/sign-out',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const filled = form.get('post_logout_redirect_uris') ?? ''
      const addresses = {
        afterwards: linesIn(filled),
        backChannel: (form.get('backchannel_logout_uri') ?? '').trim(),
        sessionRequired: form.has('backchannel_logout_session_required'),
        frontChannel: (form.get('frontchannel_logout_uri') ?? '').trim(),
      }
      const changed = await saveSignOutAddresses(context, by, client, addresses)
      if (changed.problem === undefined) return saved(visit, changed)
      const problem = { field: changed.field, it: changed.problem }
      const signOut = { ...addresses, afterwards: filled, shows: context.settings.frontChannelLogout, problem }
      return sendPage(reply, 400, await draw(visit, { signOut }))
    },
  }),

  page({
    path: '/developer/apps/:id/settings/protections',
    guard: ownApp,
    repeatable: 'protection',
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const wanted = form.all('protection')
      const changed = await saveProtections(context, by, client, wanted)
      if (changed.problem === undefined) return saved(visit, changed)
      const offered = protectionsFor(client)
      const on = offered.filter((one) => wanted.includes(one))
      return sendPage(reply, 400, await draw(visit, { protections: { offered, on, problem: changed.problem } }))
    },
  }),

  page({
    path: '/developer/apps/:id/settings/sign-in',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const sector = form.get('sector_identifier_uri')?.trim()
      const addresses = {
        begins: (form.get('initiate_login_uri') ?? '').trim(),
        sector: signInAddressesOf(client).sector === undefined ? undefined : (sector ?? ''),
      }
      const mayMoveSubjects = form.has(moveSubjects)
      const changed = await saveSignInAddresses(context, by, client, { ...addresses, mayMoveSubjects })
      if (changed.problem === undefined) return saved(visit, changed)
      const problem = { field: changed.field, it: changed.problem }
      return sendPage(reply, 400, await draw(visit, { signIn: { ...addresses, problem } }))
    },
  }),

  page({
    path: '/developer/apps/:id/settings/profile',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const profile = form.get('profile') ?? ''
      const changed = await saveProfile(context, by, client.id, profile)
      if (changed.problem === undefined) return saved(visit, changed, 'profiled')
      const tried = { profile, problem: changed.problem }
      return sendPage(reply, 400, await draw(visit, { profile: { ...profileStateOf(client), tried } }))
    },
  }),

  page({
    path: '/developer/apps/:id/settings/withdraw',
    guard: ownApp,
    post: async (visit) => {
      const { context, client, by } = visit
      await withdrawChange(context, by, client.id)
      return goTo(visit, `${appPath(client.id)}?done=withdrawn`)
    },
  }),
]

/** What people read of an app beside its name, as a form says it. */
export function detailsIn(form: Form): AppDetails {
  const text = (name: string) => form.get(name) ?? ''
  return {
    publisher: text('publisher'),
    website: text('website'),
    policy: text('policy'),
    terms: text('terms'),
    logo: text('logo'),
  }
}

/** The addresses in a field, one a line. */
export function linesIn(field: string): readonly string[] {
  return field
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The scopes that a form has chosen, each once. */
export function scopeIn(form: Form): readonly string[] {
  return [...new Set(form.all('scope'))]
}

function saved(
  visit: OwnApp,
  { waits }: { readonly waits?: boolean },
  done: keyof Words['settings']['notices'] = 'saved',
) {
  return goTo(visit, `${settingsPath(visit.client.id)}?done=${waits === true ? 'waits' : done}`)
}

async function draw(visit: OwnApp, more: Partial<AppSettingsProps>): Promise<Page> {
  const { context, client, by } = visit
  const access = accessOf(client)
  const signOut = signOutAddressesOf(client)
  return appSettings({
    ...frame(visit),
    details: detailsOf(client),
    ...access,
    scopes: scopesFor(await offeredScopes(context, client), (await readScopes(context)).shown(access.scope)),
    signIn: signInAddressesOf(client),
    signOut: {
      ...signOut,
      afterwards: signOut.afterwards.join('\n'),
      shows: context.settings.frontChannelLogout,
    },
    protections: { offered: protectionsFor(client), on: protectionsOf(client) },
    profile: profileStateOf(client),
    needsApproval: client.status === 'enabled' && registrationFor(context, by.account) !== 'open',
    ...more,
  })
}
