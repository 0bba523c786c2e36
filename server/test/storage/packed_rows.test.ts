/** Rows between processes: what is packed is what is read. */
import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packRows, unpackRows } from '../../src/storage/sqlite/packed_rows.ts'

const cell = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string({ unit: 'binary' }), fc.constant(null))
const rows = fc.array(fc.record({ id: cell, name: cell, value: fc.constantFrom('a', 'b', 1, '1', null) }))

test('rows come out of their package as they went in', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const sent = JSON.parse(JSON.stringify(all))
      expect(unpackRows(deserialize(serialize(packRows(sent))))).toEqual(sent)
    }),
  )
})

test('a value that many rows have goes once', () => {
  const all = Array.from({ length: 100 }, (_, id) => ({ id, name: `Mood ${id % 2}` }))
  expect(packRows(all).values).toHaveLength(102)
})
