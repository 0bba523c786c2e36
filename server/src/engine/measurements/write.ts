/** Recording, changing and deleting a person's measurements. */
import type { ClientId } from '../../protocol/names.ts'
import type { Measurement, MeasurementPlace, Measurements, NewMeasurement, Variable } from '../../storage/contract.ts'
import { areAtOdds } from './catalogue/unit_conversion.ts'
import type { MeasurementsContext } from './measurements.ts'

/** A measurement whose source is the app that records it unless it names another. */
export type DraftMeasurement = Omit<NewMeasurement, 'source'> & { readonly source: string | null }

export type Recorded =
  | {
      readonly outcome: 'recorded'
      /** In the order of the drafts; what was written twice is there twice. */
      readonly measurements: readonly Measurement[]
      readonly variables: readonly Variable[]
    }
  /** The account would have more than `most` measurements. */
  | { readonly outcome: 'full'; readonly most: number }
  /** A variable is measured in one thing and the draft in another, such as a weight in hours. */
  | { readonly outcome: 'unit_at_odds'; readonly variable: string; readonly present: string; readonly unit: string }

/** Records all of these, or none. A second value of a variable for the same second replaces the first. */
export async function recordMeasurements(
  { storage, settings }: MeasurementsContext,
  { userNumber, clientId }: { readonly userNumber: number; readonly clientId: ClientId },
  drafts: readonly DraftMeasurement[],
): Promise<Recorded> {
  const { measurements } = storage
  const items = drafts.map((draft): NewMeasurement => ({ ...draft, source: draft.source ?? clientId }))
  const names = [...new Set(items.map(({ variableName }) => variableName))]
  const units = new Map((await measurements.variablesByName(userNumber, names)).map(({ name, unit }) => [name, unit]))
  for (const { variableName: variable, unit } of items) {
    const present = units.get(variable)
    if (present === undefined) units.set(variable, unit)
    else if (areAtOdds(present, unit)) return { outcome: 'unit_at_odds', variable, present, unit }
  }
  const most = settings.measurementsPerAccount || Number.MAX_SAFE_INTEGER
  const stored = await measurements.upsertWithin(most, userNumber, clientId, items)
  if (stored === 'full') return { outcome: 'full', most }
  const variables = await measurements.variablesByName(userNumber, names)
  return { outcome: 'recorded', measurements: stored, variables }
}

/** Changes what is given of one measurement. Undefined where it is not there. */
export function changeMeasurement(
  { storage }: MeasurementsContext,
  ...change: Parameters<Measurements['update']>
): Promise<Measurement | 'time_taken' | undefined> {
  return storage.measurements.update(...change)
}

/** Deletes all of these that are there, together; answers how many. */
export function deleteMeasurements(
  { storage }: MeasurementsContext,
  userNumber: number,
  which: readonly MeasurementPlace[],
): Promise<number> {
  return storage.measurements.delete(userNumber, which)
}
