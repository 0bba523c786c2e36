/** The code or refresh token that an authenticated client presents (RFC 6749 §5.2, "issued to another client"). */
import type { CredentialKind } from '../../protocol/credential.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { guesserKey } from '../../runtime/limits/network.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { type OpenedCredential, openCredential } from '../grant/credentials.ts'
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
  const opened = await openCredential(context, text, kind, guesserKey(client.id, trace.caller))
  if (kind === 'refresh') trace.saw(opened)
  const { grant } = opened
  trace.at('credential_client')
  if (grant.clientId !== client.id) throw new Refusal('credential_of_another_client')
  requireOwnProtocol(grant, client, trace.dialect)
  return opened
}
