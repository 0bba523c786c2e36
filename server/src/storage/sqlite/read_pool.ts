/**
 * The processes that do long reads. Processes and not threads, because SQLite has no time limit for a statement and a
 * thread cannot be ended while it is in one: it would go on to the end, and with the package for Node 20 take the whole
 * server with it. They start when the first read comes and end when there has been none for a while.
 */

import { type Child, programBeside, startChild } from '../../lib/child.ts'
import { ReadTooLong, StorageUnavailable } from '../contract.ts'
import { type DoRead, type LongRead, longestRead } from '../sql/long_reads.ts'
import { unpackRows } from './packed_rows.ts'
import type { Answered, Asked } from './read_worker.ts'

/** How long a process may take to start, and how long it stays without work, in milliseconds. */
const startingTime = 45_000
const idleTime = 60_000

/**
 * How little of a busy processor such a process gets beside the server (`nice`): about a thirtieth. Tokens come first where
 * processors are few; where one is free, this costs nothing.
 */
const niceness = 15

export interface ReadPool {
  /** Does a read in a process that is free, or else in a new one. Throws ReadTooLong and StorageUnavailable. */
  readonly read: DoRead
  /** Ends all processes, whatever they do. */
  close(): Promise<void>
}

type Reader = Child<Asked, Answered>

export function createReadPool(path: string, logPath: string): ReadPool {
  const idle: { readonly reader: Reader; readonly timer: NodeJS.Timeout }[] = []
  const all = new Set<Reader>()

  async function start(): Promise<Reader> {
    const reader: Reader = startChild({
      program: programBeside(import.meta.url, 'read_worker'),
      args: [path, logPath],
      niceness,
      gone: () => all.delete(reader),
    })
    all.add(reader)
    const heard = await reader.hear(startingTime)
    if (heard === 'late') await reader.end()
    if (heard === 'late' || heard === 'ended') throw new StorageUnavailable('a process that reads did not start')
    return reader
  }

  function take(): Promise<Reader> | Reader {
    const free = idle.pop()
    if (free === undefined) return start()
    clearTimeout(free.timer)
    return all.has(free.reader) ? free.reader : take()
  }

  function putBack(reader: Reader): void {
    const free = { reader, timer: setTimeout(endIdle, idleTime).unref() }
    function endIdle(): void {
      idle.splice(idle.indexOf(free), 1)
      void reader.end()
    }
    idle.push(free)
  }

  async function read(verb: LongRead, args: Asked['args'], begun?: () => void): Promise<unknown> {
    const reader = await take()
    begun?.()
    reader.ask({ verb, args })
    const heard = await reader.hear(longestRead)
    if (heard === 'late') {
      await reader.end()
      throw new ReadTooLong('a read on SQLite took too long')
    }
    if (heard === 'ended') throw new StorageUnavailable('a process that reads has ended')
    putBack(reader)
    if ('ok' in heard) return heard.ok
    if ('rows' in heard) return unpackRows(heard.rows)
    if (!('error' in heard)) throw new Error('read_pool: an answer to nothing')
    throw heard.unavailable ? new StorageUnavailable(heard.error.message) : heard.error
  }

  return {
    read: read as DoRead,
    async close() {
      for (const { timer } of idle.splice(0)) clearTimeout(timer)
      await Promise.all([...all].map((reader) => reader.end()))
    },
  }
}
