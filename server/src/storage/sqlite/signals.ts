/** Notices that client data changed, in this process or in another one that has the same file open. */
import type { Database } from './database.ts'

export interface Signals {
  listen(listener: () => void): void
  /** This process changed client data. */
  own(): void
  /** Looks whether another process did; costs two microseconds where nothing at all was written. */
  check(): void
  stop(): void
}

const interval = 100

export function createSignals(database: Database): Signals {
  const version = database.prepare('pragma data_version')
  const signal = database.prepare("select value from signals where name = 'clients'")
  const listeners: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let seenVersion = readVersion()
  let seenSignal = readSignal()

  function readVersion(): number {
    return (version.get() as { data_version: number }).data_version
  }

  function readSignal(): number {
    return (signal.get() as { value: number }).value
  }

  function tell(): void {
    for (const listener of listeners) listener()
  }

  function check(): void {
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
