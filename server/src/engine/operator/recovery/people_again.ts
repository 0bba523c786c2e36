/** What events about people do again. Where they do not tell enough, more ends than they did. */
import type { Millis } from '../../../lib/clock.ts'
import type { GrantView } from '../../../protocol/grant.ts'
import { roles } from '../../../protocol/names.ts'
import { passkeyHandle } from '../../account/passkeys/passkeys.ts'
import type { Again } from './event_again.ts'

/** Most live grants of a person that are looked through one by one. */
const mostGrants = 10_000

function grantsOf({ storage, who }: Again): Promise<readonly GrantView[]> {
  return who === undefined ? Promise.resolve([]) : storage.grants.listByUser(who, mostGrants)
}

/** The event does not say which session it was. They are all over anyway, so that what hung on one of them ends as well. */
export async function endOfSessions(again: Again): Promise<boolean> {
  const sessions = new Set((await grantsOf(again)).flatMap(({ grant }) => grant.context.session ?? []))
  let ended = 0
  for (const session of sessions) ended += await again.storage.grants.endAll({ session }, 'signed_out')
  return ended > 0
}

/** Whatever the person's app held: the event does not say which authorization it was. */
export async function endAtApp({ storage, who, app }: Again): Promise<boolean> {
  if (app === undefined) return false
  if (who !== undefined) return (await storage.grants.endAll({ userId: who, clientId: app }, 'revoked_by_user')) > 0
  await storage.grants.moveOwn(app)
  return true
}

/** An access token that was out at the backup may be alive still. One that came later is none here. */
export async function endAccessTokens(again: Again): Promise<boolean> {
  const { storage, app, who, backupAt, now } = again
  if (who === undefined) return endAtApp(again)
  let ended = false
  for (const { grant } of await grantsOf(again)) {
    if (grant.clientId !== app || backupAt + grant.context.accessTokenTtl * 1000 < now) continue
    ended = (await storage.grants.end(grant.id, 'revoked_by_client')) || ended
  }
  return ended
}

/** The password in the backup is a former one, or no longer enough. */
export async function endPassword({ storage, who, now, tell }: Again, why: string): Promise<boolean> {
  if (who === undefined) return false
  const account = await storage.accounts.update(who, { passwordHash: null, validAfter: now })
  if (typeof account !== 'object') return false
  await storage.appPasswords.end(who)
  await storage.grants.endAll({ userId: who }, 'password_changed')
  const mailed = account.email !== null && account.emailVerified
  tell(`${why} ${mailed ? 'A new password is set with a mailed link.' : 'A new password needs `user reset-link`.'}`)
  return true
}

export async function disable({ storage, who, now }: Again, closingAt: Millis | null): Promise<boolean> {
  if (who === undefined) return false
  const account = await storage.accounts.update(who, { enabled: false, closingAt, validAfter: now })
  if (typeof account !== 'object') return false
  await storage.appPasswords.end(who)
  await storage.grants.endAll({ userId: who }, 'revoked_by_operator')
  return true
}

export async function endEverything({ storage, who, now }: Again): Promise<boolean> {
  if (who === undefined) return false
  if (typeof (await storage.accounts.update(who, { validAfter: now })) !== 'object') return false
  await storage.appPasswords.end(who)
  await storage.grants.endAll({ userId: who }, 'revoked_by_operator')
  return true
}

export async function changeRoles({ storage, who }: Again, given: readonly string[]): Promise<boolean> {
  if (who === undefined) return false
  return (
    typeof (await storage.accounts.update(who, { roles: roles.filter((role) => given.includes(role)) })) === 'object'
  )
}

export async function enable({ storage, who }: Again): Promise<boolean> {
  if (who === undefined) return false
  return typeof (await storage.accounts.update(who, { enabled: true, closingAt: null })) === 'object'
}

export async function erase(again: Again, id = again.who): Promise<boolean> {
  if (id === undefined) return false
  const outcome = await again.storage.accounts.erase(id)
  if (outcome !== 'owns_apps') return outcome === 'erased'
  again.tell('was deleted and owns apps here, so that it is disabled: delete its apps, then use `user delete`.')
  return disable({ ...again, who: id }, null)
}

/** Which code was used, or which are new, no event says. */
export async function endRecoveryCodes({ storage, who, tell }: Again): Promise<boolean> {
  const found = who && (await storage.factors.find(who))
  if (who === undefined || !found || found.recovery === undefined || found.recovery.left === 0) return false
  await storage.factors.setRecoveryCodes(who, found.recovery.key, [])
  tell('has no recovery codes any more and has to make new ones.')
  return true
}

/** Takes every authenticator from the account, and its recovery codes. */
export async function removeFactors({ storage, who }: Pick<Again, 'storage' | 'who'>): Promise<boolean> {
  if (who === undefined) return false
  await storage.factors.clear(who)
  for (const { credentialId } of await storage.passkeys.listByUser(who))
    await storage.passkeys.remove(who, credentialId)
  return typeof (await storage.accounts.update(who, { secondFactor: false })) === 'object'
}

export async function removePasskey({ storage, who }: Again, handle: string): Promise<boolean> {
  if (who === undefined) return false
  const found = (await storage.passkeys.listByUser(who)).find((passkey) => passkeyHandle(passkey) === handle)
  return found !== undefined && storage.passkeys.remove(who, found.credentialId)
}

export async function unlink({ storage, who }: Again, provider: string): Promise<boolean> {
  if (who === undefined) return false
  let changed = false
  for (const identity of await storage.identities.listByUser(who)) {
    if (identity.providerId !== provider) continue
    const gone = () => storage.identities.unlink(who, identity, [])
    let outcome = await gone()
    if (outcome === 'last_way') {
      // The way that the person had beside it is lost; this one was taken away all the same.
      await storage.accounts.update(who, { passwordHash: 'none' })
      outcome = await gone()
      await storage.accounts.update(who, { passwordHash: null })
    }
    changed = outcome === 'unlinked' || changed
  }
  return changed
}

/** Without the factor that is lost a password alone would open the account. */
export function endWithFactor(again: Again): Promise<boolean> {
  return endPassword(again, 'had a second factor after the backup that is lost, and has to set one up again.')
}
