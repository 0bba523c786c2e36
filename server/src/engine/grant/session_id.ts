/** What an app calls a person's session: the sid of its ID tokens and logout tokens (OpenID Connect Back-Channel Logout §2.1). */
import { hmacSha256 } from '../../lib/hash.ts'
import type { GrantContext } from '../../protocol/grant.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'

/** Each app has a name of its own for a session, so that two of them cannot tell that they see the same browser. */
export function sidOf({ storage }: Context, session: string, clientId: ClientId): string {
  return hmacSha256(storage.installation, 'sid ', session, ' ', clientId).toString('base64url').slice(0, 22)
}

/** The session in which a grant came about, whether it ends with it or not; undefined where there was none. */
export function sessionOf({ session, outlivedSession }: GrantContext): string | undefined {
  return session ?? outlivedSession
}
