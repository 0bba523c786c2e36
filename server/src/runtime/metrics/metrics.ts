/** The registry of metrics, made from their table. Where no metrics are asked for, there is none, and nothing is loaded. */
import type { Aggregator } from 'prom-client'
import { second } from '../../lib/clock.ts'
import type { Context } from '../context.ts'
import type { Tracer } from '../tracing/tracer.ts'
import { createReaders } from './readers.ts'
import { createSiblings } from './siblings.ts'
import {
  type CountedMetric,
  type Labels,
  type MetricName,
  metricsTable,
  type ReadMetric,
  type TimedMetric,
} from './table.ts'

export interface Metrics {
  /** What adds one to the counter with these labels. Made once and kept, it costs a request next to nothing. */
  counter<Name extends CountedMetric>(name: Name, labels: Labels<Name>): () => void
  /** What records a value, in the unit of the histogram. */
  timer<Name extends TimedMetric>(name: Name, labels: Labels<Name>): (value: number) => void
  /** Everything of all workers of this node, in the text format of Prometheus, and its media type. */
  text(): Promise<{ readonly type: string; readonly body: string }>
  close(): void
}

/** Values of one histogram that are handed over together. */
const valuesGathered = 256

/** Counts in memory from now on. `release` is that of the program. */
export async function createMetrics(context: Context, release: string, tracer?: Tracer): Promise<Metrics> {
  const { AggregatorRegistry, Counter, Gauge, Histogram, Registry } = (await import('prom-client')).default
  const registry = new Registry()
  const { readers, close } = createReaders(context, release, tracer)
  const counters = new Map<MetricName, InstanceType<typeof Counter>>()
  const histograms = new Map<MetricName, InstanceType<typeof Histogram>>()
  for (const [key, { type, help, labels, read, buckets, together = 'sum' }] of Object.entries(metricsTable)) {
    const name = key as MetricName
    const aggregator: Aggregator = together
    const options = { name, help, labelNames: labels, registers: [registry], aggregator }
    if (type === 'histogram') histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }))
    else if (read === undefined) counters.set(name, new Counter(options))
    else {
      const samples = readers[name as ReadMetric]
      const metric = type === 'gauge' ? new Gauge({ ...options, collect }) : new Counter({ ...options, collect })
      async function collect() {
        const found = await samples()
        metric.reset()
        for (const [labels, value] of found) metric.inc(labels, value)
      }
    }
  }
  // The registry looks for its sample at each value, which costs a request more than all else here: it gets them together.
  const gathered: (() => void)[] = []
  const ofAll = createSiblings(() => {
    for (const handOver of gathered) handOver()
    return registry.getMetricsAsJSON()
  })
  const named = <Metric>(of: ReadonlyMap<MetricName, Metric>, name: MetricName): Metric => {
    const metric = of.get(name)
    if (metric === undefined) throw new Error(`metrics: ${name} is of another type`)
    return metric
  }
  const metrics: Metrics = {
    counter(name, labels) {
      const metric = named(counters, name)
      let count = 0
      gathered.push(() => {
        if (count > 0) metric.inc(labels, count)
        count = 0
      })
      return () => {
        count += 1
      }
    },
    timer(name, labels) {
      const metric = named(histograms, name)
      const values: number[] = []
      const handOver = () => {
        for (const value of values) metric.observe(labels, value)
        values.length = 0
      }
      gathered.push(handOver)
      return (value) => {
        if (values.push(value) === valuesGathered) handOver()
      }
    },
    async text() {
      const all = await ofAll()
      const whole = all.length === 1 ? registry : AggregatorRegistry.aggregate([...all])
      return { type: registry.contentType, body: await whole.metrics() }
    },
    close,
  }
  watchCommits(context, metrics)
  return metrics
}

function watchCommits({ storage }: Context, metrics: Metrics): void {
  const took = metrics.timer('consentry_commit_duration_seconds', {})
  const waited = metrics.timer('consentry_commit_wait_seconds', {})
  const size = metrics.timer('consentry_commit_batch_size', {})
  storage.onCommit((batch) => {
    took(batch.took / second)
    waited(batch.waited / second)
    size(batch.size)
  })
}
