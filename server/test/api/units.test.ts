/** The catalogue of units and categories, and values converted from one unit into another. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { variableCategories } from '../../src/engine/measurements/catalogue/category_catalogue.ts'
import { commonVariables } from '../../src/engine/measurements/catalogue/common_variables.ts'
import { findUnit, type Unit, unitCategories, units } from '../../src/engine/measurements/catalogue/unit_catalogue.ts'
import { conversion, convert, scalesTo } from '../../src/engine/measurements/catalogue/unit_conversion.ts'
import { createHost, flat, type Host } from './host.ts'

const at = 1_406_419_860

function unit(name: string): Unit {
  const found = findUnit(name)
  if (found === undefined) throw new Error(name)
  return found
}

/** The options that the older API documents for `unitName`. */
const documented =
  '% Recommended Daily Allowance, -4 to 4 Rating, 0 to 1 Rating, 0 to 5 Rating, 1 to 10 Rating, 1 to 5 Rating, Applications, Beats per Minute, Calories, Capsules, Centimeters, Count, Degrees Celsius, Degrees East, Degrees Fahrenheit, Degrees North, Dollars, Drops, Event, Feet, Grams, Hours, Inches, Index, Kilocalories, Kilograms, Kilometers, Liters, Meters, Micrograms, Micrograms per decilitre, Miles, Milligrams, Milliliters, Millimeters, Millimeters Merc, Milliseconds, Minutes, Pascal, Percent, Pieces, Pills, Pounds, Puffs, Seconds, Serving, Sprays, Tablets, Torr, Units, Yes/No, per Minute, Doses, Quarts, Ounces, International Units, Meters per Second'.split(
    ', ',
  )

test.each(['/api', '/api/v1', '/api/v3', '/api/v6'])('%s tells the catalogue to everybody', async (prefix) => {
  const { call } = await createHost()
  const get = async (path: string) => {
    const response = await call('GET', prefix + path)
    expect(response.statusCode).toBe(200)
    expect(response.headers['cache-control']).toBe('public, max-age=3600')
    return response.json()
  }
  const list: { name: string }[] = await get('/units')
  expect(list.map((one) => one.name)).toEqual(expect.arrayContaining(documented))
  expect(list.find((one) => one.name === 'Degrees Fahrenheit')).toEqual({
    id: 45,
    name: 'Degrees Fahrenheit',
    abbreviatedName: 'F',
    category: 'Temperature',
    categoryId: 11,
    categoryName: 'Temperature',
    conversionSteps: [
      { operation: 'ADD', value: -32 },
      { operation: 'MULTIPLY', value: 5 / 9 },
    ],
    minimumValue: -87,
    maximumValue: 214,
    minimumAllowedValue: -87,
    maximumAllowedValue: 214,
    unitCategory: { id: 11, name: 'Temperature', standardUnitAbbreviatedName: 'C' },
    minimum: -87,
    maximum: 214,
  })
  expect(await get('/unitCategories')).toContainEqual({ id: 3, name: 'Weight', standardUnitAbbreviatedName: 'kg' })
  expect(await get('/variableCategories')).toContainEqual({
    id: 1,
    name: 'Emotions',
    variableCategoryName: 'Emotions',
    variableCategoryNameSingular: 'Emotion',
    unitId: 10,
    unitAbbreviatedName: '/5',
    combinationOperation: 'MEAN',
    outcome: true,
    manualTracking: true,
  })
})

