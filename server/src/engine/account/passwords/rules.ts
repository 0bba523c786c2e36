/**
 * What a new password must be (NIST SP 800-63B §5.1.1.2, OWASP ASVS 5 V6.2): long enough, and not what is tried first.
 * How long is counted, how it is composed is not. One function for every place that takes one.
 */

import type { BreachedPasswords } from '../../../runtime/limits/breached_passwords.ts'
import { passwordBytes } from '../../../runtime/limits/passwords.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { createPasswordStrength } from './strength.ts'

/** Characters that suffice where a second factor is asked for as well, and the least that an operator can set. */
const passwordFloor = 8

export interface PasswordRules {
  /** Characters that it has at least, as people count them. */
  readonly minimum: number
  /** What knows of breaches, where it is asked. */
  readonly breached?: BreachedPasswords | undefined
  /** The issuer: its host is among the first things that are tried. */
  readonly issuer: string
}

/** The rules for an account, by whether a second factor is asked for as well. */
export function passwordRules(
  { passwordMinimum, issuer }: { readonly passwordMinimum: number; readonly issuer: string },
  secondFactor = false,
): PasswordRules {
  return { minimum: secondFactor ? passwordFloor : passwordMinimum, issuer }
}

/** Scores by zxcvbn run from 0 to 4; from 3 on, more than 10^8 guesses are needed. */
const leastScore = 3
/** Characters that are looked at: the work grows steeply with them, and so many unrelated ones are enough. */
const scored = 24

/**
 * What is wrong with a new password, if anything. `personal` are the names that its holder goes by. Throws
 * PasswordQueueFull.
 */
export async function passwordProblem(
  password: string,
  personal: readonly string[],
  { minimum, issuer, breached }: PasswordRules,
): Promise<FormProblem | undefined> {
  if (Buffer.byteLength(password) > passwordBytes) return 'password_long'
  const text = password.normalize('NFC')
  if (countCharacters(text) < minimum) return { key: 'password_short', minimum }
  const words = [...personal, new URL(issuer).hostname, 'consentry'].flatMap(partsOf)
  const plain = text.toLowerCase()
  const own = personal.flatMap(partsOf)
  if (own.includes(plain)) return 'password_personal'
  const score = await strength.score([...text].slice(0, scored).join(''), words)
  // What could not be judged in time is not accepted.
  if (score === undefined || score < leastScore) return 'password_common'
  return (await breached?.isBreached(password)) === true ? 'password_breached' : undefined
}

/** Characters as people count them: what is drawn as one is one. */
function countCharacters(text: string): number {
  return [...new Intl.Segmenter('en').segment(text)].length
}

/** A name or address, and the words that it is made of. */
function partsOf(name: string): readonly string[] {
  const whole = name.toLowerCase()
  return [whole, ...whole.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length >= 3)
}

/** One thread for the whole process. */
const strength = createPasswordStrength()
