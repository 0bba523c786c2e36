/** Who calls the admin API: a person who runs the server, through an app that they let, or an app with a role of its own. */
import { minute, type Seconds } from '../../../lib/clock.ts'
import { isLegacy } from '../../../protocol/dialects.ts'
import { adminApi } from '../../../protocol/endpoints.ts'
import type { ClientId, Role } from '../../../protocol/names.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import type { Account } from '../../../storage/contract.ts'
import { type LiveToken, requireLiveToken, type ShownToken } from '../../access_tokens/bearer.ts'
import { runsServer } from '../../account/factors/requirement.ts'
import type { Operator } from '../operator.ts'
import { roleOf } from '../ranks.ts'

/** How long a sign-in counts for changes, where a second factor is required. */
export const changesWithin: Seconds = (10 * minute) / 1000

export interface AdminCaller {
  readonly by: Extract<Operator, { via: 'account' | 'client' }>
  /** As of now; undefined for a person who has none, or none any more. */
  readonly role: Role | undefined
  /** Through which app, or which one itself. */
  readonly clientId: ClientId
  readonly scope: readonly string[]
  /** Whether a person would have to sign in anew, with a second factor, to change something. */
  readonly signInTooOld: boolean
}

/**
 * Proves a token of the admin API. Throws the Refusal where it is none: not live, for another resource or for others beside
 * this one, of a legacy protocol, or of an app that may not use it as of now.
 */
export async function requireAdminCaller(context: Context, shown: ShownToken, caller: Caller): Promise<AdminCaller> {
  const token = await requireLiveToken(context, shown, { mark: true })
  const { client, grant, resources, scope } = token
  const own = adminApi(context.settings.issuer)
  if (resources.length !== 1 || resources[0] !== own || isLegacy(grant.dialect)) {
    throw new Refusal('token_for_another_resource', { expected: own, got: resources.join(' ') })
  }
  if (client.status !== 'enabled') throw new Refusal('token_revoked')
  const common = { clientId: client.id, scope }
  if (grant.userId === null) {
    const { admin_role: role } = client.metadata
    if (role === undefined) throw new Refusal('token_revoked')
    return { ...common, role, by: { via: 'client', id: client.id, caller }, signInTooOld: false }
  }
  if (client.metadata.admin_api !== true) throw new Refusal('token_revoked')
  const account = await context.storage.accounts.find(grant.userId)
  if (account === undefined) throw new Refusal('token_revoked')
  return {
    ...common,
    role: roleOf(account),
    by: { via: 'account', id: account.id, caller },
    signInTooOld: needsFactor(context, account) && !isRecent(context, token),
  }
}

/** Whether a second factor is required of the person, because of a setting, their role, or because they have one. */
function needsFactor({ settings }: Context, account: Account): boolean {
  if (settings.secondFactor === 'off') return false
  return settings.secondFactor === 'required' || account.secondFactor || runsServer(settings, account)
}

function isRecent({ clock }: Context, { grant }: LiveToken): boolean {
  const { authTime = 0, amr = [] } = grant.context
  return amr.includes('mfa') && clock.now() - authTime * 1000 <= changesWithin * 1000
}
