/** The catalogue of units: `units` and `unitCategories`. */
import { z } from 'zod'
import {
  categoryOf,
  findUnit,
  type Unit,
  unitCategories,
  units,
} from '../../engine/measurements/catalogue/unit_catalogue.ts'
import { olderName, pickSpelled, spelled } from '../../engine/measurements/reading/spellings.ts'
import { type ApiInstance, type ApiOptions, type ApiVersion, refuseTwoTokens } from '../caller.ts'
import { errorShape } from '../envelope.ts'
import { once } from '../query/list_query.ts'
import { allowCaching, catalogueSchema } from './catalogue.ts'

const unitCategoryShape = z
  .object({
    id: z.int(),
    name: z.string(),
    standardUnitAbbreviatedName: z
      .string()
      .nullable()
      .meta({ description: 'What the conversion steps lead to; null where units do not convert into each other.' }),
  })
  .meta({ id: 'UnitCategory' })

const unitShape = z
  .object({
    id: z.int(),
    name: z.string(),
    abbreviatedName: z.string(),
    category: z.string(),
    categoryId: z.int(),
    categoryName: z.string(),
    conversionSteps: z
      .array(z.object({ operation: z.enum(['ADD', 'MULTIPLY']), value: z.number() }))
      .meta({ description: "From this unit to its category's standard unit, one after the other." }),
    minimumValue: z.number().nullable().meta({ description: 'Values below it are recorded, but are hardly meant so.' }),
    maximumValue: z.number().nullable(),
    minimumAllowedValue: z.number().nullable(),
    maximumAllowedValue: z.number().nullable(),
    unitCategory: unitCategoryShape,
    minimum: z.number().nullable().meta(olderName('minimumValue')),
    maximum: z.number().nullable().meta(olderName('maximumValue')),
  })
  .meta({ id: 'Unit' })

const unitsQuery = z
  .object({
    ...spelled('unitAbbreviatedName', once.meta({ description: 'Only this unit, by name or abbreviation.' })),
    categoryName: once.meta({ description: 'Only units of this category.' }),
  })
  .transform(({ categoryName, ...names }, context) => {
    const sent = Object.fromEntries(Object.entries(names).map(([name, text]) => [name, text?.trim() || undefined]))
    const meaning = (text: string) => findUnit(text)?.id ?? text
    return { categoryName, unit: pickSpelled(sent, 'unitAbbreviatedName', context, { meaning })?.value }
  })

const encodedCategories: z.infer<typeof unitCategoryShape>[] = unitCategories.map(({ id, name, standardUnit }) => ({
  id,
  name,
  standardUnitAbbreviatedName: standardUnit,
}))

function encodeUnit(unit: Unit): z.infer<typeof unitShape>[] {
  const category = encodedCategories.find(({ id }) => id === categoryOf(unit)?.id)
  if (category === undefined) return []
  return [
    {
      id: unit.id,
      name: unit.name,
      abbreviatedName: unit.abbreviatedName,
      category: category.name,
      categoryId: category.id,
      categoryName: category.name,
      conversionSteps: [...(unit.steps ?? [])],
      minimumValue: unit.minimum,
      maximumValue: unit.maximum,
      minimumAllowedValue: unit.minimum,
      maximumAllowedValue: unit.maximum,
      unitCategory: category,
      minimum: unit.minimum,
      maximum: unit.maximum,
    },
  ]
}

export function registerUnits(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const onRequest = refuseTwoTokens(options)
  app.get(
    '/units',
    {
      onRequest,
      schema: {
        ...catalogueSchema(version),
        operationId: 'getUnits',
        summary: 'List the units',
        querystring: unitsQuery,
        response: { 200: z.array(unitShape), '4xx': errorShape },
      },
    },
    async (request, reply) => {
      allowCaching(reply)
      const { categoryName, unit: name } = request.query
      return units
        .filter((unit) => name === undefined || findUnit(name) === unit)
        .filter((unit) => !categoryName || unit.category.toLowerCase() === categoryName.trim().toLowerCase())
        .flatMap(encodeUnit)
    },
  )

  app.get(
    '/unitCategories',
    {
      onRequest,
      schema: {
        ...catalogueSchema(version),
        operationId: 'getUnitCategories',
        summary: 'List the categories of units',
        response: { 200: z.array(unitCategoryShape), '4xx': errorShape },
      },
    },
    async (_request, reply) => {
      allowCaching(reply)
      return encodedCategories
    },
  )
}
