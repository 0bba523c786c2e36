/** The apps that may use a person's account: what they were given, how they use it, and taking that back. */
import type { Millis } from '../lib/clock.ts'
import type { ClientId, UserId } from '../protocol/names.ts'
import type { Caller, Context } from './context.ts'

/** One authorization of an app that is in use: a place where it acts for the person. */
export interface AppSeat {
  /** Id of the grant. */
  readonly id: string
  /** The user agent that picked the tokens up. */
  readonly userAgent: string | null
  /** What a password door was told of the device; null where that was nothing, undefined at the other doors. */
  readonly device?: string | null
  readonly since: Millis
  readonly lastUsed: Millis
}

export interface ConnectedApp {
  readonly clientId: ClientId
  readonly name: string
  readonly scope: readonly string[]
  readonly since: Millis
  readonly lastUsed: Millis | undefined
  /** From how many networks one of its refreshes was repeated, where that was more often than by accident. */
  readonly networks: number
  /** Newest first. */
  readonly seats: readonly AppSeat[]
}

/** Repeats of a grant from which on a person is told; a lost answer now and then is everyday life. */
const repeatsTold = 3

/** Authorizations read for one person; the limit per app keeps nearly everybody far below. */
const grantsRead = 500

/** Apps with a standing consent or a live grant, most recently used first. */
export async function listConnectedApps(context: Context, userId: UserId): Promise<readonly ConnectedApp[]> {
  const [consents, grants] = await Promise.all([
    context.storage.consents.listByUser(userId),
    context.storage.grants.listByUser(userId, grantsRead),
  ])
  const apps = new Map<ClientId, Gathered>()
  for (const consent of consents) {
    if (consent.enabled) apps.set(consent.clientId, gathered(consent.scope, consent.grantedAt))
  }
  for (const { grant } of grants) {
    if (grant.state !== 'live') continue
    const app = apps.get(grant.clientId) ?? gathered([], grant.createdAt)
    apps.set(grant.clientId, app)
    for (const scope of grant.context.scope) app.scope.add(scope)
    const lastUsed = Math.max(grant.usedAt, grant.steppedAt)
    app.since = Math.min(app.since, grant.createdAt)
    app.lastUsed = Math.max(app.lastUsed ?? 0, lastUsed)
    const id = grant.id.toString('base64url')
    const named = grant.context.tokenFormat === 'handle'
    app.seats.push({
      id,
      userAgent: named ? (grant.context.userAgent ?? null) : grant.label,
      ...(named ? { device: grant.label } : {}),
      since: grant.createdAt,
      lastUsed,
    })
    const repeats = await context.storage.grants.repeats(grant.id)
    if (repeats !== undefined && repeats.count >= repeatsTold) app.networks = Math.max(app.networks, repeats.networks)
  }
  const named = await Promise.all(
    [...apps].map(async ([clientId, app]) => {
      const client = await context.clients.find(clientId)
      // The grants of a deleted app are still rows, but nothing stands behind them any more.
      return client === undefined ? [] : [{ ...app, clientId, name: client.name, scope: [...app.scope] }]
    }),
  )
  return named.flat().sort((a, b) => (b.lastUsed ?? b.since) - (a.lastUsed ?? a.since))
}

interface Gathered {
  readonly scope: Set<string>
  since: Millis
  lastUsed: Millis | undefined
  networks: number
  readonly seats: AppSeat[]
}

function gathered(scope: readonly string[], since: Millis): Gathered {
  return { scope: new Set(scope), since, lastUsed: undefined, networks: 0, seats: [] }
}

/**
 * Takes the person's yes to an app back and ends all it holds. False where the app had neither. `detail` is for the audit
 * log: who asked for it in the person's name, and why.
 */
export async function disconnectApp(
  context: Context,
  userId: UserId,
  clientId: ClientId,
  caller: Caller,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const withdrawn = await context.storage.consents.withdraw(userId, clientId)
  const ended = await context.storage.grants.endAll({ userId, clientId }, 'revoked_by_user')
  context.audit.record('consent_withdrawn', { actor: userId, clientId, caller, detail })
  return withdrawn || ended > 0
}

/** Ends an app's access at one place; the yes to the app stays. False where the person has no such grant. */
export async function endSeat(context: Context, userId: UserId, id: string, caller: Caller): Promise<boolean> {
  const grantId = Buffer.from(id, 'base64url')
  if (grantId.length !== 16) return false
  const view = await context.storage.grants.find(grantId)
  if (view === undefined || view.grant.userId !== userId || view.grant.state !== 'live') return false
  await context.storage.grants.end(grantId, 'revoked_by_user')
  const { clientId } = view.grant
  context.audit.record('grant_revoked', { actor: userId, clientId, caller })
  return true
}
