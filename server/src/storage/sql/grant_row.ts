/** The grant as a row and back. Hot: called for every token that is read or exchanged. */

import type { EndReason, Grant, GrantContext, GrantState, GrantView, Step } from '../../protocol/grant.ts'
import type { ClientAuthMethod, Dialect, UserId } from '../../protocol/names.ts'
import { requireStorable } from '../text.ts'
import { asBuffer, asBufferOrNull } from './bytes.ts'
import type { GrantRow } from './schema.ts'

const grantStates = ['asked', 'offered', 'live', 'ended'] as const satisfies readonly GrantState[]
export const stateCode = { asked: 0, offered: 1, live: 2, ended: 3 } as const satisfies Record<GrantState, number>

/** What is read of a row, in this order: rows come as arrays, because objects cost twice as much. */
export const readColumns = [
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
  'used_step',
  'ended_at',
  'epoch',
  'attempt',
  'dialect',
  'label',
  'auth_method',
  'sender_key',
  'handle',
  'context',
  'client_valid_after',
  'user_valid_after',
  'consent_valid_after',
] as const satisfies readonly (keyof GrantRow)[]

/** What is written of a new grant. `session_id` is there for its index only. */
export const grantColumns = [...readColumns, 'session_id'] as const satisfies readonly (keyof GrantRow)[]

/** What a swap, an end or a remark of use writes; the rest of a row never changes. */
export const stepColumns = [
  'state',
  'end_reason',
  'step',
  'stepped_at',
  'generation',
  'expires_at',
  'used_at',
  'used_step',
  'ended_at',
  'epoch',
  'attempt',
  'auth_method',
  'label',
] as const satisfies readonly (keyof GrantRow)[]

type ValuesOf<Columns extends readonly (keyof GrantRow)[]> = { -readonly [I in keyof Columns]: GrantRow[Columns[I]] }
type GrantColumns = ValuesOf<typeof readColumns>
/** The values of `readColumns`, and whatever was read behind them. */
export type GrantValues = [...GrantColumns, ...unknown[]]

type StandingValues = [
  clientEnabled: number | null,
  clientValidAfter: number | null,
  userEnabled: number | null,
  userValidAfter: number | null,
  consentEnabled: number | null,
  consentValidAfter: number | null,
]
/** The values of a grant's view: its row, then what stands behind it. */
export type ViewValues = [...GrantColumns, ...StandingValues]

/** The columns and joins of a grant's view, for `select … from grants as g`. */
export const viewSql = {
  columns: `${readColumns.map((column) => `g.${column}`).join(', ')},
    c.enabled | c.pending as now_client_enabled, c.valid_after as now_client_valid_after,
    u.enabled as now_user_enabled, u.valid_after as now_user_valid_after,
    y.enabled as now_consent_enabled, y.valid_after as now_consent_valid_after`,
  joins: `left join clients as c on c.client_id = g.client_id
    left join users as u on u.id = g.user_id
    left join consents as y on y.user_id = g.user_id and y.client_id = g.client_id`,
}

export function toGrant(values: GrantValues): Grant {
  const [
    id,
    key,
    clientId,
    userId,
    state,
    endReason,
    step,
    steppedAt,
    generation,
    createdAt,
    expiresAt,
    usedAt,
    usedStep,
    endedAt,
    epoch,
    attempt,
    dialect,
    label,
    authMethod,
    senderKey,
    handle,
    context,
    clientValidAfter,
    userValidAfter,
    consentValidAfter,
  ] = values
  return {
    id: asBuffer(id),
    key: asBuffer(key),
    clientId,
    userId: userId as UserId | null,
    state: grantStates[state] ?? 'ended',
    endReason: endReason as EndReason | null,
    step,
    steppedAt,
    generation,
    createdAt,
    expiresAt,
    usedAt,
    usedStep,
    endedAt,
    epoch,
    attempt: asBufferOrNull(attempt),
    dialect: dialect as Dialect,
    label,
    authMethod: authMethod as ClientAuthMethod | null,
    senderKey: asBufferOrNull(senderKey),
    handle: asBufferOrNull(handle),
    context: JSON.parse(context) as GrantContext,
    clientValidAfter,
    userValidAfter,
    consentValidAfter,
  }
}

export function toView(values: ViewValues): GrantView {
  const [clientEnabled, clientValidAfter, userEnabled, userValidAfter, consentEnabled, consentValidAfter] =
    values.slice(readColumns.length) as StandingValues
  return {
    grant: toGrant(values),
    standing: {
      clientEnabled: clientEnabled === 1,
      clientValidAfter,
      userEnabled: userEnabled === 1,
      userValidAfter,
      consentEnabled: consentEnabled === 1,
      consentValidAfter,
    },
  }
}

const wholeMembers = [
  'step',
  'steppedAt',
  'generation',
  'createdAt',
  'expiresAt',
  'usedAt',
  'usedStep',
  'epoch',
] as const satisfies readonly (keyof Grant)[]

export type Value = string | number | Buffer | null

/** The values of `grantColumns`. Throws TypeError where a database would refuse one of them. */
export function grantValues(grant: Grant): Value[] {
  const { context } = grant
  requireStorable('grant.clientId', grant.clientId)
  requireStorable('grant.userId', grant.userId)
  requireStorable('grant.label', grant.label)
  requireStorable('grant.context.session', context.session ?? null)
  requireId(grant.id)
  for (const name of wholeMembers) requireWhole(`grant.${name}`, grant[name])
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
    grant.usedStep,
    grant.endedAt,
    grant.epoch,
    grant.attempt,
    grant.dialect,
    grant.label,
    grant.authMethod,
    grant.senderKey,
    grant.handle,
    JSON.stringify(context),
    grant.clientValidAfter,
    grant.userValidAfter,
    grant.consentValidAfter,
    context.session ?? null,
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
    step.usedStep,
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
