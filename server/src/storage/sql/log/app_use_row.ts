/** The table of what apps did, as Kysely sees it; all others are in `../schema.ts`. */

export interface AppUseRow {
  user_id: string
  client_id: string
  /** YYYY-MM-DD. */
  day: string
  resource: string
  reads: number
  writes: number
  records: number
}
