/**
 * What is carried out again of each audit event, in a database that was made from a backup older than it. What an event
 * ended or took away ends again. Where it does not tell enough, more ends: of a changed password the row knows no hash, so
 * that the former one must not work. What came about after the backup is lost, and its people are told of.
 */
import type { AuditDetail, AuditType, IdleAuditType } from '../../../protocol/audit_events.ts'
import {
  amendApp,
  amendKey,
  applied,
  decideProtocol,
  endInvitation,
  givePlan,
  keyOf,
  leaveTeam,
  replaceRedirectUri,
} from './apps_again.ts'
import { type Again, isUserId } from './event_again.ts'
import {
  changeRoles,
  disable,
  enable,
  endAccessTokens,
  endAtApp,
  endEverything,
  endOfSessions,
  endPassword,
  endRecoveryCodes,
  endWithFactor,
  erase,
  removeFactors,
  removePasskey,
  unlink,
} from './people_again.ts'

/** Does it; answers whether that changed anything. */
type Deed<Type extends AuditType> = (again: Again, detail: AuditDetail<Type>) => Promise<boolean>

/** `nothing`: there is nothing to end. A text: what is lost, to be told of whom or of which app the event is. */
export type Row<Type extends AuditType> = 'nothing' | { readonly lost: string } | Deed<Type>

const lost = (what: string) => ({ lost: what })

