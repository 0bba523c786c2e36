/** What an event of the audit log is carried out again with, in a database that was made from a backup older than it. */
import type { Millis } from '../../../lib/clock.ts'
import type { ClientId, UserId } from '../../../protocol/names.ts'
import type { AuditEvent, Storage } from '../../../storage/contract.ts'

/** With what an event is carried out again. */
export interface Again {
  readonly storage: Storage
  readonly event: AuditEvent
  /** Whom it was about. */
  readonly who: UserId | undefined
  readonly app: ClientId | undefined
  readonly now: Millis
  readonly backupAt: Millis
  /** Notes for the operator what somebody has to do, or to be told. */
  tell(text: string): void
}

export function isUserId(id: string | null): id is UserId {
  return id?.startsWith('usr_') === true
}
