/** What the text of a setting may be: the kinds of values that the schema of settings is made of. */
import { z } from 'zod'

/** The file may write numbers and truth values as JSON has them; the environment has text only. */
export const text = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z.string('must be text').refine((value) => !/[\0\r\n]/.test(value), 'must be one line'),
)
export const flag = z.preprocess(
  (value) => (typeof value === 'boolean' || typeof value === 'number' ? String(Number(value)) : value),
  z.enum(['0', '1'], 'must be 0 or 1'),
)
/** Decimal only: `0x50`, `1e3` or an empty list would otherwise pass as numbers. */
export const whole = (least: number, most: number, problem: string) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?[0-9]{1,15}$/.test(value.trim()) ? Number(value) : value),
    z.int(problem).min(least, problem).max(most, problem),
  )
export const port = whole(1, 65_535, 'must be a number from 1 to 65535')
export const count = whole(0, Number.MAX_SAFE_INTEGER, 'must be a whole number, 0 or more')
export const offset = whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'must be a whole number of seconds')
export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`)
/** A part of a whole, as 0.05. */
export const share = z.preprocess(
  (value) =>
    typeof value === 'string' && /^(?:0|1|0?\.[0-9]{1,9}|1\.0{1,9})$/.test(value.trim()) ? Number(value) : value,
  z
    .number('must be a number from 0 to 1')
    .min(0, 'must be a number from 0 to 1')
    .max(1, 'must be a number from 0 to 1'),
)
