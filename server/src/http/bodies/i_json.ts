/** JSON that means the same to every reader (I-JSON). */

/** Whether a text is well-formed Unicode without NUL, as databases and other programs take it. */
export function isPlainText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text)
}

/** Why two readers may understand a text differently, or one of them not at all. */
export type Ambiguity =
  /** A member has the name of one before it. */
  | 'repeated'
  /** A string or a name is not well-formed Unicode, or holds NUL. */
  | 'not_text'
  /** It is nested more deeply than anybody means it. */
  | 'deep'

/** Strings, and what stands around values. */
const marks = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g

/** What is ambiguous about JSON, which `json` has to be; undefined where nothing is. `depth`: how deeply it may be nested. */
export function ambiguityOf(json: string, depth: number): Ambiguity | undefined {
  /** Names of the members of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [mark] of json.matchAll(marks)) {
    if (mark === '{' || mark === '[') {
      open.push(mark === '{' ? new Set() : undefined)
      if (open.length > depth) return 'deep'
    } else if (mark === '}' || mark === ']') {
      open.pop()
    } else if (mark === ':') {
      const names = open.at(-1)
      if (names?.has(last)) return 'repeated'
      names?.add(last)
    } else {
      last = JSON.parse(mark)
      if (!isPlainText(last)) return 'not_text'
    }
  }
  return undefined
}
