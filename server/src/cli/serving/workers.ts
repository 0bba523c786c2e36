/**
 * Several processes that serve one port (`serve --workers`). The first of them is started alone, so that the database is
 * brought up to date and what is wrong is said once. The primary process has no database and answers nothing: it keeps the
 * port open, starts workers that died again, and passes on what it is told.
 *
 * Not here: what a worker does, which is `../serve.ts`. Neighbours: `stop.ts`, how each of them ends. To add: what a worker
 * and the primary tell each other, a message below.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type Millis, minute, second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { passQuestionsOn } from '../../runtime/metrics/siblings.ts'
import type { Settings } from '../../settings.ts'
import { longestStop, type StopOrder, stopSignal } from './stop.ts'

/** What a start prints: a document for programs, lines for people. */
export interface Said {
  readonly document: unknown
  readonly lines: readonly string[]
}

/** To the primary: this worker listens. */
interface Started {
  readonly started: Said
}

/** To a worker. */
interface Order {
  readonly order: StopOrder
}

/** Pauses before a worker that ended is started again. Who has served for a while begins with the least of them. */
const leastPause: Millis = second / 4
const longestPause: Millis = 30 * second
const longEnough: Millis = minute

/**
 * All of them take connections from the one port. Were the primary to hand them out, one that is on its way to a worker that
 * is killed would never be answered, nor closed.
 */
cluster.schedulingPolicy = cluster.SCHED_NONE

/** Whether this process is one of several that serve. */
export const isWorker = cluster.isWorker

/** Tells the primary that this worker listens. */
export function tellStarted(said: Said): void {
  process.send?.({ started: said } satisfies Started)
}

/** Resolves when the primary tells this worker to stop. Signals go to the primary alone, whoever else gets them. */
export function stopOrder(): Promise<StopOrder> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  return new Promise((resolve) => {
    process.on('message', (message: Partial<Order>) => {
      if (message.order !== undefined) resolve(message.order)
    })
  })
}

/** Lets this worker end, whose server is closed. */
export function leaveCluster(): void {
  cluster.worker?.disconnect()
}

/** How a worker ended. */
interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What became of a start: what the worker said, or how it ended before it said anything. */
interface Start {
  readonly worker: Worker
  readonly said?: Said
  readonly code: number
}

/** The workers that there are. One that ends by itself is started again, later each time that it did not serve for long. */
function createCrew(log: Log) {
  const living = new Map<Worker, Promise<End>>()
  /** Those that were told to end, while others take their place. */
  const leaving = new WeakSet<Worker>()
  let ending = false
  let nextPause = leastPause

  /** Starts one, and says what became of that. */
  async function start(): Promise<Start> {
    const worker = cluster.fork()
    const begun = performance.now()
    const ended = once(worker, 'exit').then(([code, signal]: (End['code'] & End['signal'])[]): End => {
      living.delete(worker)
      return { code: code ?? null, signal: signal ?? null }
    })
    living.set(worker, ended)
    const started = new Promise<Said>((resolve) => {
      worker.on('message', (message: Partial<Started>) => {
        if (message.started !== undefined) resolve(message.started)
      })
    })
    const first = await Promise.race([started, ended])
    if ('code' in first) return { worker, code: first.code ?? 1 }
    void ended.then((end) => {
      if (performance.now() - begun > longEnough) nextPause = leastPause
      if (!leaving.has(worker)) void startAgain(worker, end)
    })
    return { worker, said: first, code: 0 }
  }

  /** Starts one, and again where it ends before it has said anything. */
  async function add(): Promise<void> {
    const { worker, said, code } = await start()
    if (said === undefined) await startAgain(worker, { code, signal: null })
  }

  async function startAgain({ process: { pid } }: Worker, end: End): Promise<void> {
    if (ending) return
    const after = nextPause
    nextPause = Math.min(after * 2, longestPause)
    log.error({ worker: pid, ...end, againInSeconds: after / second }, 'a worker ended and is started again')
    await pause(after)
    if (!ending) await add()
  }

  function send(worker: Worker, order: StopOrder): void {
    if (worker.isConnected()) worker.send({ order } satisfies Order)
  }

  return {
    start,
    add,
    /** Puts a new one in the place of each, one after another, as long as the new ones start. */
    async replace(): Promise<void> {
      for (const [old, ended] of [...living]) {
        if (ending) return
        if ((await start()).said === undefined) {
          log.error('a new worker did not start, so the present ones stay')
          return
        }
        leaving.add(old)
        send(old, 'leave')
        await ended
      }
      log.info('the workers were replaced by new ones')
    },
    /** Answers whether all of them ended well. */
    async end(order: StopOrder): Promise<boolean> {
      ending = true
      const ends = [...living.values()]
      for (const worker of living.keys()) send(worker, order)
      return (await Promise.all(ends)).every(({ code }) => code === 0)
    },
    kill() {
      for (const worker of living.keys()) worker.process.kill('SIGKILL')
    },
  }
}

/**
 * Runs the workers until the process is told to stop, and ends it with 0 where all of them ended well. `say` prints what the
 * first one says; where that does not start, the process ends as it did. SIGHUP replaces each by a new one, one at a time.
 */
export async function runWorkers({ workers, drain }: Settings, log: Log, say: (said: Said) => void): Promise<never> {
  const crew = createCrew(log)
  passQuestionsOn()
  const stopped = stopSignal(crew.kill)
  const { said, code } = await crew.start()
  if (said === undefined) process.exit(code)
  say(said)
  for (let one = 1; one < workers; one++) void crew.add()
  let replacing = false
  // Of a terminal it means that nobody is there any more, and ends the process.
  if (!process.stdin.isTTY) {
    process.on('SIGHUP', () => {
      if (replacing) return
      replacing = true
      void crew.replace().finally(() => {
        replacing = false
      })
    })
  }
  const order = await stopped
  setTimeout(() => {
    crew.kill()
    process.exit(1)
  }, longestStop(drain)).unref()
  process.exit((await crew.end(order)) ? 0 : 1)
}
