/**
 * Whether the servers answer that this one calls of itself, as `doctor` says it: the breach service, the server that people are
 * moved from, the collector of spans and the receivers of webhooks. Mail and providers have findings of their own.
 */

import { messageOf } from '../../lib/text/reason.ts'
import { callOut, type GuardedRequest, type OutboundPurpose } from '../../runtime/outbound.ts'
import type { Settings } from '../../settings.ts'
import type { Storage, StoredWebhook } from '../../storage/contract.ts'
import { lookAtLegacyLogin } from './legacy_login.ts'
import type { Finding } from './providers.ts'

/** Receivers that are asked. */
const most = 50

/** None while calls are paused after a restore: then nothing may leave. */
export async function lookAtEgress(storage: Storage, settings: Settings): Promise<Finding[]> {
  if ((await storage.recovery.find())?.paused) return []
  const hooks = (await storage.webhooks.all()).filter(({ offAt }) => offAt === null)
  const looks = [
    lookAtBreachService(settings),
    lookAtLegacyLogin(settings),
    lookAtCollector(settings),
    lookAtWebhooks(hooks, settings),
  ]
  return (await Promise.all(looks)).flat()
}

async function lookAtBreachService({ breachService, outboundAllowed }: Settings): Promise<Finding[]> {
  if (breachService === undefined) return []
  const check = 'breach service'
  const { host } = new URL(breachService)
  // Five characters that no password chose.
  const asked = { uri: `${breachService}00000`, allowed: outboundAllowed, request: {} }
  const problem = await problemOf('breached_passwords', asked, (status) => status === 200)
  if (problem === undefined) return [{ check, state: 'ok', text: `${host} answers` }]
  const text = `${host}: ${problem}; meanwhile new passwords are taken unchecked`
  const repair = 'Let this machine connect there (name, port 443), or correct CONSENTRY_BREACH_CHECK.'
  return [{ check, state: 'warning', text, repair }]
}

/** Sends no spans, which a collector takes as well as any (OTLP 1.x, "OTLP/HTTP"). */
async function lookAtCollector({ collector }: Settings): Promise<Finding[]> {
  if (collector === undefined) return []
  const check = 'collector'
  const { uri, allowed } = collector
  const headers = { ...collector.headers, 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: '{"resourceSpans":[]}' }
  const problem = await problemOf('traces', { uri, allowed, request }, (status) => status >= 200 && status < 300)
  const { host } = new URL(uri)
  if (problem === undefined) return [{ check, state: 'ok', text: `${host} takes spans` }]
  const repair =
    'Let this machine connect there, or correct CONSENTRY_OTLP_ENDPOINT and CONSENTRY_OTLP_HEADERS. A host that is not public has to stand in CONSENTRY_OUTBOUND_ALLOW.'
  return [{ check, state: 'warning', text: `${host}: ${problem}; spans are lost meanwhile`, repair }]
}

/** Asks each receiver once for its first page, which sends it no message: any answer is one. */
async function lookAtWebhooks(hooks: readonly StoredWebhook[], settings: Settings): Promise<Finding[]> {
  const origins = new Map<string, ReadonlySet<string>>()
  for (const { uri, clientId } of hooks) {
    const ours = clientId === null || settings.development
    const { origin } = new URL(uri)
    // What the operator has allowed is for addresses that the operator wrote.
    if (ours || !origins.has(origin)) origins.set(origin, ours ? settings.outboundAllowed : new Set())
  }
  const check = 'webhooks'
  const asked = [...origins].slice(0, most)
  const findings = await Promise.all(
    asked.map(async ([origin, allowed]): Promise<Finding[]> => {
      const problem = await problemOf(
        'webhook',
        { uri: `${origin}/`, allowed, request: { method: 'HEAD' } },
        () => true,
      )
      if (problem === undefined) return []
      const repair = 'Let this machine connect there, or correct the address of the webhook.'
      return [{ check, state: 'warning', text: `${origin}: ${problem}`, repair }]
    }),
  )
  const found = findings.flat()
  if (found.length > 0 || asked.length === 0) return found
  return [{ check, state: 'ok', text: asked.length === 1 ? '1 receiver answers' : `${asked.length} receivers answer` }]
}

interface Asked {
  readonly uri: string
  readonly allowed: ReadonlySet<string>
  readonly request: GuardedRequest
}

async function problemOf(
  purpose: OutboundPurpose,
  { uri, allowed, request }: Asked,
  isSound: (status: number) => boolean,
): Promise<string | undefined> {
  try {
    const { status } = await callOut(purpose, uri, request, { allowed, paused: async () => false })
    return isSound(status) ? undefined : `it answers with status ${status}`
  } catch (error) {
    return messageOf(error)
  }
}
