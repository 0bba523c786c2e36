/**
 * What is answered when something that is no refusal was thrown. A fault never changes state and never says more than
 * its status; the details go to the log under the request's id.
 */
import type { FastifyRequest } from 'fastify'
import { LaneFull } from '../lib/lane.ts'
import { Refusal } from '../protocol/refusal.ts'
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
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Why nothing was decided about the request, once `faultOf` has seen what was thrown; undefined for most. */
    undecided: UndecidedReason | undefined
  }
}

const reasonByStatus: Readonly<Record<number, UndecidedReason>> = {
  413: 'body_too_large',
  415: 'content_type_unsupported',
  500: 'fault',
  503: 'unavailable',
}

/** Classifies what was thrown; logs it where an operator should hear of it. Not for refusals. */
export function faultOf(error: unknown, request: FastifyRequest): Fault {
  const fault = classify(error, request)
  const reason = reasonByStatus[fault.status]
  if (reason !== undefined) request.undecided = reason
  return fault
}

function classify(error: unknown, request: FastifyRequest): Fault {
  if (error instanceof Refusal) throw new Error('faults: a refusal is not a fault')
  if (error instanceof StorageUnavailable || error instanceof DatabaseBehind) {
    request.log.error({ err: error, requestId: request.id }, 'storage fault')
    return { status: 503, error: 'temporarily_unavailable', text: 'Try again in a moment.', retryAfter: 2 }
  }
  if (error instanceof PasswordQueueFull) {
    return {
      status: 503,
      error: 'temporarily_unavailable',
      text: 'Too many sign-ins at once. Try again in a moment.',
      retryAfter: 5,
    }
  }
  if (error instanceof ReadTooLong) {
    return {
      status: 503,
      error: 'temporarily_unavailable',
      text: 'This took longer than two seconds and was given up. Ask for less, with fewer or simpler conditions.',
      retryAfter: 5,
    }
  }
  if (error instanceof LaneFull) {
    const whose = error.of === 'owner' ? 'for this account' : 'at once'
    const text = `Too many lists are being read ${whose}. Try again in a moment.`
    return { status: 503, error: 'temporarily_unavailable', text, retryAfter: 2 }
  }
  if (error instanceof PasswordTooLong)
    return { status: 400, error: 'invalid_request', text: 'The password is too long.' }
  const status = statusOf(error)
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, error: 'invalid_request', text: brokenRequest(status, request) }
  }
  request.log.error({ err: error, requestId: request.id }, 'fault')
  return { status: 500, error: 'server_error', text: 'Something went wrong on our side.' }
}

function brokenRequest(status: number, request: FastifyRequest): string {
  if (status === 413) return tooLargeText(request)
  if (status === 415) return 'The content type of the body is not supported here.'
  return 'The request could not be read.'
}

/** The status of an error about a broken request: the framework's, its JSON parser's, a client's that went, or ours. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  const code = 'code' in error ? String(error.code) : ''
  const known = code.startsWith('FST_') || code === 'ECONNRESET'
  return known || error instanceof SyntaxError || error instanceof BodyTooLarge ? error.statusCode : undefined
}
