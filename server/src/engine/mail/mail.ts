/** What a mail is, and who builds it. */
import type { Millis } from '../../lib/clock.ts'
import type { Context } from '../../runtime/context.ts'
import type { MailIds, MailName } from '../../runtime/jobs/kinds.ts'
import type { MailWords } from '../../words/mail.ts'

export interface Mail {
  /** BCP 47. */
  readonly language: string
  readonly to: string
  readonly words: MailWords
}

/** From what a mail is built. */
interface MailOrder<Name extends MailName> {
  readonly ids: MailIds<Name>
  readonly secret: string | undefined
  readonly jobId: string
  readonly createdAt: Millis
}

/** Builds a mail anew at each attempt, always the same; undefined where nothing is to be said any more. */
export type MailBuilder<Name extends MailName> = (context: Context, order: MailOrder<Name>) => Promise<Mail | undefined>
