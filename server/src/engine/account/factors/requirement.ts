/** Who must have a second factor. */
import type { EngineSettings } from '../../../runtime/context.ts'
import type { Account } from '../../../storage/contract.ts'

/** Whether an account may do nothing before it has a second factor. */
export function mustEnrol(settings: Pick<EngineSettings, 'secondFactor' | 'issuer'>, account: Account): boolean {
  if (account.secondFactor || settings.secondFactor === 'off') return false
  return settings.secondFactor === 'required' || runsServer(settings, account)
}

/** Those who run a server that is reachable from elsewhere. */
export function runsServer({ issuer }: Pick<EngineSettings, 'issuer'>, { roles }: Account): boolean {
  return issuer.startsWith('https:') && (roles.includes('owner') || roles.includes('admin'))
}
