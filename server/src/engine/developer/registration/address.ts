/** Client IDs that are the address of a document in which an app says of itself what it is (OAuth Client ID Metadata Document). */
import { redirectUriProblem } from '../../../protocol/redirect_uri.ts'

/** As long as any client ID may be. */
const longest = 255

/** What else counts as such an address besides https: http of a server under development, where the operator has allowed the origin. */
export interface DocumentSettings {
  readonly development: boolean
  readonly outboundAllowed: ReadonlySet<string>
}

/** Whether a client ID is meant as the address of a document. No other client ID begins with https://. */
export function namesDocument(clientId: string, { development, outboundAllowed }: DocumentSettings): boolean {
  if (clientId.startsWith('https://')) return true
  return (
    development &&
    clientId.startsWith('http://') &&
    URL.canParse(clientId) &&
    outboundAllowed.has(new URL(clientId).origin)
  )
}

/**
 * Whether the address is one that an app may have (§3 of the draft): with a path, without fragment, user, dot segments or empty
 * parts, in the one spelling that a URL parser gives it, as it is compared character by character.
 */
export function isDocumentAddress(clientId: string): boolean {
  if (clientId.length > longest || redirectUriProblem(clientId, false) !== undefined) return false
  const { href, pathname, search } = new URL(clientId)
  return href === clientId && pathname !== '/' && !pathname.includes('//') && !(search === '' && clientId.includes('?'))
}
