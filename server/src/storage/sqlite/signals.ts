/** Notices that client data changed, in this process or in another one that has the same file open. */
import { type Database, prepareRows } from './database.ts'

export interface Signals {
  listen(listener: () => void): void
  /** This process changed client data. */
  own(): void
  /** Looks, once in a turn of the event loop, whether another process did. */
  check(): void
  stop(): void
}

const interval = 100

export function createSignals(database: Database): Signals {
  const version = prepareRows(database, 'pragma data_version')
  const signal = prepareRows(database, "select value from signals where name = 'clients'")
  const listeners: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let looked = false
  const lookAgain = () => {
    looked = false
  }
  let seenVersion = readVersion()
  let seenSignal = readSignal()

  function readVersion(): unknown {
    return version.get()?.[0]
  }

  function readSignal(): unknown {
    return signal.get()?.[0]
  }

  function tell(): void {
    for (const listener of listeners) listener()
  }

  /** Requests that came in together were sent before any of them is looked at, so one look is as good as many. */
  function check(): void {
    if (looked) return
    looked = true
    setImmediate(lookAgain)
    try {
      const now = readVersion()
      if (now === seenVersion) return
      const value = readSignal()
      seenVersion = now
      if (value === seenSignal) return
      seenSignal = value
    } catch {
      // The file is out of reach: whatever was read before may be stale.
    }
    tell()
  }

  return {
    check,
    own() {
      try {
        seenSignal = readSignal()
      } catch {}
      tell()
    },
    listen(listener) {
      listeners.push(listener)
      if (timer !== undefined) return
      timer = setInterval(check, interval)
      timer.unref()
    },
    stop() {
      clearInterval(timer)
    },
  }
}
