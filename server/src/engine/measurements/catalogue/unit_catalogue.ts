/** The units that the API knows: names and ids as clients of the older API have them, and what converts into what. */

interface UnitCategory {
  readonly id: number
  readonly name: string
  /** Its values are what the conversion steps of the category's units lead to. */
  readonly standardUnit: string | null
}

export const unitCategories = [
  { id: 1, name: 'Duration', standardUnit: 's' },
  { id: 2, name: 'Distance', standardUnit: 'm' },
  { id: 3, name: 'Weight', standardUnit: 'kg' },
  { id: 4, name: 'Volume', standardUnit: 'L' },
  { id: 5, name: 'Rating', standardUnit: '%' },
  { id: 6, name: 'Miscellany', standardUnit: null },
  { id: 7, name: 'Energy', standardUnit: null },
  { id: 8, name: 'Proportion', standardUnit: null },
  { id: 9, name: 'Frequency', standardUnit: null },
  { id: 10, name: 'Pressure', standardUnit: 'Pa' },
  { id: 11, name: 'Temperature', standardUnit: 'C' },
  { id: 12, name: 'Currency', standardUnit: null },
  { id: 13, name: 'Count', standardUnit: 'count' },
] as const satisfies readonly UnitCategory[]

type CategoryName = (typeof unitCategories)[number]['name']

export interface ConversionStep {
  readonly operation: 'ADD' | 'MULTIPLY'
  readonly value: number
}

export interface Unit {
  readonly id: number
  readonly name: string
  readonly abbreviatedName: string
  readonly category: CategoryName
  /** From this unit to the standard unit of its category, in order; undefined where it converts into nothing. */
  readonly steps: readonly ConversionStep[] | undefined
  readonly minimum: number | null
  readonly maximum: number | null
  readonly synonyms: readonly string[]
}

interface UnitRow {
  readonly times?: number
  /** Added before multiplying. */
  readonly shift?: number
  readonly minimum?: number | null
  readonly maximum?: number
  readonly synonyms?: readonly string[]
}

type Names = readonly [id: number, abbreviatedName: string, name: string]

function unit([id, abbreviatedName, name]: Names, category: CategoryName, row: UnitRow = {}): Unit {
  const { times = 1, shift = 0, minimum = 0, maximum = null, synonyms = [] } = row
  const converts = unitCategories.some((one) => one.name === category && one.standardUnit !== null)
  const steps: ConversionStep[] = []
  if (shift !== 0) steps.push({ operation: 'ADD', value: shift })
  if (times !== 1) steps.push({ operation: 'MULTIPLY', value: times })
  return { id, name, abbreviatedName, category, steps: converts ? steps : undefined, minimum, maximum, synonyms }
}

