/** How mail leaves a server with these settings. */
import { type Mailer, noMailer } from './runtime/mailer/mailer.ts'
import { createOutbox } from './runtime/mailer/outbox.ts'
import { createSmtpMailer } from './runtime/mailer/smtp.ts'
import type { Settings } from './settings.ts'

/** Mail goes to the server of the settings; where there is none, development keeps it for a page. */
export function mailerOf({ issuer, mail, development, brand }: Settings): Mailer {
  const operator = brand?.name ?? (mail?.from.name || new URL(issuer).host)
  const sender = { operator, issuer, accent: brand?.accent.light, support: brand?.support }
  if (mail !== undefined) return createSmtpMailer(mail, sender)
  return development ? createOutbox(sender) : noMailer
}
