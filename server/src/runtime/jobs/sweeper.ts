/** Removes what has ended for longer than it is kept. */
import { minute } from '../../lib/clock.ts'
import type { Job } from './job.ts'

export const sweeper: Job = {
  every: minute,
  run: ({ storage, settings }) => storage.sweep({ rows: settings.retention, audit: settings.auditRetention }),
  failure: 'the sweep failed',
}
