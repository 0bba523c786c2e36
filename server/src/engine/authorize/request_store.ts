/**
 * Keeps an authorization request while the person signs in and agrees. It is sealed, bound to the browser that began it,
 * and travels in the addresses of our pages, so that strangers' requests store nothing.
 */
import { hour, minute } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { type Opened, type Sealed, sealed } from '../../runtime/keys/sealed.ts'
import { copyIn, openBeside, partRequest, sealBeside, wholeRequest } from './begun.ts'
import type { Visitor } from './next_step.ts'
import { type AuthorizationRequest, type Found, foundSchema } from './request.ts'
import { findWaysOn, RequestLost } from './ways_on.ts'

const kind = { purpose: 'authorization request', schema: foundSchema, version: 3 } as const
/** A person may take an hour over sign-in and consent. */
const parked = sealed({ ...kind, life: hour })
/** A request that came by POST without our cookies comes back by GET at once. */
const handedOver = sealed({ ...kind, life: 2 * minute })
/** What stands in place of a browser meanwhile; no cookie has this value. */
const handover = 'handover'

/**
 * Characters of a sealed request. It travels in the addresses of our pages, and from a form once more in Referer; both
 * have to fit into the 16 kB of headers that the HTTP server takes.
 */
const sealedLimit = 8192

/**
 * Seals a request for one browser (its cookie's value), or for any where the cookie could not come along. Throws
 * request_too_large.
 */
export function parkRequest(context: Context, request: AuthorizationRequest, browser: string | undefined): string {
  const { copy, found } = partRequest(context, request)
  const to = { copy, place: browser ?? handover, since: request.startedAt }
  const text = sealBeside(context, browser === undefined ? handedOver : parked, found, to)
  if (text.length > sealedLimit) throw new Refusal('request_too_large')
  return text
}

/** Throws request_too_large where the request could not be parked later. */
export function requireParkable(context: Context, request: AuthorizationRequest): void {
  parkRequest(context, request, randomText(32))
}

/** A request that a browser has brought back. */
export interface ParkedRequest {
  readonly request: AuthorizationRequest
  /** The cookie's value that it was sealed for, and is sealed for again. */
  readonly bound: string
}

type Sender = Pick<Visitor, 'ids' | 'known'>

/** Opens what this browser was given. Throws RequestLost where it was not, or too long ago. */
export async function takeRequest(context: Context, text: string, browser: Sender): Promise<ParkedRequest> {
  const found = open(context, parked, text, browser.ids)
  if (found.outcome === 'open') return found
  if (found.outcome === 'expired') throw await lost(context, text, 'request_expired')
  throw await lost(context, text, browser.known ? 'request_not_from_this_browser' : 'cookies_missing')
}

/** The same where it is no matter if the request is lost. */
export function findParked(context: Context, text: string, browser: Sender): ParkedRequest | undefined {
  const found = open(context, parked, text, browser.ids)
  return found.outcome === 'open' ? found : undefined
}

/**
 * The same at authorize itself, which also takes what has just come by POST and is bound to no browser yet: `bound` is
 * undefined then. Throws RequestLost.
 */
export async function resumeRequest(
  context: Context,
  text: string,
  browser: Sender,
): Promise<{ readonly request: AuthorizationRequest; readonly bound: string | undefined }> {
  const found = open(context, handedOver, text, [handover])
  if (found.outcome === 'unknown') return takeRequest(context, text, browser)
  if (found.outcome === 'expired') throw await lost(context, text, 'request_expired')
  return { request: found.request, bound: undefined }
}

function open(context: Context, sealed: Sealed<Found>, text: string, places: readonly string[]) {
  const opened: Opened<Found> = openBeside(context, sealed, text, places)
  if (opened.outcome !== 'open') return opened
  const request = wholeRequest(context, copyIn(text), opened.value)
  const { bound } = opened
  return request === undefined ? ({ outcome: 'expired' } as const) : ({ outcome: 'open', request, bound } as const)
}

async function lost(context: Context, text: string, reason: ConstructorParameters<typeof RequestLost>[0]) {
  return new RequestLost(reason, await findWaysOn(context, copyIn(text)))
}
