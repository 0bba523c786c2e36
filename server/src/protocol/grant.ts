/**
 * The grant: one authorization as one row and a small state machine (RFC 6749 §1.3; rotation by RFC 9700 §4.14.2).
 *
 *   offered ──exchange──▶ live ──rotate──▶ live (step+1) ──…──▶ ended(reason)
 *
 * `decideAdvance` is the whole machine. Both storage drivers call it on the locked row, so that no rule of it is
 * written twice.
 */
import type { Millis } from '../lib/clock.ts'
import type { Dialect } from './dialects.ts'
import type { ClientAuthMethod, ClientId, UserId } from './names.ts'

/** A device request before the yes (asked), a code that is out (offered), tokens that are out (live), the end. */
export type GrantState = 'asked' | 'offered' | 'live' | 'ended'

/** Why a grant ended. The public text tells revoked from limit; the rest is for the logs of its owner. */
export const endReasons = [
  'revoked_by_user',
  'revoked_by_client',
  'revoked_by_operator',
  'code_reused',
  'refresh_token_reused',
  'password_changed',
  'second_factor',
  'grant_limit',
  'signed_out',
] as const

export type EndReason = (typeof endReasons)[number]

/** What was agreed on, fixed when the grant is made. Kept small: it lies in the grant's row. */
export interface GrantContext {
  /** The grant type by which it came about (RFC 6749 §1.3). */
  readonly grantType: string
  /** Granted scopes in the order asked for; access tokens name them by index. */
  readonly scope: readonly string[]
  /** Resources (RFC 8707) that were asked for; access tokens name them by index. */
  readonly resources: readonly string[]
  readonly redirectUri?: string | undefined
  /** Whether the redirect URI stood in the authorization request and must be repeated (RFC 6749 §4.1.3). */
  readonly redirectUriSent?: boolean | undefined
  /** S256 code challenge (RFC 7636 §4.2). */
  readonly codeChallenge?: string | undefined
  readonly nonce?: string | undefined
  /** Thumbprint of the key that the code is bound to, in base64url (RFC 9449 §10). */
  readonly dpopJkt?: string | undefined
  /** Seconds, as in the claim of that name (OIDC Core §2). */
  readonly authTime?: number | undefined
  readonly acr?: string | undefined
  readonly amr?: readonly string[] | undefined
  /** The claims that it was asked to tell one by one (OIDC Core §5.5), by where it tells them. */
  readonly claims?: { readonly userinfo?: readonly string[]; readonly idToken?: readonly string[] } | undefined
  /** The session whose sign-out ends it. */
  readonly session?: string | undefined
  /** The session in which it came about, where it is to outlast it (offline_access, OIDC Core §11). */
  readonly outlivedSession?: string | undefined
  /** Whether refresh tokens go with this grant. */
  readonly refreshable: boolean
  /** Lifetimes in seconds, fixed here so that a later change of settings does not rewrite what was agreed. */
  readonly accessTokenTtl: number
  readonly refreshTokenTtl: number
  /** Seconds that each refresh token lives from its issue, where that is shorter than the whole chain. */
  readonly refreshTokenAge?: number | undefined
  /** How the access tokens of this grant look, where neither client nor resource decides. */
  readonly tokenFormat?: 'handle' | 'login_jwt' | undefined
  /** The program that asked for the grant, where `label` is what it said of its device. */
  readonly userAgent?: string | undefined
  /** Of which grant's token this one was exchanged, and at which step that was (RFC 8693): it stands as long as that one. */
  readonly exchangedFrom?: { readonly grant: string; readonly step: number } | undefined
  /** Who acts with the tokens of this grant, and for whom that one does (RFC 8693 §4.1). */
  readonly act?: Actor | undefined
  /** Id of the subscription key that the grant was made with; it goes on with that one only. */
  readonly subscriptionKey?: string | undefined
  /** Id of the app password that the grant was made with; it ends with it. */
  readonly appPassword?: string | undefined
}

/** What moves a grant on: an authorization code or a device code once, and from then on its refresh tokens. */
export type CredentialKind = 'code' | 'refresh' | 'device'

/** A party that acts for another (RFC 8693 §4.1). */
export interface Actor {
  readonly sub: string
  readonly act?: Actor | undefined
}

