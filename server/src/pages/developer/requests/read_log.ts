/** Reading an app's request log for a page that shows more than the log. */
import { LaneFull } from '../../../lib/lane.ts'
import { ReadTooLong, StorageUnavailable } from '../../../storage/contract.ts'

/** What is read of the request log, or undefined while it cannot be: a page that shows more than that stays whole. */
export async function readLog<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof LaneFull || error instanceof ReadTooLong || error instanceof StorageUnavailable)
      return undefined
    throw error
  }
}
