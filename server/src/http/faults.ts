/**
 * The one table of what is answered when something that is no refusal was thrown. A fault never changes state and never
 * says more than its status; the details go to the log under the request's id.
 */
import type { FastifyRequest } from 'fastify'
import { LaneFull } from '../lib/lane.ts'
import { LegacyLoginAway } from '../runtime/limits/legacy_login.ts'
import { PasswordQueueFull, PasswordTooLong } from '../runtime/limits/passwords.ts'
import { DatabaseBehind } from '../runtime/log/alarms.ts'
import type { UndecidedReason } from '../runtime/log/undecided.ts'
import { ReadTooLong, StorageUnavailable } from '../storage/contract.ts'
import { BodyTooLarge, tooLargeText } from './bodies/body_limit.ts'

export interface Fault {
  readonly status: number
  /** `server_error`, `temporarily_unavailable` or, for broken requests, `invalid_request`. */
  readonly error: 'server_error' | 'temporarily_unavailable' | 'invalid_request'
  readonly text: string
  /** Seconds. */
  readonly retryAfter?: number
  /** How the entry in the request log names it. */
  readonly reason: UndecidedReason
}

type Row = Omit<Fault, 'text'> & {
  readonly thrown: abstract new (...args: never) => Error
  readonly text: string | ((error: unknown) => string)
  /** Given where an operator should hear of it. */
  readonly logged?: string
}

const unavailable = { status: 503, error: 'temporarily_unavailable', reason: 'unavailable' } as const
const away = { ...unavailable, text: 'Try again in a moment.', retryAfter: 2, logged: 'storage fault' } as const

const table: readonly Row[] = [
  { thrown: StorageUnavailable, ...away },
  { thrown: DatabaseBehind, ...away },
  {
    thrown: PasswordQueueFull,
    ...unavailable,
    text: 'Too many sign-ins at once. Try again in a moment.',
    retryAfter: 5,
  },
  {
    thrown: LegacyLoginAway,
    ...unavailable,
    text: 'This sign-in could not be checked, because another server did not answer. Try again in a moment.',
    retryAfter: 5,
  },
  {
    thrown: ReadTooLong,
    ...unavailable,
    text: 'This took longer than two seconds and was given up. Ask for less, with fewer or simpler conditions.',
    retryAfter: 5,
  },
  {
    thrown: LaneFull,
    ...unavailable,
    text: (error) => {
      const whose = error instanceof LaneFull && error.of === 'owner' ? 'for this account' : 'at once'
      return `Too many lists are being read ${whose}. Try again in a moment.`
    },
    retryAfter: 2,
  },
  {
    thrown: PasswordTooLong,
    status: 400,
    error: 'invalid_request',
    text: 'The password is too long.',
    reason: 'unreadable',
  },
]

/** What a broken request is told, where more can be said than that it could not be read. */
const broken: Readonly<Record<number, { readonly reason: UndecidedReason; text(request: FastifyRequest): string }>> = {
  413: { reason: 'body_too_large', text: tooLargeText },
  415: {
    reason: 'content_type_unsupported',
    text: () => 'The content type of the body is not supported here.',
  },
}

/** Classifies what was thrown and is no refusal; logs it where an operator should hear of it. */
export function faultOf(error: unknown, request: FastifyRequest): Fault {
  const row = table.find(({ thrown }) => error instanceof thrown)
  if (row !== undefined) {
    const { thrown: _, text, logged, ...fault } = row
    if (logged !== undefined) request.log.error({ err: error, requestId: request.id }, logged)
    return { ...fault, text: typeof text === 'string' ? text : text(error) }
  }
  const status = statusOf(error)
  if (status !== undefined && status >= 400 && status < 500) {
    const { reason, text } = broken[status] ?? { reason: 'unreadable', text: () => 'The request could not be read.' }
    return { status, error: 'invalid_request', text: text(request), reason }
  }
  request.log.error({ err: error, requestId: request.id }, 'fault')
  return { status: 500, error: 'server_error', text: 'Something went wrong on our side.', reason: 'fault' }
}

/** The status of an error about a broken request: the framework's, its JSON parser's, a client's that went, or ours. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  const code = 'code' in error ? String(error.code) : ''
  const known = code.startsWith('FST_') || code === 'ECONNRESET'
  return known || error instanceof SyntaxError || error instanceof BodyTooLarge ? error.statusCode : undefined
}
