/** Two texts side by side, with the first character in which they differ marked and named. */
import type { Words } from '../../words/index.ts'
import { useWords } from './words.tsx'

export interface Difference {
  /** Counted in characters (code points) from 0. */
  readonly at: number
  /** The characters there; undefined where a text is over. */
  readonly expected: string | undefined
  readonly got: string | undefined
}

/** Where two texts part; undefined where they are the same. */
export function findDifference(expected: string, got: string): Difference | undefined {
  if (expected === got) return undefined
  const left = [...expected]
  const right = [...got]
  let at = 0
  while (left[at] !== undefined && left[at] === right[at]) at++
  return { at, expected: left[at], got: right[at] }
}

/** The sentence about it, with the characters in words that also tell apart what looks alike or cannot be seen. */
export function differenceInWords(say: Words['kit'], { at, expected, got }: Difference): string {
  const named = (character: string | undefined) => {
    if (character === undefined) return say.textEnd
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    if (/^[\x21-\x7e]$/.test(character)) return say.quoted(character)
    return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `${say.quoted(character)} (U+${code})` : `U+${code}`
  }
  return say.difference(at + 1, named(expected), named(got))
}

/** One of the two texts, its character at `at` marked. A text that is over there says so. */
export function Side(props: { text: string; at: number | undefined }) {
  const { text, at } = props
  if (at === undefined) return <>{text}</>
  const characters = [...text]
  const marked = characters[at]
  const before = characters.slice(0, at).join('')
  if (marked === undefined) {
    return (
      <>
        {before}
        <span class="end">{useWords().kit.endsHere}</span>
      </>
    )
  }
  return (
    <>
      {before}
      <mark>{visible(marked)}</mark>
      {characters.slice(at + 1).join('')}
    </>
  )
}

/** A blank or a sign without shape, made visible. */
function visible(character: string): string {
  if (character === ' ') return '␠'
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return character
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
