/** How the plans for the ends of legacy protocols stand, for those who decide on them. */
import type { Millis } from '../../lib/clock.ts'
import { type ClosableDialect, closableDialects } from '../../protocol/dialects.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import {
  type DialectDecision,
  type DialectState,
  dialectOf,
  readNotices,
  stateOf,
} from '../../runtime/kept/legacy_dialects.ts'
import { keysInUse, type SeenApp, seenApps } from './protocols.ts'

/** A protocol in the list of all. */
export interface ListedProtocol {
  readonly protocol: ClosableDialect
  /** Whether the settings open it at all. */
  readonly inSettings: boolean
  readonly state: DialectState
  readonly sunset: Millis | undefined
  /** When the brown-out begins that is under way or next. */
  readonly nextBrownout: Millis | undefined
  /** Apps, and their uses, in thirty days. */
  readonly apps: number
  readonly uses: number
  readonly lastAt: Millis | undefined
}

export async function listProtocols(context: Context): Promise<readonly ListedProtocol[]> {
  const { storage, clock, settings } = context
  const notices = await readNotices(storage)
  const seen = await seenApps(context)
  const now = clock.now()
  return closableDialects.map((protocol) => {
    const decision = notices.get(protocol) ?? { closed: false }
    const apps = seen.get(protocol) ?? []
    const lately = apps.filter(({ count }) => count > 0)
    return {
      protocol,
      inSettings: settings.dialects.has(dialectOf(protocol)),
      state: stateOf(decision, now),
      sunset: decision.sunset,
      nextBrownout: decision.brownouts?.find(({ until }) => until > now)?.from,
      apps: lately.length,
      uses: lately.reduce((sum, { count }) => sum + count, 0),
      lastAt: apps[0]?.lastAt,
    }
  })
}

/** The plan for one protocol, with whoever would notice and whoever was told; the first hundred of each. */
export interface ProtocolPlan extends Pick<ListedProtocol, 'protocol' | 'inSettings' | 'state'> {
  readonly decision: DialectDecision
  readonly now: Millis
  /** The apps that were seen in thirty days, the latest first. */
  readonly apps: readonly SeenApp[]
  /** Subscription keys that were used in thirty days. */
  readonly keys: readonly {
    readonly name: string
    readonly start: string
    readonly owner: string
    readonly lastAt: Millis
  }[]
  readonly told: readonly {
    readonly app: string
    readonly username: string
    readonly sunset: Millis
    readonly at: Millis
  }[]
  /** Whether this server sends mails. */
  readonly mail: boolean
}

const shown = 100

export async function findPlan(context: Context, protocol: ClosableDialect): Promise<ProtocolPlan> {
  const { storage, clock, settings, mailer } = context
  const decision = (await readNotices(storage)).get(protocol) ?? { closed: false }
  const username = async (id: UserId) => (await storage.accounts.find(id))?.username ?? id
  const apps = (await seenApps(context, [protocol])).get(protocol) ?? []
  const keys = (await keysInUse(context, protocol)).slice(0, shown)
  const tellings = (await storage.dialectTellings.list(protocol)).slice(0, shown)
  return {
    protocol,
    inSettings: settings.dialects.has(dialectOf(protocol)),
    state: stateOf(decision, clock.now()),
    decision,
    now: clock.now(),
    apps: apps.filter(({ count }) => count > 0).slice(0, shown),
    keys: await Promise.all(
      keys.map(async ({ name, start, owner, use }) => {
        return { name, start, owner: await username(owner), lastAt: use?.lastUsed ?? 0 }
      }),
    ),
    told: await Promise.all(
      tellings.map(async ({ clientId, userId, sunset, at }) => {
        const app = apps.find((one) => one.clientId === clientId)?.name ?? clientId
        return { app, username: await username(userId), sunset, at }
      }),
    ),
    mail: mailer.way !== 'none',
  }
}
