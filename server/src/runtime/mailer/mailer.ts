/**
 * How mail leaves this server.
 * Not here: what a mail says (`engine/mail`), and when it is sent (`../jobs`). Neighbours: `../context.ts` holds the
 * mailer. To add: a way on which mail leaves, a file here that makes a `Mailer`.
 */
import type { MailWords } from '../../words/mail.ts'

/** A mail that is ready to be sent. */
export interface OutgoingMail {
  /** The same at each attempt to send it, so that who gets it twice can tell. */
  readonly id: string
  readonly to: string
  /** BCP 47. */
  readonly language: string
  readonly words: MailWords
}

export interface Mailer {
  /** By SMTP; into the outbox page of a server in development; or not at all. */
  readonly way: 'smtp' | 'outbox' | 'none'
  /** Throws MailRefused where the address is refused for good, and MailFailed where it may be tried again. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>
  /** What has been put into the outbox, the newest first. */
  readonly outbox: readonly KeptMail[]
}

/** A mail as its reader would have got it. */
export interface KeptMail {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The mail server said that there is no such address, or the address is none. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

/** The mail did not leave; `reason` is a word of ours that may be stored. */
export class MailFailed extends Error {
  override readonly name = 'MailFailed'
  readonly reason: string

  constructor(reason: string, options?: ErrorOptions) {
    super(`mail: ${reason}`, options)
    this.reason = reason
  }
}

/** A server that cannot send mail. Nothing is queued there. */
export const noMailer: Mailer = {
  way: 'none',
  send: () => Promise.reject(new MailFailed('no_mail_server')),
  outbox: [],
}
