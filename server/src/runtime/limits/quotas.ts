/**
 * Quotas: how many requests an app or a subscription key may make by its plan, in a minute, a day and a month (UTC). Only who
 * has proved to be it is counted. A request adds to a number in memory; once a second that is added to the counters that all
 * nodes share, so that each node lets pass at most what comes in about a second too much. Where the counters cannot be read,
 * quotas let pass. Who has no plan costs nothing.
 */
import { type Clock, day, dayOf, type Millis, minute, second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { PlanHolder, PlanUse, Storage, StoredPlan } from '../../storage/contract.ts'

/** What is left of a plan, as the headers of the answer tell it (draft-ietf-httpapi-ratelimit-headers). */
export interface Quota {
  readonly policy: string
  readonly left: string
  /** Where nothing is left: 429, with when it makes sense to ask again. */
  readonly refusal: Refusal | undefined
}

/** One period of a plan, as far as it was used. */
export interface PeriodUse {
  readonly name: 'minute' | 'day' | 'month'
  readonly quota: number
  readonly used: number
}

/** The plan of an app or a subscription key, and how much of it was used on all nodes together. */
export interface PlanState {
  readonly plan: string
  readonly periods: readonly PeriodUse[]
}

export interface Quotas {
  /** Counts a request of an app or a subscription key; undefined where it has no plan. */
  take(kind: 'client' | 'key', id: string): Quota | undefined
  /** The plan that it has as of now; undefined where it has none, or while the counters cannot be read. */
  find(holder: PlanHolder): Promise<PlanState | undefined>
  /** Reads now who has which plan. */
  refresh(): Promise<void>
  flush(): Promise<void>
  close(): void
}

interface Period {
  readonly name: PeriodUse['name']
  readonly quota: number
  readonly id: string
  /** Seconds. */
  readonly length: number
  readonly endsAt: Millis
}

const flushEvery: Millis = second
/** Plans may change without anybody hearing of it. */
const readEvery: Millis = 5 * second
const countersKept = 100_000

export function createQuotas(storage: Storage, clock: Clock, log: Log): Quotas {
  let plans: ReadonlyMap<PlanHolder, StoredPlan> = new Map()
  let known = new Map<string, number>()
  let pending = new Map<string, PlanUse>()
  let sending = new Map<string, PlanUse>()
  let flushed: Promise<void> = Promise.resolve()
  let reading: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  let closed = false

  function refresh(): Promise<void> {
    // One that has not begun yet sees what is there by then.
    if (next !== undefined) return next
    next = reading
      .then(async () => {
        next = undefined
        if (!closed) plans = await readPlans(storage)
      })
      .catch((error) => log.warn({ err: error }, 'plans could not be read'))
    reading = next
    return next
  }

  async function send(): Promise<void> {
    if (pending.size === 0) return
    sending = pending
    pending = new Map()
    const uses = [...sending]
    try {
      const totals = await storage.planUses.add(uses.map(([, use]) => use))
      if (known.size > countersKept) known = new Map()
      for (const [at, [key]] of uses.entries()) known.set(key, totals[at] ?? 0)
    } catch (error) {
      log.warn({ err: error }, 'uses of plans could not be added')
      const now = clock.now()
      for (const [key, use] of uses) if (use.endsAt > now) add(key, use)
    } finally {
      sending = new Map()
    }
  }

  /** One after another: an older answer must not come after a newer one. */
  function flush(): Promise<void> {
    flushed = flushed.then(send)
    return flushed
  }

  function add(key: string, use: PlanUse): void {
    pending.set(key, { ...use, count: use.count + (pending.get(key)?.count ?? 0) })
  }

  const usedOf = (key: string) =>
    (known.get(key) ?? 0) + (sending.get(key)?.count ?? 0) + (pending.get(key)?.count ?? 0)

  storage.onClientsChanged(() => void refresh())
  void refresh()
  const timers = [setInterval(() => void flush(), flushEvery), setInterval(() => void refresh(), readEvery)]
  for (const timer of timers) timer.unref()
  return {
    take(kind, id) {
      if (plans.size === 0) return undefined
      const holder: PlanHolder = `${kind}:${id}`
      const plan = plans.get(holder)
      if (plan === undefined) return undefined
      const now = clock.now()
      const periods = periodsOf(plan, now)
      const left = periods.map((period) => period.quota - usedOf(`${holder} ${period.id}`) - 1)
      const passes = left.every((count) => count >= 0)
      if (passes) {
        for (const { id: period, endsAt } of periods) add(`${holder} ${period}`, { holder, period, count: 1, endsAt })
      }
      // What is refused takes nothing of the other periods.
      return quotaOf(plan, periods, passes ? left : left.map((count) => (count < 0 ? count : count + 1)), now)
    },
    async find(holder) {
      await refresh()
      const plan = plans.get(holder)
      if (plan === undefined) return undefined
      await flush()
      const counted = await storage.planUses.list(holder).catch((error) => {
        log.warn({ err: error }, 'uses of plans could not be read')
      })
      if (counted === undefined) return undefined
      const uses = new Map(counted.map(({ period, count }) => [period, count]))
      const periods = periodsOf(plan, clock.now()).map(({ name, quota, id }) => ({
        name,
        quota,
        used: uses.get(id) ?? 0,
      }))
      return { plan: plan.name, periods }
    },
    refresh,
    flush,
    close() {
      closed = true
      for (const timer of timers) clearInterval(timer)
    },
  }
}

async function readPlans(storage: Storage): Promise<ReadonlyMap<PlanHolder, StoredPlan>> {
  const held = await storage.planHolders.list()
  const named = new Map((held.length === 0 ? [] : await storage.plans.list()).map((plan) => [plan.name, plan]))
  return new Map(held.flatMap(({ holder, plan }) => (named.has(plan) ? [[holder, named.get(plan) as StoredPlan]] : [])))
}

function periodsOf(plan: StoredPlan, now: Millis): readonly Period[] {
  const date = new Date(now)
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  const nextMonth = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  const today = Math.floor(now / day) * day
  const present = Math.floor(now / minute) * minute
  const all = [
    {
      name: 'minute',
      quota: plan.per_minute,
      id: `minute ${present / minute}`,
      from: present,
      endsAt: present + minute,
    },
    { name: 'day', quota: plan.per_day, id: `day ${dayOf(now)}`, from: today, endsAt: today + day },
    { name: 'month', quota: plan.per_month, id: `month ${dayOf(now).slice(0, 7)}`, from: month, endsAt: nextMonth },
  ] as const
  return all.flatMap(({ name, quota, id, from, endsAt }) =>
    quota === undefined ? [] : [{ name, quota, id, endsAt, length: (endsAt - from) / second }],
  )
}

/** `left` is what is left of each period behind this request; of one that is refused, before it. */
function quotaOf(plan: StoredPlan, periods: readonly Period[], left: readonly number[], now: Millis): Quota {
  const until = (endsAt: Millis) => Math.max(1, Math.ceil((endsAt - now) / second))
  const policy = periods.map(({ name, quota, length }) => `"${name}";q=${quota};w=${length}`).join(', ')
  const states = periods.map(({ name, endsAt }, at) => `"${name}";r=${Math.max(0, left[at] ?? 0)};t=${until(endsAt)}`)
  // The longest of those that have nothing for this request: before it is over, asking again makes no sense.
  const full = periods.filter((_, at) => (left[at] ?? 0) < 0).at(-1)
  const refusal =
    full &&
    new Refusal('plan_used_up', {
      retryAfter: until(full.endsAt),
      cause: `The plan ${plan.name} allows ${full.quota} requests a ${full.name}, which were made. Nothing was ended or used up.`,
    })
  return { policy, left: states.join(', '), refusal }
}
