/** Notices to account holders of what has happened to their account. They go to addresses that were proved. */
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account } from '../../storage/contract.ts'
import { type Words, wordsFor } from '../../words/index.ts'
import type { MailWords } from '../../words/mail.ts'
import type { Mail, MailBuilder } from './mail.ts'

/** A mail to somebody at the address that they have proved, if there is one that takes mail. */
async function toHolder(
  { storage }: Pick<Context, 'storage'>,
  userId: UserId,
  write: (words: Words, account: Account) => MailWords | undefined | Promise<MailWords | undefined>,
): Promise<Mail | undefined> {
  const account = await storage.accounts.find(userId)
  if (account === undefined || account.email === null) return undefined
  if (!account.emailVerified || account.emailRefusedAt !== null) return undefined
  const words = wordsFor(account.claims.locale)
  const said = await write(words, account)
  return said && { to: account.email, language: words.language, words: said }
}

export const passwordChanged: MailBuilder<'password_changed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.passwordChanged({
      username,
      at: time.minute(createdAt),
      href: `${context.settings.issuer}/account/security`,
    }),
  )
