/** The grant as a row and back. Called for every token that is read or exchanged. */

import type { EndReason, Grant, GrantState, GrantView, Step } from '../../protocol/grant.ts'
import type { ClientAuthMethod, UserId } from '../../protocol/names.ts'
import { requireStorable } from '../text.ts'
import { asBuffer, asBufferOrNull } from './bytes.ts'
import { joinedContext, ownText, plainNonce, type TermsReader } from './grant_terms.ts'
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
  'label',
  'auth_method',
  'sender_key',
  'handle',
  'terms',
  'own',
  'session_id',
  'auth_time',
  'nonce',
  'code_challenge',
  'client_valid_after',
  'user_valid_after',
  'consent_valid_after',
] as const satisfies readonly (keyof GrantRow)[]

/** Where the number of the terms lies in what is read of a row. */
export const termsAt = readColumns.indexOf('terms')

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
  'sender_key',
] as const satisfies readonly (keyof GrantRow)[]

/** Of these, what the exchange of a refresh token changes: the grant was live before and is live after it. */
export const refreshColumns = [
  'step',
  'stepped_at',
  'generation',
  'expires_at',
  'used_at',
  'used_step',
  'epoch',
  'attempt',
  'sender_key',
] as const satisfies readonly (typeof stepColumns)[number][]

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

/** The grant of a row. `terms` answers by number what it agrees on with others. */
export function toGrant(values: GrantValues, termsOf: TermsReader): Grant {
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
    label,
    authMethod,
    senderKey,
    handle,
    terms,
    own,
    session,
    authTime,
    nonce,
    codeChallenge,
    clientValidAfter,
    userValidAfter,
    consentValidAfter,
  ] = values
  const agreed = termsOf(terms)
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
    dialect: agreed.dialect,
    label,
    authMethod: authMethod as ClientAuthMethod | null,
    senderKey: asBufferOrNull(senderKey),
    handle: asBufferOrNull(handle),
    context: joinedContext(agreed, own, { session, authTime, nonce, codeChallenge }),
    clientValidAfter,
    userValidAfter,
    consentValidAfter,
  }
}

export function toView(values: ViewValues, termsOf: TermsReader): GrantView {
  const at = readColumns.length
  return {
    grant: toGrant(values, termsOf),
    standing: {
      clientEnabled: values[at] === 1,
      clientValidAfter: values[at + 1] as number | null,
      userEnabled: values[at + 2] === 1,
      userValidAfter: values[at + 3] as number | null,
      consentEnabled: values[at + 4] === 1,
      consentValidAfter: values[at + 5] as number | null,
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

/** Throws TypeError where a database would refuse a value of the grant. */
export function requireStorableGrant(grant: Grant): void {
  const { context } = grant
  requireStorable('grant.clientId', grant.clientId)
  requireStorable('grant.userId', grant.userId)
  requireStorable('grant.label', grant.label)
  requireStorable('grant.context.session', context.session ?? null)
  requireId(grant.id)
  for (const name of wholeMembers) requireWhole(`grant.${name}`, grant[name])
}

/** The values of `readColumns`; `terms` is the number of the grant's terms. */
export function grantValues(grant: Grant, terms: number): Value[] {
  const { context } = grant
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
    grant.label,
    grant.authMethod,
    grant.senderKey,
    grant.handle,
    terms,
    ownText(grant),
    context.session ?? null,
    context.authTime ?? null,
    plainNonce(context),
    context.codeChallenge ?? null,
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
    step.usedStep,
    step.endedAt,
    step.epoch,
    step.attempt,
    step.authMethod,
    step.label,
    step.senderKey,
  ]
}

/** The values of `refreshColumns`. */
export function refreshValues(step: Step): Value[] {
  return [
    step.step,
    step.steppedAt,
    step.generation,
    step.expiresAt,
    step.usedAt,
    step.usedStep,
    step.epoch,
    step.attempt,
    step.senderKey,
  ]
}

export function requireWhole(what: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${what}: not a whole number`)
}

export function requireId(id: Buffer): void {
  if (id.length !== 16) throw new TypeError('grant.id: 16 bytes expected')
}