/** Every type of event that changes something has its row, so that a new one is thought of. */
export const rows: { readonly [Type in Exclude<AuditType, IdleAuditType>]: Row<Type> } = {
  // Signing in and out.
  signed_up: lost('opened the account after the backup; it is lost.'),
  administrator_created: lost('became administrator after the backup; that is lost.'),
  signed_in: 'nothing',
  second_factor_failed: 'nothing',
  second_factor_on: endWithFactor,
  second_factor_off: removeFactors,
  authenticator_added: lost('added an authenticator after the backup; it is lost.'),
  authenticator_removed: async ({ storage, who }, { kind }) =>
    kind === 'totp' && who !== undefined && storage.factors.removeTotp(who),
  recovery_codes_made: endRecoveryCodes,
  factor_removal_asked: 'nothing',
  factor_removal_stopped: async ({ storage, who }) => who !== undefined && storage.factors.cancelRemoval(who),
  recovery_code_used: endRecoveryCodes,
  signed_out: endOfSessions,
  signed_out_elsewhere: endOfSessions,
  unknown_signed_out: async (again) => {
    const ended = await endOfSessions(again)
    if (again.who === undefined) return ended
    return (await again.storage.grants.endAll({ userId: again.who, unlabelled: true }, 'revoked_by_user')) > 0 || ended
  },
  password_changed: (again) => endPassword(again, 'has changed the password after the backup.'),
  password_reset: (again) => endPassword(again, 'has set another password after the backup.'),
  email_verified: lost('proved the e-mail address after the backup, and has to do so again.'),
  email_changed: async ({ storage, who, tell }) => {
    if (who === undefined) return false
    tell('has changed the e-mail address after the backup. The former one counts as unproved; the new one is lost.')
    return typeof (await storage.accounts.update(who, { emailVerified: false })) === 'object'
  },
  terms_accepted: 'nothing',
  profile_changed: 'nothing',
  username_changed: lost('has changed the username after the backup; the former one is back.'),
  picture_changed: 'nothing',
  picture_removed: async ({ storage, who }) => who !== undefined && storage.pictures.remove(who),
  password_set: lost('set a first password after the backup; it is lost.'),
  app_password_added: lost('made an app password after the backup; it is lost.'),
  app_password_ended: async ({ storage, who }, { appPassword }) => {
    if (who === undefined) return false
    const ended = await storage.appPasswords.end(who, appPassword)
    return (await storage.grants.endAll({ userId: who, appPassword }, 'revoked_by_user')) > 0 || ended.length > 0
  },
  personal_token_added: lost('made a personal token after the backup; it is lost.'),
  personal_token_ended: ({ storage }, { token }) =>
    storage.grants.end(Buffer.from(token, 'base64url'), 'revoked_by_user'),
  identity_linked: lost('linked a provider after the backup; that is lost.'),
  identity_unlinked: (again, { provider }) => unlink(again, provider),
  passkey_added: lost('added a passkey after the backup; it is lost.'),
  passkey_renamed: 'nothing',
  passkey_removed: (again, { passkey }) => removePasskey(again, passkey),
  passkey_counter_fell: 'nothing',
  account_closed: (again) => disable(again, again.event.at),
  account_taken_back: enable,
  account_erased: (again) => erase(again),

  // What is kept of a person.
  data_imported: lost('imported measurements after the backup; they are lost.'),
  data_deleted: lost('deleted measurements after the backup. They are back, and have to be deleted again.'),

  // Access to an account.
  consent_given: 'nothing',
  consent_withdrawn: async (again) => {
    const { storage, who, app } = again
    const withdrawn = who !== undefined && app !== undefined && (await storage.consents.withdraw(who, app))
    return (await endAtApp(again)) || withdrawn
  },
  grant_revoked: endAtApp,
  access_token_revoked: endAccessTokens,
  credential_reused: async (again, { ended }) => ended && endAtApp(again),

  // Apps, by their developers.
  app_registered: lost('was registered after the backup; it is lost.'),
  app_registered_itself: lost('registered itself after the backup; it is lost.'),
  app_changed_itself: (again, { members }) => {
    again.tell(
      `changed its registration after the backup (${members.join(', ')}). It is disabled until you look at it.`,
    )
    return amendApp(again, () => ({ status: 'disabled' }))
  },
  app_removed_itself: async ({ storage, app }) => app !== undefined && storage.clients.delete(app),
  app_unused_removed: async ({ storage, app }) => app !== undefined && storage.clients.delete(app),
  app_renamed: lost('was renamed after the backup.'),
  app_details_changed: lost('has other details since the backup.'),
  app_access_changed: lost('may request something else since the backup; look at it.'),
  app_protections_changed: lost('asks for other protections since the backup; look at it.'),
  app_sign_in_changed: lost('has another address where people begin to sign in since the backup.'),
  app_profile_changed: lost('has another security profile since the backup; look at it.'),
  app_sign_out_changed: lost('has other addresses for signing out since the backup.'),
  app_change_withdrawn: (again) =>
    amendApp(again, ({ proposal }) => (proposal === null ? undefined : { proposal: null })),
  app_deleted: async ({ storage, app }) => app !== undefined && storage.clients.delete(app),
  app_taken_over: (again) => {
    const { actor } = again.event
    return amendApp(again, () => (isUserId(actor) ? { ownerId: actor, verification: null } : undefined))
  },
  redirect_uri_added: lost('got a redirect URI after the backup; it is lost.'),
  redirect_uri_changed: (again, { from, to }) => replaceRedirectUri(again, from, to),
  redirect_uri_removed: (again, { uri }) => replaceRedirectUri(again, uri, undefined),
  client_secret_added: lost('got a secret after the backup; it is lost.'),
  client_secret_replaced: (again, { replaces, oldEnds }) => {
    again.tell('has replaced a secret after the backup. The new one is lost and has to be made again.')
    return amendApp(again, ({ secrets }) =>
      secrets.some(({ id }) => id === replaces)
        ? { expireSecret: { id: replaces, at: Date.parse(oldEnds) } }
        : undefined,
    )
  },
  client_secret_removed: (again, { secret }) =>
    amendApp(again, ({ secrets }) =>
      secrets.some(({ id }) => id === secret) ? { removeSecrets: [secret] } : undefined,
    ),
  older_settings_changed: lost('has other relaxed rules since the backup; look at them.'),
  app_invited: lost('invited somebody to work on it after the backup; that is lost.'),
  app_invitation_ended: ({ storage, app }, { username }) => endInvitation(storage.appTeams, app, username),
  app_shared: 'nothing',
  app_declined: 'nothing',
  app_unshared: (again) => leaveTeam(again, again.storage.appTeams, again.app),
  app_left: (again) => leaveTeam(again, again.storage.appTeams, again.app),
  tester_invited: lost('invited a tester after the backup; that is lost.'),
  tester_removed: async ({ storage, app }, { username }) =>
    app !== undefined && (await storage.testers.remove(app, username)) !== undefined,
  invitation_accepted: 'nothing',
  invitation_declined: async ({ storage, app, who }) =>
    app !== undefined && who !== undefined && storage.testers.answer(app, who, 'declined'),

  // Webhooks.
  webhook_added: lost('got a webhook after the backup; it is lost.'),
  webhook_changed: lost('has a webhook whose address or events were changed after the backup; change it again.'),
  webhook_removed: ({ storage }, { webhook }) => storage.webhooks.delete(webhook),
  webhook_secret_rotated: lost('has another secret of a webhook since the backup; make one again.'),
  webhook_switched_on: 'nothing',
  webhook_switched_off: ({ storage, event }, { webhook, reason }) =>
    storage.webhooks.update(webhook, { offAt: event.at, offReason: reason }),

  // Subscription keys, by their developers.
  subscription_key_created: lost('made a subscription key after the backup; it is lost.'),
  subscription_key_renamed: 'nothing',
  subscription_key_rotated: (again, { key }) => {
    again.tell('has rotated a subscription key after the backup. It is disabled until it is rotated again.')
    return amendKey(again, key, (present) => ({ ...present, disabled: present.disabled ?? 'developer' }))
  },
  subscription_key_enabled: (again, { key }) => amendKey(again, key, (present) => ({ ...present, disabled: null })),
  subscription_key_disabled: (again, { key }) =>
    amendKey(again, key, (present) => ({ ...present, disabled: present.disabled ?? 'developer' })),
  subscription_key_deleted: async (again, { key }) => {
    const found = await keyOf(again, key)
    return found !== undefined && again.storage.subscriptionKeys.delete(found.id)
  },
  subscription_key_invited: 'nothing',
  subscription_key_invitation_ended: async (again, { key, username }) =>
    endInvitation(again.storage.keyTeams, (await keyOf(again, key))?.id, username),
  subscription_key_shared: 'nothing',
  subscription_key_declined: 'nothing',
  subscription_key_unshared: async (again, { key }) =>
    leaveTeam(again, again.storage.keyTeams, (await keyOf(again, key))?.id),
  subscription_key_left: async (again, { key }) =>
    leaveTeam(again, again.storage.keyTeams, (await keyOf(again, key))?.id),

  // What the operator does.
  user_created: lost('was created after the backup; the account is lost.'),
  user_imported: lost('came from another server after the backup; import again.'),
  grant_imported: lost('has an authorization that came from another server after the backup; import again.'),
  user_password_set: (again) => endPassword(again, 'got another password after the backup.'),
  reset_link_made: 'nothing',
  reset_link_mailed: 'nothing',
  user_sessions_ended: endEverything,
  user_guesses_forgiven: 'nothing',
  user_roles_changed: (again, { roles }) => changeRoles(again, roles),
  user_invited: 'nothing',
  access_requested: 'nothing',
  access_approved: 'nothing',
  access_refused: 'nothing',
  access_taken_up: 'nothing',
  user_enabled: enable,
  user_disabled: (again) => disable(again, null),
  user_deleted: (again) => erase(again),
  client_created: lost('was registered after the backup; it is lost.'),
  client_approved: lost('was approved after the backup, and has to be approved again.'),
  client_refused: lost('was refused after the backup, and waits again until it is refused again.'),
  client_change_refused: (again) =>
    amendApp(again, ({ proposal }) => (proposal === null ? undefined : { proposal: null })),
  client_changes_wanted: 'nothing',
  client_verified: lost('was verified after the backup, and has to be verified again.'),
  client_unverified: (again) => amendApp(again, () => ({ verification: null })),
  initial_token_added: lost('A token for registrations was made after the backup; it is lost.'),
  initial_token_removed: async ({ storage }, { token }) => {
    const found = (await storage.initialTokens.list()).find(({ digest }) => digest.startsWith(token))
    return found !== undefined && storage.initialTokens.delete(found.digest)
  },
  client_plan_changed: givePlan,
  client_enabled: (again) => amendApp(again, () => ({ status: 'enabled' })),
  client_disabled: (again) => amendApp(again, () => ({ status: 'disabled' })),
  client_deleted: async ({ storage, app }) => app !== undefined && storage.clients.delete(app),
  client_tokens_ended: (again) => amendApp(again, () => ({ invalidate: true })),
  job_retried: 'nothing',
  signing_key_rotated: lost('Signing keys were rotated after the backup. If one had leaked: keys rotate.'),
  legacy_protocol_decided: decideProtocol,
  backup_made: 'nothing',
  backup_restored: 'nothing',
  recovery_resumed: 'nothing',
  recovery_acknowledged: 'nothing',
  resource_created: async ({ tell }, { resource }) => {
    tell(`The API ${resource} was registered after the backup; register it again.`)
    return false
  },
  resource_changed: async ({ tell }, { resource, members }) => {
    tell(`${members.join(', ')} of the API ${resource} changed after the backup; change that again.`)
    return false
  },
  resource_removed: ({ storage }, { resource }) => storage.resources.delete(resource),
  applied,
}
