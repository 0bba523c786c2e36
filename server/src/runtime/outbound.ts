/**
 * Every call that this server makes of itself, by its purpose: there are no others. Their addresses were written by the
 * operator, or by a provider that the operator has named. Some may be written by the developer of an app, in the portal:
 * its backchannel_logout_uri, its sector_identifier_uri and its webhooks. An app that registers itself writes its
 * own: its client_id, jwks_uri, sector_identifier_uri and backchannel_logout_uri.
 */
import { createHmac } from 'node:crypto'
import { type Millis, second, seconds } from '../lib/clock.ts'
import { FetchRefused, type GuardedRequest, guardedFetch } from '../lib/guarded_fetch.ts'

export type { GuardedRequest }

interface Limits {
  /** Bytes of the answer; key sets and profiles are far smaller. */
  readonly limit: number
  /** For the whole exchange. */
  readonly timeout: Millis
}

const provider: Limits = { limit: 262_144, timeout: 5 * second }

export const purposes = {
  provider_discovery: provider,
  provider_token: provider,
  provider_userinfo: provider,
  provider_keys: provider,
  /** For which app a token was issued: introspection, or what the provider has in its place. */
  provider_token_info: provider,
  /** The document of an app whose client_id is its address: the draft recommends to read 5 kB at most. */
  client_document: { limit: 5 * 1024, timeout: 5 * second },
  /** The jwks_uri of an app. */
  client_keys: { limit: 65_536, timeout: 5 * second },
  /** The sector_identifier_uri of an app: who registers it waits meanwhile. */
  sector: { limit: 65_536, timeout: 5 * second },
  /** Ranges of digests of breached passwords: the person waits meanwhile. */
  breached_passwords: { limit: 262_144, timeout: 2 * second },
  /** The server that people are moved from, about a password: the person waits meanwhile. */
  legacy_login: { limit: 65_536, timeout: 10 * second },
  /** The sector_identifier_uri of an app: who registers it waits meanwhile. */
  sector_identifier: { limit: 65_536, timeout: 5 * second },
  /** The backchannel_logout_uri of an app. */
  backchannel_logout: { limit: 65_536, timeout: 5 * second },
  /** A webhook of an app or of the operator. */
  webhook: { limit: 65_536, timeout: 10 * second },
  /** The OpenTelemetry collector. */
  traces: { limit: 65_536, timeout: 5 * second },
  /** Whether the server answers at its own issuer, for `doctor`. */
  own_server: { limit: 65_536, timeout: 3 * second },
} as const satisfies Readonly<Record<string, Limits>>

export type OutboundPurpose = keyof typeof purposes

/** How calls go out. */
export interface Outbound {
  /**
   * The origins that may be reached although they are http or private (CONSENTRY_OUTBOUND_ALLOW, which is for addresses
   * that the operator wrote).
   */
  readonly allowed: ReadonlySet<string>
  /** Whether none may go out now, because the database was restored from a backup and the operator has yet to look at it. */
  readonly paused: () => Promise<boolean>
  /** What is done around each call, where anything is. */
  readonly around?: AroundCall | undefined
}

export type AroundCall = (purpose: OutboundPurpose, uri: string, call: () => Promise<Response>) => Promise<Response>

/** Who has written an address: the operator, or a developer or app, whom the server does not know. */
export type Writer = 'operator' | 'stranger'

export interface OutboundSettings {
  readonly outboundAllowed: ReadonlySet<string>
  readonly development: boolean
}

/**
 * How an address of this writer is called (R11). What the operator allows although it is http or private is for addresses that
 * the operator wrote, and for every address of a server under development.
 */
export function outboundTo(outbound: Outbound, settings: OutboundSettings, writtenBy: Writer): Outbound {
  const allowed = writtenBy === 'operator' || settings.development ? settings.outboundAllowed : new Set<string>()
  return { ...outbound, allowed }
}

/** Calls an address for a purpose, on a connection of its own. Throws FetchRefused. */
export async function callOut(
  purpose: OutboundPurpose,
  uri: string,
  request: GuardedRequest,
  { allowed, paused, around }: Outbound,
): Promise<Response> {
  if (await paused()) throw new FetchRefused('calls to other servers are paused since a restore')
  const call = () => guardedFetch(uri, request, { allowed, ...purposes[purpose] })
  return around === undefined ? call() : around(purpose, uri, call)
}

export interface SignedMessage {
  readonly id: string
  readonly at: Millis
  readonly body: string
}

/**
 * The headers that carry the signatures of a message, as its receiver's libraries check them (Standard Webhooks, "Signature scheme"); one
 * for each secret, each `whsec_` and base64.
 */
export function signedHeaders({ id, at, body }: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(seconds(at))
  const signatures = secrets
    .map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
