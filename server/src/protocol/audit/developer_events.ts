/** Audit events of what developers do with their apps and subscription keys. */
import { z } from 'zod'
import { profiles } from '../profiles/profiles.ts'
import { appsOfBoth, developer, nothing, type Row } from './row.ts'

const key = { key: z.string() }
const webhook = z.strictObject({ webhook: z.string() })

export const developerEvents = {
  // Apps, by their developers.
  app_registered: {
    title: 'An app was registered.',
    ...developer,
    detail: z.strictObject({ name: z.string(), kind: z.string(), status: z.string() }),
  },
  app_registered_itself: {
    title: 'An app registered itself.',
    ...developer,
    detail: z.strictObject({ name: z.string(), status: z.string(), token: z.string().optional() }),
  },
  app_changed_itself: {
    title: 'An app changed its registration.',
    ...developer,
    detail: z.strictObject({ members: z.array(z.string()).readonly() }),
  },
  app_removed_itself: {
    title: 'An app removed its registration.',
    ...developer,
    detail: z.strictObject({ name: z.string() }),
  },
  app_unused_removed: {
    title: 'An app that had registered itself was removed, as nobody used it.',
    ...developer,
    detail: z.strictObject({ name: z.string() }),
  },
  app_renamed: { title: 'An app was renamed.', ...developer, detail: z.strictObject({ name: z.string() }) },
  app_details_changed: {
    title: 'The details of an app were changed.',
    ...developer,
    detail: z.looseObject({}),
  },
  app_access_changed: {
    title: 'What an app may request was changed.',
    ...developer,
    detail: z.strictObject({ kind: z.string().optional(), scope: z.string() }),
  },
  app_sign_out_changed: {
    title: 'What an app has registered for signing people out was changed.',
    ...developer,
    detail: z.strictObject({
      afterwards: z.array(z.string()).readonly(),
      backChannel: z.string().nullable(),
      sessionRequired: z.boolean(),
      // Events of before there was such an address have none.
      frontChannel: z.string().nullable().optional(),
    }),
  },
  app_protections_changed: {
    title: 'The protections that an app asks for were changed.',
    ...developer,
    detail: z.strictObject({ protections: z.array(z.string()).readonly() }),
  },
  app_sign_in_changed: {
    title: 'Where people begin to sign in to an app was changed.',
    ...developer,
    detail: z.strictObject({ begins: z.string().nullable(), sector: z.string().nullable().optional() }),
  },
  app_profile_changed: {
    title: 'The security profile of an app was changed.',
    ...developer,
    detail: z.strictObject({ profile: z.enum(profiles).nullable() }),
  },
  app_change_withdrawn: { title: 'A waiting change of an app was withdrawn.', ...developer, detail: nothing },
  app_deleted: { title: 'An app was deleted.', ...developer, detail: z.strictObject({ name: z.string() }) },
  app_taken_over: { title: 'An app was taken over by another account.', ...appsOfBoth, detail: nothing },
  redirect_uri_added: { title: 'A redirect URI was added.', ...developer, detail: z.strictObject({ uri: z.string() }) },
  redirect_uri_changed: {
    title: 'A redirect URI was changed.',
    ...developer,
    detail: z.strictObject({ from: z.string(), to: z.string() }),
  },
  redirect_uri_removed: {
    title: 'A redirect URI was removed.',
    ...developer,
    detail: z.strictObject({ uri: z.string() }),
  },
  client_secret_added: {
    title: 'A client secret was added.',
    ...developer,
    detail: z.strictObject({ secret: z.string(), name: z.string() }),
  },
  client_secret_replaced: {
    title: 'A client secret was replaced.',
    ...developer,
    detail: z.strictObject({ secret: z.string(), name: z.string(), replaces: z.string(), oldEnds: z.string() }),
  },
  client_secret_removed: {
    title: 'A client secret was removed.',
    ...developer,
    detail: z.strictObject({ secret: z.string() }),
  },
  older_settings_changed: {
    title: 'The relaxed rules of an app were changed.',
    ...developer,
    detail: z.looseObject({}),
  },
  tester_invited: {
    title: 'Somebody was invited to test an app.',
    ...developer,
    detail: z.strictObject({ username: z.string() }),
  },
  tester_removed: {
    title: 'A tester of an app was removed.',
    ...developer,
    detail: z.strictObject({ username: z.string() }),
  },
  app_invited: {
    title: 'Somebody was invited to work on an app.',
    ...developer,
    detail: z.strictObject({ username: z.string() }),
  },
  app_invitation_ended: {
    title: 'An invitation to work on an app was taken back.',
    ...developer,
    detail: z.strictObject({ username: z.string() }),
  },
  app_shared: { title: 'Somebody accepted to work on an app.', ...appsOfBoth, detail: nothing },
  app_declined: { title: 'Somebody declined to work on an app.', ...appsOfBoth, detail: nothing },
  app_unshared: { title: 'Somebody was removed from an app.', ...appsOfBoth, detail: nothing },
  app_left: { title: 'Somebody no longer works on an app.', ...appsOfBoth, detail: nothing },
  invitation_accepted: { title: 'An invitation to test an app was accepted.', ...appsOfBoth, detail: nothing },
  invitation_declined: { title: 'An invitation to test an app was declined.', ...appsOfBoth, detail: nothing },

  // Webhooks, of apps by their developers and of the audit log by the operator.
  webhook_added: { title: 'A webhook was added.', ...developer, detail: webhook },
  webhook_changed: {
    title: 'The address or the events of a webhook were changed.',
    ...developer,
    detail: webhook.extend({ members: z.array(z.string()) }),
  },
  webhook_removed: { title: 'A webhook was removed.', ...developer, detail: webhook },
  webhook_secret_rotated: { title: 'A webhook got another secret.', ...developer, detail: webhook },
  webhook_switched_on: { title: 'A webhook was switched on.', ...developer, detail: webhook },
  webhook_switched_off: {
    title: 'A webhook was switched off.',
    ...developer,
    detail: webhook.extend({ reason: z.enum(['by_hand', 'failed', 'gone']) }),
  },

  // Subscription keys, by their developers.
  subscription_key_created: {
    title: 'A subscription key was created.',
    ...developer,
    detail: z.strictObject({ ...key, name: z.string() }),
  },
  subscription_key_renamed: {
    title: 'A subscription key was renamed.',
    ...developer,
    detail: z.strictObject({ ...key, name: z.string() }),
  },
  subscription_key_rotated: {
    title: 'A subscription key was rotated.',
    ...developer,
    detail: z.strictObject({ ...key, overlap: z.string() }),
  },
  subscription_key_enabled: { title: 'A subscription key was enabled.', ...developer, detail: z.strictObject(key) },
  subscription_key_disabled: { title: 'A subscription key was disabled.', ...developer, detail: z.strictObject(key) },
  subscription_key_deleted: {
    title: 'A subscription key was deleted.',
    ...developer,
    detail: z.strictObject({ ...key, name: z.string() }),
  },
  subscription_key_invited: {
    title: 'Somebody was invited to share a subscription key.',
    ...developer,
    detail: z.strictObject({ ...key, username: z.string() }),
  },
  subscription_key_invitation_ended: {
    title: 'An invitation to share a subscription key was taken back.',
    ...developer,
    detail: z.strictObject({ ...key, username: z.string() }),
  },
  subscription_key_shared: {
    title: 'Somebody accepted to share a subscription key.',
    ...appsOfBoth,
    detail: z.strictObject(key),
  },
  subscription_key_declined: {
    title: 'Somebody declined to share a subscription key.',
    ...appsOfBoth,
    detail: z.strictObject(key),
  },
  subscription_key_unshared: {
    title: 'A subscription key is no longer shared with somebody.',
    ...appsOfBoth,
    detail: z.strictObject(key),
  },
  subscription_key_left: {
    title: 'Somebody gave up their share of a subscription key.',
    ...appsOfBoth,
    detail: z.strictObject(key),
  },
} as const satisfies Readonly<Record<string, Row>>
