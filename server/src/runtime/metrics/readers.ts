/** Metrics that are read when they are asked for, and cost nothing between two scrapes. */
import { readdir } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { second } from '../../lib/clock.ts'
import { StorageUnavailable } from '../../storage/contract.ts'
import type { Context } from '../context.ts'
import { isRecurring } from '../jobs/kinds.ts'
import type { Tracer } from '../tracing/tracer.ts'
import type { Labels, ReadMetric } from './table.ts'

/** A value with its labels. */
type Sample<Name extends ReadMetric> = readonly [labels: Labels<Name>, value: number]
type Read<Name extends ReadMetric> = () => readonly Sample<Name>[] | Promise<readonly Sample<Name>[]>

export type Readers = { readonly [Name in ReadMetric]: Read<Name> }

/** Readers of everything, over what the process holds. `release` is that of the program. Call `close` at the end. */
export function createReaders(
  context: Context,
  release: string,
  tracer?: Tracer,
): { readonly readers: Readers; close(): void } {
  const loop = readEventLoop()
  return {
    readers: {
      ...readJobs(context),
      ...readDatabase(context),
      ...readProcess,
      consentry_password_checks: () => {
        const { running, waiting } = context.passwords.load
        return [sample({ state: 'running' }, running), sample({ state: 'waiting' }, waiting)]
      },
      consentry_log_records_lost_total: () => [
        [{ log: 'audit' }, context.audit.dropped],
        [{ log: 'requests' }, context.requests.dropped],
      ],
      consentry_spans_lost_total: () =>
        Object.entries(tracer?.lost ?? {}).map(([cause, lost]) => sample({ cause }, lost)),
      consentry_alarms: () => context.alarms.list().map((alarm) => [{ alarm }, 1]),
      consentry_event_loop_delay_seconds: loop.read,
      consentry_build_info: () => [
        [{ version: release, node: process.versions.node, database: context.storage.driver }, 1],
      ],
    },
    close: loop.close,
  }
}

const sample = <Of>(labels: Of, value: number): readonly [Of, number] => [labels, value]

/** One value without labels. */
const one = (value: number) => [sample({}, value)]

function readJobs({ storage, clock }: Context) {
  let counting: ReturnType<typeof count> | undefined

  /** Nothing where the database is away, which another metric says. */
  async function count() {
    try {
      return await storage.jobs.count()
    } catch (error) {
      if (error instanceof StorageUnavailable) return []
      throw error
    } finally {
      counting = undefined
    }
  }

  /** Those who ask at once share one answer. */
  function counted() {
    counting ??= count()
    return counting
  }

  const since = (moment: number) => Math.max(0, clock.now() - moment) / second
  return {
    async consentry_jobs() {
      return (await counted()).flatMap(({ kind, waiting, failed }) => [
        sample({ kind, state: 'waiting' }, waiting),
        sample({ kind, state: 'failed' }, failed),
      ])
    },
    async consentry_job_age_seconds() {
      return (await counted()).flatMap(({ kind, oldest }) =>
        oldest === null || isRecurring(kind) ? [] : [sample({ kind }, since(oldest))],
      )
    },
    async consentry_job_overdue_seconds() {
      return (await counted()).flatMap(({ kind, nextDue }) =>
        nextDue === null ? [] : [sample({ kind }, since(nextDue))],
      )
    },
  }
}

function readDatabase({ storage }: Context) {
  return {
    async consentry_database_up() {
      try {
        await storage.ping()
        return one(1)
      } catch (error) {
        if (error instanceof StorageUnavailable) return one(0)
        throw error
      }
    },
    consentry_database_connections: () =>
      storage
        .pools()
        .flatMap(({ pool, open, idle }) => [
          sample({ pool, state: 'idle' }, idle),
          sample({ pool, state: 'busy' }, open - idle),
        ]),
    consentry_database_connections_limit: () => storage.pools().map(({ pool, limit }) => sample({ pool }, limit)),
    consentry_database_queries_waiting: () => storage.pools().map(({ pool, waiting }) => sample({ pool }, waiting)),
  }
}

/** When the process started, in seconds since 1970. */
const startedAt = performance.timeOrigin / second

const readProcess = {
  process_cpu_seconds_total() {
    const { user, system } = process.cpuUsage()
    return one((user + system) / 1e6)
  },
  process_resident_memory_bytes: () => one(process.memoryUsage.rss()),
  process_heap_bytes: () => one(process.memoryUsage().heapUsed),
  async process_open_fds() {
    // Where there is no /proc, as on macOS, it is not known.
    const open = await readdir('/proc/self/fd').catch(() => undefined)
    return open === undefined ? [] : one(open.length)
  },
  process_start_time_seconds: () => one(startedAt),
}

const nanoseconds = 1e9
/** Milliseconds between two looks at the loop, which are no delay of it. */
const resolution = 20

function readEventLoop() {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  const delay = (value: number) => (Number.isFinite(value) ? Math.max(0, value / nanoseconds - resolution / second) : 0)
  return {
    read() {
      const { mean, max } = delays
      const p99 = delays.percentile(99)
      delays.reset()
      return [
        sample({ statistic: 'mean' }, delay(mean)),
        sample({ statistic: 'p99' }, delay(p99)),
        sample({ statistic: 'max' }, delay(max)),
      ]
    },
    close: () => void delays.disable(),
  }
}
