/** The table of mailed links. */

/** A link that was mailed; the link itself is made from its ID. */
export interface MailedLinkRow {
  id: string
  kind: string
  /** The ID of an account, or a keyed digest of an address. */
  subject: string
  user_id: string | null
  standing: string
  made_at: number
  expires_at: number
  tries: number
  /** Sealed. */
  content: string | null
}
