/** Conditions of lists, held against values that are in no database. */
import type { Filter, FilterOperator } from '../../storage/contract.ts'

/** A filter whose column is still to be filled in. */
export type Test = Pick<Filter<string>, 'operator' | 'value'>

/** The operator that holds where the other does not. */
export const negations: Readonly<Record<FilterOperator, FilterOperator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  in: 'not in',
  'not in': 'in',
  like: 'not like',
  'not like': 'like',
  between: 'not between',
  'not between': 'between',
}

/** Whether a value passes the test, as storage would say it of a column; null is a column that is empty. */
export function passes(test: Test, value: string | number | null): boolean {
  const { operator } = test
  const values: readonly (string | number)[] = Array.isArray(test.value) ? test.value : [test.value]
  if (['!=', 'not in', 'not like', 'not between'].includes(operator)) {
    return !passes({ ...test, operator: negations[operator] }, value)
  }
  const [first, second] = values
  if (value === null || first === undefined) return false
  switch (operator) {
    case '=':
    case 'in':
      return values.includes(value)
    case 'like':
      return isLike(String(value), String(first))
    case 'between':
      return second !== undefined && compare(value, first) >= 0 && compare(value, second) <= 0
    case '<':
      return compare(value, first) < 0
    case '<=':
      return compare(value, first) <= 0
    case '>':
      return compare(value, first) > 0
    default:
      return compare(value, first) >= 0
  }
}

/** By size, or texts by their code points. */
export function compare(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))
}

/** Whether a text fits a pattern, in which `%` stands for anything and a backslash takes away what a character means. Piece after piece, so that no pattern is slow. */
function isLike(text: string, pattern: string): boolean {
  const pieces = (pattern.match(/%|(?:\\.|[^%\\])+/gs) ?? []).map((piece) =>
    piece === '%' ? undefined : asciiLower(piece.replaceAll(/\\(.)/gs, '$1')),
  )
  const lower = asciiLower(text)
  const last = pieces.at(-1)
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    if (piece === undefined) continue
    const free = index > 0
    const found = free ? lower.indexOf(piece, at) : lower.startsWith(piece) ? 0 : -1
    if (found < 0) return false
    at = found + piece.length
  }
  if (last === undefined) return true
  return lower.endsWith(last) && lower.length - last.length >= at - last.length
}

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
