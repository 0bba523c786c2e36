/** Links that were mailed. What stands here is not the link: that is made from the ID with a key of the server. */
import type { Millis } from '../../lib/clock.ts'
import type { UserId } from '../../protocol/names.ts'

/** What a mailed link is for. */
export type MailedLinkKind = 'reset' | 'verification' | 'address' | 'sign_up' | 'invitation' | 'access'

export interface MailedLink {
  readonly id: string
  readonly kind: MailedLinkKind
  /** Whom or what it is about: the ID of an account, or a keyed digest of an address. */
  readonly subject: string
  /** The account that it goes with when that is deleted. */
  readonly userId: UserId | null
  /** A digest of what ends it when it changes. */
  readonly standing: string
  readonly madeAt: Millis
  readonly expiresAt: Millis
  /** Codes that were tried. */
  readonly tries: number
  /** What it brings about, sealed. */
  readonly content: string | null
}

export interface MailedLinks {
  /** Keeps a link in place of the one of its kind and subject, if there is one. */
  put(link: Omit<MailedLink, 'tries'>): Promise<void>
  find(id: string): Promise<MailedLink | undefined>
  /** Takes it away: of any number of callers one is answered true. */
  take(id: string): Promise<boolean>
  /** Counts a try of its code where fewer than `most` were made; false where not. */
  tryCode(id: string, most: number): Promise<boolean>
  /** Takes away those about a subject. */
  end(subject: string): Promise<void>
}
