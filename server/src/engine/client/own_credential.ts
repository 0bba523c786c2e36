/** The code or refresh token that an authenticated client presents (RFC 6749 §5.2, "issued to another client"). */
import { type CredentialKind, decodeCredential } from '../../protocol/credential.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { guesserKey } from '../../runtime/limits/network.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { type OpenedCredential, openCredential, openImportedToken } from '../grant/credentials.ts'
import { requireOwnProtocol } from './leniencies.ts'

/**
 * The grant of a credential: proved, this client's own, and good at the protocol that it came in by. Changes nothing.
 * Throws Refusal.
 */
export async function openOwnCredential(
  context: Context,
  { text, kind }: { readonly text: string; readonly kind: CredentialKind },
  client: Client,
  trace: Trace,
): Promise<OpenedCredential> {
  trace.at('credential')
  const guesser = guesserKey(client.id, trace.caller)
  const opened = mayBeImported(context, client, { text, kind })
    ? await openImportedToken(context, text, guesser)
    : await openCredential(context, text, kind, guesser)
  const { grant } = opened
  // One that is bound to a key is worth nothing without: then that it was seen tells nothing of its holder.
  if (kind === 'refresh' && grant.senderKey === null) trace.saw(opened)
  trace.at('credential_client')
  if (grant.clientId !== client.id) throw new Refusal('credential_of_another_client')
  requireOwnProtocol(grant, client, trace.dialect)
  return opened
}

/** Whether another server may have issued the token: it is not ours, and tokens of the client were moved here. */
export function mayBeImported(
  { clock }: Pick<Context, 'clock'>,
  { tokensUntil }: Client,
  { text, kind }: { readonly text: string; readonly kind: CredentialKind },
): boolean {
  if (tokensUntil === null || kind !== 'refresh') return false
  return clock.now() < tokensUntil && decodeCredential(text) === undefined
}