export const units: readonly Unit[] = [
  unit([204, 'ms', 'Milliseconds'], 'Duration', { times: 0.001, maximum: 864_000_000 }),
  unit([1, 's', 'Seconds'], 'Duration', { synonyms: ['sec'] }),
  unit([2, 'min', 'Minutes'], 'Duration', { times: 60, maximum: 10_080 }),
  unit([34, 'h', 'Hours'], 'Duration', { times: 3600, synonyms: ['hr'] }),

  unit([48, 'mm', 'Millimeters'], 'Distance', { times: 0.001 }),
  unit([31, 'cm', 'Centimeters'], 'Distance', { times: 0.01 }),
  unit([3, 'm', 'Meters'], 'Distance'),
  unit([16, 'km', 'Kilometers'], 'Distance', { times: 1000 }),
  unit([35, 'in', 'Inches'], 'Distance', { times: 0.0254 }),
  unit([36, 'ft', 'Feet'], 'Distance', { times: 0.3048 }),
  unit([4, 'mi', 'Miles'], 'Distance', { times: 1609.344 }),

  unit([32, 'mcg', 'Micrograms'], 'Weight', { times: 1e-9, synonyms: ['µg', 'μg'] }),
  unit([7, 'mg', 'Milligrams'], 'Weight', { times: 1e-6 }),
  unit([6, 'g', 'Grams'], 'Weight', { times: 0.001 }),
  unit([5, 'kg', 'Kilograms'], 'Weight'),
  unit([8, 'lb', 'Pounds'], 'Weight', { times: 0.453_592_37, maximum: 1000, synonyms: ['lbs'] }),

  unit([9, 'mL', 'Milliliters'], 'Volume', { times: 0.001 }),
  unit([205, 'L', 'Liters'], 'Volume'),
  unit([209, 'qt', 'Quarts'], 'Volume', { times: 0.946_352_946 }),
  // The fluid ounce: the API files it under Volume.
  unit([206, 'oz', 'Ounces'], 'Volume', { times: 0.029_573_529_562_5, synonyms: ['fl oz'] }),

  unit([21, '%', 'Percent'], 'Rating', { minimum: null }),
  unit([20, '/1', '0 to 1 Rating'], 'Rating', { times: 100, maximum: 1 }),
  unit([216, '/3', '1 to 3 Rating'], 'Rating', { shift: -1, times: 50, minimum: 1, maximum: 3 }),
  unit([10, '/5', '1 to 5 Rating'], 'Rating', {
    shift: -1,
    times: 25,
    minimum: 1,
    maximum: 5,
    synonyms: ['out of 5', 'out of five'],
  }),
  // Its abbreviation counts the steps: 0, 1, 2, 3, 4, 5.
  unit([40, '/6', '0 to 5 Rating'], 'Rating', { times: 20, maximum: 5 }),
  unit([203, '/10', '1 to 10 Rating'], 'Rating', { shift: -1, times: 100 / 9, minimum: 1, maximum: 10 }),
  unit([25, '-4 to 4', '-4 to 4 Rating'], 'Rating', { shift: 4, times: 12.5, minimum: -4, maximum: 4 }),

  unit([46, 'C', 'Degrees Celsius'], 'Temperature', { minimum: -66, maximum: 101, synonyms: ['°C'] }),
  unit([45, 'F', 'Degrees Fahrenheit'], 'Temperature', {
    shift: -32,
    times: 5 / 9,
    minimum: -87,
    maximum: 214,
    synonyms: ['°F'],
  }),

  unit([47, 'Pa', 'Pascal'], 'Pressure', { minimum: 10_132, maximum: 1_113_250 }),
  unit([214, 'hPa', 'Hectopascal'], 'Pressure', { times: 100, minimum: 101.32, maximum: 11_132.5 }),
  unit([213, 'mbar', 'Millibar'], 'Pressure', { times: 100, minimum: 101, maximum: 10_130 }),
  unit([42, 'torr', 'Torr'], 'Pressure', { times: 101_325 / 760, minimum: 76, maximum: 7600 }),
  unit([30, 'mmHg', 'Millimeters Merc'], 'Pressure', { times: 133.322_387_415, minimum: 1, maximum: 100_000 }),

  unit([23, 'count', 'Count'], 'Count', { synonyms: ['ct', 'ea'] }),
  unit([14, 'applications', 'Applications'], 'Count'),
  unit([27, 'capsules', 'Capsules'], 'Count', { maximum: 1000 }),
  unit([210, 'dose', 'Doses'], 'Count'),
  unit([201, 'drops', 'Drops'], 'Count'),
  unit([41, 'event', 'Event'], 'Count'),
  unit([28, 'pieces', 'Pieces'], 'Count'),
  unit([24, 'pills', 'Pills'], 'Count', { maximum: 20 }),
  unit([13, 'puffs', 'Puffs'], 'Count', { maximum: 100 }),
  unit([44, 'serving', 'Serving'], 'Count', { synonyms: ['servings'] }),
  unit([50, 'sprays', 'Sprays'], 'Count'),
  unit([11, 'tablets', 'Tablets'], 'Count'),
  unit([12, 'units', 'Units'], 'Count'),
  unit([19, 'yes/no', 'Yes/No'], 'Count', { maximum: 1 }),

  // People write both for what is in food, so that nothing says whether 250 of the one is 250 of the other.
  unit([39, 'cal', 'Calories'], 'Energy', { minimum: null }),
  unit([22, 'kcal', 'Kilocalories'], 'Energy', { minimum: null }),

  unit([202, '/minute', 'per Minute'], 'Frequency'),
  unit([208, 'm/s', 'Meters per Second'], 'Frequency'),

  unit([49, '$', 'Dollars'], 'Currency', { minimum: null }),

  unit([29, '%RDA', '% Recommended Daily Allowance'], 'Miscellany'),
  unit([26, 'bpm', 'Beats per Minute'], 'Miscellany', { minimum: 20, maximum: 300 }),
  unit([212, 'dB', 'Decibels'], 'Miscellany'),
  unit([17, 'degrees east', 'Degrees East'], 'Miscellany', { minimum: null }),
  unit([18, 'degrees north', 'Degrees North'], 'Miscellany', { minimum: null }),
  unit([217, 'GBq', 'Gigabecquerel'], 'Miscellany', { minimum: null }),
  unit([15, 'index', 'Index'], 'Miscellany'),
  unit([207, 'IU', 'International Units'], 'Miscellany'),
  // The names do not agree, but clients know the unit by both.
  unit([43, 'mg/dL', 'Micrograms per decilitre'], 'Miscellany'),
  unit([215, 'mph', 'Miles per Hour'], 'Miscellany'),
  unit([211, 'ppm', 'Parts per Million'], 'Miscellany'),
]

const byExactName = new Map(units.flatMap((one) => [one.abbreviatedName, one.name].map((name) => [name, one])))
const byName = new Map(
  units.flatMap((one) => [one.abbreviatedName, one.name, ...one.synonyms].map((name) => [name.toLowerCase(), one])),
)

/** The unit of an abbreviation, name or synonym; without regard to case where no unit is spelled just so. */
export function findUnit(text: string): Unit | undefined {
  return byExactName.get(text) ?? byName.get(text.toLowerCase())
}

export function categoryOf(unit: Unit) {
  return unitCategories.find((one) => one.name === unit.category)
}
