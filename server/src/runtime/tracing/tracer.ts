/**
 * Spans: what a request or a job did, and how long each part took. There is a tracer only where the operator names a collector;
 * elsewhere nothing is wrapped and nothing is asked. A span has words of ours alone: never a path, a query, an address, a person
 * or anything else that a request said.
 * Not here: the spans of requests (`http/tracing.ts`), and the record of one request that its owner reads (`../log/trace.ts`).
 * Neighbours: `../metrics` above, which counts what was lost; `../jobs` below. To add: what is wrapped, in `parts.ts`.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock, Millis } from '../../lib/clock.ts'
import { randomBytes } from '../../lib/random.ts'
import type { Exporter } from './exporter.ts'

/** Values of ours. What is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

/** The span of somebody else, by its IDs (W3C Trace Context §3.2.2). */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
}

/** As OTLP numbers them. */
const kinds = { internal: 1, server: 2, client: 3 } as const

export interface SpanStart {
  readonly name: string
  readonly kind: keyof typeof kinds
  readonly attributes?: Attributes
  readonly link?: SpanLink | undefined
}

/** A span that is under way. */
export interface Span {
  readonly traceId: string
  readonly id: string
  readonly parent: string | undefined
  readonly start: SpanStart
  /** When it began, in milliseconds that only go forward. */
  readonly begun: number
  /** What makes a time since 1970 of such milliseconds: the same in the whole trace. */
  readonly epoch: Millis
  ended: boolean
}

export interface Tracer {
  /** The first span of a trace, or undefined where this one is not sampled. */
  begin(start: SpanStart): Span | undefined
  /** Does work as part of a span; without one it is part of none. */
  within<T>(span: Span | undefined, work: () => T): T
  /** Ends a span, once. `failed` is a class of error; without one it did not fail. */
  end(span: Span, attributes?: Attributes, failed?: string): void
  /**
   * Does work in a span below that of whoever asks, and answers the same. Where there is none, or it has ended, nothing but the
   * work is done. What answers at once is no span. `told` says what is known of an answer.
   */
  child<T>(start: SpanStart, work: (span: Span | undefined) => T, told?: (answer: Awaited<T>) => Attributes): T
  /** Spans that did not reach the collector, by cause. */
  readonly lost: Exporter['lost']
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>
}

/** `sampling` is the share of traces that are made. */
export function createTracer(
  sampling: number,
  clock: Clock,
  open: (outside: <T>(work: () => T) => T) => Exporter,
): Tracer {
  const current = new AsyncLocalStorage<Span | undefined>()
  // What is sent is part of no request and of no act, also where one of them was the first to have it sent.
  const outside = AsyncLocalStorage.snapshot()
  const exporter = open((work) => outside(work))

  function childOf(parent: Span, start: SpanStart): Span {
    const id = randomBytes(8).toString('hex')
    return { traceId: parent.traceId, id, parent: parent.id, start, begun: now(), epoch: parent.epoch, ended: false }
  }

  function end(span: Span, attributes?: Attributes, failed?: string): void {
    if (span.ended) return
    span.ended = true
    exporter.add(encode(span, now(), { ...span.start.attributes, ...attributes, 'error.type': failed }))
  }

  return {
    begin(start) {
      const ids = randomBytes(24).toString('hex')
      const traceId = ids.slice(0, 32)
      if (!isSampled(traceId, sampling)) return undefined
      const begun = now()
      const epoch = clock.now() - begun
      return { traceId, id: ids.slice(32), parent: undefined, start, begun, epoch, ended: false }
    },
    within: (span, work) => (current.getStore() === span ? work() : current.run(span, work)),
    end,
    child(start, work, told) {
      const parent = current.getStore()
      if (parent === undefined || parent.ended) return work(undefined)
      const span = childOf(parent, start)
      const answer = work(span)
      if (!(answer instanceof Promise)) return answer
      const ended = answer.then(
        (value) => {
          end(span, told?.(value))
          return value
        },
        (error: unknown) => {
          end(span, undefined, classOf(error))
          throw error
        },
      )
      return ended as typeof answer
    },
    lost: exporter.lost,
    close: exporter.close,
  }
}

const now = () => performance.now()

/** By the last 52 bits of the ID, which are as random as the others: always the same for one trace. */
function isSampled(traceId: string, sampling: number): boolean {
  return Number.parseInt(traceId.slice(-13), 16) < sampling * 2 ** 52
}

/** The class of an error, never its message, which may quote what somebody said. */
export function classOf(error: unknown): string {
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : '_OTHER'
}

/** A span as OTLP writes it in JSON (OTLP 1.x, "JSON Protobuf Encoding"). */
function encode({ traceId, id, parent, start, begun, epoch }: Span, ended: number, attributes: Attributes): string {
  return JSON.stringify({
    traceId,
    spanId: id,
    parentSpanId: parent,
    name: start.name,
    kind: kinds[start.kind],
    startTimeUnixNano: nanoseconds(epoch + begun),
    endTimeUnixNano: nanoseconds(epoch + ended),
    attributes: encodeAttributes(attributes),
    links: start.link === undefined ? undefined : [start.link],
    status: attributes['error.type'] === undefined ? undefined : { code: 2 },
  })
}

export function encodeAttributes(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return []
    return [{ key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } }]
  })
}

/** A number in JSON is too short for the nanoseconds since 1970. */
function nanoseconds(at: Millis): string {
  const whole = Math.floor(at)
  return `${whole}${String(Math.floor((at - whole) * 1e6)).padStart(6, '0')}`
}
