/**
 * The names by which people and other programs know the types of audit events: dotted words, what it is about first, such as
 * `account.disabled`. A type that is written in the log stays as it is, so that its rows stay what they are.
 */
import { type AuditType, auditEvents } from '../audit_events.ts'

/** What an event is about where that is more than one word, or is called otherwise; the longer before the shorter. */
const subjects: readonly (readonly [prefix: string, subject: string])[] = [
  ['subscription_key', 'subscription_key'],
  ['personal_token', 'personal_token'],
  ['app_password', 'app_password'],
  ['access_token', 'access_token'],
  ['client_secret', 'client_secret'],
  ['redirect_uri', 'redirect_uri'],
  ['passkey', 'passkey'],
  ['account', 'account'],
  ['access', 'access'],
  ['client', 'client'],
  ['app', 'app'],
  // An account as the operator knows it.
  ['user', 'account'],
]

const others: Readonly<Partial<Record<AuditType, string>>> = {
  signed_up: 'account.signed_up',
  signed_in: 'sign_in.succeeded',
  signed_out: 'session.ended',
  signed_out_elsewhere: 'session.ended_elsewhere',
  unknown_signed_out: 'session.ended_unknown',
  password_change_failed: 'password.change_failed',
  applied: 'document.applied',
}

/** The dotted name of a type of the log, also of one that only a later release knows. */
export function eventName(type: string): string {
  const own = others[type as AuditType]
  if (own !== undefined) return own
  const [prefix, subject] = subjects.find(([one]) => type.startsWith(`${one}_`)) ?? []
  if (prefix !== undefined) return `${subject}.${type.slice(prefix.length + 1)}`
  const cut = type.lastIndexOf('_')
  return cut < 0 ? `server.${type}` : `${type.slice(0, cut)}.${type.slice(cut + 1)}`
}

const types = new Map(Object.keys(auditEvents).map((type) => [eventName(type), type as AuditType]))

/** The dotted names of all types of this release, in the order of the alphabet. */
export const eventNames: readonly string[] = [...types.keys()].sort()

/** The type of the log that somebody means by its dotted name, or as it is written there; undefined where there is none. */
export function findEventType(name: string): AuditType | undefined {
  return types.get(name) ?? (Object.hasOwn(auditEvents, name) ? (name as AuditType) : undefined)
}
