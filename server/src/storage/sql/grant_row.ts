/** The grant as a row and back. Hot: called for every token that is read or exchanged. */

import type { EndReason, Grant, GrantContext, GrantState, GrantView, Step } from '../../protocol/grant.ts'
import type { ClientAuthMethod, Dialect, UserId } from '../../protocol/names.ts'
import { requireStorable } from '../text.ts'
import { asBuffer, asBufferOrNull } from './bytes.ts'
import type { GrantRow } from './schema.ts'

export const grantStates = ['asked', 'offered', 'live', 'ended'] as const satisfies readonly GrantState[]
export const stateCode = { asked: 0, offered: 1, live: 2, ended: 3 } as const satisfies Record<GrantState, number>

export const grantColumns = [
  'id',
  'key',
  'client_id',
  'user_id',
  'state',
  'end_reason',
  'step',
  'stepped_at',
  'generation',
  'created_at',
  'expires_at',
  'used_at',
  'ended_at',
  'epoch',
  'attempt',
  'dialect',
  'label',
  'auth_method',
  'sender_key',
  'handle',
  'session_id',
  'context',
  'client_valid_after',
  'user_valid_after',
  'consent_valid_after',
] as const satisfies readonly (keyof GrantRow)[]

/** What a swap, an end or a remark of use writes; the rest of a row never changes. */
export const stepColumns = [
  'state',
  'end_reason',
  'step',
  'stepped_at',
  'generation',
  'expires_at',
  'used_at',
  'ended_at',
  'epoch',
  'attempt',
  'auth_method',
  'label',
] as const satisfies readonly (keyof GrantRow)[]

/** A row with what stands behind the grant, as `standingColumns` names it. */
export interface GrantViewRow extends GrantRow {
  now_client_enabled: number | null
  now_client_valid_after: number | null
  now_user_enabled: number | null
  now_user_valid_after: number | null
  now_consent_enabled: number | null
  now_consent_valid_after: number | null
}

/** The columns and joins of a grant's view, for `select … from grants as g`. */
export const viewSql = {
  columns: `${grantColumns.map((column) => `g.${column}`).join(', ')},
    c.enabled as now_client_enabled, c.valid_after as now_client_valid_after,
    u.enabled as now_user_enabled, u.valid_after as now_user_valid_after,
    y.enabled as now_consent_enabled, y.valid_after as now_consent_valid_after`,
  joins: `left join clients as c on c.client_id = g.client_id
    left join users as u on u.id = g.user_id
    left join consents as y on y.user_id = g.user_id and y.client_id = g.client_id`,
}

export function toGrant(row: GrantRow): Grant {
  return {
    id: asBuffer(row.id),
    key: asBuffer(row.key),
    clientId: row.client_id,
    userId: row.user_id as UserId | null,
    state: grantStates[row.state] ?? 'ended',
    endReason: row.end_reason as EndReason | null,
    step: row.step,
    steppedAt: row.stepped_at,
    generation: row.generation,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    endedAt: row.ended_at,
    epoch: row.epoch,
    attempt: asBufferOrNull(row.attempt),
    dialect: row.dialect as Dialect,
    label: row.label,
    authMethod: row.auth_method as ClientAuthMethod | null,
    senderKey: asBufferOrNull(row.sender_key),
    handle: asBufferOrNull(row.handle),
    context: JSON.parse(row.context) as GrantContext,
    clientValidAfter: row.client_valid_after,
    userValidAfter: row.user_valid_after,
    consentValidAfter: row.consent_valid_after,
  }
}

export function toView(row: GrantViewRow): GrantView {
  return {
    grant: toGrant(row),
    standing: {
      clientEnabled: row.now_client_enabled === 1,
      clientValidAfter: row.now_client_valid_after,
      userEnabled: row.now_user_enabled === 1,
      userValidAfter: row.now_user_valid_after,
      consentEnabled: row.now_consent_enabled === 1,
      consentValidAfter: row.now_consent_valid_after,
    },
  }
}

export type Value = string | number | Buffer | null

/** The values of `grantColumns`. Throws TypeError where a database would refuse one of them. */
export function grantValues(grant: Grant): Value[] {
  const { context } = grant
  requireStorable('grant.clientId', grant.clientId)
  requireStorable('grant.userId', grant.userId)
  requireStorable('grant.label', grant.label)
  requireStorable('grant.context.session', context.session ?? null)
  requireId(grant.id)
  for (const name of ['step', 'steppedAt', 'generation', 'createdAt', 'expiresAt', 'usedAt', 'epoch'] as const) {
    requireWhole(`grant.${name}`, grant[name])
  }
  return [
    grant.id,
    grant.key,
    grant.clientId,
    grant.userId,
    stateCode[grant.state],
    grant.endReason,
    grant.step,
    grant.steppedAt,
    grant.generation,
    grant.createdAt,
    grant.expiresAt,
    grant.usedAt,
    grant.endedAt,
    grant.epoch,
    grant.attempt,
    grant.dialect,
    grant.label,
    grant.authMethod,
    grant.senderKey,
    grant.handle,
    context.session ?? null,
    JSON.stringify(context),
    grant.clientValidAfter,
    grant.userValidAfter,
    grant.consentValidAfter,
  ]
}

/** The values of `stepColumns`. */
export function stepValues(step: Step | Grant): Value[] {
  return [
    stateCode[step.state],
    step.endReason,
    step.step,
    step.steppedAt,
    step.generation,
    step.expiresAt,
    step.usedAt,
    step.endedAt,
    step.epoch,
    step.attempt,
    step.authMethod,
    step.label,
  ]
}

export function requireWhole(what: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${what}: not a whole number`)
}

export function requireId(id: Buffer): void {
  if (id.length !== 16) throw new TypeError('grant.id: 16 bytes expected')
}
