/**
 * Token requests that name no client: the code or refresh token says whose it is. RFC 6749 §3.2.1 wants the name; some
 * older apps leave it out. What the client has to prove stays what it is registered for.
 */
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { guesserKey } from '../../runtime/limits/network.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import type { PresentedClient } from '../client/client_authentication.ts'
import { openCredential } from '../grant/credentials.ts'
import type { TokenRequest } from './grants/index.ts'

/** What a request without a client id showed. */
export interface UnnamedClient {
  readonly clientId?: undefined
  readonly secret: string | undefined
}

/** The client that the request's credential was issued to, still to be authenticated. Throws Refusal. */
export async function nameClient(
  context: Context,
  { secret }: UnnamedClient,
  request: TokenRequest,
  trace: Trace,
): Promise<PresentedClient> {
  // As for a made-up client: guesses without a name share one counter for each network.
  const guesser = guesserKey(undefined, trace.caller)
  const opened = await openOwn(context, request, guesser)
  if (request.grantType === 'refresh_token') trace.saw(opened)
  const { grant } = opened
  const { clientId } = grant
  return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret_post', clientId, secret }
}

function openOwn(context: Context, request: TokenRequest, guesser: string) {
  switch (request.grantType) {
    case 'authorization_code':
      return openCredential(context, request.code, 'code', guesser)
    case 'refresh_token':
      return openCredential(context, request.refreshToken, 'refresh', guesser)
    default:
      throw new Refusal('client_authentication_missing')
  }
}
