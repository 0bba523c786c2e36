/** Ways on from what can go no further in a browser: the page has expired, or the cookie is missing. */
import { formFrom } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { nobody } from '../../runtime/caller.ts'
import type { Context } from '../../runtime/context.ts'
import { Trace } from '../../runtime/log/trace.ts'
import { checkAuthorization } from './authorize.ts'
import { againHrefOf, openCopy } from './begun.ts'
import { errorResponse } from './response/authorization_response.ts'
import { locationOf } from './response/location.ts'

/** Where a person may go on whose request was lost. Each is a link, followed on a click alone. */
export interface WaysOn {
  /** Begins the same anew. */
  readonly againHref: string
  /** Back to the app, with access_denied, and the host or scheme that it leads to. */
  readonly back?: { readonly appName: string; readonly href: string; readonly host: string } | undefined
}

/** What is not, or no longer, for this browser. */
export class RequestLost extends Refusal {
  readonly ways: WaysOn | undefined
  constructor(
    reason: 'request_expired' | 'request_not_from_this_browser' | 'cookies_missing' | 'upstream_state_invalid',
    ways?: WaysOn,
  ) {
    super(reason)
    this.ways = ways
  }
}

/** The ways on for a copy of an authorization request, where its app and redirect URI still hold. */
export async function findWaysOn(context: Context, copy: string): Promise<WaysOn | undefined> {
  const begun = openCopy(context, copy)
  const againHref = againHrefOf(context, copy)
  if (begun?.kind !== 'request' || againHref === undefined) return undefined
  const trace = new Trace(begun.path, 'GET', nobody, begun)
  const { client, to } = await checkAuthorization(context, formFrom(begun.parameters), trace)
  if (client === undefined || to === undefined) return undefined
  const response = errorResponse(context, to, new Refusal('login_cancelled'))
  return { againHref, back: backTo(client.name, locationOf(response)) }
}

/** The way back to an app by an address that says why. */
export function backTo(appName: string, href: string): NonNullable<WaysOn['back']> {
  const url = new URL(href)
  return { appName, href, host: url.host === '' ? url.protocol.slice(0, -1) : url.host }
}
