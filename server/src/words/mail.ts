/** What a mail says, in one language. All of it is plain text: how it looks is the mailer's. */
export interface MailWords {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** What happened, in lines of a name and a value. */
  readonly facts?: readonly (readonly [name: string, value: string])[]
  /** A code to be typed. */
  readonly code?: string
  readonly link?: { readonly text: string; readonly href: string }
  /** Why this person gets this mail. */
  readonly reason: string
}
