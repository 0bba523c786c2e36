/** A person's measurements and variables. */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId } from '../../protocol/names.ts'

export interface Variable {
  readonly id: number
  readonly userNumber: number
  readonly name: string
  readonly unit: string
  readonly category: string | null
  readonly combination: 'MEAN' | 'SUM'
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export interface Measurement {
  readonly id: number
  readonly variableId: number
  readonly variableName: string
  readonly variableCategory: string | null
  /** Seconds since the epoch. */
  readonly startTime: number
  readonly value: number
  readonly unit: string
  readonly note: string | null
  readonly source: string
  readonly clientId: ClientId
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export interface NewMeasurement {
  readonly variableName: string
  readonly variableCategory: string | null
  readonly combination: 'MEAN' | 'SUM'
  readonly unit: string
  readonly startTime: number
  readonly value: number
  readonly note: string | null
  readonly source: string
}

/**
 * How a condition compares. Both ends of a range belong to it. A negated operator also holds where the column is empty.
 */
export type FilterOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not in'
  | 'like'
  | 'not like'
  | 'between'
  | 'not between'

/**
 * One condition on a column. Values are bound, never spelled into SQL. Text is compared by its code points; `like` is
 * for text only and takes no notice of the case of A to Z.
 */
export interface Filter<Column extends string> {
  readonly column: Column
  readonly operator: FilterOperator
  readonly value: string | number | readonly (string | number)[]
}

export interface Sort<Column extends string> {
  readonly column: Column
  readonly descending: boolean
}

export type MeasurementColumn =
  | 'id'
  | 'variableId'
  | 'variableName'
  | 'variableCategory'
  | 'source'
  | 'unit'
  | 'value'
  | 'startTime'
  | 'createdAt'
  | 'updatedAt'
  | 'clientId'

export type MeasurementFilter = Filter<MeasurementColumn>

/** What a unit's values are multiplied by, and what is then added. */
export interface Scale {
  readonly unit: string
  readonly factor: number
  readonly offset: number
}

/** Values whose size lies outside of this are never scaled: on some databases the result would be a fault. */
export const scalable = { least: 1e-200, most: 1e200 } as const

export interface MeasurementQuery {
  readonly filters: readonly MeasurementFilter[]
  readonly sort: readonly Sort<MeasurementColumn>[]
  readonly limit: number
  readonly offset: number
  /**
   * Conditions on the value and order by it mean the scaled value; conditions are then blind to the last digits, where
   * rounding is. What is answered is the value as recorded.
   */
  readonly scales?: readonly Scale[]
}

export type VariableColumn =
  | 'id'
  | 'name'
  | 'category'
  | 'unit'
  | 'createdAt'
  | 'updatedAt'
  | 'measurements'
  | 'earliestTime'
  | 'latestTime'

export interface VariableQuery {
  readonly filters: readonly Filter<VariableColumn>[]
  /** By name where nothing is asked for; what is empty comes last. */
  readonly sort?: readonly Sort<VariableColumn>[]
  readonly limit: number
  readonly offset: number
}

/** A value as it was recorded. */
export interface RecordedValue {
  readonly value: number
  readonly unit: string
  readonly source: string
}

/** A variable and what its measurements come to. */
export interface VariableSummary extends Variable {
  readonly measurements: number
  /** Start times of the first and the last measurement. */
  readonly earliestTime: number | null
  readonly latestTime: number | null
  /** The last measurement, as recorded. */
  readonly latest: RecordedValue | null
  /** What was recorded most often among the last hundred measurements; of equals the one that was recorded last. */
  readonly mostCommon: RecordedValue | null
}

/** `from` and `to` are seconds since 1970, both included. */
export interface SeriesQuery {
  readonly variableId: number
  readonly from: number
  readonly to: number
  readonly parts: number
  readonly scales: readonly Scale[]
}

export interface SeriesPart {
  /** Which part of the time, counted from 0. */
  readonly part: number
  readonly least: number
  readonly most: number
  readonly mean: number
  readonly count: number
}

/** Names one measurement of a person. */
export type MeasurementPlace = { readonly id: number } | { readonly variableId: number; readonly startTime: number }

/**
 * A person's measurements: one value per variable and start time. The lists and counts of them take turns: one of a person
 * at once and a few waiting, beyond which they throw LaneFull; what takes longer than two seconds throws ReadTooLong.
 */
export interface Measurements {
  /** In the order asked for, by start time where none is asked for. */
  list(userNumber: number, query: MeasurementQuery): Promise<readonly Measurement[]>
  /**
   * Inserts or overwrites by (variable, start time) in one transaction; unknown variables are created. Where the person would
   * have more than `most` measurements after it, nothing is written. What is overwritten is not counted again. Decided on a
   * count that is held, so that no number of callers gets beyond it.
   */
  upsertWithin(
    most: number,
    userNumber: number,
    clientId: ClientId,
    items: readonly NewMeasurement[],
  ): Promise<readonly Measurement[] | 'full'>
  update(
    userNumber: number,
    id: number,
    change: { readonly startTime?: number; readonly value?: number; readonly note?: string | null },
  ): Promise<Measurement | 'time_taken' | undefined>
  /** Deletes all of these in one transaction; answers how many went. What is not there is passed over. */
  delete(userNumber: number, which: readonly MeasurementPlace[]): Promise<number>
  /** Deletes as many of the person's measurements as one transaction should; answers how many went, 0 at the end. */
  deleteSome(userNumber: number): Promise<number>
  /** Deletes the variables of which the person has no measurement. */
  deleteUnusedVariables(userNumber: number): Promise<number>
  /**
   * A variable's values over a time, as many equal parts of it as asked for; those without a value are left out. Values
   * are scaled, and left out where they cannot be.
   */
  series(userNumber: number, asked: SeriesQuery): Promise<readonly SeriesPart[]>
  /** Names of the sources that the person's measurements came from, by their code points, at most `limit`. */
  sources(userNumber: number, limit: number): Promise<readonly string[]>
  /** The person's variables of these names; unknown ones are left out. */
  variablesByName(userNumber: number, names: readonly string[]): Promise<readonly Variable[]>
  /** The person's variables with what is recorded of them. Reads all their measurements: not for the way of a write. */
  variables(userNumber: number, query: VariableQuery): Promise<readonly VariableSummary[]>
  /** How many variables of the person pass the filters. */
  countVariables(userNumber: number, filters: VariableQuery['filters']): Promise<number>
}
