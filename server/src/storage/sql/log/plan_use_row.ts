/** What was used of a plan, as it is stored. */
import type { Millis } from '../../../lib/clock.ts'

export interface PlanUseRow {
  holder: string
  period: string
  count: number
  ends_at: Millis
}
