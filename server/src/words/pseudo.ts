/**
 * Languages for tests and development, made from the English words while the program runs: `en-XA`, in which each text is
 * longer, accented and in brackets, so that one which does not come from there or does not fit is seen at once; and `ar-XB`,
 * which runs from right to left. Nobody is offered them.
 */
import { en } from './en/index.ts'
import type { Words } from './index.ts'
import type { Rich } from './rich.ts'

/** What becomes of a sentence: of the letters in it, and of its two ends. */
interface Change {
  readonly letters: (text: string) => string
  readonly ends: readonly [string, string]
}

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const accented = [...'áƀçđéƒğĥíĵķļɱñóþɋŕšţúṽŵẋýžÁƁÇÐÉƑĞĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ']
const accents = new Map([...plain].map((letter, i) => [letter, accented[i] ?? letter]))

/** Vowels stand twice: that makes a text by two fifths longer, and no word shorter. */
const longer: Change = {
  letters: (text) =>
    text.replace(/[A-Za-z]/g, (letter) => (accents.get(letter) ?? letter).repeat(/[aeiouy]/i.test(letter) ? 2 : 1)),
  ends: ['[', '~]'],
}

/** Letters between the marks that turn them around (UAX #9, RLO and PDF). */
const fromTheRight: Change = {
  letters: (text) => text.replace(/\p{L}+/gu, (word) => `\u202e${word}\u202c`),
  ends: ['', ''],
}

/** Members that are no text: what is typed or followed as it is, and names. */
const kept: ReadonlySet<string> = new Set(['applyCommand', 'doctorCommand', 'product'])

/** Around what a sentence names while it is made, so that this is found again and left as it was. */
const [open, close] = ['\uE000', '\uE001']
const named = new RegExp(`(${open}[^${close}]*${close})`)

function changed(value: unknown, change: Change): unknown {
  if (typeof value === 'string') return framed(lettersOf(value, change), change)
  if (typeof value === 'function') return (...given: unknown[]) => said(value as Saying, given, change)
  if (Array.isArray(value)) return value.map((one) => changed(one, change))
  if (typeof value !== 'object' || value === null) return value
  if ('parts' in value) return { parts: richParts((value as Rich<string>).parts, change) }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, kept.has(name) ? unmarked(member) : changed(member, change)]),
  )
}

type Saying = (...given: unknown[]) => unknown

/** What a function of the language says, changed but for what it was given to name. */
function said(saying: Saying, given: unknown[], change: Change): unknown {
  const usual = JSON.stringify(saying(...given))
  let marked: unknown[] = given
  for (const path of textsIn(given)) {
    const tried = withMarks(marked, path) as unknown[]
    // What a sentence is chosen by, such as a key, is not named in it, and cannot be marked.
    if (unmarked(JSON.stringify(saying(...tried))) === usual) marked = tried
  }
  return changed(saying(...marked), change)
}

type Path = readonly string[]

function textsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => textsIn(member, [...path, name]))
}

function withMarks(value: unknown, [name, ...rest]: Path): unknown {
  if (name === undefined) return `${open}${value}${close}`
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === name ? withMarks(one, rest) : one))
  const members = value as Record<string, unknown>
  return { ...members, [name]: withMarks(members[name], rest) }
}

function unmarked<Value>(value: Value): Value {
  return (typeof value === 'string' ? value.replaceAll(open, '').replaceAll(close, '') : value) as Value
}

/** A text with its letters changed, outside of what it names. */
function lettersOf(text: string, { letters }: Change): string {
  return text
    .split(named)
    .map((part) => (part.startsWith(open) ? unmarked(part) : letters(part)))
    .join('')
}

function framed(text: string, { ends: [first, last] }: Change): string {
  return /\p{L}/u.test(text) ? `${first}${text}${last}` : text
}

function richParts(parts: Rich<string>['parts'], change: Change): Rich<string>['parts'] {
  const [first, last] = change.ends
  return parts.map((part, i) => {
    if (typeof part === 'string') {
      return `${i === 0 ? first : ''}${lettersOf(part, change)}${i === parts.length - 1 ? last : ''}`
    }
    return part.tag === 'code' ? part : { ...part, text: lettersOf(part.text, change) }
  })
}

/** English, made into a language that is none. */
function pseudo(language: string, direction: Words['direction'], change: Change): Words {
  const { language: _, ownName, direction: __, locale, ...texts } = en
  return { ...(changed(texts, change) as typeof texts), language, ownName, direction, locale }
}

let made: readonly Words[] | undefined

/** Both of them, made at their first use. */
function pseudoLanguages(): readonly Words[] {
  made ??= [pseudo('en-XA', 'ltr', longer), pseudo('ar-XB', 'rtl', fromTheRight)]
  return made
}

/** The one of a tag (BCP 47, in any case); undefined for all others. */
export function findPseudo(tags: readonly string[]): Words | undefined {
  const wanted = tags.map((tag) => tag.toLowerCase()).find((tag) => tag === 'en-xa' || tag === 'ar-xb')
  return wanted === undefined ? undefined : pseudoLanguages().find(({ language }) => language.toLowerCase() === wanted)
}
