/**
 * The token by which a form shows that a page of ours made it for this browser (OWASP ASVS 5 V3.5.1). Forms of signed-in
 * people are bound to their account as well, not to the session: who signs in once more in another tab loses nothing.
 */

import { equalText, hmacSha256 } from '../../lib/hash.ts'
import { randomBytes } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import type { Browser } from '../browser/cookies.ts'

/** What a form is bound to: the browser alone, or the browser and who is signed in there. */
export type FormBinding = 'browser' | 'account'

const saltBytes = 16

/** A token for a form of this browser. It reads differently in every answer, so that compressing pages tells nothing. */
export function formToken(context: Context, browser: Browser, bound: FormBinding): string {
  const salt = randomBytes(saltBytes)
  const holder = { bound, account: accountIn(browser, bound) }
  return Buffer.concat([salt, tag(context.keyring.current('csrf'), salt, browser.id, holder)]).toString('base64url')
}

/** Whether a form's token is that of its browser; a form that was open while the root secret changed still counts. */
export function isFormToken(context: Context, browser: Browser, bound: FormBinding, text: string): boolean {
  const salt = Buffer.from(text, 'base64url').subarray(0, saltBytes)
  const holder = { bound, account: accountIn(browser, bound) }
  return context.keyring.all('csrf').some((key) =>
    browser.ids.some((id) => {
      const right = Buffer.concat([salt, tag(key, salt, id, holder)])
      return equalText(right.toString('base64url'), text)
    }),
  )
}

function accountIn(browser: Browser, bound: FormBinding): string {
  return bound === 'account' ? (browser.held?.account.id ?? '') : ''
}

interface Holder {
  readonly bound: FormBinding
  readonly account: string
}

function tag(key: Buffer, salt: Buffer, id: string, { bound, account }: Holder): Buffer {
  return hmacSha256(key, salt, bound, '\0', id, '\0', account)
}
