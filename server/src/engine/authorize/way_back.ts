/**
 * Ways on from what can go no further in a browser: the page has expired, or the cookie is missing. What travels sealed for
 * a browser has a copy beside it that is bound to none and holds what was begun: an app's own parameters, or a page of ours.
 * Nothing has been decided in it: it can only be begun once more, from the first check, by a person who clicks.
 */
import { type Form, formFrom } from '../../lib/form.ts'
import type { Dialect } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Purpose } from '../../runtime/keys/keyring.ts'
import { openText, sealText } from '../../runtime/keys/sealed.ts'
import { Trace } from '../../runtime/log/trace.ts'
import { refusalUri } from './authorization_response.ts'
import { type Asked, type AuthorizationRequest, checkAuthorization, type Progress } from './authorize.ts'

const keyPurpose = 'authorization request'
const place = 'copy for no browser'

/** What a person has begun, and can begin once more. */
export type Begun = BegunRequest | BegunSocial | BegunPage

/** An app's authorization request. */
type BegunRequest = Asked & { readonly dialect: Dialect; readonly kind?: undefined }

/** An app's request at the social endpoint at `path`. */
export interface BegunSocial {
  readonly kind: 'social'
  readonly path: string
  readonly provider: string
  readonly redirectUrl: string
  readonly clientId?: string | undefined
}

/** A page of ours. */
interface BegunPage {
  readonly kind: 'page'
  readonly path: string
}

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

/** The copy that travels beside what is sealed for a browser. */
export function sealCopy(context: Context, begun: Begun): string {
  return sealText(context, keyPurpose, JSON.stringify(begun), place)
}

/** What was begun, from a copy; undefined if we did not make the copy. */
export function openCopy(context: Context, copy: string): Begun | undefined {
  const opened = openText(context, keyPurpose, copy, [place])
  return opened === undefined ? undefined : JSON.parse(opened.text)
}

/** What was begun, from a copy alone or from what has one beside it; undefined for all that we did not make. */
export function begunIn(context: Context, sealed: string): Begun | undefined {
  return openCopy(context, copyIn(sealed)) ?? openCopy(context, sealed)
}

/** Seals a text for a place, with a copy beside it. */
export function sealBeside(
  context: Context,
  copy: string,
  text: string,
  use: { readonly purpose: Purpose; readonly place: string },
): string {
  return `${lengthOf(copy)}${copy}${sealText(context, use.purpose, text, `${use.place} ${copy}`)}`
}

/** What `sealBeside` has sealed for one of these places; undefined where it is for none of them. */
export function openBeside(
  context: Context,
  sealed: string,
  purpose: Purpose,
  places: readonly string[],
): { readonly copy: string; readonly text: string; readonly bound: string } | undefined {
  const [copy, rest] = partsOf(sealed)
  const withCopy = places.map((bound) => `${bound} ${copy}`)
  const opened = openText(context, purpose, rest, withCopy)
  if (opened === undefined) return undefined
  return { copy, text: opened.text, bound: places[withCopy.indexOf(opened.bound)] as string }
}

/** The copy beside a sealed value; empty where there is none. */
export function copyIn(sealed: string): string {
  return partsOf(sealed)[0]
}

/**
 * The copy that is bound to no browser and what is bound to one; the first three digits say how long the copy is. Both are
 * empty where the length is not spelled as we write it.
 */
function partsOf(sealed: string): readonly [copy: string, rest: string] {
  const end = 3 + (Number.parseInt(sealed.slice(0, 3), 36) || 0)
  const copy = sealed.slice(3, end)
  return sealed.startsWith(lengthOf(copy)) ? [copy, sealed.slice(end)] : ['', '']
}

function lengthOf(copy: string): string {
  return copy.length.toString(36).padStart(3, '0')
}

/** An authorization request without what stands in its copy. */
export type Found = Omit<AuthorizationRequest, 'asked' | 'state' | 'nonce'>

/** Parts a request into what its copy holds, which is what the app has sent, and what was found in it. */
export function partRequest(request: AuthorizationRequest): { readonly begun: Begun; readonly found: Found } {
  const { asked, state, nonce, ...found } = request
  return { begun: { ...asked, dialect: request.dialect }, found }
}

/** The request of which a copy and what was found are the parts; undefined where the copy is of something else. */
export function wholeRequest(context: Context, copy: string, found: Found): AuthorizationRequest | undefined {
  const asked = openCopy(context, copy)
  if (asked === undefined || asked.kind !== undefined) return undefined
  const sent = (wanted: string) => asked.parameters.find(([name]) => name === wanted)?.[1]
  return { ...found, asked, state: sent('state'), nonce: sent('nonce') }
}

/** The parameters of a copy that is to be asked for once more at the path where it came in. Throws RequestLost. */
export function parametersAgain(context: Context, copy: string, path: string): Form {
  const asked = openCopy(context, copy)
  if (asked === undefined || asked.kind !== undefined || asked.path !== path) throw new RequestLost('request_expired')
  return formFrom(asked.parameters)
}

/** Where what a copy holds is begun once more; undefined if we did not make the copy. Asks no database. */
export function againHrefOf(context: Context, copy: string): string | undefined {
  const begun = openCopy(context, copy)
  switch (begun?.kind) {
    case undefined:
      return begun && `${begun.path}?again=${copy}`
    case 'page':
      return begun.path
    case 'social': {
      const { provider, redirectUrl, clientId } = begun
      const query = { provider, redirectUrl, ...(clientId === undefined ? {} : { client_id: clientId }) }
      return `${begun.path}?${new URLSearchParams(query)}`
    }
  }
}

/** The app that a copy names, whether it exists or not. */
export function clientIdOf(begun: Begun): string | undefined {
  if (begun.kind === 'page') return undefined
  if (begun.kind === 'social') return begun.clientId
  return begun.parameters.find(([name]) => name === 'client_id')?.[1]
}

/** The ways on for a copy of an authorization request, where its app and redirect URI still hold. */
export async function findWaysOn(context: Context, copy: string): Promise<WaysOn | undefined> {
  const asked = openCopy(context, copy)
  if (asked === undefined || asked.kind !== undefined) return undefined
  const { path, dialect } = asked
  const progress: Progress = {}
  const caller = { requestId: '', address: '', userAgent: null, dialect }
  try {
    await checkAuthorization(context, formFrom(asked.parameters), progress, new Trace(path, 'GET', caller))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
  const { client, to } = progress
  const againHref = againHrefOf(context, copy)
  if (client === undefined || to === undefined || againHref === undefined) return undefined
  return { againHref, back: backTo(client.name, refusalUri(context, to, new Refusal('login_cancelled'))) }
}

/** The way back to an app by an address that says why. */
export function backTo(appName: string, href: string): NonNullable<WaysOn['back']> {
  const url = new URL(href)
  return { appName, href, host: url.host === '' ? url.protocol.slice(0, -1) : url.host }
}
