/**
 * Passkeys, looked after by the holder of the account: seen, renamed and removed (WebAuthn Level 3). Beside it how one is
 * added (`add.ts`), and how one proves who somebody is (`prove.ts`), both over a challenge that is used once (`ceremony.ts`).
 */
import { sha256 } from '../../../lib/hash.ts'
import { shownName } from '../../../protocol/visible_name.ts'
import type { Caller, Context, EngineSettings } from '../../../runtime/context.ts'
import { sendMail } from '../../../runtime/jobs/queue.ts'
import type { Account, Passkey, Storage } from '../../../storage/contract.ts'
import { settleSecondFactor } from '../factors/second_factor.ts'
import { actInSession, isRecent, type LiveSession } from '../sessions.ts'

export type { Passkey }

/** How a person is known who signs in by a passkey alone (RFC 8176): its possession, their presence, and more than one factor. */
export const passkeyMethods: readonly string[] = ['pop', 'user', 'mfa']

/** How many an account may have. */
export const passkeyLimit = 20

/** Characters of a name. */
const longestName = 60

/** Whether this server has passkeys at all. */
export function passkeysOffered({ settings }: Pick<Context, 'settings'>): boolean {
  return settings.passkeyRpId !== undefined
}

/** The passkeys of an account that work at this server as it is set up now. */
export async function passkeysOf(context: Context, account: Pick<Account, 'id'>): Promise<readonly Passkey[]> {
  return (await allPasskeysOf(context, account)).filter(({ rpId }) => rpId === context.settings.passkeyRpId)
}

/** All passkeys of an account, those included that were made for another domain and work no longer. */
export function allPasskeysOf(context: Context, account: Pick<Account, 'id'>): Promise<readonly Passkey[]> {
  return context.storage.passkeys.listByUser(account.id)
}

/** How many passkeys were made for other domains than the present one, by domain: they cannot be used. */
export function passkeysElsewhere(
  { passkeys }: Pick<Storage, 'passkeys'>,
  { passkeyRpId }: Pick<EngineSettings, 'passkeyRpId'>,
): Promise<ReadonlyMap<string, number>> {
  return passkeys.countElsewhere(passkeyRpId ?? '')
}

/** Passkeys that work no longer lock nobody out, but their holders should not be the first to find out. */
export async function warnOfPasskeys({ storage, settings, log }: Context): Promise<void> {
  const elsewhere = await passkeysElsewhere(storage, settings)
  if (elsewhere.size === 0) return
  const passkeys = [...elsewhere.values()].reduce((sum, count) => sum + count, 0)
  const domains = [...elsewhere.keys()]
  log.warn({ passkeys, domains }, 'passkeys were made for another domain and cannot be used; doctor says what to do')
}

/** By which its holder names a passkey to us: a digest, so that an address of ours says nothing of the authenticator. */
export function passkeyHandle({ credentialId }: Pick<Passkey, 'credentialId'>): string {
  return sha256(credentialId).toString('base64url').slice(0, 22)
}

/** What can be shown of a name that somebody gives to a passkey; undefined where nothing can. */
export function passkeyName(text: string): string | undefined {
  return shownName(text, longestName)
}

/** The passkey of the account that `handle` names. */
export async function findOwnPasskey(
  context: Context,
  account: Pick<Account, 'id'>,
  handle: string,
): Promise<Passkey | undefined> {
  return (await allPasskeysOf(context, account)).find((passkey) => passkeyHandle(passkey) === handle)
}

/** Gives a passkey another name. */
export async function renamePasskey(
  context: Context,
  live: LiveSession,
  { handle, name }: { readonly handle: string; readonly name: string },
  caller: Caller,
): Promise<'renamed' | 'not_found' | 'name_no_letter' | 'session_over'> {
  const { account } = live
  const shown = passkeyName(name)
  if (shown === undefined) return 'name_no_letter'
  const passkey = await findOwnPasskey(context, account, handle)
  if (passkey === undefined) return 'not_found'
  return actInSession(context, { live, caller, over: 'session_over' }, async ({ acting: { passkeys }, record }) => {
    if (!(await passkeys.rename(account.id, passkey.credentialId, shown))) return 'not_found'
    await record('passkey_renamed', { detail: { passkey: handle } })
    return 'renamed'
  })
}

/** Takes a passkey from the account of a session. Browsers that are signed in by it stay so. */
export async function removePasskey(
  context: Context,
  live: LiveSession,
  handle: string,
  caller: Caller,
): Promise<'removed' | 'not_found' | 'sign_in_again'> {
  if (!isRecent(context, live)) return 'sign_in_again'
  const { account } = live
  const passkey = await findOwnPasskey(context, account, handle)
  if (passkey === undefined) return 'not_found'
  return actInSession(context, { live, caller, over: 'sign_in_again' }, async ({ acting, record }) => {
    if (!(await acting.passkeys.remove(account.id, passkey.credentialId))) return 'not_found'
    await record('passkey_removed', { detail: { passkey: handle } })
    await sendMail(context, acting, 'passkey_removed', { ids: { userId: account.id } })
    // Where this server has no second factors, passkeys turn none on.
    if (account.secondFactor) await settleSecondFactor(context, { acting, record }, account.id)
    return 'removed'
  })
}
