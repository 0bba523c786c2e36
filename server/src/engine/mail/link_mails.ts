/** Mails with a link, and beside it a code. A mail to an address that is not proved yet has no word that somebody chose. */
import { z } from 'zod'
import type { Context } from '../../runtime/context.ts'
import { type Words, wordsFor } from '../../words/index.ts'
import type { MailWords } from '../../words/mail.ts'
import { findInvitation } from '../account/account_invitations.ts'
import { findAddressProof } from '../account/addresses.ts'
import { findReset } from '../account/lost_password.ts'
import { codeOf, linkToken } from '../account/mailed_links.ts'
import { findSignUp } from '../account/mailed_sign_up.ts'
import type { Mail, MailBuilder } from './mail.ts'

/** A mail in the language that a locale names. */
export function written(to: string, locale: unknown, write: (words: Words) => MailWords): Mail {
  const words = wordsFor(locale)
  return { to, language: words.language, words: write(words) }
}

/** The address of a mailed link. */
export function hrefOf(context: Context, path: string, linkId: string): string {
  return `${context.settings.issuer}${path}?token=${linkToken(context, linkId)}`
}

/** Nothing is sent where the address is nobody's, or not proved. */
export const resetMail: MailBuilder<'reset'> = async (context, { ids }) => {
  const found = await findReset(context, ids.linkId)
  if (found === undefined || found.account.email === null) return undefined
  const { account } = found
  return written(found.account.email, account.claims.locale, ({ linkMails }) =>
    linkMails.reset({ username: account.username, href: hrefOf(context, '/reset', ids.linkId) }),
  )
}

export const addressProofMail: MailBuilder<'address_proof'> = async (context, { ids }) => {
  const proof = await findAddressProof(context, ids.linkId)
  if (proof === undefined) return undefined
  const { email, account } = proof
  const holder = await context.storage.accounts.findByLogin(email)
  return written(email, account.claims.locale, ({ linkMails }) => {
    if (holder !== undefined && holder.id !== account.id)
      return linkMails.addressTaken({ href: context.settings.issuer })
    return linkMails.addressProof({ code: codeOf(context, ids.linkId), href: hrefOf(context, '/verify', ids.linkId) })
  })
}

/** Whoever has an account with the address learns that somebody has asked for another one with it. */
export const signUpMail: MailBuilder<'sign_up'> = async (context, { ids }) => {
  const waiting = await findSignUp(context, ids.linkId)
  if (waiting === undefined) return undefined
  const { email, language } = waiting.content
  const holder = await context.storage.accounts.findByLogin(email)
  return written(email, holder?.claims.locale ?? language, ({ linkMails }) => {
    const { issuer } = context.settings
    if (holder !== undefined) return linkMails.haveAccount({ signIn: `${issuer}/login`, forgot: `${issuer}/forgot` })
    return linkMails.signUp({ code: codeOf(context, ids.linkId), href: hrefOf(context, '/verify', ids.linkId) })
  })
}

/** To the address that an account had until a moment ago. */
export const addressChangedMail: MailBuilder<'address_changed'> = async (context, { ids, secret }) => {
  const account = await context.storage.accounts.find(ids.userId)
  const to = z.string().safeParse(secret).data
  if (account === undefined || to === undefined) return undefined
  return written(to, account.claims.locale, ({ linkMails }) => linkMails.addressChanged({ username: account.username }))
}

export const invitationMail: MailBuilder<'invitation'> = async (context, { ids }) => {
  const invitation = await findInvitation(context, ids.linkId)
  if (invitation === undefined) return undefined
  return written(invitation.content.email, undefined, ({ linkMails }) =>
    linkMails.invitation({ href: hrefOf(context, '/invitation', ids.linkId) }),
  )
}
