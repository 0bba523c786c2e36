/** Strict reading of application/x-www-form-urlencoded text (WHATWG URL §5.1) that neither forgives nor guesses. */

/** Decoded names and values in order of arrival. Names are data: never used as object keys. */
export interface Form {
  /** The first value under the name. An empty value counts as left out (RFC 6749 §3.1). */
  get(name: string): string | undefined
  /** Every non-empty value under the name. */
  all(name: string): readonly string[]
  /** Names that came more than once. */
  readonly repeated: readonly string[]
  has(name: string): boolean
  readonly names: readonly string[]
}

const maxParameters = 200
const nothing: readonly string[] = []

/** The form in a text, or undefined where percent-encoding or UTF-8 is broken or there are more than 200 parameters. */
export function parseForm(text: string): Form | undefined {
  const values = new Map<string, string[]>()
  const repeated: string[] = []
  let count = 0
  let start = 0
  while (start < text.length) {
    let end = text.indexOf('&', start)
    if (end < 0) end = text.length
    if (end > start) {
      if (++count > maxParameters) return undefined
      let cut = text.indexOf('=', start)
      if (cut < 0 || cut > end) cut = end
      const name = decode(text.slice(start, cut))
      const value = decode(text.slice(cut + 1, end))
      if (name === undefined || value === undefined) return undefined
      const known = values.get(name)
      if (known === undefined) values.set(name, [value])
      else if (known.push(value) === 2) repeated.push(name)
    }
    start = end + 1
  }
  return new ReadForm(values, repeated)
}

/** A form from names and values that were read in another way, in their order. */
export function formFrom(pairs: Iterable<readonly [name: string, value: string]>): Form {
  const values = new Map<string, string[]>()
  const repeated: string[] = []
  for (const [name, value] of pairs) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else if (known.push(value) === 2) repeated.push(name)
  }
  return new ReadForm(values, repeated)
}

/** A class, as a form is made for each request: methods cost nothing to make, closures do. */
class ReadForm implements Form {
  readonly repeated: readonly string[]
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>, repeated: readonly string[]) {
    this.#values = values
    this.repeated = repeated
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.[0] || undefined
  }

  all(name: string): readonly string[] {
    return this.#values.get(name)?.filter((value) => value !== '') ?? nothing
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  get names(): readonly string[] {
    return [...this.#values.keys()]
  }
}

/** A form-encoded piece, or undefined where it is not valid. NUL has no meaning in any parameter and breaks databases. */
export function decode(piece: string): string | undefined {
  if (!piece.includes('%') && !piece.includes('+')) return wellFormed(piece)
  try {
    return wellFormed(decodeURIComponent(piece.replaceAll('+', ' ')))
  } catch {
    return undefined
  }
}

function wellFormed(text: string): string | undefined {
  return isSoundText(text) ? text : undefined
}

/** Whether a text may be a parameter's value, whichever way it came: no half of a character, no NUL. */
export function isSoundText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
