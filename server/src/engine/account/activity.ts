/** What happened to an account and what its holder did, from the audit log: as much of it as the holder may see. */
import type { Millis } from '../../lib/clock.ts'
import type { HolderAuditType } from '../../protocol/audit_events.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { LoggedEvent } from '../../storage/contract.ts'

/** What an event is about, for a list of some alone. */
export type ActivityKind = 'sign_ins' | 'apps' | 'account'

const kindOf: Readonly<Record<HolderAuditType, ActivityKind>> = {
  signed_up: 'account',
  signed_in: 'sign_ins',
  sign_in_failed: 'sign_ins',
  second_factor_missing: 'sign_ins',
  second_factor_asked: 'sign_ins',
  second_factor_failed: 'sign_ins',
  second_factor_limited: 'sign_ins',
  second_factor_on: 'account',
  second_factor_off: 'account',
  authenticator_added: 'account',
  authenticator_removed: 'account',
  recovery_codes_made: 'account',
  recovery_code_used: 'sign_ins',
  factor_removal_asked: 'account',
  factor_removal_stopped: 'account',
  signed_out: 'sign_ins',
  signed_out_elsewhere: 'sign_ins',
  password_changed: 'account',
  password_change_failed: 'account',
  password_set: 'account',
  passkey_added: 'account',
  passkey_renamed: 'account',
  passkey_removed: 'account',
  passkey_refused: 'sign_ins',
  passkey_counter_fell: 'sign_ins',
  password_reset: 'account',
  email_verified: 'account',
  email_changed: 'account',
  identity_linked: 'account',
  identity_unlinked: 'account',
  account_closed: 'account',
  account_taken_back: 'account',
  data_exported: 'account',
  data_imported: 'account',
  data_deleted: 'account',
  consent_given: 'apps',
  consent_withdrawn: 'apps',
  grant_revoked: 'apps',
  access_token_revoked: 'apps',
  credential_reused: 'apps',
  invitation_accepted: 'apps',
  invitation_declined: 'apps',
  subscription_key_shared: 'apps',
  subscription_key_declined: 'apps',
  subscription_key_unshared: 'apps',
  subscription_key_left: 'apps',
  app_password_added: 'account',
  app_password_ended: 'account',
  user_created: 'account',
  user_password_set: 'account',
  reset_link_made: 'account',
  user_enabled: 'account',
  user_disabled: 'account',
}

export interface Activity {
  readonly at: Millis
  readonly type: HolderAuditType
  /** The name of the app concerned; null where the app is gone. */
  readonly app?: string | null
  /** The name of the provider concerned, or its id where it is gone. */
  readonly provider?: string
  /** How many sessions are concerned. */
  readonly sessions?: number
  /** Whether the holder did it. */
  readonly own: boolean
  /** Whether a credential that came again ended what it belongs to. */
  readonly ended?: boolean
  /** Whether an app password was given in place of the holder's own. */
  readonly byAppPassword?: boolean
  /** Where it came from; undefined where that is not the holder's to know, as with what the operator did. */
  readonly from?: Pick<LoggedEvent, 'address' | 'userAgent'>
}

/** One page of an account's activity, newest first; `next` is what the next page is asked for with. */
export async function listActivity(
  context: Context,
  account: UserId,
  limit: number,
  asked: { readonly kind?: ActivityKind | undefined; readonly before?: number | undefined },
): Promise<{ readonly items: readonly Activity[]; readonly next: number | null }> {
  const types = (Object.keys(kindOf) as HolderAuditType[]).filter(
    (type) => asked.kind === undefined || kindOf[type] === asked.kind,
  )
  const { events, next } = await context.storage.audit.ofAccount(account, limit, { types, before: asked.before })
  const items = await Promise.all(
    events.flatMap((event) => (isOfHolder(event) ? [activityOf(context, account, event)] : [])),
  )
  return { items, next }
}

function isOfHolder(event: LoggedEvent): event is LoggedEvent & { readonly type: HolderAuditType } {
  return Object.hasOwn(kindOf, event.type)
}

async function activityOf(
  context: Context,
  account: UserId,
  event: LoggedEvent & { readonly type: HolderAuditType },
): Promise<Activity> {
  const { at, type, actor, operator, clientId, address, userAgent, detail } = event
  const { provider, sessions, ended, appPassword } = detail
  const byOthers = operator !== null || (actor !== null && actor !== account)
  return {
    at,
    type,
    own: actor === account,
    ...(clientId === null ? {} : { app: (await context.clients.find(clientId as ClientId))?.name ?? null }),
    ...(typeof provider === 'string' ? { provider: await providerName(context, provider) } : {}),
    ...(typeof sessions === 'number' ? { sessions } : {}),
    ...(typeof ended === 'boolean' ? { ended } : {}),
    ...(appPassword === undefined ? {} : { byAppPassword: true }),
    ...(byOthers ? {} : { from: { address, userAgent } }),
  }
}

async function providerName(context: Context, id: string): Promise<string> {
  const party = await context.providers.find(id)
  return party?.provider.name ?? id
}
