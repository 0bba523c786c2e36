/** Lists of variables: what a person records, and what everybody may record. */
import type { Sort, VariableColumn, VariableQuery, VariableSummary } from '../../storage/contract.ts'
import { type CommonVariable, commonVariables } from './catalogue/common_variables.ts'
import { compare, passes } from './filter.ts'
import type { MeasurementsContext } from './measurements.ts'

export interface AskedVariables {
  readonly query: VariableQuery
  /** Whether the common variables that the person does not have come after their own. */
  readonly includePublic: boolean
}

export interface ListedVariables {
  readonly own: readonly VariableSummary[]
  readonly common: readonly CommonVariable[]
}

/** A person's own variables and then the common ones, as one list with one page of it; nobody's are the common ones alone. */
export async function listVariables(
  { storage: { measurements } }: MeasurementsContext,
  userNumber: number | undefined,
  { query, includePublic }: AskedVariables,
): Promise<ListedVariables> {
  const { offset, limit } = query
  if (userNumber === undefined) return { own: [], common: pickCommon(query).slice(offset, offset + limit) }
  const own = await measurements.variables(userNumber, query)
  if (!includePublic || own.length >= limit) return { own, common: [] }
  const names = commonVariables.map(({ name }) => name)
  const taken = new Set((await measurements.variablesByName(userNumber, names)).map(({ name }) => name))
  const before = own.length > 0 ? offset + own.length : await measurements.countVariables(userNumber, query.filters)
  const skipped = Math.max(offset - before, 0)
  const common = pickCommon(query).filter(({ name }) => !taken.has(name))
  return { own, common: common.slice(skipped, skipped + limit - own.length) }
}

/** Those of the common variables that pass, in the order asked for. Nobody has recorded any of them. */
function pickCommon({ filters, sort = [] }: VariableQuery): CommonVariable[] {
  return commonVariables
    .filter((one) => filters.every((filter) => passes(filter, member(one, filter.column))))
    .sort((a, b) => order(a, b, [...sort, { column: 'name', descending: false }]))
}

function member(variable: CommonVariable, column: VariableColumn): string | number | null {
  if (column === 'measurements') return 0
  if (column === 'id' || column === 'name' || column === 'category' || column === 'unit') return variable[column]
  return null
}

function order(a: CommonVariable, b: CommonVariable, sort: readonly Sort<VariableColumn>[]): number {
  for (const { column, descending } of sort) {
    const [one, other] = [member(a, column), member(b, column)]
    const difference = one === null || other === null ? 0 : compare(one, other)
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}
