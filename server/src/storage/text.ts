/** Text that a database takes: well-formed Unicode without NUL. PostgreSQL refuses the rest, SQLite would cut it. */

/** Half of a pair that has no other half. */
const lone = /\p{Surrogate}/u

/** Whether the text can be stored and compared. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !lone.test(text)
}

/** Throws TypeError unless the text can be stored; one bad item must not fail the batch it would go into. */
export function requireStorable(what: string, text: string | null): void {
  if (text !== null && !isStorable(text)) throw new TypeError(`${what}: text with NUL or broken Unicode`)
}

/** The text with what cannot be stored replaced, for logs, whose writers must not fail over a stranger's bytes. */
export function storable(text: string): string
export function storable(text: string | null): string | null
export function storable(text: string | null): string | null {
  return text === null || isStorable(text)
    ? text
    : text.replaceAll(/\p{Surrogate}/gu, '\ufffd').replaceAll('\0', '\ufffd')
}
