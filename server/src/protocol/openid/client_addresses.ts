/**
 * Addresses of an app beside its redirect URIs, which pages of ours send browsers to or which this server reads. Documents of older releases may hold
 * some that nobody has judged, so that one counts only as far as it would be taken today.
 */
import type { ClientMetadata, DocumentProblem } from '../client_metadata.ts'
import { appendQuery, redirectUriProblem } from '../redirect_uri.ts'

const members = ['frontchannel_logout_uri', 'initiate_login_uri', 'sector_identifier_uri'] as const

/** The member that the operator's document, a registration or the portal gives, and what is wrong with it. */
export interface AddressProblem {
  readonly member: (typeof members)[number]
  readonly problem: DocumentProblem
}

type Addresses = Pick<ClientMetadata, (typeof members)[number] | 'redirect_uris'>

/** What is wrong with these addresses of a document; undefined where nothing is. */
export function addressProblem(metadata: Addresses): AddressProblem | undefined {
  for (const member of members) {
    const uri = metadata[member]
    if (uri === undefined) continue
    const why = redirectUriProblem(uri, false)
    if (why !== undefined) return { member, problem: { key: 'redirect_uri', why } }
    if (member === 'frontchannel_logout_uri' && !isOfApp(uri, metadata))
      return { member, problem: 'logout_of_other_origin' }
  }
  return undefined
}

/** "The domain, port, and scheme of this URL MUST be the same as that of a registered Redirection URI value" (Front-Channel Logout §2). */
function isOfApp(uri: string, { redirect_uris: uris }: Addresses): boolean {
  const { origin } = new URL(uri)
  return uris.some((one) => URL.canParse(one) && new URL(one).origin === origin)
}

/** Where a browser is to load a page of the app that signs the person out there (OpenID Connect Front-Channel Logout 1.0 §2). */
export function frontChannelLogoutUri(metadata: Addresses): string | undefined {
  const { frontchannel_logout_uri: uri, redirect_uris: redirects } = metadata
  return addressProblem({ frontchannel_logout_uri: uri, redirect_uris: redirects }) === undefined ? uri : undefined
}

/** Where a person can begin to sign in to the app from elsewhere (OIDC Core §4). */
function initiateLoginUri(metadata: Pick<Addresses, 'initiate_login_uri'>): string | undefined {
  const { initiate_login_uri: uri } = metadata
  return addressProblem({ initiate_login_uri: uri, redirect_uris: [] }) === undefined ? uri : undefined
}

/** A link by which a person begins to sign in to the app with an account of this server; the app is told nothing of them. */
export function loginLink(metadata: Pick<Addresses, 'initiate_login_uri'>, issuer: string): string | undefined {
  const uri = initiateLoginUri(metadata)
  return uri && appendQuery(uri, [['iss', issuer]])
}
