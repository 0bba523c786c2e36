/** What the operator does about backups: makes one, makes a database of one, and lets it go out again. */
import type { Context } from '../../../runtime/context.ts'
import type { Restored } from '../../../storage/contract.ts'
import { type Operator, operate } from '../operator.ts'

type RecoveryContext = Pick<Context, 'storage' | 'clock'>

/** Notes that the database was copied, with its password hashes and sealed keys. */
export function noteBackup(context: RecoveryContext, by: Operator, rows: number): Promise<void> {
  return operate(context, by, (_acting, record) => record('backup_made', { detail: { rows } }))
}

/** Notes that this database came out of a backup. `again`: what was carried out again of so many events of an export. */
export function noteRestore(
  context: RecoveryContext,
  by: Operator,
  restored: Restored,
  { events, again }: { readonly events: number; readonly again: number },
): Promise<void> {
  const { backupAt, clone } = restored
  return operate(context, by, async (acting, record) => {
    await acting.recovery.note(restored)
    await record('backup_restored', { detail: { backup: new Date(backupAt).toISOString(), clone, events, again } })
  })
}

/** Lets jobs, mails and calls to other servers go out again. False where they do. */
export function resumeOutbound(context: RecoveryContext, by: Operator): Promise<boolean> {
  return operate(context, by, async ({ recovery }, record) => {
    if (!(await recovery.resume())) return false
    await record('recovery_resumed', {})
    return true
  })
}

/** Takes note of what was lost, so that /readyz does not tell of it any more. False where there is nothing. */
export function acknowledgeLoss(context: RecoveryContext, by: Operator): Promise<boolean> {
  return operate(context, by, async ({ recovery }, record) => {
    if (!(await recovery.acknowledge())) return false
    await record('recovery_acknowledged', {})
    return true
  })
}
