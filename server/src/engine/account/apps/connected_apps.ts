/** The apps that may use a person's account, beside their personal tokens: what they were given, how they use it, and taking that back. */
import type { Millis } from '../../../lib/clock.ts'
import type { Grant, GrantView } from '../../../protocol/grant.ts'
import type { ClientId, UserId } from '../../../protocol/names.ts'
import { loginLink } from '../../../protocol/openid/client_addresses.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { personalClient } from '../../../runtime/kept/builtin_clients.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { type AppEnd, lastEnds } from './ended_apps.ts'

/** One authorization of an app that is in use: a place where it acts for the person. */
export interface AppSeat {
  /** Id of the grant. */
  readonly id: string
  /** The user agent that picked the tokens up. */
  readonly userAgent: string | null
  /** What a password protocol was told of the device; null where that was nothing, undefined in the other protocols. */
  readonly device?: string | null
  /** Whether it gave no device information, so that it is among the first to end where the app has too many (`trim`). */
  readonly endsFirst: boolean
  readonly since: Millis
  readonly lastUsed: Millis
}

export interface ConnectedApp {
  readonly clientId: ClientId
  readonly name: string
  readonly scope: readonly string[]
  readonly since: Millis
  readonly lastUsed: Millis | undefined
  /** How its last authorization was over, where it has none now. */
  readonly lastEnd?: AppEnd | undefined
  /** Whether the operator has switched the app off, so that it can use none of it. */
  readonly disabled: boolean
  /** From how many networks one of its refreshes was repeated, where that was more often than by accident. */
  readonly networks: number
  /** Where the person begins to sign in to it, if it says so and can be used. */
  readonly opens?: string | undefined
}

/** One page of a list, and whether there is more behind it. */
export interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly more: boolean
}

/** How much of a list is asked for. */
export interface Part {
  readonly limit: number
  readonly offset: number
}

const everything: Part = { limit: Number.MAX_SAFE_INTEGER, offset: 0 }

/** Repeats of a grant from which on a person is told; a lost answer now and then is everyday life. */
const repeatsTold = 3

/** Authorizations of one app that are read for what it may do; the limit per app keeps nearly all far below. */
const grantsRead = 500

/** Apps with a standing consent or a live grant, most recently used first. */
export async function listConnectedApps(
  context: Context,
  userId: UserId,
  { limit, offset }: Part = everything,
): Promise<PageOf<ConnectedApp>> {
  const [consents, used, ends] = await Promise.all([
    context.storage.consents.listByUser(userId),
    context.storage.grants.appsOfUser(userId),
    lastEnds(context, userId),
  ])
  const apps = new Map<ClientId, Gathered>()
  for (const { enabled, clientId, scope, grantedAt } of consents) {
    if (!enabled) continue
    apps.set(clientId, { clientId, scope, since: grantedAt, lastUsed: undefined, lastEnd: ends.get(clientId) })
  }
  for (const { clientId, since, lastUsed } of used) {
    if (clientId === personalClient.clientId) continue
    const consent = apps.get(clientId)
    const first = Math.min(since, consent?.since ?? since)
    apps.set(clientId, { clientId, scope: consent?.scope ?? [], since: first, lastUsed })
  }
  const sorted = [...apps.values()].sort((a, b) => (b.lastUsed ?? b.since) - (a.lastUsed ?? a.since))
  const named = await Promise.all(
    sorted.map(async (app) => {
      const client = await context.clients.find(app.clientId)
      // The grants of a deleted app are still rows, but nothing stands behind them any more.
      return client === undefined ? [] : [{ ...app, ...ofClient(context, client) }]
    }),
  )
  const standing = named.flat()
  const items: ConnectedApp[] = []
  for (const app of standing.slice(offset, offset + limit)) items.push(await withDetails(context, userId, app))
  return { items, more: standing.length > offset + limit }
}

type Gathered = Pick<ConnectedApp, 'clientId' | 'scope' | 'since' | 'lastUsed' | 'lastEnd'>

type OfClient = Pick<ConnectedApp, 'name' | 'disabled' | 'opens'>

function ofClient({ settings }: Context, { name, status, metadata }: Client): OfClient {
  const disabled = status === 'disabled'
  return { name, disabled, opens: disabled ? undefined : loginLink(metadata, settings.issuer) }
}

/** What the app may do by its authorizations, and from where it repeats itself. */
async function withDetails(context: Context, userId: UserId, app: Gathered & OfClient): Promise<ConnectedApp> {
  const of = { state: 'live', clientId: app.clientId } as const
  const views = app.lastUsed === undefined ? [] : await context.storage.grants.listByUser(userId, grantsRead, of)
  return withGrants(context, app, views)
}

