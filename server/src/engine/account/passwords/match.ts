/**
 * Checking the password of an account, wherever it is asked for. A hash that another server made is replaced by one of ours by
 * the first right password.
 */
import type { Context } from '../../../runtime/context.ts'
import { PasswordQueueFull } from '../../../runtime/limits/passwords.ts'
import type { Account } from '../../../storage/contract.ts'

type PasswordContext = Pick<Context, 'storage' | 'passwords' | 'otherHashes'>

/**
 * The account, with the hash that it has from now on, if the password is right; undefined otherwise. Nobody's password costs
 * the same. Throws PasswordTooLong or PasswordQueueFull.
 */
export async function openByPassword(
  context: PasswordContext,
  account: Account | undefined,
  password: string,
): Promise<Account | undefined> {
  const others = await context.otherHashes.list()
  const right = await context.passwords.verify(account?.passwordHash ?? null, password, others)
  return right && account !== undefined ? renewed(context, account, password) : undefined
}

async function renewed({ storage, passwords }: PasswordContext, account: Account, password: string): Promise<Account> {
  const { id, passwordHash: from } = account
  if (from === null || passwords.isOwn(from)) return account
  try {
    const to = await passwords.hash(password)
    if (await storage.accounts.renewPasswordHash(id, from, to)) return { ...account, passwordHash: to }
    // Somebody else who signed in was faster.
    return (await storage.accounts.find(id)) ?? account
  } catch (error) {
    // The next sign-in does it.
    if (error instanceof PasswordQueueFull) return account
    throw error
  }
}
