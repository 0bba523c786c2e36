/** The operator's audit log: who did what, written in batches off the hot path. Never holds a secret. */

import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { createWriteBehind } from '../../lib/write_behind.ts'
import type { AuditEvent, Storage } from '../../storage/contract.ts'
import type { Caller } from '../caller.ts'

export interface AuditLog {
  record(
    type: string,
    of: {
      actor?: string | null
      subject?: string | null
      clientId?: string | null
      caller?: Caller
      detail?: AuditEvent['detail']
    },
  ): void
  flush(): Promise<void>
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
    record(type, of) {
      queue.add({
        at: clock.now(),
        type,
        actor: of.actor ?? null,
        subject: of.subject ?? null,
        clientId: of.clientId ?? null,
        address: of.caller?.address ?? null,
        requestId: of.caller?.requestId ?? null,
        detail: of.detail ?? {},
      })
    },
    flush: () => queue.flush(),
    get dropped() {
      return queue.dropped
    },
  }
}
