/** Token revocation (RFC 7009 §2): a refresh token ends its grant, an access token itself. */
import { decodeCredential, proveCredential } from '../../protocol/credential.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { noteSeen } from '../grant/use.ts'
import { claimRevoked, openAccessToken } from './bearer.ts'

/**
 * Revokes a token of this client. Unknown, dead and foreign tokens change nothing and are no error: "invalid tokens do
 * not cause an error response" (§2.2). The type hint is not needed, as every token says what it is.
 */
export async function revoke(context: Context, client: Client, text: string, caller: Caller): Promise<void> {
  const presented = decodeCredential(text)
  if (presented !== undefined) {
    const view = await context.storage.grants.find(presented.grantId)
    const key = context.keyring.key('credential', presented.generation)
    if (view === undefined || key === undefined || !proveCredential(presented, key, view.grant)) return
    noteSeen(context, view.grant, presented.step)
    if (view.grant.clientId !== client.id) return
    if (await context.storage.grants.end(view.grant.id, 'revoked_by_client')) {
      context.audit.record('grant_revoked', { subject: view.grant.userId, clientId: client.id, caller })
    }
    return
  }
  try {
    const token = await openAccessToken(context, text)
    const { grant } = token.view
    if (grant.clientId !== client.id) return
    if (token.whole === true) {
      if (!(await context.storage.grants.end(grant.id, 'revoked_by_client'))) return
      context.audit.record('grant_revoked', { subject: grant.userId, clientId: client.id, caller })
      return
    }
    await claimRevoked(context, token)
    context.audit.record('access_token_revoked', { subject: grant.userId, clientId: client.id, caller })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
