/** What an app's developer can do about what ended a request, in one sentence. */
import { type Reason, refusals } from '../../protocol/refusal.ts'
import { type UndecidedReason, undecided } from '../../runtime/log/undecided.ts'

/** The repair for a recorded reason; none for one that an older release has recorded and this one does not know. */
export function repairOf(reason: string): string | undefined {
  if (Object.hasOwn(undecided, reason)) return undecided[reason as UndecidedReason].repair
  return Object.hasOwn(refusals, reason) ? refusals[reason as Reason].repair : undefined
}
