/** The catalogue of categories of variables: `variableCategories`. */
import { z } from 'zod'
import { variableCategories } from '../../engine/measurements/catalogue/category_catalogue.ts'
import { findUnit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import { type ApiInstance, type ApiOptions, type ApiVersion, refuseTwoTokens } from '../caller.ts'
import { errorShape } from '../envelope.ts'
import { allowCaching, catalogueSchema } from './catalogue.ts'

const variableCategoryShape = z
  .object({
    id: z.int(),
    name: z.string(),
    variableCategoryName: z.string(),
    variableCategoryNameSingular: z.string(),
    unitId: z.int().nullable(),
    unitAbbreviatedName: z.string().nullable().meta({ description: 'What its variables are usually measured in.' }),
    combinationOperation: z.enum(['MEAN', 'SUM']).meta({ description: 'How several values become one.' }),
    outcome: z.boolean().meta({ description: 'Whether it is about how a person is, and not about what may be why.' }),
    manualTracking: z.boolean(),
  })
  .meta({ id: 'VariableCategory' })

const encoded: z.infer<typeof variableCategoryShape>[] = variableCategories.map((one) => ({
  id: one.id,
  name: one.name,
  variableCategoryName: one.name,
  variableCategoryNameSingular: one.singular,
  unitId: one.unit === null ? null : (findUnit(one.unit)?.id ?? null),
  unitAbbreviatedName: one.unit,
  combinationOperation: one.combination,
  outcome: one.outcome,
  manualTracking: one.manual,
}))

export function registerVariableCategories(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  app.get(
    '/variableCategories',
    {
      onRequest: refuseTwoTokens(options),
      schema: {
        ...catalogueSchema(version),
        operationId: 'getVariableCategories',
        summary: 'List the categories of variables',
        response: { 200: z.array(variableCategoryShape), '4xx': errorShape },
      },
    },
    async (_request, reply) => {
      allowCaching(reply)
      return encoded
    },
  )
}
