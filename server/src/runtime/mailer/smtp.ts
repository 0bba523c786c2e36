/** Mail by SMTP. Each mail has a connection of its own, and nothing about it can last longer than its time. */
import type { SendMailOptions } from 'nodemailer'
import { type Millis, second } from '../../lib/clock.ts'
import { emailProblem } from '../../protocol/account_names.ts'
import { layOut, type Sender } from './layout.ts'
import { type Mailer, MailFailed, MailRefused } from './mailer.ts'

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** `tls`: from the first byte (smtps). `starttls`: it has to be offered. `plain`: none, on this machine for instance. */
  readonly security: 'tls' | 'starttls' | 'plain'
  readonly auth?: { readonly user: string; readonly pass: string } | undefined
  readonly from: { readonly name: string; readonly address: string }
  readonly dkim?: DkimOptions | undefined
  /** How long the server may be silent, in milliseconds (20 s). A whole mail may take three times as long. */
  readonly patience?: Millis | undefined
}

/** A key by which receivers can tell that a mail is from this domain (DomainKeys Identified Mail). */
export interface DkimOptions {
  readonly domainName: string
  readonly keySelector: string
  /** PEM. */
  readonly privateKey: string
}

const usualPatience: Millis = 20 * second

export function createSmtpMailer(options: SmtpOptions, sender: Sender): Mailer {
  const whole = 3 * (options.patience ?? usualPatience)
  const domain = options.from.address.slice(options.from.address.lastIndexOf('@') + 1)
  return {
    way: 'smtp',
    outbox: [],
    async send({ id, to, language, words }, signal) {
      // Whatever was let in as an address once: nothing that could reach into another header or name a second recipient.
      if (emailProblem(to) !== undefined) throw new MailRefused('mail: the address is none')
      const { subject, text, html } = layOut(language, words, sender)
      const transport = await transportTo(options)
      const message: SendMailOptions = {
        from: options.from,
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${id}@${domain}>`,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          'Content-Language': language,
        },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.any([signal, AbortSignal.timeout(whole)]),
      }
      try {
        await transport.sendMail(message)
      } catch (error) {
        throw judged(error)
      }
    },
  }
}

/** Why nobody could sign in to the mail server now, in a word of ours; undefined where it takes mail. */
export async function smtpProblem(options: SmtpOptions): Promise<MailFailed | undefined> {
  const transport = await transportTo(options)
  try {
    await transport.verify()
    return undefined
  } catch (error) {
    const said = judged(error)
    return said instanceof MailFailed ? said : new MailFailed('smtp_refused', { cause: error })
  }
}

async function transportTo({ host, port, security, auth, dkim, patience = usualPatience }: SmtpOptions) {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'plain',
    // A login that is configured is always made: a server that asks for none is not the one that was meant.
    ...(auth && { auth: { ...auth }, forceAuth: true }),
    ...(dkim && { dkim: { ...dkim } }),
    connectionTimeout: patience / 2,
    greetingTimeout: patience / 2,
    dnsTimeout: patience / 2,
    socketTimeout: patience,
    socketCloseTimeout: second,
  })
}

interface SmtpError {
  readonly code?: string
  /** That of the TLS layer, where it comes from there. */
  readonly originalCode?: string
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

/** Enhanced status codes by which a server speaks of its rules and not of the recipient. */
const ofPolicy = /^5\d\d[ -]5\.7\./
/** And those by which it speaks of the recipient's address, wherever it does so. */
const ofAddress = /^5\d\d[ -]5\.1\./
/** Not now, not in this order, not without a login: nothing that says anything of the recipient. */
const ofSession = new Set([503, 530, 535])

/** How the TLS layer names what it holds against a certificate: who vouches for it, until when, and for which name. */
const ofCertificate = /CERT|SELF_SIGNED|ISSUER|SIGNATURE/

/** Commands that are about one mail. */
const ofMail = new Set(['MAIL FROM', 'RCPT TO', 'DATA'])

/** What an error means: that this address takes no mail, or that it may go another time. */
function judged(error: unknown): MailRefused | MailFailed {
  if (!(error instanceof Error)) return new MailFailed('unknown', { cause: error })
  const { code = '', originalCode = '', command, responseCode, response = '' } = error as SmtpError
  const permanent = responseCode !== undefined && responseCode >= 500 && !ofSession.has(responseCode)
  const ofRecipient = (command === 'RCPT TO' && !ofPolicy.test(response)) || ofAddress.test(response)
  if (permanent && ofRecipient) return new MailRefused('mail: the address was refused', { cause: error })
  if (error.name === 'AbortError' || code === 'ETIMEDOUT') return new MailFailed('smtp_timeout', { cause: error })
  // Without the error itself, which holds the whole certificate.
  if (ofCertificate.test(originalCode)) return new MailFailed('smtp_certificate', { cause: new Error(error.message) })
  if (command === 'STARTTLS') return new MailFailed('smtp_tls', { cause: error })
  // What a server says of a mail may name its recipient, who is not to stand in the log.
  const cause = ofMail.has(command ?? '') ? undefined : error
  const reason = responseCode === undefined ? (reasons[code] ?? 'smtp_connection') : `smtp_${responseCode}`
  return new MailFailed(reason, { cause })
}

const reasons: Readonly<Record<string, string>> = { EAUTH: 'smtp_login', ETLS: 'smtp_tls', EDNS: 'smtp_host' }