test('units are looked up by name, abbreviation and category', async () => {
  const { call } = await createHost()
  const names = async (query: string) =>
    (await call('GET', `/api/v1/units?${query}`)).json().map((one: { abbreviatedName: string }) => one.abbreviatedName)
  expect(await names('unitName=Hours')).toEqual(['h'])
  expect(await names('abbreviatedUnitName=kg&unitName=kilograms')).toEqual(['kg'])
  for (const name of ['unitAbbreviatedName', 'unit']) expect(await names(`${name}=Hours`)).toEqual(['h'])
  const two = await call('GET', '/api/v1/units?abbreviatedUnitName=kg&unitName=Hours')
  expect(two.statusCode).toBe(400)
  expect(two.json().message).toBe('unitName: differs from abbreviatedUnitName, which means the same; send one of them')
  expect(await names('categoryName=temperature')).toEqual(['C', 'F'])
  expect(await names('unitName=nothing')).toEqual([])
  expect((await call('GET', '/api/v1/units?unitName=a&unitName=b')).statusCode).toBe(400)
})

test('no two entries of the catalogue are taken for each other, and all that they name is there', () => {
  const distinct = (all: readonly unknown[]) => expect(new Set(all).size).toBe(all.length)
  distinct(units.map(({ id }) => id))
  distinct(
    units.flatMap((one) => [...new Set([one.name, one.abbreviatedName, ...one.synonyms].map((n) => n.toLowerCase()))]),
  )
  distinct(variableCategories.map(({ id }) => id))
  distinct(variableCategories.flatMap((one) => [...new Set([one.name, one.singular, ...one.synonyms])]))
  distinct(commonVariables.map(({ name }) => name))
  const abbreviations = units.map((one) => one.abbreviatedName)
  for (const { standardUnit } of unitCategories) if (standardUnit) expect(unit(standardUnit).steps).toEqual([])
  for (const one of variableCategories) if (one.unit) expect(abbreviations).toContain(one.unit)
  for (const one of commonVariables) {
    expect(abbreviations).toContain(one.unit)
    expect(variableCategories.map(({ name }) => name)).toContain(one.category)
  }
})

test.each([
  [100, 'C', 'F', 212],
  [32, 'F', 'C', 0],
  [5, '/5', '%', 100],
  [50, '%', '/5', 3],
  [1, '/10', '%', 0],
  [-4, '-4 to 4', '/5', 1],
  [90, 'Minutes', 'Hours', 1.5],
  [1, 'mi', 'm', 1609.344],
  [500, 'mg', 'g', 0.5],
  [250, 'mcg', 'mg', 0.25],
  [760, 'torr', 'Pa', 101_325],
  [1013.25, 'hPa', 'mbar', 1013.25],
  [2, 'pills', 'count', 2],
  [72, 'bpm', 'bpm', 72],
  [1e300, 's', 's', 1e300],
])('%d %s is %s %d', (value, from, to, expected) => {
  expect(convert(value, from, unit(to))).toBeCloseTo(expected, 9)
})

test.each([
  [1, 'kg', 'min'],
  [250, 'cal', 'kcal'],
  [72, 'bpm', '/minute'],
  [1, 'cups', 'mL'],
  [1e300, 'h', 'ms'],
  [1e-300, 'mcg', 'kg'],
])('%d %s does not convert into %s', (value, from, to) => {
  expect(convert(value, from, unit(to))).toBeUndefined()
})

test('there and back is where it began, and the steps say the same as the line', () => {
  const pairs = units.flatMap((from) =>
    units.filter((to) => conversion(from, to) !== undefined).map((to) => [from, to]),
  )
  fc.assert(
    fc.property(fc.constantFrom(...pairs), fc.double({ min: -1e9, max: 1e9, noNaN: true }), ([from, to], value) => {
      if (from === undefined || to === undefined || (value !== 0 && Math.abs(value) < 1e-100)) return
      const there = convert(value, from.abbreviatedName, to) ?? Number.NaN
      const back = convert(there, to.abbreviatedName, from) ?? Number.NaN
      // A shift such as that of Fahrenheit takes small values' last digits; 12 digits of the greater one are kept.
      const line = conversion(from, to) ?? { factor: 1, offset: 0 }
      const size = Math.max(Math.abs(value), Math.abs(line.offset / line.factor))
      expect(Math.abs(back - value)).toBeLessThanOrEqual(size * 1e-10)
      const steps = (one: Unit) => (x: number) =>
        (one.steps ?? []).reduce((y, { operation, value: by }) => (operation === 'ADD' ? y + by : y * by), x)
      expect(Math.abs(steps(from)(value) - steps(to)(there))).toBeLessThanOrEqual(
        Math.max(Math.abs(steps(from)(value)), size) *
          1e-9 *
          Math.max(1, ...(from.steps ?? []).map((s) => Math.abs(s.value))),
      )
    }),
    { numRuns: 500 },
  )
})

