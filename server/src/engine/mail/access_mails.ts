/** Mails about requests for access: the proof of the address, and the operator's answer. */
import { z } from 'zod'
import { findInvitation } from '../account/account_invitations.ts'
import { codeOf } from '../account/mailed_links.ts'
import { findUnprovedAccess } from '../developer/access_requests.ts'
import { hrefOf, written } from './link_mails.ts'
import type { MailBuilder } from './mail.ts'

/** The same to every address: nothing of what was filled in, and nothing of whether somebody has it. */
export const accessProofMail: MailBuilder<'access_proof'> = async (context, { ids: { linkId } }) => {
  const asked = await findUnprovedAccess(context, linkId)
  if (asked === undefined) return undefined
  const { email, language } = asked.content
  const link = { code: codeOf(context, linkId), href: hrefOf(context, '/verify', linkId) }
  return written(email, language, ({ accessMails }) => accessMails.proof(link))
}

export const accessApprovedMail: MailBuilder<'access_approved'> = async (context, { ids: { linkId } }) => {
  const { content } = (await findInvitation(context, linkId)) ?? {}
  if (content?.access === undefined) return undefined
  const request = await context.storage.accessRequests.find(content.access.id)
  if (request === undefined) return undefined
  const of = { app: request.appName, href: hrefOf(context, '/invitation', linkId) }
  return written(content.email, content.access.language, ({ accessMails }) => accessMails.approved(of))
}

/** The request has gone by then: what is left of it lies sealed in the job. */
const refusal = z.strictObject({ to: z.string(), app: z.string(), language: z.string(), reason: z.string() })

export const accessRefusedMail: MailBuilder<'access_refused'> = async (_context, { secret }) => {
  if (secret === undefined) return undefined
  const { to, language, ...of } = refusal.parse(JSON.parse(secret))
  return written(to, language, ({ accessMails }) => accessMails.refused(of))
}
