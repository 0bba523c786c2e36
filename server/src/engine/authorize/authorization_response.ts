/** The address by which an answer goes back to the client (RFC 6749 §4.1.2, §4.2.2; RFC 9207 §2). */
import type { Dialect } from '../../protocol/names.ts'
import { appendFragment, appendQuery } from '../../protocol/redirect_uri.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'

/** Where an answer goes, and how it is spelled there. */
export interface ReturnPath {
  readonly dialect: Dialect
  readonly redirectUri: string
  readonly state?: string | undefined
  /** Whether tokens were asked for: what answers such a request, errors included, stands in the fragment. */
  readonly fragment: boolean
}

export type AnswerParameters = readonly (readonly [string, string])[]

/**
 * Old QuantiModo apps cut the address apart by hand: they look for `&state=` even though they sent none, and take all
 * that follows for its value. Their answers therefore always have one, and nothing behind it.
 */
const spellings: Readonly<Record<Dialect, { readonly issuer: boolean; readonly emptyState: boolean }>> = {
  oauth: { issuer: true, emptyState: false },
  quantimodo: { issuer: false, emptyState: true },
  password_token: { issuer: true, emptyState: false },
  jwt_login: { issuer: true, emptyState: false },
}

export function answerUri(context: Context, to: ReturnPath, parameters: AnswerParameters): string {
  const { issuer, emptyState } = spellings[to.dialect]
  const state = to.state ?? (emptyState && !to.fragment ? '' : undefined)
  const all: AnswerParameters = [
    ...parameters,
    ...(state === undefined ? [] : [['state', state] as const]),
    ...(issuer ? [['iss', context.settings.issuer] as const] : []),
  ]
  return to.fragment ? appendFragment(to.redirectUri, all) : appendQuery(to.redirectUri, all)
}

/** The address by which a refusal goes back to the client. */
export function refusalUri(context: Context, to: ReturnPath, refusal: Refusal): string {
  return answerUri(context, to, [
    ['error', refusal.error],
    ['error_description', refusal.text],
  ])
}