export interface Grant {
  /** 16 bytes, ordered by time. */
  readonly id: Buffer
  /** 16 random bytes that every credential of this grant is bound to. */
  readonly key: Buffer
  readonly clientId: ClientId
  readonly userId: UserId | null
  readonly state: GrantState
  readonly endReason: EndReason | null
  /** How far the chain of one-time credentials has come: 0 = the code is out, n = the n-th refresh token is out. */
  readonly step: number
  readonly steppedAt: Millis
  /** Generation of the server's keys when it was stepped. */
  readonly generation: number
  readonly createdAt: Millis
  /** Offered: when the code expires. Live: the absolute end of the refresh chain. */
  readonly expiresAt: Millis
  /** Last use, written at a tenth of the idle threshold that applies and at most once a day. */
  readonly usedAt: Millis
  /**
   * The latest step of which a token was seen here: the refresh token, or an access token in whatever request. Behind
   * `step`, the answer that carried the present tokens may have been lost. Written a moment behind the use.
   */
  readonly usedStep: number
  readonly endedAt: Millis | null
  /** Recovery epoch in which the row last moved. */
  readonly epoch: number
  /** Random id of the swap that moved it last; tells whether a swap whose COMMIT answer was lost is in. */
  readonly attempt: Buffer | null
  readonly dialect: Dialect
  /** What the caller said of itself at exchange (device information), for the lists of people. */
  readonly label: string | null
  readonly authMethod: ClientAuthMethod | null
  /**
   * Thumbprint of the key that the refresh tokens are bound to, 32 bytes (RFC 9449 §5): that of a client which has nothing
   * else to authenticate with. Once there it stays.
   */
  readonly senderKey: Buffer | null
  /** Digest by which the grant is found without a derived credential. */
  readonly handle: Buffer | null
  readonly context: GrantContext
  /** `valid_after` of client, user and consent when the grant was made: a later one there ends it. */
  readonly clientValidAfter: Millis
  readonly userValidAfter: Millis | null
  readonly consentValidAfter: Millis | null
}

/** What stands behind a grant as of now, read together with it. Null where the row is gone or there never was one. */
export interface Standing {
  readonly clientEnabled: boolean
  readonly clientValidAfter: Millis | null
  readonly userEnabled: boolean
  readonly userValidAfter: Millis | null
  readonly consentEnabled: boolean
  readonly consentValidAfter: Millis | null
}

export interface GrantView {
  readonly grant: Grant
  readonly standing: Standing
}

/** A request to move a grant on by one step. Everything but the outcome has been judged before. */
export interface Swap {
  readonly id: Buffer
  readonly kind: CredentialKind
  /** Step of the presented credential. */
  readonly step: number
  /** When the presented credential was issued. */
  readonly issued: Millis
  /** 16 random bytes of this attempt; the same again when it is retried. */
  readonly attempt: Buffer
  /** How long a repeat of the last step is answered alike; 0 is the letter of RFC 9700. */
  readonly replayWindow: Millis
  /** How long the last step is answered alike while no token of it was seen; 0: never. Counted from the step, too. */
  readonly lostAnswerWindow: Millis
  /** Whether some access token of the next step works where no request is seen here (a JWT for another API). */
  readonly unseen: boolean
  /** Generation of keys under which the next credential is made. */
  readonly generation: number
  readonly epoch: number
  /** Set at the first exchange: how long the chain may live at most, counted from there. */
  readonly lifetime: Millis
  readonly authMethod: ClientAuthMethod
  readonly label: string | null
  /** The key that the sender has proved and that refresh tokens are to be bound to; null where they are bound otherwise. */
  readonly senderKey: Buffer | null
}

/** The columns that a swap writes. */
export interface Step {
  readonly state: 'live' | 'ended'
  readonly endReason: EndReason | null
  readonly step: number
  readonly steppedAt: Millis
  readonly generation: number
  readonly expiresAt: Millis
  readonly usedAt: Millis
  readonly usedStep: number
  readonly endedAt: Millis | null
  readonly epoch: number
  readonly attempt: Buffer
  readonly authMethod: ClientAuthMethod | null
  readonly label: string | null
  readonly senderKey: Buffer | null
}

export type Advance =
  /** This caller, and no other ever, moved the grant; `grant` is the row after it. */
  | { readonly outcome: 'advanced'; readonly grant: Grant }
  /**
   * One step behind and inside the window, or (`lost`) after it while the last answer was never used: the same answer
   * again. `grant` is unchanged.
   */
  | { readonly outcome: 'repeated'; readonly grant: Grant; readonly lost?: true }
  /**
   * Used before. `ended` says whether this call ended the grant. Where it is one step, `since` is how long ago, and `used`
   * whether what it was exchanged for has been used, or may have been where that is not seen here.
   */
  | { readonly outcome: 'spent'; readonly ended: boolean; readonly since: Millis | null; readonly used?: boolean }
  | { readonly outcome: 'ended'; readonly reason: EndReason }
  | { readonly outcome: 'expired' }
  /** The credential is genuine and later than the row: the database has lost acknowledged writes. A fault. */
  | { readonly outcome: 'ahead' }
  /** The refresh token, or what a device was answered before, is bound to another key than that of the sender. Nothing has changed. */
  | { readonly outcome: 'other_key' }
  /** The row is gone (or never was: the tag was proved against another read). */
  | { readonly outcome: 'missing' }

