/** The audit log's events of what changes nothing, as a sign-in that failed: written in batches off the hot path. */
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { createWriteBehind } from '../../lib/write_behind.ts'
import type { AuditDetail, AuditType, IdleAuditType } from '../../protocol/audit_events.ts'
import type { AuditEvent, Storage } from '../../storage/contract.ts'
import { type AuditParties, auditEvent, type Recorder } from '../act.ts'

export interface AuditLog {
  /** What changes something is recorded by `act`. */
  readonly record: Recorder<AuditParties, void, IdleAuditType>
  flush(): Promise<void>
  /** Events lost since the start; /readyz tells. */
  readonly dropped: number
}

export function createAuditLog(storage: Storage, clock: Clock, log: Log): AuditLog {
  const queue = createWriteBehind<AuditEvent>({
    write: (events) => storage.audit.append(events),
    capacity: 10_000,
    delay: 200,
    onError: (error, lost) => log.error({ err: error, lost }, 'audit events could not be written'),
  })
  return {
    record(type: AuditType, of: AuditParties & { readonly detail?: AuditDetail<AuditType> | undefined }) {
      queue.add(auditEvent(clock.now(), type, of))
    },
    flush: () => queue.flush(),
    get dropped() {
      return queue.dropped
    },
  }
}
