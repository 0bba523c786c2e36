/** Sends spans to the collector, in batches and beside the requests. What does not fit or is not taken is dropped and counted. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, type Millis, second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { randomBytes } from '../../lib/random.ts'
import { callOut, type Outbound } from '../outbound.ts'

/** Where spans are sent, and of how many requests. */
export interface CollectorSetting {
  readonly uri: string
  /** What lets us in there. */
  readonly headers: Readonly<Record<string, string>>
  /** Share of requests and jobs, from 0 to 1. */
  readonly sampling: number
  /** Origins that may be reached although they are http or private, its own among them where it is on this machine. */
  readonly allowed: ReadonlySet<string>
}

/** Why spans are lost: more came than were sent, or the collector did not take them. */
export type SpanLoss = 'queue_full' | 'not_taken'

export interface Exporter {
  /** Queues a span that is written as OTLP has it. */
  add(span: string): void
  readonly lost: Readonly<Record<SpanLoss, number>>
  close(): Promise<void>
}

/** Spans that wait at most; more are dropped. */
const capacity = 8192
const batchSize = 1024
/** How long the first span of a batch waits for company. */
const delay: Millis = second
/** How often a batch is sent before it is given up, and the longest pause in between, also where the collector asks for more. */
const attemptsAtMost = 5
const longestPause: Millis = 5 * 60 * second
/** How long the last spans may take when the process ends. */
const closingTime: Millis = 5 * second

/** The answers after which the same is sent again (OTLP 1.x, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

interface ExporterOptions {
  readonly collector: CollectorSetting
  readonly paused: Outbound['paused']
  /** Who sends: members of a message around the spans. */
  readonly envelope: (spans: string) => string
  readonly clock: Clock
  readonly log: Log
  /** Does work as part of no request and no act. */
  readonly outside: <T>(work: () => T) => T
}

export function createExporter(options: ExporterOptions): Exporter {
  const { collector, paused, envelope, clock, log, outside } = options
  const { uri, headers, allowed } = collector
  const lost = { queue_full: 0, not_taken: 0 }
  const closing = new AbortController()
  let queue: string[] = []
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | undefined
  let failing = false

  function send(): void {
    clearTimeout(timer)
    timer = undefined
    sending ??= outside(sendAll).finally(() => {
      sending = undefined
      if (queue.length > 0) schedule()
    })
  }

  function schedule(): void {
    if (closing.signal.aborted) return
    timer ??= outside(() => setTimeout(send, delay).unref())
  }

  /** What is there, and what fills a whole batch meanwhile. */
  async function sendAll(): Promise<void> {
    do {
      const batch = queue.slice(0, batchSize)
      queue = queue.slice(batchSize)
      const refused = await deliver(envelope(batch.join(',')))
      tell(refused, batch.length)
    } while (queue.length >= batchSize || (closing.signal.aborted && queue.length > 0))
  }

  function tell(refused: Refused | undefined, size: number): void {
    lost.not_taken += refused === undefined ? 0 : Math.min(refused.spans ?? size, size)
    if ((refused !== undefined) === failing) return
    failing = refused !== undefined
    if (refused !== undefined) log.warn({ why: refused.why }, 'the collector did not take spans')
    else log.info('the collector takes spans again')
  }

  /** Undefined where all was taken. */
  async function deliver(body: string): Promise<Refused | undefined> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptTo(body)
      if (outcome === 'taken') return undefined
      if (outcome.again === undefined || attempt === attemptsAtMost || closing.signal.aborted) return outcome
      const wait = Math.min(outcome.again ?? backOff(attempt), longestPause)
      // The end of the process ends the pause, and allows one attempt more.
      await pause(wait, undefined, { signal: closing.signal, ref: false }).catch(() => {})
    }
  }

  async function attemptTo(body: string): Promise<'taken' | Refused> {
    const request = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }
    try {
      const answer = await callOut('traces', uri, request, { allowed, paused })
      if (answer.ok) return await takenOf(answer)
      const why = `status ${answer.status}`
      return retryable.has(answer.status)
        ? { why, again: retryAfter(answer.headers.get('retry-after'), clock) }
        : { why }
    } catch (error) {
      return { why: error instanceof Error ? error.message : 'unknown', again: null }
    }
  }

  return {
    add(span) {
      if (queue.length >= capacity) {
        lost.queue_full++
        return
      }
      queue.push(span)
      if (queue.length >= batchSize) send()
      else schedule()
    },
    lost,
    async close() {
      closing.abort()
      if (queue.length > 0) send()
      await Promise.race([sending, pause(closingTime, undefined, { ref: false })])
      lost.not_taken += queue.length
      queue = []
    },
  }
}

interface Refused {
  readonly why: string
  /** How many, where not all. */
  readonly spans?: number
  /** After how long it makes sense to try again; null where the collector does not say. Left out: it makes none. */
  readonly again?: Millis | null
}

/** A collector may take some and say how many it did not (OTLP 1.x, "Partial Success"); sending those again makes no sense. */
async function takenOf(answer: Response): Promise<'taken' | Refused> {
  const said: unknown = await answer.json().catch(() => undefined)
  const { rejectedSpans = 0 } =
    (said as { partialSuccess?: { rejectedSpans?: number | string } } | null)?.partialSuccess ?? {}
  const spans = Number(rejectedSpans)
  return spans > 0 ? { why: 'it refused some of them', spans } : 'taken'
}

/** Seconds or a date (RFC 9110 §10.2.3), in milliseconds from now; null where neither is said. */
function retryAfter(text: string | null, clock: Clock): Millis | null {
  if (text === null) return null
  const at = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - clock.now()
  return Number.isNaN(at) ? null : Math.max(0, at)
}

/** Twice as long each time, and not at the same moment as others. */
function backOff(attempt: number): Millis {
  return second * 2 ** (attempt - 1) * (0.5 + (randomBytes(1)[0] ?? 0) / 256)
}
