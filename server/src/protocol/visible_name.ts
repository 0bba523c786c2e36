/**
 * Names of apps and people, judged by Unicode's own data: they can be seen, told apart, and do not pose as this server
 * or as a name that the operator vouches for (UTS 39 §4 for the confusables, §5.1 for mixed scripts).
 */
import unhomoglyph from 'unhomoglyph'

/** Characters. What is longer pushes the rest of a page out of sight. */
export const longestName = 100

/** The one spelling in which a name is judged and kept: composed (NFC), without space around it or two in a row. */
export function canonicalName(text: string): string {
  return text
    .trim()
    .replace(/\p{Zs}{2,}/gu, ' ')
    .normalize('NFC')
}

const hidden = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800'
const anyHidden = new RegExp(`[${hidden}]`, 'u')
const allHidden = new RegExp(`[${hidden}]+`, 'gu')

/** Whether text holds a character that cannot be seen, or that changes how others are shown. */
export function holdsHidden(text: string): boolean {
  return anyHidden.test(text)
}

export type InvisibleProblem = 'hidden_character' | 'no_letter'

/** What is wrong with text that people are to see; the one check that holds for the operator's own words too. */
export function invisibleProblem(text: string): InvisibleProblem | undefined {
  if (holdsHidden(text)) return 'hidden_character'
  return /[\p{L}\p{N}]/u.test(text) ? undefined : 'no_letter'
}

/** Why an app, a secret or a key cannot be called so. */
export type NameProblem =
  | 'name_empty'
  | { readonly key: 'name_long'; readonly longest: number }
  | `name_${InvisibleProblem}`

/** What is wrong with the name of an app, a secret or a key; undefined where nothing is. */
export function nameProblem(name: string): NameProblem | undefined {
  const text = canonicalName(name)
  if (text === '') return 'name_empty'
  if (text.length > longestName) return { key: 'name_long', longest: longestName }
  const problem = invisibleProblem(text)
  return problem && `name_${problem}`
}

/** What can be shown of a name that somebody else chose and that cannot be refused; undefined where nothing can. */
export function shownName(text: string, longest = longestName): string | undefined {
  const name = canonicalName(canonicalName(text.replace(allHidden, '')).slice(0, longest).replace(allHidden, ''))
  return invisibleProblem(name) === undefined ? name : undefined
}

/** Check marks and badges, by which a name would vouch for itself. */
const badges =
  /[\u2610-\u2612\u2705\u2713-\u2718\u{1f5f4}-\u{1f5f9}\u237b\u2bbd\u221a\u2611\u{1f197}\u{1f6e1}\u{1f512}]/u

export type LettersProblem = `name_${InvisibleProblem | 'badge' | 'marks' | 'mixed_scripts'}`

/** What is wrong with the letters of a name, if anything. */
export function lettersProblem(text: string): LettersProblem | undefined {
  const hidden = invisibleProblem(text)
  if (hidden !== undefined) return `name_${hidden}`
  if (badges.test(text)) return 'name_badge'
  if (/\p{M}{4}/u.test(text.normalize('NFD'))) return 'name_marks'
  const mixed = wordsOf(text).some((word) => !isOfOneScript(word))
  return mixed ? 'name_mixed_scripts' : undefined
}

/** The scripts that one word may be written in; the last three are used together (UTS 39 §5.1). */
const scripts = [
  ...['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Hebrew', 'Arabic', 'Syriac', 'Thaana', 'Ethiopic', 'Nko'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Mongolian', 'Cherokee', 'Canadian_Aboriginal', 'Tifinagh'],
].map((script) => new RegExp(`^[\\p{Script_Extensions=${script}}\\p{Script=Common}\\p{Script=Inherited}]+$`, 'u'))
const together = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'].map((name) => `\\p{Script_Extensions=${name}}`)
scripts.push(new RegExp(`^[${together.join('')}\\p{Script=Common}\\p{Script=Inherited}]+$`, 'u'))

function isOfOneScript(word: string): boolean {
  return scripts.some((script) => script.test(word))
}

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '')
}

/**
 * What a name looks like, without case, marks, spaces and punctuation: once folded before letters are exchanged for
 * those that they look like, and once after, because I looks like l, and i does not.
 */
function looksOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '')
  const strip = (look: string) =>
    look
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '')
  return [strip(unhomoglyph(plain)), strip(unhomoglyph(plain.toLowerCase()))]
}

/** Whether two names cannot be told apart at a glance. */
export function looksLike(one: string, other: string): boolean {
  const looks = looksOf(other)
  return looksOf(one).some((look) => look !== '' && looks.includes(look))
}

/** Words by which a name would claim to be of the server. Those of several words count wherever they stand. */
const teams = ['security', 'account', 'accounts', 'support', 'login', 'signin', 'admin', 'operator'].flatMap(
  (subject) => ['team', 'department', 'desk', 'security'].map((group) => subject + group),
)
const claims = ['official', 'verified', 'administrator', 'moderator']

/** Whether a name poses as the server, which is called by `names`. */
export function posesAsServer(text: string, names: readonly string[]): boolean {
  const looks = looksOf(text)
  const holds = (part: string) =>
    looksOf(part).some((look) => look !== '' && looks.some((whole) => whole.includes(look)))
  return (
    names.some(holds) ||
    teams.some(holds) ||
    wordsOf(text).some((word) => claims.some((claim) => looksLike(word, claim)))
  )
}

/** Usernames that only the operator gives. */
const offices = [
  'admin',
  'administrator',
  'operator',
  'owner',
  'moderator',
  'support',
  'security',
  'official',
  'staff',
  'root',
]

/** Whether a username is that of an office. */
export function isOffice(username: string): boolean {
  return offices.some((office) => looksLike(username, office))
}
