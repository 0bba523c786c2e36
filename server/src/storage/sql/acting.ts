/** Whether an act is under way, which must not wait for anything but its own transaction: on SQLite that would be for ever. */
import { AsyncLocalStorage } from 'node:async_hooks'

const underWay = new AsyncLocalStorage<true>()
let acts = 0

/**
 * On Node 20 and 22 a storage that is in use is a hook on each promise of the process, token requests included. So it is
 * given up whenever no act is under way.
 */
export async function acting<T>(work: () => Promise<T>): Promise<T> {
  acts += 1
  try {
    return await underWay.run(true, work)
  } finally {
    acts -= 1
    if (acts === 0) underWay.disable()
  }
}

/** Throws where an act asks for a connection beside the one that it has. */
export function requireNoAct(): void {
  if (underWay.getStore() === true) throw new Error('storage: an act may use nothing but the verbs that it is given')
}
