/** Token revocation (RFC 7009 §2): a refresh token ends its grant, an access token itself. */
import { decodeCredential, proveCredential } from '../../protocol/credential.ts'
import type { Grant } from '../../protocol/grant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { personalClient } from '../../runtime/kept/builtin_clients.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { mayBeImported } from '../client/own_credential.ts'
import { findImportedToken } from '../grant/credentials.ts'
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
    if (view.grant.clientId === client.id) await endGrant(context, view.grant, caller)
    return
  }
  if (mayBeImported(context, client, { text, kind: 'refresh' })) {
    const moved = await findImportedToken(context, text)
    if (moved?.grant.clientId === client.id) return endGrant(context, moved.grant, caller)
  }
  const token = await openAccessToken(context, text)
  if (token instanceof Refusal || token.view.grant.clientId !== client.id) return
  const { grant } = token.view
  if (token.whole === true) return endGrant(context, grant, caller)
  await act(context, { caller }, async (acting, record) => {
    if (!(await claimRevoked(acting, token))) return
    await record('access_token_revoked', { subject: grant.userId, clientId: client.id })
  })
}

async function endGrant(context: Context, { id, userId, clientId }: Grant, caller: Caller): Promise<void> {
  await act(context, { caller }, async ({ grants }, record) => {
    if ((await grants.endAll({ id }, 'revoked_by_client')) === 0) return
    if (clientId !== personalClient.clientId) await record('grant_revoked', { subject: userId, clientId })
    else await record('personal_token_ended', { subject: userId, detail: { token: id.toString('base64url') } })
  })
}