test('every scale leads to the unit that was asked for', () => {
  for (const to of units) {
    const scales = scalesTo(to)
    expect(scales[0]).toEqual({ unit: to.abbreviatedName, factor: 1, offset: 0 })
    expect(scales.every(({ unit: name }) => findUnit(name)?.category === to.category)).toBe(true)
  }
})

async function timed(): Promise<Host> {
  const host = await createHost()
  const sleep = (offset: number, value: number, unitAbbreviatedName: string) =>
    flat(at + offset, value, { variableName: 'Sleep', unitAbbreviatedName })
  const stored = await host.call('POST', '/api/v3/measurements', 'all', [
    sleep(0, 90, 'min'),
    sleep(1, 8, 'h'),
    sleep(2, 1_800_000, 'ms'),
    sleep(3, 1e300, 's'),
    flat(at + 4, 60, { variableName: 'Weight', unitAbbreviatedName: 'kg' }),
  ])
  expect(stored.statusCode, stored.body).toBe(201)
  return host
}

test('a list in a unit holds what converts into it, with the value as recorded beside it', async () => {
  const { call } = await timed()
  const response = await call('GET', '/api/v3/measurements?unitName=Hours&sort=startTime', 'read')
  expect(response.json()).toMatchObject([
    { value: 1.5, unitAbbreviatedName: 'h', unitName: 'Hours', originalValue: 90, originalUnitAbbreviatedName: 'min' },
    { value: 8, unitAbbreviatedName: 'h', originalValue: 8, originalUnitAbbreviatedName: 'h' },
    { value: 0.5, unitAbbreviatedName: 'h', originalValue: 1_800_000 },
    { value: 1e300, unitAbbreviatedName: 's', originalValue: 1e300 },
  ])
})

test.each([
  ['unitName=h&value=(gt)1', [1.5, 8, 1e300]],
  ['unitName=h&value=1.5', [1.5]],
  ['unitName=h&value=1.5,0.5', [1.5, 0.5]],
  ['unitName=h&value=!(gt)1', [0.5]],
  ['unit=Hours&value[]=(ge)0.5&value[]=(lt)8', [1.5, 0.5]],
  ['unitName=h&sort=-value', [1e300, 8, 1.5, 0.5]],
  ['unitName=h&sort=value&limit=2&offset=1', [1.5, 8]],
  ['unitName=h&doNotConvert=true', [8]],
  ['unitName=min&doNotConvert=1', [90]],
  ['unitName=h&doNotConvert=false', [1.5, 8, 0.5, 1e300]],
  ['unitName=h&doNotConvert=', [1.5, 8, 0.5, 1e300]],
  ['unitName=h,min', [90, 8]],
  ['unitName=kg', [60]],
  ['unitName=lb&value=(gt)100', [132.277357311]],
  ['unitName=%25', []],
  ['unitName=h&unit=hours', [1.5, 8, 0.5, 1e300]],
  ['', [90, 8, 1_800_000, 1e300, 60]],
])('?%s answers %j', async (query, expected) => {
  const { call } = await timed()
  const sorted = query.includes('sort=') ? query : `${query}&sort=startTime`
  const response = await call('GET', `/api/v3/measurements?${sorted}`, 'read')
  expect(response.json().map((one: { value: number }) => one.value)).toEqual(expected)
})
