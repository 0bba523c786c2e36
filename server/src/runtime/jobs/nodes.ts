/** Which releases work on one database at once. */
import { hour, minute } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import { isOlderRelease } from '../../lib/release.ts'
import type { Node, Storage } from '../../storage/contract.ts'
import type { Chore } from './job.ts'

/** Notes that this process serves, with its release; `run` does so once, and the chore every minute. */
export function nodeBeat(release: string): Chore {
  const node = { id: randomText(12), release }
  return {
    every: minute,
    run: ({ storage }) => storage.nodes.seen(node),
    failure: 'the database could not be told that this process works',
  }
}

/**
 * The nodes of an older release than this one that were seen within the last hour. What such a node could not read must
 * not be written while there are any.
 */
export async function olderNodes(storage: Storage, release: string): Promise<readonly Node[]> {
  const seen = await storage.nodes.list(storage.clock.now() - hour)
  return seen.filter((node) => isOlderRelease(node.release, release))
}
