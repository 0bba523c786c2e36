/** Conditions on measurements, held against a model of what they mean: the same on every database. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberTest, textTest } from '../../src/api/query/filter_language.ts'
import { passes, type Test } from '../../src/engine/measurements/filter.ts'
import { parseNumber } from '../../src/engine/measurements/reading/number.ts'
import type { MeasurementColumn } from '../../src/storage/contract.ts'
import { putMeasurements } from '../support/measurements.ts'
import type { Place } from './contract.ts'
import { measurement } from './fixtures.ts'
import { opened } from './opened.ts'

const word = fc.string({ unit: fc.constantFrom(...'aBé_\\ .'), minLength: 1, maxLength: 6 }).map((text) => `x${text}x`)
const sign = fc.constantFrom('', '!')
const comparison = fc.constantFrom('', '(gt)', '(ge)', '(lt)', '(le)')
const small = fc.integer({ min: -5, max: 5 })
const textConstraint = fc.oneof(
  fc.tuple(sign, comparison, word).map((parts) => parts.join('')),
  fc.tuple(sign, fc.array(word, { minLength: 2, maxLength: 4 })).map(([not, words]) => not + words.join(',')),
  fc.tuple(sign, fc.constantFrom('%', ''), word).map(([not, first, text]) => `${not}${first}${text.slice(1, -1)}%`),
)
const numberConstraint = fc.oneof(
  fc.tuple(sign, comparison, small).map((parts) => parts.join('')),
  fc.tuple(sign, fc.array(small, { minLength: 2, maxLength: 4 })).map(([not, list]) => not + list.join(',')),
)

function on<Column extends MeasurementColumn>(column: Column, read: Test | undefined) {
  if (read === undefined) throw new Error('not a constraint')
  return { column, ...read }
}

export function filterTests(place: () => Promise<Place>): void {
  describe('conditions', () => {
    const at = opened(place)
    const everything = { filters: [], sort: [], limit: 1000, offset: 0 }
    const row = fc.tuple(word, small, fc.option(word))

    test('find what the language of filters means', async () => {
      const { measurements } = at.storage
      let person = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { minLength: 1, maxLength: 8 }),
          fc.array(textConstraint, { maxLength: 2 }),
          fc.option(textConstraint),
          fc.array(numberConstraint, { maxLength: 2 }),
          async (rows, sources, category, numbers) => {
            person++
            await putMeasurements(
              measurements,
              person,
              'app',
              rows.map(([source, value, variableCategory], i) =>
                measurement(i, { source, value, variableCategory, variableName: `v${i}` }),
              ),
            )
            const filters = [
              ...sources.map((text) => on('source', textTest(text))),
              ...(category === null ? [] : [on('variableCategory', textTest(category))]),
              ...numbers.map((text) => on('value', numberTest(text, parseNumber))),
            ]
            const all = await measurements.list(person, everything)
            const found = await measurements.list(person, { ...everything, filters })
            expect(found.map((one) => one.id)).toEqual(
              all
                .filter((one) => filters.every(({ column, ...test }) => passes(test, one[column])))
                .map((one) => one.id),
            )
          },
        ),
        { numRuns: 150 },
      )
    })

    test('of numbers of any size, whatever they are scaled by, never make a fault', async () => {
      const { measurements } = at.storage
      const any = fc.double({ noNaN: true, noDefaultInfinity: true })
      await fc.assert(
        fc.asyncProperty(any, any, fc.double({ min: 1e-12, max: 1e12, noNaN: true }), async (value, asked, factor) => {
          await putMeasurements(measurements, 1_000_000, 'app', [measurement(1, { value: value + 0, unit: 'x' })])
          const scales = [{ unit: 'x', factor, offset: asked > 1e100 ? 0 : 32 }]
          for (const operator of ['=', '<', '>=', '!='] as const) {
            const filters = [{ column: 'value', operator, value: asked + 0 } as const]
            await measurements.list(1_000_000, { ...everything, filters })
            await measurements.list(1_000_000, { ...everything, filters, scales })
          }
        }),
        { numRuns: 150 },
      )
    })
  })
}
