/** The tables of what people have recorded. */
import type { Generated } from 'kysely'

export interface VariableRow {
  id: Generated<number>
  user_number: number
  name: string
  unit: string
  category: string | null
  combination: string
  created_at: number
  updated_at: number
}

export interface MeasurementCountRow {
  user_number: number
  count: number
}

export interface MeasurementRow {
  id: Generated<number>
  user_number: number
  variable_id: number
  start_time: number
  value: number
  unit: string
  note: string | null
  source: string
  client_id: string
  created_at: number
  updated_at: number
}

export interface DataImportRow {
  user_number: number
  id: string
  state: string
  size: number
  bytes_read: number
  stored: number
  refused: number
  /** JSON. */
  problems: string
  started_at: number
  updated_at: number
}
