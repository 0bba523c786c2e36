/** Notices to account holders of what has happened to their account. They go to addresses that were proved. */
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account } from '../../storage/contract.ts'
import { type Words, wordsOfAccount } from '../../words/index.ts'
import type { MailWords } from '../../words/mail.ts'
import { agentInWords } from '../../words/user_agent.ts'
import { takenBackWithin } from '../account/sessions.ts'
import type { Mail, MailBuilder } from './mail.ts'

/** A mail to somebody at the address that they have proved, if there is one that takes mail; undefined writes none. */
export async function toHolder(
  { storage }: Pick<Context, 'storage'>,
  userId: UserId,
  write: (words: Words, account: Account) => MailWords | undefined | Promise<MailWords | undefined>,
): Promise<Mail | undefined> {
  const account = await storage.accounts.find(userId)
  if (account === undefined || account.email === null) return undefined
  if (!account.emailVerified || account.emailRefusedAt !== null) return undefined
  const words = wordsOfAccount(account)
  const said = await write(words, account)
  return said && { to: account.email, language: words.language, words: said }
}

/** What an app is called; undefined where it has gone. */
export async function appName({ storage }: Pick<Context, 'storage'>, clientId: ClientId): Promise<string | undefined> {
  const app = await storage.clients.find(clientId)
  return app && (readStoredMetadata(app.metadata).client_name ?? clientId)
}

export const passwordChanged: MailBuilder<'password_changed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.passwordChanged({ username, at: time.minute(createdAt), href: securityPage(context) }),
  )

export const passwordSet: MailBuilder<'password_set'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.passwordSet({ username, at: time.minute(createdAt), href: securityPage(context) }),
  )

export const usernameChanged: MailBuilder<'username_changed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.usernameChanged({ username, at: time.minute(createdAt), href: `${context.settings.issuer}/account/profile` }),
  )

/** Until when it can be taken back, which counts from the closing and not from this mail. */
export const accountClosed: MailBuilder<'account_closed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username, closingAt }) => {
    if (closingAt === null) return undefined
    const until = time.minute(closingAt + takenBackWithin)
    return mail.accountClosed({ username, at: time.minute(createdAt), until, href: `${context.settings.issuer}/login` })
  })

export const accountTakenBack: MailBuilder<'account_taken_back'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.accountTakenBack({ username, at: time.minute(createdAt), href: securityPage(context) }),
  )

/** Nothing is said of a session that has ended by now: whoever ended it knows of it. */
export const newBrowser: MailBuilder<'new_browser'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, async ({ mail, time, kit }, { username }) => {
    const sessions = await context.storage.sessions.listByUser(ids.userId)
    const session = sessions.find(({ id }) => id === ids.sessionId)
    if (session === undefined) return undefined
    const href = `${context.settings.issuer}/account/devices`
    return mail.newBrowser({ username, device: agentInWords(kit, session.userAgent), at: time.minute(createdAt), href })
  })

export const appAuthorized: MailBuilder<'app_authorized'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, async ({ mail, time }, { username }) => {
    const app = await appName(context, ids.clientId)
    const href = `${context.settings.issuer}/account/apps`
    return app === undefined ? undefined : mail.appAuthorized({ username, app, at: time.minute(createdAt), href })
  })

export const accessReused: MailBuilder<'access_reused'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, async ({ mail, time }, { username }) => {
    const app = await appName(context, ids.clientId)
    const href = `${context.settings.issuer}/account/apps`
    return app === undefined ? undefined : mail.accessReused({ username, app, at: time.minute(createdAt), href })
  })

function securityPage({ settings }: Pick<Context, 'settings'>): string {
  return `${settings.issuer}/account/security`
}

export const appPasswordAdded: MailBuilder<'app_password_added'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.appPasswordAdded({
      username,
      at: time.minute(createdAt),
      href: `${securityPage(context)}/app-passwords`,
    }),
  )

export const personalTokenAdded: MailBuilder<'personal_token_added'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.personalTokenAdded({
      username,
      at: time.minute(createdAt),
      href: `${securityPage(context)}/personal-tokens`,
    }),
  )

export const passkeyAdded: MailBuilder<'passkey_added'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.passkeyAdded({ username, at: time.minute(createdAt), href: passkeysPage(context) }),
  )

export const passkeyRemoved: MailBuilder<'passkey_removed'> = (context, { ids, createdAt }) =>
  toHolder(context, ids.userId, ({ mail, time }, { username }) =>
    mail.passkeyRemoved({ username, at: time.minute(createdAt), href: passkeysPage(context) }),
  )

function passkeysPage({ settings }: Pick<Context, 'settings'>): string {
  return `${settings.issuer}/account/security/passkeys`
}
