/** What a JWT of the JWT login is worth now. */
import type { Millis } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { requireLiveToken } from './bearer.ts'

/** Whose live JWT this is, and until when it is good. Throws Refusal for every other token. */
export async function judgeLoginJwt(
  context: Context,
  text: string,
): Promise<{ readonly username: string | undefined; readonly expiresAt: Millis }> {
  const { grant, expiresAt } = await requireLiveToken(context, { text }, { mark: false })
  if (grant.context.tokenFormat !== 'login_jwt' || grant.userId === null) throw new Refusal('token_not_ours')
  return { username: (await context.storage.accounts.find(grant.userId))?.username, expiresAt }
}
