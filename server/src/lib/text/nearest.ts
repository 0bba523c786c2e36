/**
 * Which known word somebody may have meant. The room has what is done to texts as such.
 * Not here: how ours are spelled (`protocol/`), and what people read (`words/`). Neighbours: the rest of `lib/`. To add: a file
 * for each thing that is done.
 */

/** The known word that differs from `word` in at most two letters, the nearest first; undefined where none does. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let found: string | undefined
  let least = 3
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const far = distance(word.toLowerCase(), candidate.toLowerCase())
    if (far < least) [found, least] = [candidate, far]
  }
  return found
}

/** How many letters have to be put in, taken out or changed (Levenshtein), row by row. */
function distance(one: string, other: string): number {
  let above = [...other, ''].map((_, at) => at)
  for (let row = 1; row <= one.length; row++) {
    const here = [row]
    for (let at = 1; at <= other.length; at++) {
      const change = (above[at - 1] ?? 0) + (one[row - 1] === other[at - 1] ? 0 : 1)
      here.push(Math.min(change, (above[at] ?? 0) + 1, (here[at - 1] ?? 0) + 1))
    }
    above = here
  }
  return above[other.length] ?? 0
}
