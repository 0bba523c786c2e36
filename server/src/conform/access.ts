/** What the person who runs the checks has given of access, and what each kind of it is called. */
import type { Person } from './browser.ts'
import type { Receiver } from './receiver.ts'

/** What a check cannot do without, beside an issuer. */
export type Need =
  | 'client'
  | 'secret'
  | 'sign_in'
  | 'registration'
  | 'other_client'
  | 'resource'
  | 'post_logout'
  | 'receiver'

export type ClientAuth = 'client_secret_basic' | 'client_secret_post' | 'none'

export interface Client {
  readonly id: string
  readonly secret: string | undefined
  readonly auth: ClientAuth
}

export interface Given {
  readonly issuer: string
  readonly client?: Client
  /** Another client, whose credentials must be of no use to the first. */
  readonly otherClient?: Client
  readonly redirectUri: string
  readonly postLogoutRedirectUri?: string
  /** What is asked for; otherwise what the server announces of openid and offline_access. */
  readonly scope?: string
  /** An API that takes tokens of this server. */
  readonly resource?: string
  readonly person?: Person
  /** Opens an authorization address in a real browser, and answers where that was sent; nothing where it was not. */
  readonly browse?: (url: string, redirectUri: string) => Promise<string | undefined>
  /** Whether clients may be registered, and the token for it. */
  readonly register?: { readonly token?: string }
  /** Where the server tells the client of sign-outs. */
  readonly receiver?: Receiver
}

/** The options that open each kind of check, as the person would type them. */
export const enabledBy: Readonly<Record<Need, string>> = {
  client: '--client-id and --redirect-uri, or --register',
  secret: '--client-secret, or --register',
  sign_in: '--username and --password, or --cookie, or --browser-command',
  registration: '--register (with --initial-access-token where the server asks for one)',
  other_client: '--other-client-id and --other-client-secret, or --register',
  resource: '--resource URL',
  post_logout: '--post-logout-redirect-uri, or --register',
  receiver: '--logout-receiver URL',
}

/** What of it is not there. */
export function missing(given: Given, needs: readonly Need[]): Need | undefined {
  const registers = given.register !== undefined
  const there: Readonly<Record<Need, boolean>> = {
    client: given.client !== undefined || registers,
    secret: given.client === undefined ? registers : given.client.secret !== undefined,
    sign_in: given.person !== undefined || given.browse !== undefined,
    registration: registers,
    other_client: given.otherClient !== undefined || registers,
    resource: given.resource !== undefined,
    post_logout: given.postLogoutRedirectUri !== undefined || (registers && given.client === undefined),
    receiver: given.receiver !== undefined,
  }
  return needs.find((need) => !there[need])
}