async function withGrants(
  context: Context,
  app: Gathered & OfClient,
  views: readonly GrantView[],
): Promise<ConnectedApp> {
  const { grants } = context.storage
  const scope = new Set(app.scope)
  let networks = 0
  for (const { grant } of views) {
    for (const name of grant.context.scope) scope.add(name)
    const repeats = grant.context.refreshable ? await grants.repeats(grant.id) : undefined
    if (repeats !== undefined && repeats.count >= repeatsTold) networks = Math.max(networks, repeats.networks)
  }
  return { ...app, scope: [...scope], networks }
}

/** One app of the person's with the places at which it acts for them, newest first; undefined where it has no access. */
export async function findConnectedApp(
  context: Context,
  userId: UserId,
  clientId: ClientId,
): Promise<
  | {
      readonly app: ConnectedApp
      readonly client: Client
      readonly seats: readonly AppSeat[]
      /** Whether it keeps access while the person is away. */
      readonly stays: boolean
    }
  | undefined
> {
  // First, because it is an app's ID alone that may be looked for anywhere else.
  const client = await context.clients.find(clientId)
  if (client === undefined || clientId === personalClient.clientId) return undefined
  const [consent, views] = await Promise.all([
    context.storage.consents.find(userId, clientId),
    context.storage.grants.listByUser(userId, grantsRead, { state: 'live', clientId }),
  ])
  const given = consent?.enabled === true ? consent : undefined
  const seats = views.map(({ grant }) => seatOf(grant))
  const times = [...seats.map(({ since }) => since), ...(given === undefined ? [] : [given.grantedAt])]
  if (times.length === 0) return undefined
  const lastUsed = seats.length === 0 ? undefined : Math.max(...seats.map((seat) => seat.lastUsed))
  const lastEnd = seats.length > 0 ? undefined : (await lastEnds(context, userId)).get(clientId)
  const scope = given?.scope ?? []
  const gathered = { clientId, scope, since: Math.min(...times), lastUsed, lastEnd, ...ofClient(context, client) }
  const stays = views.some(({ grant }) => grant.context.refreshable)
  return { app: await withGrants(context, gathered, views), client, seats, stays }
}

/** The places at which apps act for the person, newest first; `unknown`: there are some without device information. */
export async function listSeats(
  context: Context,
  userId: UserId,
  { limit, offset }: Part,
): Promise<PageOf<AppSeat & { readonly appName: string }> & { readonly unknown: boolean }> {
  const { grants } = context.storage
  const part = { state: 'live', except: personalClient.clientId, offset } as const
  const views = await grants.listByUser(userId, limit + 1, part)
  const [unlabelled] = await grants.listByUser(userId, 1, { state: 'live', unlabelled: true })
  const items = await Promise.all(
    views.slice(0, limit).map(async ({ grant }) => {
      const client = await context.clients.find(grant.clientId)
      return client === undefined ? [] : [{ ...seatOf(grant), appName: client.name }]
    }),
  )
  return { items: items.flat(), more: views.length > limit, unknown: unlabelled !== undefined }
}

function seatOf(grant: Grant): AppSeat {
  const { tokenFormat, userAgent, refreshable, grantType } = grant.context
  const named = tokenFormat === 'handle'
  return {
    id: grant.id.toString('base64url'),
    userAgent: named ? (userAgent ?? null) : grant.label,
    ...(named ? { device: grant.label } : {}),
    endsFirst: grant.label === null && (refreshable || grantType === 'password'),
    since: grant.createdAt,
    lastUsed: Math.max(grant.usedAt, grant.steppedAt),
  }
}

/**
 * Takes the person's yes to an app back and ends all it holds. False where the app had neither; personal tokens are no app. `detail` is for the audit
 * log: who asked for it in the person's name, and why.
 */
export async function disconnectApp(
  context: Context,
  { userId, clientId }: { readonly userId: UserId; readonly clientId: ClientId },
  caller: Caller,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  if (clientId === personalClient.clientId) return false
  return act(context, { actor: userId, caller }, async ({ consents, grants }, record) => {
    const withdrawn = await consents.withdraw(userId, clientId)
    const ended = await grants.endAll({ userId, clientId }, 'revoked_by_user')
    await record('consent_withdrawn', { clientId, detail })
    return withdrawn || ended > 0
  })
}

/** Ends an app's access at one place; the yes to the app stays. False where the person has no such grant. */
export async function endSeat(context: Context, userId: UserId, id: string, caller: Caller): Promise<boolean> {
  const grantId = Buffer.from(id, 'base64url')
  if (grantId.length !== 16) return false
  const view = await context.storage.grants.find(grantId)
  if (view === undefined || view.grant.userId !== userId || view.grant.state !== 'live') return false
  const { clientId } = view.grant
  if (clientId === personalClient.clientId) return false
  return act(context, { actor: userId, caller }, async ({ grants }, record) => {
    if ((await grants.endAll({ id: grantId }, 'revoked_by_user')) === 0) return false
    await record('grant_revoked', { clientId })
    return true
  })
}
