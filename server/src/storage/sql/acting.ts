/** Whether an act is under way, which must not wait for anything but its own transaction: on SQLite that would be for ever. */
import { AsyncLocalStorage } from 'node:async_hooks'

const underWay = new AsyncLocalStorage<true>()

export function acting<T>(work: () => Promise<T>): Promise<T> {
  return underWay.run(true, work)
}

/** Throws where an act asks for a connection beside the one that it has. */
export function requireNoAct(): void {
  if (underWay.getStore() === true) throw new Error('storage: an act may use nothing but the verbs that it is given')
}
