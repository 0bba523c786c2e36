/** Texts that are nearly a credential of ours: each differs from it in one place, or is spelled in another way. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export interface Altered {
  readonly what: string
  readonly text: string
}

/** One bit of the character at `at` turned over, in the alphabet of base64url. */
function turned(text: string, at: number, bit: number): string {
  const value = alphabet.indexOf(text[at] ?? '')
  const other = value < 0 ? 'A' : (alphabet[value ^ (1 << bit)] as string)
  return text.slice(0, at) + other + text.slice(at + 1)
}

function otherCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
}

/**
 * The alterations of a text. Positions are at the start, inside, and at the end, where the last character of base64url may
 * hold bits that say nothing; `cuts` are further places at which something ends.
 */
export function alterations(text: string, cuts: readonly number[] = []): readonly Altered[] {
  const last = text.length - 1
  const middle = Math.floor(text.length / 2)
  const places = [...new Set([0, 1, 2, 3, 4, middle, last - 1, last, ...cuts.flatMap((at) => [at - 1, at])])]
  const made: Altered[] = []
  for (const at of places) {
    for (let bit = 0; bit < 6; bit++) made.push({ what: `bit ${bit} at ${at}`, text: turned(text, at, bit) })
    const swapped = otherCase(text[at] ?? '')
    made.push({ what: `the other case at ${at}`, text: text.slice(0, at) + swapped + text.slice(at + 1) })
  }
  for (const more of ['=', '==', 'A', '.', ' ', '\n', '~', '%', 'ä']) {
    made.push({ what: `${JSON.stringify(more)} after it`, text: text + more })
    made.push({ what: `${JSON.stringify(more)} before it`, text: more + text })
    made.push({ what: `${JSON.stringify(more)} inside`, text: text.slice(0, middle) + more + text.slice(middle) })
  }
  made.push(
    { what: 'without its end', text: text.slice(0, -1) },
    { what: 'without its start', text: text.slice(1) },
    { what: 'half of it', text: text.slice(0, middle) },
    { what: 'twice', text: text + text },
    { what: 'the alphabet of plain base64', text: text.replaceAll('-', '+').replaceAll('_', '/') },
    { what: 'in capitals', text: text.toUpperCase() },
    { what: 'nothing but A', text: 'A'.repeat(text.length) },
  )
  return made.filter((one) => one.text !== text)
}
