/**
 * What an app's own webhooks are told of, by the type of the audit event that it comes from. An app learns nothing that its
 * developer cannot see anyway: whom it concerns is said by the ID that the app knows.
 */
import type { AuditType } from '../audit_events.ts'

export const appEvents = {
  consent_given: { type: 'access.given', ofPerson: true },
  consent_withdrawn: { type: 'access.removed', ofPerson: true },
  grant_revoked: { type: 'access.ended', ofPerson: true },
  credential_reused: { type: 'access.reused', ofPerson: true },
  client_approved: { type: 'app.approved', ofPerson: false },
  client_refused: { type: 'app.refused', ofPerson: false },
  client_change_refused: { type: 'app.change_refused', ofPerson: false },
  client_changes_wanted: { type: 'app.changes_wanted', ofPerson: false },
  client_verified: { type: 'app.verified', ofPerson: false },
  client_unverified: { type: 'app.unverified', ofPerson: false },
  client_enabled: { type: 'app.enabled', ofPerson: false },
  client_disabled: { type: 'app.disabled', ofPerson: false },
  client_tokens_ended: { type: 'app.tokens_ended', ofPerson: false },
  app_changed_itself: { type: 'app.changed', ofPerson: false },
  app_renamed: { type: 'app.changed', ofPerson: false },
  app_details_changed: { type: 'app.changed', ofPerson: false },
  app_access_changed: { type: 'app.changed', ofPerson: false },
  app_protections_changed: { type: 'app.changed', ofPerson: false },
  app_sign_in_changed: { type: 'app.changed', ofPerson: false },
  app_profile_changed: { type: 'app.changed', ofPerson: false },
  app_sign_out_changed: { type: 'app.changed', ofPerson: false },
  redirect_uri_added: { type: 'app.changed', ofPerson: false },
  redirect_uri_changed: { type: 'app.changed', ofPerson: false },
  redirect_uri_removed: { type: 'app.changed', ofPerson: false },
  client_secret_added: { type: 'app.secret_changed', ofPerson: false },
  client_secret_replaced: { type: 'app.secret_changed', ofPerson: false },
  client_secret_removed: { type: 'app.secret_changed', ofPerson: false },
} as const satisfies Partial<Record<AuditType, { readonly type: string; readonly ofPerson: boolean }>>

export type AppEventType = (typeof appEvents)[keyof typeof appEvents]['type']

/** The types that an app may choose, each once. */
export const appEventTypes = [...new Set(Object.values(appEvents).map(({ type }) => type))] as readonly AppEventType[]

/** What a test sends; it comes whatever was chosen. */
export const testEventType = 'webhook.test'

/** What the operator's webhooks are told beside the events of the audit log. */
export const sealedEventType = 'audit.sealed'

/** How an event of the audit log is called for the operator's webhooks. */
export function auditEventType(type: string): string {
  return `audit.${type}`
}

/** Why nothing is sent: by those whose it is, after long failure, or because the receiver answered that it has gone (410). */
export type WebhookOffReason = 'by_hand' | 'failed' | 'gone'

export type DeliveryState = 'waiting' | 'delivered' | 'failed'
