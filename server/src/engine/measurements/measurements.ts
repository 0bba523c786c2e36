/**
 * What a person has recorded, as operations: for the resource API and the account pages alike. What units and categories
 * there are is in `catalogue/`.
 * Not here: whether the caller may, which was decided in `access_tokens/` or by the session; and how a value is spelled
 * on the wire (`api/resources`). Neighbours: no other room of the engine. To add: an operation, a file here; a unit or
 * category, its row in `catalogue/`.
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
