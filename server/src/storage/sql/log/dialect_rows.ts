/** Rows about the legacy protocols: what is decided of them, who uses them, and who was told. */

export interface DialectNoticeRow {
  dialect: string
  closed: number
  sunset: number | null
  since: number | null
  link: string | null
  /** JSON of `BrownOut`s; null where there is none. */
  brownouts: string | null
}

/** That somebody was told that a legacy protocol of an app of theirs goes. */
export interface DialectTellingRow {
  dialect: string
  client_id: string
  user_id: string
  /** The end that they were told of. */
  sunset: number
  told_at: number
}

export interface DialectUseRow {
  day: string
  dialect: string
  client_id: string
  count: number
  last_at: number
}
