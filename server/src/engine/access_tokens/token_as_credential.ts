/**
 * Who asks about a token or ends it with a token in hand instead of client authentication (RFC 7662 §2.1). The clients
 * of the password protocols have no secret, and whoever uses them has no other way to give a token back.
 */
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { passwordDialectOf } from '../../runtime/kept/builtin_clients.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { findLiveToken } from './bearer.ts'

/**
 * The built-in client whose live token this is; undefined where it is none, or that of any other client, which has to
 * authenticate as it is registered.
 */
export async function holderClient(context: Context, text: string): Promise<Client | undefined> {
  const live = await findLiveToken(context, text)
  if (live instanceof Refusal || passwordDialectOf(live.grant.clientId) === undefined) return undefined
  return context.clients.find(live.grant.clientId)
}
