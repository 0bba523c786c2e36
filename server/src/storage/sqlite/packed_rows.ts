/**
 * Rows on their way from one process to another. Most of a list of measurements is the same in many rows, so each value
 * goes once, and a row is numbers of values: what reads it makes a tenth of the objects.
 */

export interface PackedRows {
  readonly names: readonly string[]
  readonly values: readonly unknown[]
  /** Row by row, the number of the value of each name. */
  readonly cells: Uint32Array
}

/** Packs rows that all have the same members. */
export function packRows(rows: readonly object[]): PackedRows {
  const names = Object.keys(rows[0] ?? {})
  const values: unknown[] = []
  const numbers = new Map<unknown, number>()
  const cells = new Uint32Array(rows.length * names.length)
  let at = 0
  for (const row of rows) {
    for (const value of Object.values(row)) {
      let number = numbers.get(value)
      if (number === undefined) {
        number = values.push(value) - 1
        numbers.set(value, number)
      }
      cells[at++] = number
    }
  }
  return { names, values, cells }
}

export function unpackRows({ names, values, cells }: PackedRows): object[] {
  const rows: object[] = []
  for (let at = 0; at < cells.length; ) {
    const row: Record<string, unknown> = {}
    for (const name of names) row[name] = values[cells[at++] ?? 0]
    rows.push(row)
  }
  return rows
}
