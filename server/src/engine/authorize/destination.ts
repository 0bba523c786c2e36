/** Where a person goes from the consent page, in words that a person knows. */
import { isNativeRedirect } from '../../protocol/redirect_uri.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { AuthorizationRequest } from './request.ts'

export interface Destination {
  /** A site, an app on the device by its own scheme, or a program on this very machine. */
  readonly kind: 'web' | 'app' | 'loopback'
  /** Host and port, or the scheme. */
  readonly host: string
}

/**
 * Where the answer to a request goes. An app that proves itself with a secret cannot be mistaken for another program on
 * the same machine (RFC 8252 §8.6).
 */
export function destinationOf({ redirectUri }: Pick<AuthorizationRequest, 'redirectUri'>, client: Client): Destination {
  const url = new URL(redirectUri)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'app', host: url.protocol.slice(0, -1) }
  return { kind: isNativeRedirect(redirectUri) && !client.confidential ? 'loopback' : 'web', host: url.host }
}

/** The destination as it is remembered with a yes. A program on this machine has another port each time. */
export function lastingName({ kind, host }: Destination): string {
  return kind === 'loopback' ? host.replace(/:\d+$/, '') : host
}
