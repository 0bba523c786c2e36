/**
 * Ways on from a request that can go no further in a browser: the page has expired, or the cookie is missing. A sealed
 * request holds a copy of the app's own parameters that is bound to no browser. Nothing has been decided in it: it can only
 * be sent through authorize once more, from the first check, by a person who clicks.
 */
import { type Form, formFrom } from '../lib/form.ts'
import type { Dialect } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import { refusalUri } from './answer.ts'
import { type Asked, checkAuthorization, type Progress } from './authorize.ts'
import type { Context } from './context.ts'
import { startTrace } from './request_log.ts'
import { openText, sealText } from './sealed.ts'

const keyPurpose = 'authorization request'
const place = 'copy for no browser'

/** Where a person may go on whose request was lost. Each is a link, followed on a click alone. */
export interface WaysOn {
  readonly appName: string
  /** Begins the same request anew. */
  readonly againHref: string
  /** Back to the app, with access_denied, and the host or scheme that it leads to. */
  readonly backHref: string
  readonly backHost: string
}

/** A sealed request that is not, or no longer, for this browser. */
export class RequestLost extends Refusal {
  readonly ways: WaysOn | undefined
  constructor(reason: 'request_expired' | 'request_not_from_this_browser' | 'cookies_missing', ways?: WaysOn) {
    super(reason)
    this.ways = ways
  }
}

/** The copy that travels with a sealed request. */
export function sealCopy(context: Context, asked: Asked, dialect: Dialect): string {
  return sealText(context, keyPurpose, JSON.stringify({ ...asked, dialect }), place)
}

/** The app's original parameters, from a copy; undefined if we did not make the copy. */
export function openCopy(context: Context, copy: string): (Asked & { readonly dialect: Dialect }) | undefined {
  const opened = openText(context, keyPurpose, copy, [place])
  return opened === undefined ? undefined : JSON.parse(opened.text)
}

/** The parameters of a copy that is to be asked for once more at the path where it came in. Throws RequestLost. */
export function parametersAgain(context: Context, copy: string, path: string): Form {
  const asked = openCopy(context, copy)
  if (asked === undefined || asked.path !== path) throw new RequestLost('request_expired')
  return formFrom(asked.parameters)
}

/** The ways on for a copy, where its app and redirect URI still hold. */
export async function findWaysOn(context: Context, copy: string): Promise<WaysOn | undefined> {
  const asked = openCopy(context, copy)
  if (asked === undefined) return undefined
  const { path, dialect } = asked
  const progress: Progress = {}
  const caller = { requestId: '', address: '', userAgent: null, dialect }
  try {
    await checkAuthorization(context, formFrom(asked.parameters), progress, startTrace(path, 'GET', caller))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
  if (progress.client === undefined || progress.to === undefined) return undefined
  const url = new URL(progress.to.redirectUri)
  return {
    appName: progress.client.name,
    againHref: `${path}?again=${copy}`,
    backHref: refusalUri(context, progress.to, new Refusal('login_cancelled')),
    backHost: url.host === '' ? url.protocol.slice(0, -1) : url.host,
  }
}
