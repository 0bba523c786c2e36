/** Hears from the other processes of a cluster that client data changed (LISTEN), on a connection of its own. */
import pg from 'pg'
import { clockSql, type DatabaseClock, machineNow } from './clock.ts'
import { clientOptions, type Log } from './pool.ts'

export const clientsChannel = 'consentry_clients'

export interface Listening {
  listen(listener: () => void): void
  /** This process changed client data. */
  own(): void
  stop(): Promise<void>
}

/** How often the line is tried (and the database's clock read): a dead one must not look like a quiet one. */
const heartbeat = 5000
const retryAfter = 500

export function startListening(url: string, clock: DatabaseClock, log: Log): Listening {
  const listeners: (() => void)[] = []
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function tell(): void {
    for (const listener of listeners) listener()
  }

  function later(work: () => void, delay: number): void {
    clearTimeout(timer)
    timer = setTimeout(work, delay)
    timer.unref()
  }

  async function connect(): Promise<void> {
    const next = new pg.Client(clientOptions(url, 4000))
    next.on('error', () => lost(next, undefined))
    next.on('end', () => lost(next, undefined))
    next.on('notification', tell)
    client = next
    try {
      await next.connect()
      await next.query(`listen ${clientsChannel}`)
      // What was announced before this moment was missed.
      tell()
      later(() => void beat(next), heartbeat)
    } catch (error) {
      lost(next, error)
    }
  }

  async function beat(current: pg.Client): Promise<void> {
    try {
      const sent = machineNow()
      const { rows } = await current.query<{ now: number }>(`select ${clockSql} as now`)
      if (rows[0] !== undefined) clock.observe(rows[0].now, sent, machineNow())
      if (current === client) later(() => void beat(current), heartbeat)
    } catch (error) {
      lost(current, error)
    }
  }

  function lost(broken: pg.Client, error: unknown): void {
    if (stopped || broken !== client) return
    client = undefined
    if (error !== undefined) log('lost the LISTEN connection to PostgreSQL', error)
    void broken.end().catch(() => undefined)
    tell()
    later(() => void connect(), retryAfter)
  }

  void connect()
  return {
    listen: (listener) => void listeners.push(listener),
    own: tell,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}
