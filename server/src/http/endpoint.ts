/**
 * What a surface (a dialect, the resource API, the pages) hands to the frame: where it is, and functions that read a
 * request and spell an answer. They send nothing, record nothing and catch nothing.
 */
import type { FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Dialect } from '../protocol/dialects.ts'
import type { ClientId } from '../protocol/names.ts'
import type { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { RuleName, RulesetName } from '../runtime/log/rules.ts'
import type { Trace } from '../runtime/log/trace.ts'
import type { Fault } from './faults.ts'

/** What is sent. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** How a surface says no. `Retry-After` is the frame's. */
export interface Envelope {
  refuse(refusal: Refusal, request: FastifyRequest): Answer | Promise<Answer>
  fault(fault: Fault, request: FastifyRequest, error: unknown): Answer | Promise<Answer>
  /**
   * The answer to what only this surface throws, or that it was sent; undefined for everything else. What it throws in
   * its turn is answered in place of `error`.
   */
  own?(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<Answer | 'sent'> | Answer | undefined
}

/** A protocol at its paths. */
export interface Protocol extends Envelope {
  readonly dialect: Dialect
  /** Its version, where the operator can retire each alone: of all its paths, or of the one that was asked for. */
  readonly version?: string | ((request: FastifyRequest) => string)
  /** Since when it is deprecated whatever the operator decides (RFC 9745 §2.1). */
  readonly deprecated?: string
}

/** How the requests to a route stand in the request log. */
export interface Logged {
  readonly ruleset: RulesetName
  /** The protocol of the route; left out for pages, which show requests of any. */
  readonly dialect?: Dialect
  /** The rule under way from the start, where others were passed at authorize. */
  readonly rule?: RuleName
  /** The client of a protocol that has one only. */
  readonly clientId?: ClientId
  /** Whether what was answered is left out: another record tells of that. */
  readonly refusedOnly?: true
}

/** A page on which a person signs in, or agrees: part of the app's request that travels with it. */
export function loggedPage(rule: 'sign_in' | 'consent'): { readonly logged: Logged } {
  return { logged: { ruleset: 'authorize', rule } }
}

/** A request on the way to its answer. */
export interface Visit<State = undefined> {
  readonly context: Context
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly trace: Trace
  /** How far the request has come, written on the way and read by `refuse`. */
  readonly state: State
}

/** One endpoint at all of its paths. */
export interface Endpoint<State = undefined> {
  readonly paths: readonly string[]
  /** GET brings no HEAD with it: a HEAD request would exchange a code and throw the answer away. */
  readonly methods: readonly HTTPMethods[]
  /** What 405 names in `Allow` (RFC 9110 §15.5.6); left out: `methods`. */
  readonly allow?: string
  /** The answer to other methods in place of the protocol's 405. */
  readonly others?: Pick<FixedAnswer, 'methods' | 'answer'>
  /** Pages on other origins that may call it; left out: none. */
  readonly pages?: Audience
  /** Refuses pages of nobody's app, and forms that a page sends. */
  readonly noOtherPages?: true
  /** Left out where requests are not recorded. */
  readonly logged?: Omit<Logged, 'dialect'>
  /** Bytes of a body, where that is not what other endpoints take. */
  readonly bodyLimit?: number
  begin?(): State
  /** What stands in the log as path and method, where that is not what was asked here. */
  about?(request: FastifyRequest): { readonly path: string; readonly method: string }
  answer(visit: Visit<State>): Promise<Answer>
  /** Spells a refusal in place of the protocol, where that depends on how far the request had come. */
  refuse?(refusal: Refusal, visit: Visit<State>): Answer | undefined | Promise<Answer>
  /** The client that a refused request claims to come from, where nothing has found it yet. May throw a Refusal. */
  claimed?(request: FastifyRequest): ClientId | undefined | Promise<ClientId | undefined>
}

/** Paths with one answer, which comes before a body is read. */
export interface FixedAnswer {
  readonly paths: readonly string[]
  /** Left out: all. */
  readonly methods?: readonly HTTPMethods[]
  readonly pages?: Audience | undefined
  readonly answer: Answer | ((request: FastifyRequest) => Answer | Promise<Answer>)
}

/** Endpoints that share a protocol and the bodies that they take. */
export interface Surface {
  readonly protocol: Protocol
  /** Urlencoded bodies alone, as text for strict readers; JSON alone, read; or those of older clients, for `readFields`. */
  readonly bodies: 'forms' | 'json' | 'every kind'
  readonly endpoints: readonly Endpoint<unknown>[]
  readonly fixed?: readonly FixedAnswer[]
  /** Browsers are sent here, so that nothing is answered before somebody has clicked. */
  readonly forBrowsers?: true
  /** Answers may be compressed: none shows a secret. */
  readonly compressed?: true
}

/** Whose pages may call an endpoint (Fetch standard). */
export type Audience = 'apps' | 'everybody'

/** JSON that nobody may keep, as tokens and what is said about them. */
export function json(status: number, body: object, more?: Readonly<Record<string, string>>, indent?: number): Answer {
  const headers = more === undefined ? privateJson : { ...privateJson, ...more }
  return { status, headers, body: JSON.stringify(body, undefined, indent) }
}

/** A signed answer that nobody may keep, by its media type. */
export function signedAnswer(mediaType: string, body: string): Answer {
  return { status: 200, headers: { ...privateJson, 'content-type': mediaType }, body }
}

const privateJson = { 'cache-control': 'no-store', pragma: 'no-cache', 'content-type': 'application/json' } as const

/** The path of a request as it was asked for, without its query, which no log may hold. */
export function pathOf({ url }: FastifyRequest): string {
  const cut = url.indexOf('?')
  return cut < 0 ? url : url.slice(0, cut)
}
