/** Usernames and e-mail addresses: one spelling each, nothing that could be mistaken or break a mail header. */
import { domainToASCII } from 'node:url'
import { holdsHidden, invisibleProblem } from './visible_name.ts'

/** The one form in which a username is kept: compatibility-composed, without surrounding space. */
export function canonicalUsername(text: string): string {
  return text.trim().normalize('NFKC')
}

/**
 * The one form in which an e-mail address is kept and compared: compatibility-composed, its domain in ASCII (UTS 46).
 * Browsers send what is typed into a field for addresses in that form. What is no address is left as it is.
 */
export function canonicalEmail(text: string): string {
  const plain = text.normalize('NFKC').trim()
  const at = plain.lastIndexOf('@')
  return at < 1 ? plain : `${plain.slice(0, at)}@${canonicalDomain(plain.slice(at + 1))}`
}

/** A domain in ASCII (UTS 46); what is none, or is in ASCII already, is left as it is. Expects NFKC text. */
export function canonicalDomain(text: string): string {
  if (!/[^ -~]/.test(text) || !/^[\p{L}\p{M}\p{N}.\u3002-]+$/u.test(text)) return text
  return domainToASCII(text) || text
}

/** How a login, username or e-mail address, is compared: in its one form, without surrounding space, in lower case. */
export function normalizeLogin(text: string): string {
  return canonicalEmail(text).toLowerCase()
}

export type UsernameProblem = 'username_length' | 'username_not_plain' | 'username_characters' | 'username_invisible'

/** What is wrong with a username, if anything. Expects NFKC text. */
export function usernameProblem(text: string): UsernameProblem | undefined {
  if (text.length < 1 || text.length > 60) return 'username_length'
  if (text !== text.normalize('NFKC')) return 'username_not_plain'
  if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(text)) return 'username_characters'
  return invisibleProblem(text) === undefined ? undefined : 'username_invisible'
}

/** What is wrong with an e-mail address, if anything. Expects NFKC text, so that look-alike signs are seen for what they are. */
export function emailProblem(text: string): 'email_unsound' | undefined {
  const wrong = 'email_unsound'
  if (text.length > 254 || text !== text.normalize('NFKC') || holdsHidden(text)) return wrong
  const at = text.indexOf('@')
  if (at < 1 || at !== text.lastIndexOf('@') || at > 64) return wrong
  if (!/^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u.test(text.slice(0, at))) return wrong
  if (!/^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)*$/u.test(text.slice(at + 1))) return wrong
  return undefined
}
