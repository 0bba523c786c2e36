/** Invitations to open an account, which the operator gives to an address. The account has that address and no other. */
import { z } from 'zod'
import { canonicalUsername } from '../../protocol/account_names.ts'
import type { Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { MailedLink } from '../../storage/contract.ts'
import { takeNewPassword } from './accounts.ts'
import { addressSubject, findLink, type LinkContext, newLink } from './mailed_links.ts'
import { type ByLink, languageClaims, openByLink, type SignUpProved } from './mailed_sign_up.ts'
import { signUpProblems } from './sign_up.ts'

const contentSchema = z.strictObject({
  email: z.string(),
  /** Whether the link was mailed to the address, so that whoever has it has proved the address. */
  mailed: z.boolean(),
  /** The request for access that was approved by it, and in which language it was made. */
  access: z.strictObject({ id: z.string(), language: z.string() }).optional(),
})
type Content = Readonly<z.infer<typeof contentSchema>>

/** An invitation that is still to be stored. A newer one to the same address, or of the same request, takes its place. */
export function newInvitation(context: LinkContext, content: Content): Omit<MailedLink, 'tries'> {
  const subject = content.access?.id ?? addressSubject(context, content.email)
  return newLink(context, 'invitation', { subject, content })
}

export interface Invitation {
  readonly link: MailedLink
  readonly content: Content
}

/** The invitation of a link, while it is good. */
export function findInvitation(context: Context, linkId: string): Promise<Invitation | undefined> {
  return findLink(context, linkId, ['invitation'], contentSchema)
}

/** Opens the account of somebody who was invited. Throws PasswordQueueFull. */
export async function acceptInvitation(
  context: Context,
  { link, content }: Invitation,
  form: { readonly username: string; readonly password: string; readonly language: string },
  by: ByLink,
): Promise<SignUpProved> {
  const busy = await takeNewPassword(context, networkUnit(by.caller.address))
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const person = { username: canonicalUsername(form.username), email: content.email }
  const problems = await signUpProblems(context, { ...person, password: form.password })
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const passwordHash = await context.passwords.hash(form.password)
  const opened = { ...person, emailVerified: content.mailed, passwordHash, claims: languageClaims(form.language) }
  return openByLink(context, link, opened, by)
}
