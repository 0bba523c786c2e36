/**
 * The request log: one record per request to authorize and token, with the rule that refused it, for the app's owner
 * and nobody else. Written in bounded batches off the hot path.
 *
 * Privacy: no address (a class only), no login hint, no account state; expected and got only where the client is
 * authenticated, or for the owner's own redirect URIs; a person only as a pairwise id and only after consent.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import { minute } from '../../lib/clock.ts'
import { hmacSha256 } from '../../lib/hash.ts'
import type { Log } from '../../lib/log.ts'
import { createWriteBehind } from '../../lib/write_behind.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { RequestRecord, Storage } from '../../storage/contract.ts'
import type { Keyring } from '../keys/keyring.ts'
import { networkClass } from '../limits/network.ts'
import type { Trace } from './trace.ts'
import type { UndecidedReason } from './undecided.ts'

/** What ended a request: a refusal, or what kept us from deciding. */
export type Ended = Pick<Refusal, 'why' | 'detail'> & { readonly reason: Refusal['reason'] | UndecidedReason }

/** A call of an app to an API of the operator, with a token of ours. */
export interface ReportedCall extends Pick<RequestRecord, 'requestId' | 'clientId' | 'at' | 'endpoint' | 'method'> {
  readonly status: number
  readonly userId: UserId | null
  readonly userAgent: string | null
  /** One sentence: who reports it, and what was needed. */
  readonly noted: string
}

export interface RequestLog {
  /** Records the end of a request. Does nothing where no existing client was named. */
  record(trace: Trace, status: number, refusal?: Ended): void
  /** The records of calls that an API has reported, for it to write; what is above the limits is left out as of our own. */
  recordsOf(calls: readonly ReportedCall[]): readonly RequestRecord[]
  flush(): Promise<void>
  readonly dropped: number
}

/** Records kept complete per client and minute; of what comes above, one in `sample`. */
const completePerMinute = { answered: 300, refused: 1200, unauthenticated: 60 } as const
const sample = 100
const textLimit = 200
const clientsCounted = 10_000

export function createRequestLog(storage: Storage, clock: Clock, keyring: Keyring, log: Log): RequestLog {
  const queue = createWriteBehind<RequestRecord>({
    write: (records) => storage.requests.append(records),
    capacity: 5000,
    delay: 150,
    onError: (error, lost) => log.error({ err: error, lost }, 'request log records could not be written'),
  })
  let counted: Millis = -1
  let counts = new Map<string, number>()

  function kept(kind: keyof typeof completePerMinute, clientId: ClientId, at: Millis): boolean {
    const present = Math.floor(at / minute)
    if (present !== counted || counts.size > clientsCounted) {
      counted = present
      counts = new Map()
    }
    const name = `${kind} ${clientId}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count <= completePerMinute[kind] || count % sample === 0
  }

  return {
    record(trace, status, refusal) {
      const clientId = trace.clientId
      if (clientId === undefined || trace.quiet) return
      const at = clock.now()
      const kind = !trace.authenticated ? 'unauthenticated' : refusal === undefined ? 'answered' : 'refused'
      if (!kept(kind, clientId, at)) return
      const shown = trace.authenticated || isOwnToSee(trace, refusal)
      queue.add({
        requestId: trace.caller.requestId,
        clientId,
        at,
        endpoint: trace.endpoint,
        method: trace.method,
        status,
        reason: refusal?.reason ?? '',
        rule: refusal === undefined ? '' : trace.rule,
        ruleset: [trace.ruleset, ...trace.notApplicable].join(' '),
        cause: [refusal === undefined ? trace.noted : refusal.why, trace.warned]
          .filter((part) => part !== '')
          .join(' '),
        expected: shown ? clip(refusal?.detail.expected) : null,
        got: shown ? clip(refusal?.detail.got) : null,
        userAgent: clip(trace.caller.userAgent ?? undefined),
        pairwise: trace.userId === undefined ? null : pairwise(keyring, clientId, trace.userId),
        network: networkClass(trace.caller.address),
        authenticated: trace.authenticated,
      })
    },
    recordsOf(calls) {
      const at = clock.now()
      return calls
        .filter(({ clientId, status }) => kept(status < 400 ? 'answered' : 'refused', clientId, at))
        .map(({ userId, userAgent, noted, endpoint, ...call }) => ({
          ...call,
          endpoint: clip(endpoint) ?? '',
          reason: '',
          rule: '',
          ruleset: 'usage',
          cause: noted,
          expected: null,
          got: null,
          userAgent: clip(userAgent ?? undefined),
          pairwise: userId === null ? null : pairwise(keyring, call.clientId, userId),
          network: networkClass(''),
          authenticated: true,
        }))
    },
    flush: () => queue.flush(),
    get dropped() {
      return queue.dropped
    },
  }
}

/**
 * Whether the owner may see what was compared although nobody proved to be the app: its own registered URIs, and the
 * parameters of an authorization request that named one of them. Neither says anything of a person or of another app.
 */
function isOwnToSee({ ruleset, rule }: Trace, refusal: Ended | undefined): boolean {
  if (ownRedirectUri.has(refusal?.reason ?? '')) return true
  return ruleset === 'authorize' && ofTheRequest.has(rule)
}

/** Rules of an authorization request that come after the redirect URI was found to be registered. */
const ofTheRequest: ReadonlySet<string> = new Set([
  'parameters',
  'response_type',
  'scope',
  'resource',
  'pkce',
  'prompt',
])

/** Reasons about the owner's own registered URIs, which may be shown although anybody can cause them. */
const ownRedirectUri: ReadonlySet<string> = new Set([
  'redirect_uri_not_registered',
  'redirect_uri_missing',
  'post_logout_redirect_uri_not_registered',
  'social_redirect_not_registered',
])

/** A person's name at one client (OIDC Core §8.1), without what leads back to the account. */
function pairwise(keyring: Keyring, clientId: ClientId, userId: UserId): string {
  return hmacSha256(keyring.current('pairwise subject'), clientId, '\0', userId).subarray(0, 12).toString('base64url')
}

/** At most 200 characters, without control characters that could break a line or a database. */
function clip(text: string | undefined): string | null {
  if (text === undefined) return null
  return text
    .toWellFormed()
    .slice(0, textLimit)
    .replace(/\p{Cc}/gu, '�')
}
