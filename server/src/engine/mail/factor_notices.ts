/** Notices to account holders about their second factor. */
import { stopToken } from '../account/factors/lost_factor.ts'
import type { MailBuilder } from './mail.ts'
import { toHolder } from './notices.ts'

export const factorChanged: MailBuilder<'factor_changed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.factorChanged[ids.change]({
      username,
      at: time.minute(createdAt),
      href: `${context.settings.issuer}/account/security`,
    }),
  )

export const factorFailed: MailBuilder<'factor_failed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.factorFailed({
      username,
      at: time.minute(createdAt),
      href: `${context.settings.issuer}/account/security`,
    }),
  )

export const factorRemovalAsked: MailBuilder<'factor_removal_asked'> = async (context, { ids }) => {
  // It was stopped meanwhile.
  if ((await context.storage.factors.find(ids.userId))?.removalAt !== ids.at) return undefined
  return toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.factorRemovalAsked({
      username,
      at: time.minute(ids.at),
      href: `${context.settings.issuer}/login/factor/keep?token=${stopToken(context, ids.userId, ids.at)}`,
    }),
  )
}
