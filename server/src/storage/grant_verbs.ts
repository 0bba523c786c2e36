/** What both drivers' grant verbs share: checks before an item may join a batch, and the marks a verb leaves on a row. */
import type { Millis } from '../lib/clock.ts'
import { hour } from '../lib/clock.ts'
import type { AuditDetail } from '../protocol/audit_events.ts'
import type { Advance, EndReason, Grant, Swap } from '../protocol/grant.ts'
import type { AuditEvent, Presenter } from './contract.ts'
import { requireId, requireWhole } from './sql/grant_row.ts'
import type { TermsReader } from './sql/grant_terms.ts'
import { requireStorable } from './text.ts'

/** Throws TypeError where a value could not be written; in a batch it would fail the others. */
export function requireSwap(swap: Swap): void {
  requireId(swap.id)
  requireStorable('swap.label', swap.label)
  for (const name of [
    'step',
    'issued',
    'replayWindow',
    'lostAnswerWindow',
    'generation',
    'epoch',
    'lifetime',
  ] as const) {
    requireWhole(`swap.${name}`, swap[name])
  }
  if (swap.attempt.length !== 16) throw new TypeError('swap.attempt: 16 bytes expected')
}

/** The grant after its end, or undefined where it has ended before. */
export function endedGrant(grant: Grant, reason: EndReason, now: Millis, attempt: Buffer | null): Grant | undefined {
  if (grant.state === 'ended') return undefined
  return { ...grant, state: 'ended', endReason: reason, endedAt: now, attempt }
}

/** What tells of a credential that was used again; undefined for a device code, which is asked for until it is heard. */
export function reuseEvent(
  { userId, clientId }: Grant,
  { swap: { kind, step }, by }: { readonly swap: Swap; readonly by?: Presenter | undefined },
  { ended }: Extract<Advance, { outcome: 'spent' }>,
  at: Millis,
): AuditEvent | undefined {
  if (kind === 'device') return undefined
  const { address = null, userAgent = null, requestId = null } = by ?? {}
  const detail = { kind, step, ended } satisfies AuditDetail<'credential_reused'>
  const whom = { actor: null, operator: null, subject: userId, clientId }
  return { at, type: 'credential_reused', ...whom, address, userAgent, requestId, detail }
}

/** The grant under a newer generation of the keys, or undefined where it has ended or is not older. */
export function rekeyedGrant(grant: Grant, generation: number): Grant | undefined {
  if (grant.state === 'ended' || grant.generation >= generation) return undefined
  return { ...grant, generation }
}

/**
 * What the own part of a grant's context holds, as text, if the member has this value. Within a text its quotes would be
 * escaped. It is not asked of the database's own JSON, because PostgreSQL's refuses characters that a nonce may have.
 */
export function ownMember(name: 'subscriptionKey' | 'appPassword' | 'outlivedSession', value: string): string {
  return `"${name}":${JSON.stringify(value)}`
}

/** A use that is remembered a moment later: when, and of which step. */
export interface Use {
  readonly id: Buffer
  readonly at: Millis
  readonly step: number
}

/** What two uses of one grant come to. */
export function laterUse(a: Use, b: Use): Use {
  return { id: a.id, at: Math.max(a.at, b.at), step: Math.max(a.step, b.step) }
}

/** The bucket that a claim lies in: the hour of its expiry. */
export function claimBucket(expires: Millis): number {
  requireWhole('claim.expires', expires)
  return Math.floor(expires / hour)
}

export interface TrimRow {
  readonly id: Buffer
  readonly label: string | null
  readonly used_at: Millis
  readonly terms: number
}

/**
 * Which of a user's live grants at a client go so that `keep` stay: unknown devices first, then the least used. Those
 * that neither refresh nor came by password last as long as one access token and are not counted.
 */
export function beyondLimit(
  rows: readonly TrimRow[],
  { terms, keep, except }: { readonly terms: TermsReader; readonly keep: number; readonly except: Buffer },
): Buffer[] {
  const counted = rows.filter((row) => {
    const { refreshable, grantType } = terms(row.terms).context
    return refreshable || grantType === 'password'
  })
  const surplus = counted.length - keep
  if (surplus <= 0) return []
  return counted
    .filter((row) => Buffer.compare(row.id, except) !== 0)
    .sort((a, b) => Number(a.label !== null) - Number(b.label !== null) || a.used_at - b.used_at)
    .slice(0, surplus)
    .map((row) => row.id)
}
