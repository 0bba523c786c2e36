/**
 * What a person has recorded, as operations: for the resource API and the account pages alike. Whether the caller may is
 * decided before, in `access_tokens` or by the session; how a value is spelled on the wire is for the API to say. What
 * units and categories there are is in `catalogue`.
 */
import type { Context } from '../../runtime/context.ts'

export type {
  Filter,
  FilterOperator,
  Measurement,
  MeasurementColumn,
  MeasurementPlace,
  NewMeasurement,
  RecordedValue,
  Sort,
  Variable,
  VariableColumn,
  VariableQuery,
  VariableSummary,
} from '../../storage/contract.ts'

/** What the operations work with. */
export type MeasurementsContext = Pick<Context, 'settings' | 'storage'>