/** A reused code ends its grant only this long after it was issued, so that an old browser history cannot. */
const codeReuseEnds: Millis = 10 * 60 * 1000

/**
 * Decides one swap on the locked row. Pure. `write` is what to store, absent where nothing changes.
 * `now` is the deciding clock; a clock that ran backwards counts as no time elapsed.
 */
export function decideAdvance(row: Grant, swap: Swap, now: Millis): { advance: Advance; write?: Step } {
  // A swap whose acknowledgement was lost and that is tried again: it had won.
  if (row.attempt?.equals(swap.attempt) && row.step === swap.step + 1 && row.state === 'live') {
    return { advance: { outcome: 'advanced', grant: row } }
  }
  if (row.state === 'ended') return { advance: { outcome: 'ended', reason: row.endReason ?? 'revoked_by_operator' } }
  if (swap.step > row.step) return { advance: { outcome: 'ahead' } }
  // Decided here, as another refresh may have bound it since the row was read. Whoever lacks the key ends nothing.
  if (swap.kind !== 'code' && row.senderKey !== null && swap.senderKey?.equals(row.senderKey) !== true) {
    return { advance: { outcome: 'other_key' } }
  }

  if (swap.step < row.step) return decideBehind(row, swap, now)

  if (now >= row.expiresAt) return { advance: { outcome: 'expired' } }
  const steppedAt = Math.max(now, row.steppedAt)
  const first = swap.kind !== 'refresh'
  const write: Step = {
    state: 'live',
    endReason: null,
    step: row.step + 1,
    steppedAt,
    generation: swap.generation,
    expiresAt: first ? steppedAt + swap.lifetime : refreshExpiry(row, steppedAt),
    usedAt: steppedAt,
    // What would not be seen counts as used from the start. The other side keeps a row of before this column, which
    // counts as used whatever its step, from saying so of the next one.
    usedStep: swap.unseen ? row.step + 1 : Math.min(row.usedStep, row.step),
    endedAt: null,
    epoch: swap.epoch,
    attempt: swap.attempt,
    authMethod: first ? swap.authMethod : row.authMethod,
    label: first ? swap.label : row.label,
    senderKey: row.senderKey ?? swap.senderKey,
  }
  return { advance: { outcome: 'advanced', grant: { ...row, ...write } }, write }
}

/** When the chain ends after a step: as it was, or with the new refresh token where each has an age of its own. */
function refreshExpiry(row: Grant, steppedAt: Millis): Millis {
  const { refreshTokenAge, refreshTokenTtl } = row.context
  if (refreshTokenAge === undefined) return row.expiresAt
  return Math.min(steppedAt + refreshTokenAge * 1000, row.createdAt + refreshTokenTtl * 1000)
}

/** A device asks until it hears, so one that asks on is no thief. */
function endsByReuse({ kind, issued }: Swap, now: Millis): boolean {
  if (kind === 'device') return false
  return kind === 'refresh' || Math.max(0, now - issued) <= codeReuseEnds
}

function decideBehind(row: Grant, swap: Swap, now: Millis): { advance: Advance; write?: Step } {
  const since = Math.max(0, now - row.steppedAt)
  const oneBehind = row.step === swap.step + 1
  const used = row.usedStep >= row.step
  // A code comes back by the browser, where others may read it, so only the others are answered again.
  if (swap.kind !== 'code' && oneBehind) {
    const repeated = since < swap.replayWindow
    const lost = !repeated && !used && since < swap.lostAnswerWindow
    if ((repeated || lost) && now >= row.expiresAt) return { advance: { outcome: 'expired' } }
    if (repeated) return { advance: { outcome: 'repeated', grant: row } }
    if (lost) return { advance: { outcome: 'repeated', grant: row, lost } }
  }
  const ends = endsByReuse(swap, now)
  const advance: Advance = { outcome: 'spent', ended: ends, since: oneBehind ? since : null, used }
  if (!ends) return { advance }
  const write: Step = {
    state: 'ended',
    endReason: swap.kind === 'code' ? 'code_reused' : 'refresh_token_reused',
    step: row.step,
    steppedAt: row.steppedAt,
    generation: row.generation,
    expiresAt: row.expiresAt,
    usedAt: row.usedAt,
    usedStep: row.usedStep,
    endedAt: now,
    epoch: row.epoch,
    attempt: swap.attempt,
    authMethod: row.authMethod,
    label: row.label,
    senderKey: row.senderKey,
  }
  return { advance, write }
}
