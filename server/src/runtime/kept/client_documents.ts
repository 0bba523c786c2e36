/**
 * The documents of apps whose client_id is their address (OAuth Client ID Metadata Document §5), fetched with care. What was read is
 * kept for as long as its host says, within bounds; what could not be read, or is no sound document, is not.
 */
import { type Clock, hour, type Millis, minute } from '../../lib/clock.ts'
import { FetchRefused, jsonOf } from '../../lib/guarded_fetch.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller } from '../caller.ts'
import { networkUnit } from '../limits/network.ts'
import type { Throttle, ThrottleKeys } from '../limits/throttle.ts'
import { callOut, type Outbound, type OutboundSettings, outboundTo } from '../outbound.ts'

/** What becomes of a document that was read: the app that it describes, or why it describes none. */
export type JudgeDocument = (document: unknown) => Promise<ClientMetadata | Refusal>

export interface ClientDocuments {
  /** What an app says of itself now. `caller` is whose request it is, by whose network fetches are counted. */
  read(uri: string, caller: Pick<Caller, 'address'>, judge: JudgeDocument): Promise<ClientMetadata | Refusal>
  /** The same where nothing has to be fetched for it; undefined otherwise. */
  kept(uri: string): ClientMetadata | undefined
}

interface Kept {
  readonly metadata: ClientMetadata
  readonly at: Millis
  readonly freshFor: Millis
}

const shortest: Millis = minute
const usual: Millis = 10 * minute
const longest: Millis = hour
/** For how long after that a document is gone by where no more may be fetched, so that nobody locks an app out by asking for others. */
const stale: Millis = hour
const documentsKept = 1000
/** At one host at a time. */
const atOnce = 2

export function createClientDocuments(
  parts: {
    readonly clock: Clock
    readonly outbound: Outbound
    readonly throttle: Pick<Throttle, 'take' | 'retryAfter'>
  },
  settings: OutboundSettings,
): ClientDocuments {
  const { clock, throttle } = parts
  const outbound = outboundTo(parts.outbound, settings, 'stranger')
  const documents = new Map<string, Kept>()
  const underWay = new Map<string, Promise<ClientMetadata | Refusal>>()
  const busy = new Map<string, number>()

  function within(uri: string, more: Millis): ClientMetadata | undefined {
    const known = documents.get(uri)
    const age = known === undefined ? -1 : clock.now() - known.at
    return known !== undefined && age >= 0 && age < known.freshFor + more ? known.metadata : undefined
  }

  function keep(uri: string, kept: Kept): void {
    documents.delete(uri)
    const [oldest] = documents.keys()
    if (oldest !== undefined && documents.size >= documentsKept) documents.delete(oldest)
    documents.set(uri, kept)
  }

  /** Why no document may be fetched for the caller from this host now. */
  async function whyTooMany(host: string, address: string): Promise<Refusal | undefined> {
    const keys: ThrottleKeys = [
      ['document_network', networkUnit(address)],
      ['document_host', host],
    ]
    for (const [kind, key] of keys) {
      if (!(await throttle.take(kind, key))) {
        return new Refusal('client_documents_exceeded', { retryAfter: throttle.retryAfter([[kind, key]]) })
      }
    }
    return undefined
  }

  async function fetchFrom(
    uri: string,
    host: string,
    address: string,
    judge: JudgeDocument,
  ): Promise<ClientMetadata | Refusal> {
    const full = await whyTooMany(host, address)
    if (full !== undefined) return within(uri, stale) ?? full
    const at = clock.now()
    try {
      const answer = await callOut('client_document', uri, {}, outbound)
      const metadata = await judge(await jsonOf(answer))
      if (metadata instanceof Refusal) documents.delete(uri)
      else keep(uri, { metadata, at, freshFor: freshFor(answer.headers.get('cache-control') ?? '') })
      return metadata
    } catch (error) {
      if (!(error instanceof FetchRefused)) throw error
      return new Refusal('client_document_unreadable', {
        cause: `The document at the client_id could not be read: ${error.message}.`,
        got: uri,
      })
    }
  }

  return {
    kept: (uri) => within(uri, 0),
    async read(uri, { address }, judge) {
      const known = within(uri, 0)
      if (known !== undefined) return known
      const asked = underWay.get(uri)
      if (asked !== undefined) return asked
      const { host } = new URL(uri)
      const count = busy.get(host) ?? 0
      if (count >= atOnce) return within(uri, stale) ?? new Refusal('client_documents_exceeded', { retryAfter: 5 })
      busy.set(host, count + 1)
      const fetched = fetchFrom(uri, host, address, judge).finally(() => {
        underWay.delete(uri)
        const left = (busy.get(host) ?? 1) - 1
        if (left > 0) busy.set(host, left)
        else busy.delete(host)
      })
      underWay.set(uri, fetched)
      return fetched
    },
  }
}

/** For how long a document is kept, by its Cache-Control (RFC 9111 §5.2.2). */
function freshFor(cacheControl: string): Millis {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return shortest
  const age = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(cacheControl)?.[1]
  return age === undefined ? usual : Math.min(longest, Math.max(shortest, Number(age) * 1000))
}
