/**
 * Audit events: what is worth remembering, who did it, and what it tells. One table from the type of an event to its
 * title, its readers and the shape of its detail. A type that was written once stays: old rows bear it.
 */
import { z } from 'zod'
import { developerEvents } from './audit/developer_events.ts'
import {
  type ActivityKind,
  account,
  apps,
  appsOfBoth,
  developer,
  nothing,
  operator,
  type Row,
  signIns,
} from './audit/row.ts'

export type { ActivityKind }

const throughProvider = z.strictObject({ provider: z.string() })
const endedCounts = z.strictObject({ grants: z.number(), sessions: z.number() })
const factorKind = z.enum(['totp', 'recovery_code'])
const authenticator = z.strictObject({ kind: z.enum(['totp', 'passkey']) })
/** By the handle that its holder's pages know it by: its name is the holder's own text. */
const passkey = z.strictObject({ passkey: z.string() })
const appPassword = z.strictObject({ appPassword: z.string() })
const access = z.strictObject({ request: z.string() })
const resource = z.strictObject({ resource: z.string() })
const accessAsked = access.extend({ app: z.string() })

export const auditEvents = {
  // Signing in and out.
  signed_up: { title: 'An account was opened.', ...account, detail: throughProvider.partial() },
  administrator_created: { title: 'The first administrator was created.', ...operator, detail: nothing },
  signed_in: {
    title: 'Somebody signed in.',
    ...signIns,
    detail: z.strictObject({
      provider: z.string().optional(),
      amr: z.array(z.string()).optional(),
      appPassword: z.string().optional(),
    }),
  },
  sign_in_failed: { title: 'A sign-in failed.', ...signIns, changes: false, detail: throughProvider.partial() },
  second_factor_missing: {
    title: 'A sign-in was refused because it had no second factor.',
    ...signIns,
    changes: false,
    detail: nothing,
  },
  second_factor_asked: {
    title: 'The first factor of a sign-in was right, and the second one was asked for.',
    ...signIns,
    changes: false,
    detail: throughProvider.partial(),
  },
  second_factor_failed: {
    title: 'The code of a second factor was wrong.',
    ...signIns,
    detail: z.strictObject({ by: factorKind }),
  },
  second_factor_limited: {
    title: 'No more codes of a second factor are taken for a while, because too many were wrong.',
    ...signIns,
    changes: false,
    detail: nothing,
  },
  second_factor_on: { title: 'An account got its first second factor.', ...account, detail: nothing },
  second_factor_off: { title: 'An account has no second factor any more.', ...account, detail: nothing },
  authenticator_added: { title: 'An authenticator was added to an account.', ...account, detail: authenticator },
  authenticator_removed: { title: 'An authenticator was removed from an account.', ...account, detail: authenticator },
  recovery_codes_made: { title: 'New recovery codes were made.', ...account, detail: nothing },
  factor_removal_asked: {
    title: 'The removal of a lost second factor was asked for.',
    ...account,
    detail: nothing,
  },
  factor_removal_stopped: {
    title: 'The removal of a second factor was stopped.',
    ...account,
    detail: nothing,
  },
  recovery_code_used: {
    title: 'A recovery code was used.',
    ...signIns,
    detail: z.strictObject({ left: z.number() }),
  },
  signed_out: { title: 'Somebody signed out.', ...signIns, detail: nothing },
  signed_out_elsewhere: {
    title: 'Other sessions of an account were signed out.',
    ...signIns,
    detail: z.strictObject({ sessions: z.number() }),
  },
  unknown_signed_out: { title: 'All that gave no device information was ended.', ...signIns, detail: endedCounts },
  password_changed: { title: 'A password was changed.', ...account, detail: nothing },
  password_change_failed: {
    title: 'A password was not changed, because the current one was wrong.',
    ...account,
    changes: false,
    detail: nothing,
  },
  password_reset: { title: 'A lost password was replaced with a mailed link.', ...account, detail: nothing },
  email_verified: { title: 'An e-mail address was confirmed.', ...account, detail: nothing },
  email_changed: { title: 'The e-mail address of an account was changed.', ...account, detail: nothing },
  terms_accepted: {
    title: 'Somebody accepted the terms or the privacy policy of the operator.',
    ...account,
    detail: z.strictObject({
      versions: z.array(z.strictObject({ document: z.enum(['terms', 'privacy']), version: z.string() })),
    }),
  },
  profile_changed: {
    title: 'Somebody changed what they say of themselves.',
    ...account,
    detail: z.strictObject({ changed: z.array(z.enum(['name', 'locale', 'zoneinfo'])) }),
  },
  username_changed: { title: 'A username was changed.', ...account, detail: nothing },
  picture_changed: { title: 'An account got another picture.', ...account, detail: nothing },
  picture_removed: { title: 'The picture of an account was removed.', ...account, detail: nothing },
  password_set: { title: 'An account got its first password.', ...account, detail: nothing },
  app_password_added: { title: 'An app password was made.', ...account, detail: appPassword },
  app_password_ended: { title: 'An app password was ended.', ...account, detail: appPassword },
  personal_token_added: {
    title: 'A personal token was made.',
    ...account,
    detail: z.strictObject({ token: z.string(), scope: z.array(z.string()).readonly(), expires: z.string() }),
  },
  personal_token_ended: {
    title: 'A personal token was ended.',
    ...account,
    detail: z.strictObject({ token: z.string() }),
  },
  identity_linked: { title: 'A provider was linked to an account.', ...account, detail: throughProvider },
  identity_unlinked: { title: 'A provider was unlinked from an account.', ...account, detail: throughProvider },

  passkey_added: { title: 'A passkey was added to an account.', ...account, detail: passkey },
  passkey_renamed: { title: 'A passkey was renamed.', ...account, detail: passkey },
  passkey_removed: { title: 'A passkey was removed from an account.', ...account, detail: passkey },
  passkey_refused: { title: 'A passkey was refused.', ...signIns, changes: false, detail: nothing },
  passkey_counter_fell: {
    title: 'A passkey was refused, because its counter had not risen: there may be a copy of it.',
    ...signIns,
    detail: passkey,
  },

  account_closed: { title: 'An account was closed by its holder.', ...account, detail: nothing },
  account_taken_back: { title: 'A closed account was taken back by its holder.', ...account, detail: nothing },
  account_erased: { title: 'A closed account was erased.', ...operator, detail: nothing },

  // What is kept of a person.
  data_exported: {
    title: 'Somebody exported what they have recorded.',
    ...account,
    changes: false,
    detail: z.strictObject({ format: z.string() }),
  },
  data_imported: {
    title: 'Somebody imported measurements.',
    ...account,
    detail: z.strictObject({ stored: z.number(), refused: z.number() }),
  },
  data_deleted: {
    title: 'Somebody deleted what they have recorded.',
    ...account,
    detail: z.strictObject({ measurements: z.number() }),
  },

  // Access to an account.
  consent_given: {
    title: 'Somebody allowed an app.',
    ...apps,
    detail: z.strictObject({
      scope: z.array(z.string()).readonly(),
      ticket: z.literal(true).optional(),
      device: z.literal(true).optional(),
    }),
  },
  consent_withdrawn: {
    title: 'An app lost its access to an account.',
    ...apps,
    // Who asked for it on the person's behalf, and why.
    detail: z.strictObject({ by: z.string().optional(), reason: z.string().optional() }),
  },
  grant_revoked: { title: 'An authorization was revoked.', ...apps, detail: nothing },
  access_token_revoked: { title: 'An access token was revoked.', ...apps, detail: nothing },
  credential_reused: {
    title: 'A code or refresh token was used again.',
    ...appsOfBoth,
    detail: z.strictObject({ kind: z.enum(['code', 'refresh']), step: z.number(), ended: z.boolean() }),
  },

  // Apps and subscription keys, by their developers.
  ...developerEvents,

  // What the operator does.
  user_created: {
    title: 'An account was created by the operator.',
    ...account,
    detail: z.strictObject({ roles: z.array(z.string()).readonly() }),
  },
  user_imported: {
    title: 'An account came from another server.',
    ...account,
    detail: z.strictObject({ source: z.string() }),
  },
  grant_imported: {
    title: 'An authorization of an app came from another server.',
    ...apps,
    detail: z.strictObject({ source: z.string() }),
  },
  user_password_set: { title: 'The operator set the password of an account.', ...account, detail: nothing },
  reset_link_made: {
    title: 'The operator made a link with which a new password can be set.',
    ...account,
    detail: nothing,
  },
  reset_link_mailed: {
    title: 'The operator had a link mailed with which a new password can be set.',
    ...account,
    detail: nothing,
  },
  user_sessions_ended: {
    title: 'The operator ended everything that was signed in to an account.',
    ...account,
    detail: nothing,
  },
  user_guesses_forgiven: {
    title: 'The operator let people try again who had guessed too often at an account.',
    ...account,
    detail: nothing,
  },
  user_roles_changed: {
    title: 'The operator gave an account other roles.',
    ...account,
    detail: z.strictObject({ roles: z.array(z.string()).readonly() }),
  },
  user_invited: { title: 'The operator invited somebody to open an account.', ...operator, detail: nothing },
  access_requested: { title: 'A developer asked for access with an app.', ...operator, detail: accessAsked },
  access_approved: { title: 'A request for access was approved.', ...developer, detail: access },
  access_refused: { title: 'A request for access was refused.', ...operator, detail: access },
  access_taken_up: { title: 'An approved request became an app of its developer.', ...developer, detail: access },
  user_enabled: { title: 'An account was enabled by the operator.', ...account, detail: nothing },
  user_disabled: { title: 'An account was disabled by the operator.', ...account, detail: nothing },
  user_deleted: { title: 'An account was deleted by the operator.', ...operator, detail: nothing },
  initial_token_added: {
    title: 'A token was made by which apps may register themselves.',
    ...operator,
    detail: z.strictObject({ token: z.string(), name: z.string() }),
  },
  initial_token_removed: {
    title: 'A token was ended by which apps might register themselves.',
    ...operator,
    detail: z.strictObject({ token: z.string(), name: z.string() }),
  },
  client_created: {
    title: 'An app was registered by the operator.',
    ...developer,
    detail: z.strictObject({ name: z.string().optional() }),
  },
  client_approved: {
    title: 'An app, or its waiting change, was approved.',
    ...developer,
    detail: z.strictObject({ form: z.looseObject({}) }),
  },
  client_refused: { title: 'An app in development was refused.', ...developer, detail: nothing },
  client_change_refused: { title: 'The waiting change of an app was refused.', ...developer, detail: nothing },
  client_changes_wanted: {
    title: 'The operator asked for changes of an app before it is approved.',
    ...developer,
    detail: nothing,
  },
  client_verified: {
    title: 'An app was verified.',
    ...developer,
    // As shown to people.
    detail: z.strictObject({ by: z.string() }),
  },
  client_unverified: { title: 'An app is no longer verified.', ...developer, detail: nothing },
  client_plan_changed: {
    title: 'An app was given another plan, or none.',
    ...developer,
    detail: z.strictObject({ plan: z.string().nullable() }),
  },
  client_enabled: { title: 'An app was enabled by the operator.', ...developer, detail: nothing },
  client_disabled: { title: 'An app was disabled by the operator.', ...developer, detail: nothing },
  client_deleted: { title: 'An app was deleted by the operator.', ...developer, detail: nothing },
  client_tokens_ended: { title: 'All tokens of an app were ended.', ...developer, detail: nothing },
  signing_key_rotated: {
    title: 'Another signing key was put in use.',
    ...operator,
    detail: z.strictObject({ alg: z.string(), kid: z.string() }),
  },
  legacy_protocol_decided: {
    title: 'The plan for the end of a legacy protocol was changed.',
    ...operator,
    detail: z.strictObject({
      protocol: z.string(),
      closed: z.boolean(),
      sunset: z.string().nullable(),
      link: z.string().nullable(),
      brownouts: z.array(z.strictObject({ from: z.string(), until: z.string() })).optional(),
    }),
  },
  backup_made: { title: 'The database was backed up.', ...operator, detail: z.strictObject({ rows: z.number() }) },
  backup_restored: {
    title: 'This database was made from a backup.',
    ...operator,
    detail: z.strictObject({ backup: z.string(), clone: z.boolean(), events: z.number(), again: z.number() }),
  },
  recovery_resumed: {
    title: 'Jobs, mails and calls to other servers go out again after a restore.',
    ...operator,
    detail: nothing,
  },
  recovery_acknowledged: {
    title: 'The operator took note of what was lost by a restore.',
    ...operator,
    detail: nothing,
  },
  job_retried: {
    title: 'A job that did not succeed was tried again.',
    ...operator,
    detail: z.strictObject({ job: z.string(), kind: z.string() }),
  },
  resource_created: { title: 'An API was registered.', ...operator, detail: resource },
  resource_changed: {
    title: 'An API was changed.',
    ...operator,
    detail: resource.extend({ members: z.array(z.string()).readonly() }),
  },
  resource_removed: { title: 'An API was removed.', ...operator, detail: resource },
  applied: {
    title: 'A document of the operator changed something.',
    ...operator,
    detail: z.strictObject({
      action: z.enum(['create', 'update', 'remove']),
      kind: z.string(),
      name: z.string(),
      members: z.array(z.string()).readonly(),
    }),
  },
} as const satisfies Readonly<Record<string, Row>>

export type AuditType = keyof typeof auditEvents
export type AuditDetail<Type extends AuditType> = z.input<(typeof auditEvents)[Type]['detail']>

/** Types whose detail may be empty. */
export type BareAuditType = {
  [Type in AuditType]: Record<never, never> extends AuditDetail<Type> ? Type : never
}[AuditType]

/** Types of what changes nothing. */
export type IdleAuditType = {
  [Type in AuditType]: (typeof auditEvents)[Type] extends { readonly changes: false } ? Type : never
}[AuditType]

/** Types of which the holder of the account reads. */
export type HolderAuditType = {
  [Type in AuditType]: (typeof auditEvents)[Type] extends { readonly about: ActivityKind } ? Type : never
}[AuditType]

/** What each event is about that the holder of an account reads of. */
export const activityKinds = Object.fromEntries(
  Object.entries<Row>(auditEvents).flatMap(([type, { about }]) => (about === undefined ? [] : [[type, about]])),
) as Readonly<Record<HolderAuditType, ActivityKind>>
