/** What an app did with a person's data lately. */
import { day, dayOf } from '../../../lib/clock.ts'
import type { ClientId, UserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import type { AppUse } from '../../../storage/contract.ts'

/** Days that are told of, today among them. */
export const daysTold = 30

/** The latest day first; with what this process has counted and not stored yet. */
export async function listAppUses(context: Context, userId: UserId, clientId: ClientId): Promise<readonly AppUse[]> {
  await context.appUses.flush()
  const since = dayOf(context.clock.now() - (daysTold - 1) * day)
  return context.storage.appUses.list(userId, clientId, since)
}
