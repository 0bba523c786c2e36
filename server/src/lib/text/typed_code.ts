/** Codes that people read in one place and type in another: eight of twenty letters, none of them a vowel (RFC 8628 §6.1). */
import { randomBytes } from '../random.ts'

const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 8

/** A new code, as it is kept: without the dash. */
export function makeTypedCode(): string {
  let code = ''
  while (code.length < length) {
    // Of the 256 values of a byte the last 16 would make some letters likelier than others.
    for (const byte of randomBytes(16)) if (byte < 240 && code.length < length) code += letters[byte % letters.length]
  }
  return code
}

/** The code as people are shown it, in two halves. */
export function spellTypedCode(code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`
}

/** The code in what somebody has typed, however they have set and parted it; undefined where that is none. */
export function readTypedCode(text: string): string | undefined {
  const code = text.replace(/[\s\p{Pd}._]/gu, '').toUpperCase()
  return code.length === length && [...code].every((letter) => letters.includes(letter)) ? code : undefined
}
