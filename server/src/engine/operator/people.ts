/** What the operator does with accounts: open, give a password, switch on and off, delete. */
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account, NewAccount } from '../../storage/contract.ts'
import { replacePassword } from '../account/accounts.ts'
import { type Operator, type OperatorContext, recordAct } from './operator.ts'

/** What the operator tells of a new account; its names and its password have been judged. */
type NewUser = Omit<NewAccount, 'passwordHash'> & { readonly password: string | undefined }

/** Opens an account, without a password where it only signs in through a provider. */
export async function createUser(
  context: OperatorContext & Pick<Context, 'passwords'>,
  by: Operator,
  { password, ...wanted }: NewUser,
): Promise<Account | 'username_taken' | 'email_taken'> {
  const passwordHash = password === undefined ? null : await context.passwords.hash(password)
  const made = await context.storage.accounts.insert({ ...wanted, passwordHash })
  if (typeof made === 'string') return made
  await recordAct(context, by, { type: 'user_created', detail: { roles: made.roles } }, { subject: made.id })
  return made
}

/** Gives an account another password, which has been judged. Its sessions and authorizations end. */
export async function setUserPassword(
  context: OperatorContext & Pick<Context, 'passwords'>,
  by: Operator,
  id: UserId,
  password: string,
): Promise<void> {
  await replacePassword(context, id, password)
  await recordAct(context, by, { type: 'user_password_set', detail: {} }, { subject: id })
}

/** Lets an account sign in, or signs it out everywhere and keeps it out. */
export async function switchUser(context: OperatorContext, by: Operator, id: UserId, enabled: boolean): Promise<void> {
  // What was issued before does not come back with the account.
  const ended = enabled ? {} : { validAfter: context.clock.now() }
  await context.storage.accounts.update(id, { enabled, ...ended })
  if (!enabled) await context.storage.sessions.endAll(id)
  await recordAct(context, by, { type: enabled ? 'user_enabled' : 'user_disabled', detail: {} }, { subject: id })
}

/** Deletes an account with its data and ends what was issued for it. False where it owns apps, and stays. */
export async function deleteUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  if ((await context.storage.accounts.delete(id)) === 'owns_apps') return false
  await context.storage.grants.endAll({ userId: id }, 'revoked_by_operator')
  await recordAct(context, by, { type: 'user_deleted', detail: {} }, { subject: id })
  return true
}
