/** What happened to an account and what its holder did, from the audit log: as much of it as the holder may see. */
import type { Millis } from '../../lib/clock.ts'
import { type ActivityKind, activityKinds, type HolderAuditType } from '../../protocol/audit_events.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { LoggedEvent } from '../../storage/contract.ts'

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
  asked: {
    readonly kind?: ActivityKind | undefined
    /** One type alone. */
    readonly only?: HolderAuditType
    readonly before?: number | undefined
  },
): Promise<{ readonly items: readonly Activity[]; readonly next: number | null }> {
  const types = (Object.keys(activityKinds) as HolderAuditType[]).filter(
    (type) => (asked.only ?? type) === type && (asked.kind ?? activityKinds[type]) === activityKinds[type],
  )
  const { events, next } = await context.storage.audit.ofAccount(account, limit, { types, before: asked.before })
  const items = await Promise.all(
    events.flatMap((event) => (isOfHolder(event) ? [activityOf(context, account, event)] : [])),
  )
  return { items, next }
}

function isOfHolder(event: LoggedEvent): event is LoggedEvent & { readonly type: HolderAuditType } {
  return Object.hasOwn(activityKinds, event.type)
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
