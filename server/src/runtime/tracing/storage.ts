/** Storage whose verbs are spans of whoever calls them, under the names of the contract. */
import type { Acting, Storage } from '../../storage/contract.ts'
import type { SpanStart, Tracer } from './tracer.ts'

type Verb = (...given: unknown[]) => unknown
type Verbs = Readonly<Record<string, unknown>>

/** Verbs that stand in no room. */
const single = ['ping', 'findFaults', 'sweep'] as const

/** The same storage. What it calls back is part of no span: it is told of what others have done. */
export function tracedStorage(storage: Storage, tracer: Tracer): Storage {
  const system = storage.driver === 'postgres' ? 'postgresql' : storage.driver
  const startOf = (verb: string): SpanStart => ({
    name: verb,
    kind: 'client',
    attributes: { 'db.system.name': system, 'db.operation.name': verb },
  })

  function traced(verbs: Verbs, room: string): Verbs {
    return Object.fromEntries(
      Object.entries(verbs).map(([name, verb]) => {
        if (typeof verb !== 'function') return [name, verb]
        const start = startOf(room === '' ? name : `${room}.${name}`)
        return [name, (...given: unknown[]) => tracer.child(start, () => (verb as Verb)(...given))]
      }),
    )
  }

  const { driver, installation, clock, pools, noticeChanges, close, ...others } = storage
  const rooms = Object.entries(others).filter(([, part]) => typeof part === 'object')
  const { onClientsChanged, onJobAdded, onCommit } = storage
  const outside =
    <Given extends unknown[]>(listener: (...given: Given) => void) =>
    (...given: Given) =>
      tracer.within(undefined, () => listener(...given))
  return {
    ...storage,
    ...Object.fromEntries(rooms.map(([room, verbs]) => [room, traced(verbs as unknown as Verbs, room)])),
    ...traced(Object.fromEntries(single.map((name) => [name, storage[name]])), ''),
    act: (work) =>
      tracer.child(startOf('act'), (span) => {
        if (span === undefined) return storage.act(work)
        // An act may be begun by somebody else's turn.
        return storage.act((acting) => tracer.within(span, () => work(lazily(acting, traced))))
      }),
    onClientsChanged: (listener) => onClientsChanged(outside(listener)),
    onJobAdded: (listener) => onJobAdded(outside(listener)),
    onCommit: (listener) => onCommit(outside(listener)),
  }
}

/** An act uses two or three of its thirty rooms. */
function lazily(acting: Acting, traced: (verbs: Verbs, room: string) => Verbs): Acting {
  return new Proxy(acting, {
    get(rooms, name) {
      const room: unknown = Reflect.get(rooms, name)
      return typeof name === 'string' && typeof room === 'object' && room !== null ? traced(room as Verbs, name) : room
    },
  })
}
