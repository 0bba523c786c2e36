/** Numbers as clients write them: JSON numbers, or the same in a string. */

const decimal = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?$/
const integer = /^[+-]?\d{1,16}$/

/** A finite number, or undefined. */
export function parseNumber(raw: string | number): number | undefined {
  if (typeof raw === 'string' && !decimal.test(raw.trim())) return undefined
  const value = Number(raw)
  // No database tells -0 from 0 reliably.
  return Number.isFinite(value) ? value + 0 : undefined
}

/** A whole number that is exact in JSON, or undefined. */
export function parseWhole(raw: string | number): number | undefined {
  if (typeof raw === 'string' && !integer.test(raw.trim())) return undefined
  const value = Number(raw)
  return Number.isSafeInteger(value) ? value + 0 : undefined
}
