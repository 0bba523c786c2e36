/** Lists of a person's measurements, one of them, and what they span. */
import type { Measurement, MeasurementFilter, MeasurementQuery } from '../../storage/contract.ts'
import type { Unit } from './catalogue/unit_catalogue.ts'
import { scalesTo } from './catalogue/unit_conversion.ts'
import type { MeasurementsContext } from './measurements.ts'

export interface AskedMeasurements extends Omit<MeasurementQuery, 'scales'> {
  /**
   * The unit in which values are asked for. Conditions on the value and order by it mean values in it, and a condition
   * that names it takes every unit that converts into it. What is answered is the value as recorded.
   */
  readonly unit: Unit | undefined
}

/** In the order asked for, the newest first where none is. */
export function listMeasurements(
  { storage }: MeasurementsContext,
  userNumber: number,
  { unit, filters, sort, ...page }: AskedMeasurements,
): Promise<readonly Measurement[]> {
  const scales = unit === undefined ? [] : scalesTo(unit)
  const convertible = scales.map((scale) => scale.unit)
  const names = ({ column, operator, value }: MeasurementFilter) =>
    column === 'unit' && operator === '=' && value === unit?.abbreviatedName
  return storage.measurements.list(userNumber, {
    ...page,
    filters: filters.map((filter) => (names(filter) ? { column: 'unit', operator: 'in', value: convertible } : filter)),
    sort: sort.length > 0 ? sort : [{ column: 'startTime', descending: true }],
    scales: scales.filter(({ factor, offset }) => factor !== 1 || offset !== 0),
  })
}

export async function findMeasurement(
  { storage }: MeasurementsContext,
  userNumber: number,
  id: number,
): Promise<Measurement | undefined> {
  const filters = [{ column: 'id', operator: '=', value: id }] as const
  const [one] = await storage.measurements.list(userNumber, { filters, sort: [], limit: 1, offset: 0 })
  return one
}

/** The times of the first and the last measurement that pass, in seconds since 1970; null where there is none. */
export async function measurementsRange(
  { storage }: MeasurementsContext,
  userNumber: number,
  filters: readonly MeasurementFilter[],
): Promise<{ readonly first: number | null; readonly last: number | null }> {
  const end = async (descending: boolean) => {
    const sort = [{ column: 'startTime', descending }] as const
    const [one] = await storage.measurements.list(userNumber, { filters, sort, limit: 1, offset: 0 })
    return one?.startTime ?? null
  }
  return { first: await end(false), last: await end(true) }
}

/** Where the measurements came from, by name, at most `limit`. */
export function listSources(
  { storage }: MeasurementsContext,
  userNumber: number,
  limit: number,
): Promise<readonly string[]> {
  return storage.measurements.sources(userNumber, limit)
}
