/** What of a server is wrapped so that it can be seen as spans: once, where the server is put together. */
import type { Log } from '../../lib/log.ts'
import { randomBytes } from '../../lib/random.ts'
import type { Storage } from '../../storage/contract.ts'
import type { Context } from '../context.ts'
import { GiveUp, type Job, type JobHandler, type JobHandlers, LeaseLost } from '../jobs/job.ts'
import type { JobName } from '../jobs/kinds.ts'
import { createPause } from '../kept/pause.ts'
import { createPasswords, type Passwords } from '../limits/passwords.ts'
import type { Mailer } from '../mailer/mailer.ts'
import type { AroundCall, OutboundPurpose } from '../outbound.ts'
import { type CollectorSetting, createExporter } from './exporter.ts'
import { tracedStorage } from './storage.ts'
import { classOf, createTracer, encodeAttributes, type Tracer } from './tracer.ts'

/** What a server is made of. */
export interface Parts {
  readonly storage: Storage
  readonly mailer: Mailer
  readonly handlers: JobHandlers
}

export interface TracedParts extends Parts {
  readonly passwords?: Passwords
  readonly aroundCalls?: AroundCall
  readonly tracer?: Tracer
}

/** The parts as they are where no collector is named; else wrapped. `release` is that of the program. */
export function traceParts(
  parts: Parts,
  { collector, log, release }: { readonly collector: CollectorSetting | undefined; log: Log; release: string },
): TracedParts {
  if (collector === undefined) return parts
  const { storage, mailer, handlers } = parts
  const { clock } = storage
  const paused = createPause({ storage, clock })
  const envelope = envelopeOf(release)
  const tracer = createTracer(collector.sampling, clock, (outside) =>
    createExporter({ collector, paused, envelope, clock, log, outside }),
  )
  return {
    storage: tracedStorage(storage, tracer),
    mailer: tracedMailer(mailer, tracer),
    handlers: tracedHandlers(handlers, tracer),
    passwords: createPasswords({
      around: (part, doing) =>
        tracer.child({ name: part === 'queue' ? 'password queue' : 'password hash', kind: 'internal' }, doing),
    }),
    aroundCalls: tracedCalls(tracer),
    tracer,
  }
}

/** What stands around spans: which process has made them (OpenTelemetry semantic conventions, "Service"). */
function envelopeOf(release: string): (spans: string) => string {
  const attributes = encodeAttributes({
    'service.name': 'consentry',
    'service.version': release,
    'service.instance.id': randomBytes(16).toString('hex'),
  })
  const resource = JSON.stringify({ attributes })
  const scope = JSON.stringify({ name: 'consentry', version: release })
  return (spans) => `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"scope":${scope},"spans":[${spans}]}]}]}`
}

/** Calls whose address is a setting of the operator. Others go where an app, a provider or its documents say. */
const operatorsOwn: ReadonlySet<OutboundPurpose> = new Set(['provider_discovery', 'breached_passwords', 'legacy_login'])

function tracedCalls(tracer: Tracer): AroundCall {
  return (purpose, uri, call) => {
    const host = operatorsOwn.has(purpose) && URL.canParse(uri) ? new URL(uri).hostname : undefined
    const attributes = { 'consentry.outbound.purpose': purpose, 'server.address': host }
    return tracer.child({ name: `call ${purpose}`, kind: 'client', attributes }, call, ({ status }) => ({
      'http.response.status_code': status,
    }))
  }
}

function tracedMailer(mailer: Mailer, tracer: Tracer): Mailer {
  const start = { name: 'mail send', kind: 'client', attributes: { 'consentry.mail.way': mailer.way } } as const
  return {
    way: mailer.way,
    send: (mail, signal) => tracer.child(start, () => mailer.send(mail, signal)),
    get outbox() {
      return mailer.outbox
    },
  }
}

function tracedHandlers(handlers: JobHandlers, tracer: Tracer): JobHandlers {
  const traced = Object.entries(handlers).map(([kind, handler]) => [
    kind,
    (context: Context, job: Job<JobName>) => inSpan(tracer, job, () => (handler as JobHandler<JobName>)(context, job)),
  ])
  return Object.fromEntries(traced) as unknown as JobHandlers
}

/** A job is a trace of its own: it may be done long after the request that added it, and by another process. */
async function inSpan(tracer: Tracer, { kind, attempts }: Job<JobName>, work: () => Promise<void>): Promise<void> {
  const attributes = { 'consentry.job.kind': kind, 'consentry.job.attempt': attempts }
  const span = tracer.begin({ name: `job ${kind}`, kind: 'internal', attributes })
  try {
    await tracer.within(span, work)
    if (span !== undefined) tracer.end(span, { 'consentry.outcome': 'done' })
  } catch (error) {
    if (span !== undefined) tracer.end(span, { 'consentry.outcome': outcomeOf(error) }, classOf(error))
    throw error
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof GiveUp) return 'given_up'
  return error instanceof LeaseLost ? 'lease_lost' : 'failed'
}
