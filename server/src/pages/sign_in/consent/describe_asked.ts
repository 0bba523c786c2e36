/** What is asked for, and of whom, as the pages show it on which somebody agrees. */
import type { Account } from '../../../engine/account/accounts.ts'
import { ownPicture } from '../../../engine/account/profile/picture.ts'
import type { Stay } from '../../../engine/grant/lifetimes.ts'
import type { ScopeCatalogue } from '../../../engine/grant/scopes.ts'
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import type { Context } from '../../../runtime/context.ts'
import type { AskedAccount } from './consent_view.tsx'

/** What is asked for, and last that the app stays connected, whichever scope made it so. */
export function describeScopes(
  { meaning }: ScopeCatalogue,
  scope: readonly string[],
  stay: Stay | undefined,
): readonly ScopeMeaning[] {
  const asked = scope.filter((name) => name !== 'offline_access').map(meaning)
  return stay === undefined ? asked : [...asked, meaning('offline_access')]
}

/** The account that is asked for. */
export function describeAccount(context: Context, account: Account): AskedAccount {
  return {
    account: nameOf(account),
    accountName: displayNameOf(account),
    accountPicture: ownPicture(context, account),
  }
}

export function nameOf(account: Account): string {
  return account.email ?? account.username
}

/** A second line for the account, where there is one that says more. */
function displayNameOf({ claims, email, username }: Account): string | undefined {
  if (typeof claims.name === 'string' && claims.name.trim() !== '') return claims.name
  return email === null ? undefined : username
}
