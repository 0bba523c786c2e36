/** The filter language of lists, through the front door and against a model of what it means. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberTest, parseConstraint, textTest, timeTest } from '../../src/api/query/filter_language.ts'
import { passes } from '../../src/engine/measurements/filter.ts'
import { parseMoment } from '../../src/engine/measurements/reading/moment.ts'
import { parseNumber } from '../../src/engine/measurements/reading/number.ts'
import { createHost, flat, type Host } from './host.ts'

const noon = Date.UTC(2024, 4, 1, 12) / 1000

async function filled(): Promise<Host> {
  const host = await createHost()
  const stored = await host.call('POST', '/api/v3/measurements', 'all', [
    flat(noon, 1, { variableCategoryName: 'Emotions' }),
    flat(noon + 60, 2.5, { sourceName: 'Watch' }),
    flat(noon + 86_400, 3),
    flat(noon + 30, 4, { variableName: 'Coffee, black', unitAbbreviatedName: 'cups', variableCategoryName: 'Foods' }),
    flat(noon + 90, 21, { variableName: '100%_Juice', unitAbbreviatedName: 'mL' }),
  ])
  expect(stored.statusCode, stored.body).toBe(201)
  return host
}

test.each([
  ['value=(gt)2.5', [3, 21, 4]],
  ['value=(ge)2.5', [3, 21, 2.5, 4]],
  ['value=(lt)2.5', [1]],
  ['value=(le)2.5', [2.5, 1]],
  ['value=(GT)%2020', [21]],
  ['value=2.5,4', [2.5, 4]],
  ['value=%202.5%20,,4,', [2.5, 4]],
  ['value=!4', [3, 21, 2.5, 1]],
  ['value=!2.5,4', [3, 21, 1]],
  ['value=!(ge)2.5', [1]],
  ['value=!(lt)2.5', [3, 21, 2.5, 4]],
  ['value[]=(gt)1&value[]=(lt)21', [3, 2.5, 4]],
  ['value[]=(gt)1&value[]=(lt)21&value[]=!4', [3, 2.5]],
  ['value=(gt)1&value=(lt)21', [3, 2.5, 4]],
  ['value[0]=(gt)1&value[1]=(lt)21', [3, 2.5, 4]],
  ['value%5B%5D=(gt)4', [21]],
  ['value[]=', [3, 21, 2.5, 4, 1]],
  ['variableName=Overall%25', [3, 2.5, 1]],
  ['variableName=%25MOOD', [3, 2.5, 1]],
  ['variableName=%25a%25o%25', [3, 2.5, 1]],
  ['variableName=%25o%25', [3, 2.5, 4, 1]],
  ['variableName=!%25mood%25', [21, 4]],
  ['variableName=100%25_Juice', [21]],
  ['variableName=%25_Juice', [21]],
  ['variableName=%25xJuice', []],
  ['variableName=%25\\', []],
  ['variableName=%25', [3, 21, 2.5, 4, 1]],
  ['variableName=Coffee,%20black', [4]],
  ['variableName=!Coffee,%20black', [3, 21, 2.5, 1]],
  ['variableName=Overall%20Mood,100%25_Juice', [3, 21, 2.5, 1]],
  ['variableName=(ge)Overall%20Mood', [3, 2.5, 1]],
  ['variableName=Overall%20Mood&variableName=nothing', []],
  ['variableCategoryName=emotions', [3, 2.5, 1]],
  ['variableCategoryName=Food,Emotion', [3, 2.5, 4, 1]],
  ['variableCategoryName=!Foods', [3, 21, 2.5, 1]],
  ['sourceName=!test', [2.5]],
  ['source=w%25', [2.5]],
  ['connectorName=w%25', [2.5]],
  ['connectorName=fitbit', []],
  ['unitName=%25s', [4]],
  ['unitName=!cups', [3, 21, 2.5, 1]],
  ['unitName=cups,Milliliters', [21, 4]],
  ['unit=!1%20to%205%20Rating', [21, 4]],
  ['earliestMeasurementTime=(gt)2024-05-01T12:00:30', [3, 21, 2.5]],
  ['latestMeasurementTime=(lt)2024-05-01T12:01:00', [4, 1]],
  ['earliestMeasurementTime=!2024-05-01T12:01:00', [4, 1]],
  ['startTime=(gt)2024-05-01', [3]],
  ['startTime=(le)2024-05-01', [21, 2.5, 4, 1]],
  ['updatedAt=(ge)"2013-01-01T01:01:01"', [3, 21, 2.5, 4, 1]],
  ['createdAt=(lt)2030-01-31T12:00:00Z', []],
  ['createdAt=(le)2030-01-31', [3, 21, 2.5, 4, 1]],
  ['createdAt=!2030-01-31', []],
  ['createdAt=!2030-01-30', [3, 21, 2.5, 4, 1]],
  ['lastUpdated=2030-01-31', [3, 21, 2.5, 4, 1]],
  ['lastUpdated=2030-02-01', []],
])('?%s finds %j', async (query, expected) => {
  const host = await filled()
  const response = await host.call('GET', `/api/v1/measurements?${query}`, 'read')
  expect(response.statusCode, response.body).toBe(200)
  expect(response.json().map((one: { value: number }) => one.value)).toEqual(expected)
})

test('ids are compared and listed like values', async () => {
  const { call } = await filled()
  const list = async (query: string): Promise<{ id: number }[]> =>
    (await call('GET', `/api/v3/measurements?sort=id&${query}`, 'read')).json()
  const ids = (await list('')).map(({ id }) => id)
  const [first, second, third] = ids
  expect((await list(`id=!${first}`)).map(({ id }) => id)).toEqual(ids.slice(1))
  expect((await list(`id=(le)${second}`)).map(({ id }) => id)).toEqual([first, second])
  expect((await list(`id=${first},${third}`)).map(({ id }) => id)).toEqual([first, third])
})

test('51 conditions are one too many', async () => {
  const { call } = await createHost()
  const query = (count: number) => `/api/v3/measurements?${'value[]=1&'.repeat(count)}`
  expect((await call('GET', query(50), 'read')).statusCode).toBe(200)
  expect((await call('GET', query(51), 'read')).json().message).toBe('A list takes at most 50 conditions.')
})

const sign = fc.constantFrom('', '!')
const comparison = fc.constantFrom('', '(gt)', '(ge)', '(lt)', '(le)')
const small = fc.integer({ min: -5, max: 5 })
const numberConstraint = fc.oneof(
  fc.tuple(sign, comparison, small).map((parts) => parts.join('')),
  fc.tuple(sign, fc.array(small, { minLength: 2, maxLength: 4 })).map(([not, list]) => not + list.join(',')),
)

test('no constraint is read as anything but what it says', () => {
  fc.assert(
    fc.property(sign, comparison, fc.string(), (not, compared, rest) => {
      const constraint = parseConstraint(`${not}${compared}x${rest}`)
      expect(constraint.negated).toBe(not === '!')
      expect(constraint.comparison).toBe(compared === '' ? undefined : compared.slice(1, -1))
      expect(constraint.rest).toBe(`x${rest}`.trim())
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const tests = [textTest(text), numberTest(text, parseNumber), timeTest(text, 'between', 1, parseMoment)]
      // A reading for every text there is, or none; never an exception.
      for (const one of tests) if (one !== undefined) expect(one.operator).not.toBe('')
    }),
  )
})

test('negation turns every constraint into its opposite', () => {
  fc.assert(
    fc.property(numberConstraint, small, (constraint, value) => {
      const opposite = constraint.startsWith('!') ? constraint.slice(1) : `!${constraint}`
      const [test, other] = [constraint, opposite].map((one) => numberTest(one, parseNumber))
      if (test === undefined || other === undefined) throw new Error(constraint)
      expect(passes(test, value)).toBe(!passes(other, value))
    }),
  )
})

test('what lies within a time passes it, and what lies outside does not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2e9 }), fc.integer({ min: -3, max: 3 }), (at, aside) => {
      const text = new Date(at * 1000).toISOString().slice(0, 19)
      const of = (signs: string) => {
        const read = timeTest(signs + text, 'between', 1000, parseMoment)
        if (read === undefined) throw new Error(text)
        return passes(read, at + aside)
      }
      expect([of(''), of('!'), of('(gt)'), of('(ge)'), of('(lt)'), of('(le)')]).toEqual([
        aside === 0,
        aside !== 0,
        aside > 0,
        aside >= 0,
        aside < 0,
        aside <= 0,
      ])
    }),
  )
})
