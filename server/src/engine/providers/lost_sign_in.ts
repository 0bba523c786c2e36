/**
 * What is told to a browser that comes back with a sign-in that is not, or no longer, its own: it can begin anew what was
 * begun, and nothing of the sign-in itself goes on.
 */
import { socialDialect } from '../../protocol/dialects.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { nobody } from '../../runtime/caller.ts'
import type { Context } from '../../runtime/context.ts'
import { Trace } from '../../runtime/log/trace.ts'
import { againHrefOf, type BegunSocial, openCopy } from '../authorize/begun.ts'
import { backTo, findWaysOn, RequestLost, type WaysOn } from '../authorize/ways_on.ts'
import { findSocialDestination, socialErrorUri } from './social.ts'

/** The refusal for what has a copy, and for a browser that has sent a cookie of ours or none. */
export async function signInLost(context: Context, copy: string, known: boolean): Promise<RequestLost> {
  const ways = await waysOf(context, copy)
  // Without a copy nobody knows whether there was a sign-in at all.
  return new RequestLost(known || ways === undefined ? 'upstream_state_invalid' : 'cookies_missing', ways)
}

async function waysOf(context: Context, copy: string): Promise<WaysOn | undefined> {
  const begun = openCopy(context, copy)
  const againHref = againHrefOf(context, copy)
  if (begun === undefined || againHref === undefined) return undefined
  if (begun.kind === 'page') return { againHref }
  return begun.kind === 'social' ? waysOfSocial(context, begun, againHref) : findWaysOn(context, copy)
}

/** The ways on for a request at the social endpoints, where its app and address still hold. */
async function waysOfSocial(context: Context, begun: BegunSocial, againHref: string): Promise<WaysOn | undefined> {
  const trace = new Trace(begun.path, 'GET', nobody, { dialect: socialDialect })
  const to = await findSocialDestination(context, begun.redirectUrl, begun.clientId, trace)
  if (to instanceof Refusal) return undefined
  const client = to.clientId === undefined ? undefined : await context.clients.find(to.clientId)
  const href = socialErrorUri(to, new Refusal('login_cancelled'))
  return { againHref, back: client && backTo(client.name, href) }
}
