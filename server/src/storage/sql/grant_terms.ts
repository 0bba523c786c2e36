/**
 * What many grants agree on, kept once: scopes, redirect URI, lifetimes and the like. A grant's row names these terms by
 * number and holds only what is its own. Terms never change, so that a process reads each of them once.
 */
import { day, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Dialect } from '../../protocol/dialects.ts'
import type { Grant, GrantContext } from '../../protocol/grant.ts'

/** What a grant has for itself and lies in columns of its row. */
type Column = 'session' | 'authTime' | 'nonce' | 'codeChallenge'

/** What few grants have for themselves; it lies in their rows as JSON. */
type Own = Pick<
  GrantContext,
  | 'redirectUri'
  | 'nonce'
  | 'dpopJkt'
  | 'userAgent'
  | 'subscriptionKey'
  | 'outlivedSession'
  | 'appPassword'
  | 'exchangedFrom'
  | 'act'
>

type Shared = Omit<GrantContext, Column | Exclude<keyof Own, 'redirectUri'>>

export interface Terms {
  readonly dialect: Dialect
  readonly context: Shared
}

/** Answers terms by their number. Throws where there are none. */
export type TermsReader = (id: number) => Terms

export interface GrantTerms {
  /** The number of a grant's terms. They are written where they are new, or were not used for a day. */
  numberOf(grant: Grant): Promise<number>
  /** A reader that knows these numbers. */
  read(ids: readonly number[]): Promise<TermsReader>
}

/** A row as it is written. `lasts` is how long a grant may need it after `used_at`. */
export interface TermsValues {
  readonly digest: Buffer
  readonly terms: string
  readonly lasts: Millis
}

/** The terms of a grant as text, the same for all grants that agree on the same. */
export function termsText({ dialect, context: agreed }: Grant): string {
  const context: Shared = {
    grantType: agreed.grantType,
    scope: agreed.scope,
    resources: agreed.resources,
    redirectUri: isShared(agreed.redirectUri) ? agreed.redirectUri : undefined,
    redirectUriSent: agreed.redirectUriSent,
    acr: agreed.acr,
    amr: agreed.amr,
    claims: agreed.claims,
    refreshable: agreed.refreshable,
    accessTokenTtl: agreed.accessTokenTtl,
    refreshTokenTtl: agreed.refreshTokenTtl,
    refreshTokenAge: agreed.refreshTokenAge,
    tokenFormat: agreed.tokenFormat,
  }
  return JSON.stringify({ dialect, context } satisfies Terms)
}

/** Apps on a person's own machine ask for another port each time (RFC 8252 §7.3). */
function isShared(redirectUri: string | undefined): redirectUri is string {
  return redirectUri !== undefined && !redirectUri.startsWith('http:')
}

/** The nonce as its column has it: not every database takes every character in a text of its own. */
export function plainNonce({ nonce }: GrantContext): string | null {
  return nonce !== undefined && /^[ -~]*$/.test(nonce) ? nonce : null
}

/** What is a grant's own and has no column, as text; null where there is nothing. */
export function ownText({ context }: Grant): string | null {
  const { dpopJkt, userAgent, subscriptionKey, outlivedSession, appPassword, exchangedFrom, act } = context
  const redirectUri = isShared(context.redirectUri) ? undefined : context.redirectUri
  const nonce = plainNonce(context) === null ? context.nonce : undefined
  const once = { redirectUri, nonce, dpopJkt }
  const own: Own = { ...once, userAgent, subscriptionKey, outlivedSession, appPassword, exchangedFrom, act }
  return Object.values(own).every((value) => value === undefined) ? null : JSON.stringify(own)
}

const nothing: Own = {}

/**
 * The context of a grant from its terms, its columns and the rest. Member by member, because merging objects costs more
 * than everything else about reading a row.
 */
export function joinedContext(
  { context: shared }: Terms,
  own: string | null,
  columns: {
    readonly session: string | null
    readonly authTime: number | null
    readonly nonce: string | null
    readonly codeChallenge: string | null
  },
): GrantContext {
  const { redirectUri, nonce, dpopJkt, userAgent, subscriptionKey, outlivedSession, appPassword, exchangedFrom, act } =
    own === null ? nothing : (JSON.parse(own) as Own)
  return {
    grantType: shared.grantType,
    scope: shared.scope,
    resources: shared.resources,
    redirectUri: redirectUri ?? shared.redirectUri,
    redirectUriSent: shared.redirectUriSent,
    codeChallenge: columns.codeChallenge ?? undefined,
    nonce: columns.nonce ?? nonce,
    dpopJkt,
    authTime: columns.authTime ?? undefined,
    acr: shared.acr,
    amr: shared.amr,
    claims: shared.claims,
    session: columns.session ?? undefined,
    refreshable: shared.refreshable,
    accessTokenTtl: shared.accessTokenTtl,
    refreshTokenTtl: shared.refreshTokenTtl,
    refreshTokenAge: shared.refreshTokenAge,
    tokenFormat: shared.tokenFormat,
    userAgent,
    subscriptionKey,
    outlivedSession,
    exchangedFrom,
    act,
    appPassword,
  }
}

export function termsValues(text: string): TermsValues {
  const { refreshTokenTtl, accessTokenTtl } = (JSON.parse(text) as Terms).context
  // A grant begins to count when its code is exchanged, and its ID tokens may live a little longer than the rest.
  return { digest: sha256(text), terms: text, lasts: Math.max(refreshTokenTtl, accessTokenTtl) * 1000 + 2 * day }
}

/** Terms that a process has met. */
export interface KnownTerms {
  get(id: number): Terms | undefined
  put(id: number, text: string): Terms
  /** The number of this text, where that it is used was written within a day. */
  numberOf(text: string, now: Millis): number | undefined
  used(text: string, id: number, now: Millis): void
}

/** So many are kept; there are about as many as apps times the scopes that people allow them. */
const mostKnown = 10_000

export function knownTerms(): KnownTerms {
  const byId = new Map<number, Terms>()
  const numbers = new Map<string, { readonly id: number; readonly since: Millis }>()
  return {
    get: (id) => byId.get(id),
    put(id, text) {
      if (byId.size >= mostKnown) byId.clear()
      const terms = JSON.parse(text) as Terms
      byId.set(id, terms)
      return terms
    },
    numberOf(text, now) {
      const known = numbers.get(text)
      return known !== undefined && now - known.since < day ? known.id : undefined
    },
    used(text, id, now) {
      if (numbers.size >= mostKnown) numbers.clear()
      numbers.set(text, { id, since: now })
    },
  }
}

/** A row of terms is missing: the sweep took it too early, or somebody deleted it. */
export function missingTerms(id: number): Error {
  return new Error(`grants: there are no terms of number ${id}`)
}
